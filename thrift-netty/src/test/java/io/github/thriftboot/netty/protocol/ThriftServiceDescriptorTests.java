package io.github.thriftboot.netty.protocol;

import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.test.BaseService;
import io.github.thriftboot.test.EchoService;
import io.github.thriftboot.test.OtherService;
import io.github.thriftboot.test.Packet;
import org.apache.thrift.async.AsyncMethodCallback;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link ThriftServiceDescriptor}.
 */
class ThriftServiceDescriptorTests {

	@ParameterizedTest
	@ValueSource(classes = { EchoService.class, EchoService.Iface.class, EchoService.AsyncIface.class,
			EchoHandler.class, DerivedHandler.class, EchoService.Client.class })
	void serviceIsFoundFromAnyOfItsTypes(Class<?> type) {
		ThriftServiceDescriptor service = ThriftServiceDescriptor.of(type);

		assertThat(service.name()).isEqualTo("EchoService").hasToString(service.toString());
		assertThat(service.iface()).isEqualTo(EchoService.Iface.class);
		assertThat(service.asyncIface()).isEqualTo(EchoService.AsyncIface.class);
	}

	@Test
	void methodsIncludeThoseOfTheServiceThatIsExtended() {
		ThriftServiceDescriptor service = ThriftServiceDescriptor.of(EchoService.class);

		assertThat(service.methods()).containsOnlyKeys("whoAmI", "echo", "echoLater", "add", "profile", "nothing",
				"blob", "decline", "misbehave", "note");
		assertThat(service.methods().values()).filteredOn(ThriftMethod::inherited)
			.extracting(ThriftMethod::name)
			.containsExactly("whoAmI");
		assertThat(service.method("whoAmI")).hasToString("EchoService:whoAmI");
		assertThatIllegalArgumentException().isThrownBy(() -> service.method("Whoami"))
			.withMessageContaining("EchoService")
			.withMessageContaining("Whoami");
	}

	@Test
	void ofServicesThatExtendEachOtherOnlyTheMostDerivedOneCounts() {
		assertThat(ThriftServiceDescriptor.allOf(EchoHandler.class)).extracting(ThriftServiceDescriptor::name)
			.containsExactly("EchoService");
		assertThat(ThriftServiceDescriptor.allOf(BothHandler.class)).extracting(ThriftServiceDescriptor::name)
			.containsExactlyInAnyOrder("EchoService", "OtherService");
		assertThat(ThriftServiceDescriptor.allOf(BaseHandler.class)).extracting(ThriftServiceDescriptor::name)
			.containsExactly("BaseService");
	}

	@Test
	void typeWithoutServiceHasNone() {
		assertThat(ThriftServiceDescriptor.allOf(String.class)).isEmpty();
		assertThat(ThriftServiceDescriptor.allOf(Packet.class)).isEmpty();
		assertThat(ThriftServiceDescriptor.allOf(NoServiceHandler.class)).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(classes = { String.class, Packet.class, BothHandler.class })
	void typeWithoutExactlyOneServiceIsRefusedByName(Class<?> type) {
		assertThatIllegalArgumentException().isThrownBy(() -> ThriftServiceDescriptor.of(type))
			.withMessageContaining(type.getName())
			.withMessageContaining("expected");
	}

	@Test
	void methodIsFoundBehindTheJavaMethodOfAnyTypeThatHasIt() throws Exception {
		ThriftServiceDescriptor service = ThriftServiceDescriptor.of(EchoService.class);
		ThriftMethod add = service.method("add");

		assertThat(service.find(EchoService.Iface.class.getMethod("add", int.class, int.class))).isSameAs(add);
		assertThat(service.find(EchoHandler.class.getMethod("add", int.class, int.class))).isSameAs(add);
		assertThat(service
			.find(EchoService.AsyncIface.class.getMethod("add", int.class, int.class, AsyncMethodCallback.class)))
			.isSameAs(add);
		assertThat(service.find(BaseService.Iface.class.getMethod("whoAmI"))).isSameAs(service.method("whoAmI"));
	}

	@Test
	void methodThatIsNoThriftMethodIsNotFound() throws Exception {
		ThriftServiceDescriptor service = ThriftServiceDescriptor.of(EchoService.class);

		assertThat(service.find(Object.class.getMethod("toString"))).isNull();
		assertThat(service.find(Math.class.getMethod("addExact", int.class, int.class))).isNull();
		assertThat(service.find(DerivedHandler.class.getDeclaredMethod("add", int.class, long.class))).isNull();
		assertThat(service.find(DerivedHandler.class.getDeclaredMethod("add", int.class))).isNull();
	}

	static class BaseHandler implements BaseService.Iface {

		@Override
		public String whoAmI() {
			return "base";
		}

	}

	static class DerivedHandler extends EchoHandler implements BaseService.Iface {

		int add(int left) {
			return left;
		}

		int add(int left, long right) {
			return (int) (left + right);
		}

	}

	static class BothHandler extends EchoHandler implements OtherService.Iface {

		@Override
		public String upper(String text) {
			return text;
		}

	}

	/**
	 * No service, although it has an interface of that name.
	 */
	interface NoService {

		interface Iface {

		}

	}

	static class NoServiceHandler implements NoService.Iface {

	}

}
