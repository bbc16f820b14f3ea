package io.github.thriftboot.client.autoconfigure;

import java.util.concurrent.CompletableFuture;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.thriftboot.client.CircuitBreakerOpenException;
import io.github.thriftboot.client.EchoServer;
import io.github.thriftboot.client.ImportThriftClients;
import io.github.thriftboot.client.ThriftClientFactory;
import io.github.thriftboot.netty.client.NoInstanceException;
import io.github.thriftboot.netty.protocol.RemoteApplicationException;
import io.github.thriftboot.netty.test.Packets;
import io.github.thriftboot.test.Declined;
import io.github.thriftboot.test.EchoService;
import org.apache.thrift.TException;
import org.apache.thrift.async.AsyncMethodCallback;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * How clients call whose cluster mode is configured.
 */
class ClusterModeTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ThriftClientAutoConfiguration.class))
		.withUserConfiguration(Clients.class)
		.withPropertyValues("thrift.client.timeout=10s");

	@Test
	void failsafeMethodReturnsNothingAndItsFailuresCount() {
		this.runner
			.withPropertyValues("thrift.client.addresses=localhost:1",
					"thrift.client.service.EchoService.method.add.cluster=failsafe",
					"thrift.client.circuit-breaker.minimum-number-of-calls=1")
			.run((context) -> {
				EchoService.Iface client = context.getBean(SyncClient.class);
				assertThat(client.add(1, 2)).isZero();
				CircuitBreaker breaker = context.getBean(CircuitBreakerRegistry.class).circuitBreaker("EchoService");
				assertThat(breaker.getState()).isEqualTo(CircuitBreaker.State.OPEN);
				assertThat(client.add(1, 2)).as("breaker open").isZero();
				assertThatExceptionOfType(CircuitBreakerOpenException.class).as("another method")
					.isThrownBy(() -> client.echo(Packets.ofSize(1)));
				assertThat(client.misbehave("any")).as("fallback").isEqualTo("fallback");
				CompletableFuture<Integer> answer = new CompletableFuture<>();
				context.getBean(ThriftClientFactory.class)
					.create(EchoService.AsyncIface.class, "EchoService")
					.add(1, 2, callback(answer));
				assertThat(answer).isCompletedWithValue(0);
			});
	}

	@Test
	void fallbackGoesBeforeFailsafe() {
		this.runner.withPropertyValues("thrift.client.addresses=localhost:1", "thrift.client.cluster=failsafe")
			.run((context) -> {
				assertThat(context.getBean(SyncClient.class).misbehave("any")).isEqualTo("fallback");
				assertThat(context.getBean(SyncClient.class).whoAmI()).isNull();
			});
	}

	@Test
	void failsafeMethodTellsAnswers() {
		try (EchoServer server = new EchoServer()) {
			this.runner
				.withPropertyValues("thrift.client.addresses=" + server.address(), "thrift.client.cluster=failsafe",
						"thrift.client.fallback-on-application-error=true")
				.run((context) -> {
					EchoService.Iface client = context.getBean(SyncClient.class);
					assertThatExceptionOfType(Declined.class).isThrownBy(() -> client.decline(1));
					assertThatExceptionOfType(RemoteApplicationException.class).isThrownBy(() -> client.blob(-1));
				});
		}
	}

	@Test
	void broadcastMethodGoesToAllInstances() {
		try (EchoServer first = new EchoServer(); EchoServer second = new EchoServer()) {
			this.runner
				.withPropertyValues("thrift.client.addresses=" + first.address() + "," + second.address(),
						"thrift.client.service.EchoService.method.echo.cluster=broadcast")
				.run((context) -> context.getBean(SyncClient.class).echo(Packets.ofSize(1)));

			assertThat(first.handler().executions()).hasSize(1).isEqualTo(second.handler().executions());
		}
	}

	@Test
	void methodMayWaitForAnInstance() {
		this.runner
			.withPropertyValues("thrift.client.addresses=localhost:1",
					"thrift.client.service.EchoService.method.add.wait-for-instance=300ms")
			.run((context) -> {
				EchoService.Iface client = context.getBean(SyncClient.class);
				assertThatExceptionOfType(TException.class).isThrownBy(() -> client.echo(Packets.ofSize(1)));
				long start = System.nanoTime();
				assertThatExceptionOfType(NoInstanceException.class).isThrownBy(() -> client.add(1, 2));
				assertThat(System.nanoTime() - start).isGreaterThan(250_000_000L);
			});
	}

	private static AsyncMethodCallback<Integer> callback(CompletableFuture<Integer> answer) {
		return new AsyncMethodCallback<>() {

			@Override
			public void onComplete(Integer value) {
				answer.complete(value);
			}

			@Override
			public void onError(Exception failure) {
				answer.completeExceptionally(failure);
			}

		};
	}

	interface SyncClient extends EchoService.Iface {

		@Override
		default String misbehave(String how) {
			return "fallback";
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportThriftClients(SyncClient.class)
	static class Clients {

		@Bean
		CircuitBreakerRegistry circuitBreakerRegistry() {
			return CircuitBreakerRegistry.ofDefaults();
		}

	}

}
