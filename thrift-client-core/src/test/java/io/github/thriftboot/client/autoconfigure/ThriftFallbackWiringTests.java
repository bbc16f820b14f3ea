package io.github.thriftboot.client.autoconfigure;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import io.github.thriftboot.client.ImportThriftClients;
import io.github.thriftboot.client.ThriftClient;
import io.github.thriftboot.client.ThriftClientConfigurationException;
import io.github.thriftboot.client.ThriftClientFactory;
import io.github.thriftboot.client.ThriftFallback;
import io.github.thriftboot.client.ThriftFallbackFactory;
import io.github.thriftboot.netty.client.InstanceSource;
import io.github.thriftboot.netty.client.NoInstanceException;
import io.github.thriftboot.netty.client.ThriftInstance;
import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.test.BaseService;
import io.github.thriftboot.test.EchoService;
import io.github.thriftboot.test.OtherService;
import org.apache.thrift.TException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.NestedExceptionUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.Mockito.mock;

/**
 * How clients find their fallbacks. No instance is known, so all calls go there.
 */
class ThriftFallbackWiringTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ThriftClientAutoConfiguration.class))
		.withBean(EmptySource.class);

	private static String whoAmI(ApplicationContext context) throws TException {
		return context.getBean(EchoService.Iface.class).whoAmI();
	}

	@Test
	void withoutFallbackTheCauseIsThrown() {
		this.runner.withUserConfiguration(Plain.class)
			.run((context) -> assertThatExceptionOfType(NoInstanceException.class).isThrownBy(() -> whoAmI(context)));
	}

	@Test
	void fallbackBeanIsFoundByTypeAndNotInjectedInPlaceOfTheClient() {
		this.runner.withUserConfiguration(Plain.class, EchoFallback.class, User.class).run((context) -> {
			assertThat(context.getBean(User.class).client).isNotInstanceOf(EchoFallback.class);
			assertThat(context.getBean(User.class).client.whoAmI()).isEqualTo("fallback bean");
			assertThat(context.getBean(ThriftClientFactory.class).create(EchoService.Iface.class, "other").whoAmI())
				.isEqualTo("fallback bean");
		});
	}

	@Test
	void fallbackOfAnotherServiceIsNotUsed() {
		this.runner.withUserConfiguration(Base.class, EchoFallback.class)
			.run((context) -> assertThatExceptionOfType(NoInstanceException.class)
				.isThrownBy(() -> context.getBean(BaseService.Iface.class).whoAmI()));
	}

	@Test
	void fallbackOfTheOtherInterfaceIsNotUsed() {
		this.runner.withUserConfiguration(Plain.class, AsyncFallback.class).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThatExceptionOfType(NoInstanceException.class).isThrownBy(() -> whoAmI(context));
		});
	}

	@ParameterizedTest
	@ValueSource(classes = { FactoryBeanMethod.class, EchoFallbackFactory.class, NamedFactory.class })
	void factoryGetsTheCause(Class<?> configuration) {
		if (configuration == NamedFactory.class) {
			this.runner.withUserConfiguration(configuration).run(ThriftFallbackWiringTests::assertFactoryGetsTheCause);
		}
		else {
			this.runner.withUserConfiguration(Plain.class, configuration)
				.run(ThriftFallbackWiringTests::assertFactoryGetsTheCause);
		}
	}

	private static void assertFactoryGetsTheCause(ApplicationContext context) throws TException {
		assertThat(whoAmI(context)).isEqualTo("NoInstanceException");
	}

	@Test
	void factoryMayHaveNone() {
		this.runner.withUserConfiguration(Plain.class)
			.withBean(NoneFactory.class)
			.run((context) -> assertThatExceptionOfType(NoInstanceException.class).isThrownBy(() -> whoAmI(context)));
	}

	@Test
	void factoryThatThrowsKeepsTheCause() {
		this.runner.withUserConfiguration(Plain.class)
			.withBean(ThrowingFactory.class)
			.run((context) -> assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> whoAmI(context))
				.satisfies((ex) -> assertThat(ex.getSuppressed()).singleElement()
					.isInstanceOf(NoInstanceException.class)));
	}

	@Test
	void namedFallbackIsCreatedWithInjectionAndDestroyed() {
		CreatedFallback.open.set(0);
		this.runner.withUserConfiguration(Named.class)
			.withBean("greeting", String.class, () -> "hello")
			.run((context) -> {
				assertThat(CreatedFallback.open).hasValue(1);
				assertThat(whoAmI(context)).isEqualTo("created hello");
				assertThat(context).doesNotHaveBean(CreatedFallback.class);
				context.close();
				assertThat(CreatedFallback.open).hasValue(0);
			});
	}

	@Test
	void namedFallbackMayBeABean() {
		CreatedFallback.open.set(0);
		this.runner.withUserConfiguration(Named.class)
			.withBean(CreatedFallback.class, () -> new CreatedFallback("bean"),
					(definition) -> definition.setFallback(true))
			.run((context) -> {
				assertThat(context.getBean(NamedClient.class).whoAmI()).isEqualTo("created bean");
				assertThat(CreatedFallback.open).hasValue(1);
			});
	}

	@Test
	void namedFallbackGoesBeforeTheOneFoundByType() {
		this.runner.withUserConfiguration(Named.class, EchoFallback.class)
			.withBean("greeting", String.class, () -> "hello")
			.run((context) -> assertThat(whoAmI(context)).isEqualTo("created hello"));
	}

	@Test
	void defaultMethodGoesBeforeFallbackOfTheClient() {
		this.runner.withUserConfiguration(DefaultMethod.class, EchoFallback.class).run((context) -> {
			assertThat(whoAmI(context)).isEqualTo("default method");
			assertThat(context.getBean(EchoService.Iface.class).add(1, 2)).isEqualTo(-3);
		});
	}

	@Test
	void fallbackMayDependOnItsClientAndOthers() {
		this.runner.withUserConfiguration(Plain.class, Other.class, DependentFallback.class).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(whoAmI(context)).isEqualTo("default true");
		});
	}

	@Test
	void fallbackThatCannotBeMadeEndsTheStart() {
		this.runner.withUserConfiguration(Named.class)
			.run((context) -> assertThat(context).getFailure()
				.hasMessageContaining(CreatedFallback.class.getName())
				.hasMessageContaining("java.lang.String"));
	}

	@Test
	void wrongTypesEndTheStart() {
		assertFailure("is named as the fallback of Thrift client 'EchoService' (" + WrongClient.class.getName()
				+ "), but does not implement " + EchoService.Iface.class.getCanonicalName(), Wrong.class);
		assertFailure("is named as the fallback factory of Thrift client 'EchoService'", WrongFactory.class);
		assertFailure("does not implement ThriftFallbackFactory<" + EchoService.Iface.class.getCanonicalName() + ">",
				WrongFactory.class);
		assertFailure("There is no bean of type " + UnknownFallback.class.getName(), Unknown.class);
		assertFailure("names both a fallback", Both.class);
		assertFailure("is no fallback of any Thrift service", Plain.class, NoFallback.class);
		assertFailure("but a class is its own fallback", OwnAndNamed.class);
	}

	@Test
	void severalFallbacksEndTheStart() {
		assertFailure(
				"The fallback of Thrift client 'EchoService' (" + PlainClient.class.getName()
						+ ") is not clear: there are 2 @ThriftFallback beans",
				Plain.class, EchoFallback.class, EchoFallbackFactory.class);
		assertFailure("2 beans of type " + CreatedFallback.class.getName(), Named.class, TwoCreated.class);
	}

	private void assertFailure(String text, Class<?>... configurations) {
		this.runner.withUserConfiguration(configurations).run((context) -> {
			Throwable failure = NestedExceptionUtils.getMostSpecificCause(context.getStartupFailure());
			assertThat(failure).isInstanceOf(ThriftClientConfigurationException.class).hasMessageContaining(text);
			assertThat(((ThriftClientConfigurationException) failure).action()).isNotEmpty();
		});
	}

	/**
	 * Knows no instance of any service.
	 */
	static class EmptySource implements InstanceSource {

		@Override
		public Subscription subscribe(String service, Consumer<List<ThriftInstance>> listener) {
			listener.accept(List.of());
			return () -> {
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportThriftClients(PlainClient.class)
	static class Plain {

	}

	interface PlainClient extends EchoService.Iface {

	}

	@Configuration(proxyBeanMethods = false)
	@ImportThriftClients(BaseService.Iface.class)
	static class Base {

	}

	@Configuration(proxyBeanMethods = false)
	@ImportThriftClients(OtherService.Iface.class)
	static class Other {

	}

	@Configuration(proxyBeanMethods = false)
	@ImportThriftClients(NamedClient.class)
	static class Named {

	}

	@ThriftClient(fallback = CreatedFallback.class)
	interface NamedClient extends EchoService.Iface {

	}

	@Configuration(proxyBeanMethods = false)
	@ImportThriftClients(NamedFactoryClient.class)
	static class NamedFactory {

	}

	@ThriftClient(fallbackFactory = EchoFallbackFactory.class)
	interface NamedFactoryClient extends EchoService.Iface {

	}

	@Configuration(proxyBeanMethods = false)
	@ImportThriftClients(DefaultMethodClient.class)
	static class DefaultMethod {

	}

	interface DefaultMethodClient extends EchoService.Iface {

		@Override
		default String whoAmI() {
			return "default method";
		}

	}

	static class User {

		private final EchoService.Iface client;

		User(EchoService.Iface client) {
			this.client = client;
		}

	}

	@ThriftFallback
	static class EchoFallback extends EchoHandler {

		EchoFallback() {
			super("fallback bean");
		}

		@Override
		public int add(int left, int right) {
			return -3;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class AsyncFallback {

		@Bean
		@ThriftFallback
		EchoService.AsyncIface asyncFallback() {
			return mock(EchoService.AsyncIface.class);
		}

	}

	@ThriftFallback
	static class EchoFallbackFactory implements ThriftFallbackFactory<EchoService.Iface> {

		@Override
		public EchoService.Iface create(TException cause) {
			return new EchoHandler(cause.getClass().getSimpleName());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class FactoryBeanMethod {

		@Bean
		@ThriftFallback
		ThriftFallbackFactory<EchoService.Iface> factory() {
			return (cause) -> new EchoHandler(cause.getClass().getSimpleName());
		}

	}

	@ThriftFallback
	static class NoneFactory implements ThriftFallbackFactory<EchoService.Iface> {

		@Override
		public EchoService.Iface create(TException cause) {
			return null;
		}

	}

	@ThriftFallback
	static class ThrowingFactory implements ThriftFallbackFactory<EchoService.Iface> {

		@Override
		public EchoService.Iface create(TException cause) {
			throw new IllegalStateException("factory");
		}

	}

	static class CreatedFallback extends EchoHandler implements DisposableBean {

		private static final AtomicInteger open = new AtomicInteger();

		CreatedFallback(String greeting) {
			super("created " + greeting);
			open.incrementAndGet();
		}

		@Override
		public void destroy() {
			open.decrementAndGet();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class TwoCreated {

		@Bean
		CreatedFallback first() {
			return new CreatedFallback("first");
		}

		@Bean
		CreatedFallback second() {
			return new CreatedFallback("second");
		}

	}

	@ThriftFallback
	static class DependentFallback extends EchoHandler {

		private final OtherService.Iface other;

		DependentFallback(EchoService.Iface client, OtherService.Iface other) {
			super("default " + (client != null));
			this.other = other;
		}

		OtherService.Iface other() {
			return this.other;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportThriftClients(WrongClient.class)
	static class Wrong {

	}

	@ThriftClient(fallback = String.class)
	interface WrongClient extends EchoService.Iface {

	}

	@Configuration(proxyBeanMethods = false)
	@ImportThriftClients(WrongFactoryClient.class)
	static class WrongFactory {

	}

	@ThriftClient(fallbackFactory = OtherFactory.class)
	interface WrongFactoryClient extends EchoService.Iface {

	}

	static class OtherFactory implements ThriftFallbackFactory<OtherService.Iface> {

		@Override
		public OtherService.Iface create(TException cause) {
			return null;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportThriftClients(UnknownClient.class)
	static class Unknown {

	}

	@ThriftClient(fallback = UnknownFallback.class)
	interface UnknownClient extends EchoService.Iface {

	}

	abstract static class UnknownFallback implements EchoService.Iface {

	}

	@Configuration(proxyBeanMethods = false)
	@ImportThriftClients(BothClient.class)
	static class Both {

	}

	@ThriftClient(fallback = EchoFallback.class, fallbackFactory = EchoFallbackFactory.class)
	interface BothClient extends EchoService.Iface {

	}

	@ThriftFallback
	static class NoFallback {

	}

	@Configuration(proxyBeanMethods = false)
	@ImportThriftClients(OwnAndNamedClient.class)
	static class OwnAndNamed {

	}

	@ThriftClient(fallback = EchoFallback.class)
	abstract static class OwnAndNamedClient implements EchoService.Iface {

	}

}
