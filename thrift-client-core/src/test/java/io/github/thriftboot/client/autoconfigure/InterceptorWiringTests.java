package io.github.thriftboot.client.autoconfigure;

import java.util.ArrayList;
import java.util.List;

import io.github.thriftboot.client.EchoServer;
import io.github.thriftboot.client.ImportThriftClients;
import io.github.thriftboot.client.ThriftClient;
import io.github.thriftboot.client.ThriftClientInterceptor;
import io.github.thriftboot.test.EchoService;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.BeanCreationException;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.annotation.Order;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How interceptors become part of clients.
 */
class InterceptorWiringTests {

	private static EchoServer server;

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ThriftClientAutoConfiguration.class))
		.withUserConfiguration(Clients.class)
		.withPropertyValues("thrift.client.timeout=10s", "thrift.client.addresses=" + server.address());

	@BeforeAll
	static void startServer() {
		server = new EchoServer();
	}

	@AfterAll
	static void stopServer() {
		server.close();
	}

	@Test
	void interceptorsAreCalledInTheirOrder() {
		this.runner.withUserConfiguration(Ordered.class).run((context) -> {
			assertThat(context.getBean(Client.class).add(1, 2)).isEqualTo(3);
			assertThat(context.getBean(Ordered.class).seen).containsExactly("first", "second", "third");
		});
	}

	@Test
	void interceptorMayUseClients() {
		this.runner.withUserConfiguration(WithClient.class).run((context) -> {
			assertThat(context.getBean(Client.class).add(1, 2)).isEqualTo(3);
			assertThat(context.getBean(WithClient.class).seen).containsExactly("add", "nothing");
		});
	}

	@Test
	void clientCalledWhileTheContextStartsIsIntercepted() {
		this.runner.withUserConfiguration(Ordered.class, EarlyCaller.class).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context.getBean(Ordered.class).seen).containsExactly("first", "second", "third");
		});
	}

	@Test
	void interceptorsOfTheParentContextCount() {
		new ApplicationContextRunner().withUserConfiguration(Ordered.class)
			.run((parent) -> this.runner.withParent(parent).run((context) -> {
				context.getBean(Client.class).add(1, 2);
				assertThat(parent.getBean(Ordered.class).seen).containsExactly("first", "second", "third");
			}));
	}

	@Test
	void interceptorThatCannotBeMadeEndsTheStart() {
		this.runner.withUserConfiguration(Broken.class)
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.isInstanceOf(BeanCreationException.class)
				.rootCause()
				.hasMessage("no tokens"));
	}

	@Configuration(proxyBeanMethods = false)
	@ImportThriftClients(Client.class)
	static class Clients {

	}

	@ThriftClient
	interface Client extends EchoService.Iface {

	}

	@Configuration(proxyBeanMethods = false)
	static class Ordered {

		private final List<String> seen = new ArrayList<>();

		@Bean
		@Order(3)
		ThriftClientInterceptor third() {
			return recorder("third");
		}

		@Bean
		@Order(1)
		ThriftClientInterceptor first() {
			return recorder("first");
		}

		@Bean
		@Order(2)
		ThriftClientInterceptor second() {
			return recorder("second");
		}

		private ThriftClientInterceptor recorder(String name) {
			return (call, next) -> {
				this.seen.add(name);
				return next.proceed(call);
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class WithClient {

		private final List<String> seen = new ArrayList<>();

		@Bean
		ThriftClientInterceptor interceptor(Client client) {
			return (call, next) -> {
				this.seen.add(call.method().name());
				if (!call.method().name().equals("nothing")) {
					client.nothing();
				}
				return next.proceed(call);
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class EarlyCaller {

		@Bean
		Integer sum(Client client) throws Exception {
			return client.add(1, 2);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Broken {

		@Bean
		@Lazy
		ThriftClientInterceptor broken() {
			throw new IllegalStateException("no tokens");
		}

	}

}
