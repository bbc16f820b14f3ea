package io.github.thriftboot.client;

import java.util.ArrayList;
import java.util.List;

import io.github.thriftboot.test.BaseService;
import io.github.thriftboot.test.EchoService;
import io.github.thriftboot.test.OtherService;
import org.apache.thrift.TException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.cglib.proxy.Factory;
import org.springframework.cglib.proxy.MethodInterceptor;
import org.springframework.stereotype.Component;
import org.springframework.stereotype.Service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ClientTypeTests {

	@Test
	void hasOneInterceptorForEachMethodOfTheService() {
		ClientType type = ClientType.of(EchoClient.class);
		assertThat(type.service().name()).isEqualTo("EchoService");
		assertThat(type.methods()).extracting((method) -> method.method().name())
			.containsExactlyInAnyOrder("whoAmI", "echo", "echoLater", "add", "profile", "nothing", "blob", "decline",
					"misbehave", "note");
		assertThat(type.methods()).allMatch((method) -> method.style() == ClientMethod.Style.SYNC);
		assertThat(type.isOwnFallback()).isFalse();
	}

	@Test
	void methodsOfAsyncIfaceAreAsync() {
		ClientType type = ClientType.of(EchoService.AsyncIface.class);
		assertThat(type.methods()).hasSize(10).allMatch((method) -> method.style() == ClientMethod.Style.CALLBACK);
	}

	@Test
	void clientMayHaveBothInterfaces() {
		assertThat(ClientType.of(BothClient.class).methods()).hasSize(20);
	}

	@Test
	void typeIsReadOnceAndHasOneProxyClass() {
		assertThat(ClientType.of(EchoClient.class)).isSameAs(ClientType.of(EchoClient.class));
	}

	@Test
	void callsOfTheServiceGoToTheirInterceptors() throws Exception {
		EchoClient client = proxy(EchoClient.class);
		assertThat(client.whoAmI()).isEqualTo("whoAmI");
		assertThat(client.misbehave("x")).isEqualTo("misbehave");
	}

	@Test
	void otherMethodsJustRun() throws Exception {
		EchoClient client = proxy(EchoClient.class);
		assertThat(client.shout()).isEqualTo("WHOAMI");
		assertThat(client).isEqualTo(client).isNotEqualTo(proxy(EchoClient.class));
		assertThat(client.hashCode()).isEqualTo(System.identityHashCode(client));
		assertThat(client).hasToString("text");
	}

	@Test
	void bodyOfProxiedMethodRunsPastTheProxy() throws Throwable {
		EchoClient client = proxy(EchoClient.class);
		ClientMethod decline = ClientType.of(EchoClient.class)
			.methods()
			.stream()
			.filter((method) -> method.method().name().equals("decline"))
			.findFirst()
			.orElseThrow();
		assertThat(client.decline(3)).isEqualTo("decline");
		assertThat((Object) decline.body().invokeExact((Object) client, new Object[] { 3 })).isEqualTo("default 3");
	}

	@Test
	void classWithoutCallbacksRunsItsOwnMethods() {
		// as in its constructor
		assertThat(((CallingConstructor) ClientType.of(CallingConstructor.class).newProxy()).seen).isEqualTo("own");
	}

	@Test
	void classKeepsItsOwnToString() throws Exception {
		assertThat(proxy(CallingConstructor.class)).hasToString("written by hand");
	}

	@SuppressWarnings("unchecked")
	private static <T> T proxy(Class<T> type) {
		ClientType clientType = ClientType.of(type);
		List<MethodInterceptor> interceptors = new ArrayList<>();
		for (ClientMethod method : clientType.methods()) {
			interceptors.add((proxy, javaMethod, arguments, methodProxy) -> method.method().name());
		}
		Object proxy = clientType.newProxy();
		((Factory) proxy).setCallbacks(clientType.callbacks("text", interceptors));
		return (T) proxy;
	}

	@ParameterizedTest
	@ValueSource(classes = { Runnable.class, Object.class, NoService.class, EchoService.class })
	void typeWithoutServiceIsRefused(Class<?> type) {
		assertRefused(type, "no Thrift service", "Iface");
	}

	@Test
	void typeWithSeveralServicesIsRefused() {
		assertRefused(TwoServices.class, "several Thrift services: [EchoService, OtherService]", "one class");
	}

	@Test
	void finalClassIsRefused() {
		assertRefused(FinalClass.class, "is final", "neither final nor sealed");
	}

	@Test
	void recordIsRefused() {
		assertRefused(RecordClient.class, "is a record", "neither final nor sealed");
	}

	@Test
	void sealedClassIsRefused() {
		assertRefused(SealedClass.class, "is sealed", "neither final nor sealed");
		assertRefused(SealedInterface.class, "is sealed", "neither final nor sealed");
	}

	@Test
	void innerClassIsRefused() {
		assertRefused(InnerClass.class, "is an inner class", "static");
	}

	@Test
	void finalMethodIsRefused() {
		assertRefused(FinalMethod.class, "Method whoAmI", "is final", "Remove 'final'");
	}

	@Test
	void methodThatNobodyImplementsIsRefused() {
		assertRefused(UnknownMethod.class, "Method unknown", "no method of service BaseService",
				"add it to the service");
		assertRefused(UnknownProtectedMethod.class, "Method unknown", "no method of service BaseService", "body");
	}

	@Test
	void componentIsRefused() {
		assertRefused(ComponentClient.class, "is a component, too", "Remove the annotation");
		assertRefused(ServiceClient.class, "is a component, too", "Remove the annotation");
	}

	@Test
	void classWithoutUsableConstructorIsRefused() {
		assertRefused(PrivateConstructor.class, "only private constructors", "not private");
	}

	private static void assertRefused(Class<?> type, String... words) {
		assertThatExceptionOfType(ThriftClientConfigurationException.class).isThrownBy(() -> ClientType.of(type))
			.satisfies(
					(ex) -> assertThat(ex.getMessage() + " " + ex.action()).contains(type.getName()).contains(words));
	}

	interface EchoClient extends EchoService.Iface {

		default String shout() throws TException {
			return whoAmI().toUpperCase();
		}

		@Override
		default String decline(int code) {
			return "default " + code;
		}

		@Override
		String toString();

	}

	interface BothClient extends EchoService.Iface, EchoService.AsyncIface {

	}

	interface NoService {

	}

	interface TwoServices extends EchoService.Iface, OtherService.Iface {

		@Override
		String whoAmI();

	}

	static class CallingConstructor implements BaseService.Iface {

		private final String seen;

		CallingConstructor() {
			this.seen = whoAmI();
		}

		@Override
		public String whoAmI() {
			return "own";
		}

		@Override
		public String toString() {
			return "written by hand";
		}

	}

	static final class FinalClass implements BaseService.Iface {

		@Override
		public String whoAmI() {
			return "own";
		}

	}

	record RecordClient() implements BaseService.Iface {

		@Override
		public String whoAmI() {
			return "own";
		}

	}

	abstract static sealed class SealedClass implements BaseService.Iface permits Permitted {

	}

	abstract static non-sealed class Permitted extends SealedClass {

	}

	sealed interface SealedInterface extends BaseService.Iface permits PermittedInterface {

	}

	non-sealed interface PermittedInterface extends SealedInterface {

	}

	abstract class InnerClass implements BaseService.Iface {

	}

	static class FinalMethod implements BaseService.Iface {

		@Override
		public final String whoAmI() {
			return "own";
		}

	}

	interface UnknownMethod extends BaseService.Iface {

		String unknown();

	}

	abstract static class UnknownProtectedMethod implements BaseService.Iface {

		abstract String unknown();

	}

	@Component
	abstract static class ComponentClient implements BaseService.Iface {

	}

	@Service
	abstract static class ServiceClient implements BaseService.Iface {

	}

	abstract static class PrivateConstructor implements BaseService.Iface {

		private PrivateConstructor() {
		}

	}

}
