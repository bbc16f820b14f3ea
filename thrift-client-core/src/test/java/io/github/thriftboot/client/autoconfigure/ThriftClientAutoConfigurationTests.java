package io.github.thriftboot.client.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.github.thriftboot.client.EchoServer;
import io.github.thriftboot.client.EnableThriftClients;
import io.github.thriftboot.client.ImportThriftClients;
import io.github.thriftboot.client.ThriftClient;
import io.github.thriftboot.client.ThriftClientFactory;
import io.github.thriftboot.client.autoconfigure.scan.ScannedApplication;
import io.github.thriftboot.netty.client.ConnectionPool;
import io.github.thriftboot.netty.client.InstanceSource;
import io.github.thriftboot.netty.client.ThriftChannel;
import io.github.thriftboot.netty.client.ThriftInstance;
import io.github.thriftboot.test.BaseService;
import io.github.thriftboot.test.EchoService;
import io.github.thriftboot.test.OtherService;
import org.aopalliance.intercept.MethodInterceptor;
import org.apache.thrift.TException;
import org.apache.thrift.async.AsyncMethodCallback;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;

import org.springframework.aop.framework.autoproxy.BeanNameAutoProxyCreator;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Primary;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The wiring of clients.
 */
@ExtendWith(OutputCaptureExtension.class)
class ThriftClientAutoConfigurationTests {

	private static EchoServer server;

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ThriftClientAutoConfiguration.class))
		.withPropertyValues("thrift.client.timeout=10s", "thrift.client.addresses=" + server.address());

	@BeforeAll
	static void logLinesOfInterest() {
		((Logger) LoggerFactory.getLogger(ConfiguredConnector.class)).setLevel(Level.INFO);
	}

	@BeforeAll
	static void startServer() {
		server = new EchoServer();
	}

	@AfterAll
	static void stopServer() {
		server.close();
	}

	@Test
	void withoutClientsThereIsOnlyTheFactory() {
		this.runner.run((context) -> {
			assertThat(context).hasSingleBean(ThriftClientFactory.class).hasSingleBean(ConnectionPool.class);
			assertThat(context.getBean(ThriftClientFactory.class).names()).isEmpty();
		});
	}

	@Test
	void nothingIsThereWithoutTheRuntime() {
		this.runner.withClassLoader(new FilteredClassLoader(ThriftChannel.class))
			.run((context) -> assertThat(context).doesNotHaveBean(ThriftClientFactory.class));
	}

	@Test
	void propertySwitchesClientsOff() {
		this.runner.withPropertyValues("thrift.client.enabled=false")
			.withUserConfiguration(ScannedApplication.class)
			.run((context) -> assertThat(context).doesNotHaveBean(ThriftClientFactory.class)
				.doesNotHaveBean(ConnectionPool.class)
				.doesNotHaveBean(EchoService.Iface.class));
	}

	@Test
	void beansOfTheUserAreUsed() {
		ConnectionPool pool = new ConnectionPool(1);
		ThriftClientFactory factory = new ThriftClientFactory(new DefaultListableBeanFactory(),
				(name, service, descriptor) -> null);
		this.runner.withBean(ConnectionPool.class, () -> pool)
			.withBean(ThriftClientFactory.class, () -> factory)
			.run((context) -> {
				assertThat(context.getBean(ConnectionPool.class)).isSameAs(pool);
				assertThat(context.getBean(ThriftClientFactory.class)).isSameAs(factory);
			});
	}

	@Test
	void clientsAreFoundInThePackagesOfTheApplication() {
		this.runner.withUserConfiguration(ScannedApplication.class).run((context) -> {
			assertThat(context).hasBean("scannedClient").hasBean("scannedClassClient");
			assertThat(context.getBean(EchoService.Iface.class).add(1, 2)).isEqualTo(3);
			assertThat(context.getBean(OtherService.Iface.class)).hasToString(
					"Thrift client 'other' " + "(io.github.thriftboot.client.autoconfigure.scan.ScannedClassClient)");
			assertThat(context.getBean(ThriftClientFactory.class).names()).containsExactly("EchoService", "other");
		});
	}

	@Test
	void enableThriftClientsReplacesThePackagesOfTheApplication() {
		this.runner.withUserConfiguration(ScannedApplication.class, ElsewhereConfiguration.class)
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(EchoService.Iface.class));
	}

	@Test
	void enableThriftClientsNeedsNoAutoConfigurationPackage() {
		this.runner.withUserConfiguration(ByClassConfiguration.class)
			.run((context) -> assertThat(context).hasBean("scannedClient"));
	}

	@Test
	void importedClientsNeedNoInterfaceOfTheirOwn() {
		this.runner.withUserConfiguration(ImportConfiguration.class).run((context) -> {
			assertThat(context.getBean(EchoService.Iface.class).whoAmI()).isEqualTo("echo");
			CompletableFuture<String> outcome = new CompletableFuture<>();
			context.getBean(BaseService.AsyncIface.class).whoAmI(new AsyncMethodCallback<>() {

				@Override
				public void onComplete(String value) {
					outcome.complete(value);
				}

				@Override
				public void onError(Exception failure) {
					outcome.completeExceptionally(failure);
				}

			});
			// the server exports no BaseService
			assertThat(outcome).failsWithin(15, TimeUnit.SECONDS)
				.withThrowableThat()
				.withMessageContaining("BaseService");
		});
	}

	@Test
	void typeThatIsFoundTwiceIsOneBean() {
		this.runner.withUserConfiguration(ByClassConfiguration.class, AgainConfiguration.class)
			.run((context) -> assertThat(context).hasSingleBean(EchoService.Iface.class));
	}

	@Test
	void typeIsKnownBeforeThereIsAnInstance() {
		this.runner.withUserConfiguration(LazyConfiguration.class).run((context) -> {
			assertThat(context.getBeanNamesForType(EchoService.Iface.class)).hasSize(1);
			assertThat(context.getBeanFactory().containsSingleton(LazyClient.class.getName())).isFalse();
			assertThat(context.getBean(LazyUser.class).client.add(1, 2)).isEqualTo(3);
			assertThat(context.getBeanFactory().containsSingleton(LazyClient.class.getName())).isTrue();
		});
	}

	@Test
	void primaryClientIsInjected() {
		this.runner.withUserConfiguration(PrimaryConfiguration.class)
			.run((context) -> assertThat(context.getBean(EchoService.Iface.class)).isInstanceOf(PrimaryClient.class));
	}

	@Test
	void clientClassIsABeanLikeAnyOther() {
		this.runner.withUserConfiguration(InjectedConfiguration.class)
			.withPropertyValues("greeting=hello", "thrift.client.fallback-on-application-error=true")
			.run((context) -> {
				InjectedClient client = context.getBean(InjectedClient.class);
				assertThat(client.names).containsExactly("second", "hello", "field");
				assertThat(client.initialized).isEqualTo("3");
				assertThat(client.whoAmI()).isEqualTo("echo");
				assertThat(client.misbehave("application-99")).isEqualTo("own [second, hello, field]");
				context.close();
				assertThat(client.names).isEmpty();
			});
	}

	@Test
	void clientsCanBeAdvised() {
		this.runner.withUserConfiguration(AdvisedConfiguration.class).run((context) -> {
			List<String> advised = context.getBean(AdvisedConfiguration.class).calls;
			for (Class<? extends EchoService.Iface> type : List.of(PlainClient.class, ClassClient.class)) {
				EchoService.Iface client = context.getBean(type);
				assertThat(AopUtils.isAopProxy(client)).isTrue();
				assertThat(client.add(1, 2)).isEqualTo(3);
			}
			assertThat(advised).containsExactly("add", "add");
		});
	}

	@Test
	void factoryMakesClientsThatAreNotDeclared() {
		this.runner.run((context) -> {
			ThriftClientFactory factory = context.getBean(ThriftClientFactory.class);
			EchoService.Iface client = factory.create(EchoService.Iface.class, "tenant-a");
			assertThat(client.add(1, 2)).isEqualTo(3);
			assertThat(factory.names()).containsExactly("tenant-a");
		});
	}

	@Test
	void instanceSourceOfTheUserIsUsed(CapturedOutput output) {
		InstanceSource source = InstanceSource.of(List.of(ThriftInstance.of("localhost", server.port())));
		this.runner.withPropertyValues("thrift.client.addresses=")
			.withBean(InstanceSource.class, () -> source)
			.withUserConfiguration(PlainConfiguration.class)
			.run((context) -> {
				assertThat(context.getBean(EchoService.Iface.class).add(1, 2)).isEqualTo(3);
				assertThat(output).contains("Thrift client 'EchoService' finds service EchoService in " + source);
			});
	}

	@Test
	void oneLineTellsWhereInstancesComeFrom(CapturedOutput output) {
		this.runner.withUserConfiguration(PlainConfiguration.class).run((context) -> {
			context.getBean(ThriftClientFactory.class).create(EchoService.AsyncIface.class, "EchoService");
			assertThat(output.getOut().lines().filter((line) -> line.contains("Thrift client"))).singleElement()
				.asString()
				.contains("INFO", "'EchoService' calls service EchoService at [" + server.address() + "]");
		});
	}

	@Test
	void nameThatNoClientHasIsToldButNoError(CapturedOutput output) {
		this.runner.withUserConfiguration(PlainConfiguration.class)
			.withPropertyValues("thrift.client.service.ECHO-SERVICE.timeout=2s",
					"thrift.client.service.EchoServise.timeout=2s")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(output).contains(
						"'thrift.client.service.EchoServise' configures no Thrift client, those are: [EchoService]");
				assertThat(output).doesNotContain("ECHO");
			});
	}

	@Configuration(proxyBeanMethods = false)
	@EnableThriftClients(basePackages = "io.github.thriftboot.nowhere")
	static class ElsewhereConfiguration {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableThriftClients(basePackageClasses = ScannedApplication.class)
	static class ByClassConfiguration {

	}

	@Configuration(proxyBeanMethods = false)
	@ImportThriftClients({ EchoService.Iface.class, BaseService.AsyncIface.class })
	static class ImportConfiguration {

	}

	@Configuration(proxyBeanMethods = false)
	@ImportThriftClients(PlainClient.class)
	static class PlainConfiguration {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableThriftClients(basePackages = "io.github.thriftboot.client.autoconfigure.scan")
	static class AgainConfiguration {

	}

	interface PlainClient extends EchoService.Iface {

	}

	abstract static class ClassClient implements EchoService.Iface {

	}

	@Lazy
	@ThriftClient
	interface LazyClient extends EchoService.Iface {

	}

	@Configuration(proxyBeanMethods = false)
	@ImportThriftClients(LazyClient.class)
	static class LazyConfiguration {

		@Bean
		@Lazy
		LazyUser lazyUser(EchoService.Iface client) {
			return new LazyUser(client);
		}

	}

	record LazyUser(EchoService.Iface client) {

	}

	@Primary
	@ThriftClient(name = "primary")
	interface PrimaryClient extends EchoService.Iface {

	}

	@Configuration(proxyBeanMethods = false)
	@ImportThriftClients({ PlainClient.class, PrimaryClient.class })
	static class PrimaryConfiguration {

	}

	@ThriftClient
	abstract static class InjectedClient implements EchoService.Iface, InitializingBean, AutoCloseable {

		private final List<String> names = new ArrayList<>();

		private String initialized;

		InjectedClient(@Qualifier("two") String name, @Value("${greeting}") String greeting) {
			this.names.add(name);
			this.names.add(greeting);
		}

		@Autowired
		void more(@Qualifier("three") String name) {
			this.names.add(name);
		}

		@Override
		public void afterPropertiesSet() throws TException {
			// already connected
			this.initialized = Integer.toString(add(1, 2));
		}

		@Override
		public String misbehave(String how) {
			return "own " + this.names;
		}

		@Override
		public void close() {
			this.names.clear();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportThriftClients(InjectedClient.class)
	static class InjectedConfiguration {

		@Bean
		String one() {
			return "first";
		}

		@Bean
		String two() {
			return "second";
		}

		@Bean
		String three() {
			return "field";
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportThriftClients({ PlainClient.class, NamedClassClient.class })
	static class AdvisedConfiguration {

		private final List<String> calls = new ArrayList<>();

		@Bean
		MethodInterceptor advice() {
			return (invocation) -> {
				this.calls.add(invocation.getMethod().getName());
				return invocation.proceed();
			};
		}

		@Bean
		static BeanNameAutoProxyCreator autoProxyCreator() {
			BeanNameAutoProxyCreator creator = new BeanNameAutoProxyCreator();
			creator.setBeanNames("*Client");
			creator.setInterceptorNames("advice");
			creator.setProxyTargetClass(true);
			return creator;
		}

	}

	@ThriftClient(name = "named")
	abstract static class NamedClassClient extends ClassClient {

	}

}
