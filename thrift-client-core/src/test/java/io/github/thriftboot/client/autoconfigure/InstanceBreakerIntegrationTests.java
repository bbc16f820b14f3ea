package io.github.thriftboot.client.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.thriftboot.client.CircuitBreakerStateChangedEvent;
import io.github.thriftboot.client.ImportThriftClients;
import io.github.thriftboot.client.ThriftClientFactory;
import io.github.thriftboot.netty.client.InstanceSource;
import io.github.thriftboot.netty.client.NoInstanceException;
import io.github.thriftboot.netty.protocol.RemoteApplicationException;
import io.github.thriftboot.netty.test.ChangingInstances;
import io.github.thriftboot.netty.test.LogCapture;
import io.github.thriftboot.netty.test.RawConnection;
import io.github.thriftboot.netty.test.RawMessage;
import io.github.thriftboot.netty.test.RawServer;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.EchoService;
import io.github.thriftboot.test.EchoService.add_result;
import org.apache.thrift.TApplicationException;
import org.apache.thrift.protocol.TMessageType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Circuit breakers of instances: an open one takes its instance out of the balance, and
 * nothing is left of it when the instance has left.
 */
class InstanceBreakerIntegrationTests {

	private final Instance good = new Instance();

	private final Instance bad = new Instance();

	private final ChangingInstances instances = new ChangingInstances(this.good.port(), this.bad.port());

	private final CircuitBreakerRegistry registry = CircuitBreakerRegistry.ofDefaults();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ThriftClientAutoConfiguration.class))
		.withUserConfiguration(ClientConfiguration.class)
		.withBean(InstanceSource.class, () -> this.instances)
		.withBean(CircuitBreakerRegistry.class, () -> this.registry)
		.withPropertyValues("thrift.client.timeout=10s", "thrift.client.load-balancer=round-robin",
				"thrift.client.circuit-breaker.scope=instance", "thrift.client.circuit-breaker.sliding-window-size=4",
				"thrift.client.circuit-breaker.minimum-number-of-calls=4",
				"thrift.client.circuit-breaker.wait-duration-in-open-state=300ms",
				"thrift.client.circuit-breaker.permitted-number-of-calls-in-half-open-state=2");

	@AfterEach
	void stopServers() throws Exception {
		this.good.server.close();
		this.bad.server.close();
	}

	@Test
	void openBreakerTakesItsInstanceOutOfTheBalanceUntilProbesSucceed() {
		this.bad.behaviour = Behaviour.ERROR;
		try (LogCapture log = new LogCapture(ConfiguredBreakers.class)) {
			this.runner.withPropertyValues("thrift.client.circuit-breaker.wait-duration-in-open-state=2s")
				.run((context) -> {
					EchoService.Iface client = context.getBean(EchoService.Iface.class);
					Events events = context.getBean(Events.class);
					callUntil(client, () -> state(this.bad) == State.OPEN);
					int received = this.bad.received.get();
					assertThat(received).isEqualTo(4);
					for (int i = 0; i < 20; i++) {
						assertThat(client.add(1, 2)).isEqualTo(3);
					}
					assertThat(this.bad.received).as("open: no byte leaves").hasValue(received);

					this.bad.behaviour = Behaviour.ANSWER;
					callUntil(client, () -> state(this.bad) == State.CLOSED);
					assertThat(this.bad.received).hasValueGreaterThanOrEqualTo(received + 2);
					assertThat(state(this.good)).isEqualTo(State.CLOSED);

					String name = this.bad.breaker();
					assertThat(events.seen).containsExactly(changed(name, State.CLOSED, State.OPEN),
							changed(name, State.OPEN, State.HALF_OPEN), changed(name, State.HALF_OPEN, State.CLOSED));
					assertThat(log.lines()).containsSubsequence("WARN Circuit breaker '" + name + "' CLOSED -> OPEN",
							"INFO Circuit breaker '" + name + "' OPEN -> HALF_OPEN",
							"INFO Circuit breaker '" + name + "' HALF_OPEN -> CLOSED");
				});
		}
	}

	@Test
	void attemptsCountThoughTheCallSucceedsElsewhere() {
		this.bad.behaviour = Behaviour.CLOSE;
		this.runner
			.withPropertyValues("thrift.client.idempotent=true", "thrift.client.retry.budget-per-second=1000000",
					"thrift.client.circuit-breaker.wait-duration-in-open-state=1m")
			.run((context) -> {
				EchoService.Iface client = context.getBean(EchoService.Iface.class);
				await().until(() -> {
					assertThat(client.add(1, 2)).isEqualTo(3);
					return state(this.bad) == State.OPEN;
				});
				assertThat(this.registry.circuitBreaker(this.bad.breaker()).getMetrics().getNumberOfFailedCalls())
					.isEqualTo(4);
				assertThat(state(this.good)).isEqualTo(State.CLOSED);
			});
	}

	@Test
	void halfOpenBreakerAdmitsProbesAndSendsOthersElsewhere() {
		this.runner.withPropertyValues("thrift.client.circuit-breaker.wait-duration-in-open-state=1m")
			.run((context) -> {
				EchoService.AsyncIface async = context.getBean(ThriftClientFactory.class)
					.create(EchoService.AsyncIface.class, "EchoService");
				EchoService.Iface client = context.getBean(EchoService.Iface.class);
				CircuitBreaker breaker = this.registry.circuitBreaker(this.bad.breaker());
				client.add(1, 2);
				client.add(1, 2);
				int received = this.bad.received.get();
				breaker.transitionToOpenState();
				breaker.transitionToHalfOpenState();
				this.bad.behaviour = Behaviour.SILENT;
				for (int i = 0; i < 20; i++) {
					async.add(1, 2, null);
				}
				await().until(() -> this.bad.received.get() == received + 2);
				for (int i = 0; i < 20; i++) {
					assertThat(client.add(1, 2)).isEqualTo(3);
				}
				assertThat(this.bad.received).hasValue(received + 2);
				assertThat(breaker.getState()).isEqualTo(State.HALF_OPEN);
			});
	}

	@Test
	void withAllBreakersOpenThereIsNoInstance() {
		this.runner.run((context) -> {
			EchoService.Iface client = context.getBean(EchoService.Iface.class);
			this.registry.getAllCircuitBreakers().forEach(CircuitBreaker::transitionToForcedOpenState);
			assertThatExceptionOfType(NoInstanceException.class).isThrownBy(() -> client.add(1, 2))
				.withMessageContaining("admits");

			this.registry.circuitBreaker(this.good.breaker()).transitionToClosedState();
			assertThat(client.add(1, 2)).isEqualTo(3);
			assertThat(this.bad.received).hasValue(0);
		});
	}

	@Test
	void breakersLeaveTheRegistryWithTheirInstances() {
		this.runner.run((context) -> {
			assertThat(names()).containsExactlyInAnyOrder(this.good.breaker(), this.bad.breaker());
			CircuitBreaker breaker = this.registry.circuitBreaker(this.bad.breaker());
			this.instances.set(this.good.port());
			assertThat(names()).containsExactly(this.good.breaker());

			this.instances.set(this.good.port(), this.bad.port());
			assertThat(names()).containsExactlyInAnyOrder(this.good.breaker(), this.bad.breaker());
			assertThat(this.registry.circuitBreaker(this.bad.breaker())).isNotSameAs(breaker);
			for (int i = 1; i <= 1_000; i++) {
				this.instances.set(this.good.port(), i);
			}
			assertThat(names()).hasSize(2);
		});
		assertThat(names()).isEmpty();
	}

	@Test
	void breakerThatExistsIsUsedAndKept() {
		CircuitBreaker own = this.registry.circuitBreaker(this.bad.breaker());
		this.runner.run((context) -> {
			EchoService.Iface client = context.getBean(EchoService.Iface.class);
			own.transitionToForcedOpenState();
			for (int i = 0; i < 10; i++) {
				client.add(1, 2);
			}
			assertThat(this.bad.received).hasValue(0);
			this.instances.set(this.good.port());
			this.instances.set(this.good.port(), this.bad.port());
			own.transitionToClosedState();
			client.add(1, 2);
			client.add(1, 2);
			assertThat(own.getMetrics().getNumberOfSuccessfulCalls()).isEqualTo(1);
		});
		assertThat(names()).containsExactly(this.bad.breaker());
	}

	@Test
	void breakersAreConfiguredAsThatOfTheClientIs() {
		this.registry.circuitBreaker("EchoService",
				CircuitBreakerConfig.custom().slowCallRateThreshold(33).slidingWindowSize(77).build());
		this.runner.run((context) -> {
			CircuitBreakerConfig config = this.registry.circuitBreaker(this.bad.breaker()).getCircuitBreakerConfig();
			assertThat(config.getSlowCallRateThreshold()).isEqualTo(33);
			assertThat(config.getSlidingWindowSize()).isEqualTo(4);
		});
	}

	private List<String> names() {
		return this.registry.getAllCircuitBreakers().stream().map(CircuitBreaker::getName).toList();
	}

	private State state(Instance instance) {
		return this.registry.circuitBreaker(instance.breaker()).getState();
	}

	private static CircuitBreakerStateChangedEvent changed(String breaker, State from, State to) {
		return new CircuitBreakerStateChangedEvent("EchoService", breaker, from, to);
	}

	private static void callUntil(EchoService.Iface client, Callable<Boolean> condition) {
		await().until(() -> {
			try {
				client.add(1, 2);
			}
			catch (RemoteApplicationException ex) {
				// what a failing instance answers
			}
			return condition.call();
		});
	}

	/**
	 * What an instance does with requests.
	 */
	private enum Behaviour {

		ANSWER, ERROR, CLOSE, SILENT

	}

	private static final class Instance {

		private final AtomicInteger received = new AtomicInteger();

		private final RawServer server = RawServer.start(this::serve);

		private volatile Behaviour behaviour = Behaviour.ANSWER;

		int port() {
			return this.server.port();
		}

		String breaker() {
			return "EchoService@" + TestRuntime.instance(port()).address();
		}

		private void serve(RawConnection connection) throws Exception {
			while (true) {
				RawMessage request = connection.receive();
				this.received.incrementAndGet();
				switch (this.behaviour) {
					case ANSWER -> connection.send(request.reply(new add_result().setSuccess(3)));
					case ERROR -> connection
						.send(request.reply(new TApplicationException(TApplicationException.INTERNAL_ERROR, "broken"))
							.withType(TMessageType.EXCEPTION));
					case CLOSE -> {
						return;
					}
					case SILENT -> {
					}
				}
			}
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportThriftClients(EchoService.Iface.class)
	static class ClientConfiguration {

		@Bean
		Events events() {
			return new Events();
		}

	}

	static final class Events {

		private final List<CircuitBreakerStateChangedEvent> seen = new ArrayList<>();

		@EventListener
		synchronized void onChange(CircuitBreakerStateChangedEvent event) {
			this.seen.add(event);
			throw new IllegalStateException("a listener that fails disturbs no call");
		}

	}

}
