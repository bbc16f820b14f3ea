package io.github.thriftboot.client.autoconfigure;

import java.time.Duration;
import java.util.Arrays;
import java.util.Map;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.thriftboot.client.CircuitBreakerOpenException;
import io.github.thriftboot.client.EchoServer;
import io.github.thriftboot.client.ImportThriftClients;
import io.github.thriftboot.client.ThriftClientFactory;
import io.github.thriftboot.netty.protocol.RemoteApplicationException;
import io.github.thriftboot.test.Declined;
import io.github.thriftboot.test.EchoService;
import org.apache.thrift.TException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * The breaker of a client: where it comes from and how it is configured.
 */
class ClientCircuitBreakerTests {

	private static EchoServer server;

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ThriftClientAutoConfiguration.class))
		.withUserConfiguration(ClientConfiguration.class)
		.withPropertyValues("thrift.client.timeout=10s", "thrift.client.addresses=" + server.address());

	@BeforeAll
	static void startServer() {
		server = new EchoServer();
	}

	@AfterAll
	static void stopServer() {
		server.close();
	}

	private static EchoService.Iface client(ApplicationContext context) {
		return context.getBean(EchoService.Iface.class);
	}

	private static void fail(EchoService.Iface client) {
		assertThatExceptionOfType(RemoteApplicationException.class).isThrownBy(() -> client.misbehave("runtime"));
	}

	@Test
	void withoutRegistryThereIsABreakerButNoBean() {
		this.runner.withPropertyValues("thrift.client.circuit-breaker.minimum-number-of-calls=2").run((context) -> {
			assertThat(context).doesNotHaveBean(CircuitBreakerRegistry.class).doesNotHaveBean(CircuitBreaker.class);
			fail(client(context));
			fail(client(context));
			assertThatExceptionOfType(CircuitBreakerOpenException.class).isThrownBy(() -> client(context).whoAmI());
		});
	}

	@Test
	void registryOfTheApplicationIsUsed() {
		CircuitBreakerConfig byDefault = CircuitBreakerConfig.custom().slidingWindowSize(77).build();
		run(CircuitBreakerRegistry.of(byDefault), (context, breaker) -> {
			assertThat(breaker.getCircuitBreakerConfig().getSlidingWindowSize()).isEqualTo(77);
			client(context).whoAmI();
			assertThat(breaker.getMetrics().getNumberOfSuccessfulCalls()).isEqualTo(1);
		});
	}

	@Test
	void configurationOfThisNameIsUsed() {
		CircuitBreakerConfig ofName = CircuitBreakerConfig.custom().slidingWindowSize(55).build();
		run(CircuitBreakerRegistry.of(Map.of("EchoService", ofName)), (context,
				breaker) -> assertThat(breaker.getCircuitBreakerConfig().getSlidingWindowSize()).isEqualTo(55));
	}

	@Test
	void propertiesOverrideThatField() {
		CircuitBreakerConfig byDefault = CircuitBreakerConfig.custom()
			.slidingWindowSize(77)
			.failureRateThreshold(33)
			.waitIntervalFunctionInOpenState((attempt) -> 5_000L)
			.build();
		run(CircuitBreakerRegistry.of(byDefault), (context, breaker) -> {
			CircuitBreakerConfig config = breaker.getCircuitBreakerConfig();
			assertThat(config.getFailureRateThreshold()).isEqualTo(33);
			assertThat(config.getSlidingWindowSize()).isEqualTo(30);
			assertThat(config.getSlidingWindowType()).isEqualTo(SlidingWindowType.TIME_BASED);
			assertThat(config.getMinimumNumberOfCalls()).isEqualTo(5);
			assertThat(config.getSlowCallRateThreshold()).isEqualTo(20);
			assertThat(config.getSlowCallDurationThreshold()).isEqualTo(Duration.ofSeconds(3));
			assertThat(config.getWaitIntervalFunctionInOpenState().apply(1)).isEqualTo(7_000);
			assertThat(config.getPermittedNumberOfCallsInHalfOpenState()).isEqualTo(2);
		}, "circuit-breaker.sliding-window-size=30", "circuit-breaker.sliding-window-type=time-based",
				"service.echoservice.circuit-breaker.minimum-number-of-calls=5",
				"service.EchoService.circuit-breaker.slow-call-rate-threshold=20",
				"circuit-breaker.slow-call-duration-threshold=3s", "circuit-breaker.wait-duration-in-open-state=7s",
				"circuit-breaker.permitted-number-of-calls-in-half-open-state=2");
	}

	@Test
	void breakerThatExistsIsUsedAsItIs() {
		CircuitBreakerRegistry registry = CircuitBreakerRegistry.ofDefaults();
		CircuitBreaker existing = registry.circuitBreaker("EchoService");
		run(registry, (context, breaker) -> {
			assertThat(breaker).isSameAs(existing);
			assertThat(breaker.getCircuitBreakerConfig().getSlidingWindowSize()).isEqualTo(100);
			existing.transitionToForcedOpenState();
			assertThatExceptionOfType(CircuitBreakerOpenException.class).isThrownBy(() -> client(context).whoAmI());
		}, "circuit-breaker.sliding-window-size=30");
	}

	@Test
	void severalRegistriesAreNotChosenFrom() {
		CircuitBreakerRegistry first = CircuitBreakerRegistry.ofDefaults();
		CircuitBreakerRegistry second = CircuitBreakerRegistry.ofDefaults();
		this.runner.withBean("first", CircuitBreakerRegistry.class, () -> first)
			.withBean("second", CircuitBreakerRegistry.class, () -> second)
			.run((context) -> {
				assertThat(client(context).whoAmI()).isEqualTo("echo");
				assertThat(first.getAllCircuitBreakers()).isEmpty();
				assertThat(second.getAllCircuitBreakers()).isEmpty();
			});
	}

	@Test
	void breakerCanBeSwitchedOff() {
		CircuitBreakerRegistry registry = CircuitBreakerRegistry.ofDefaults();
		this.runner.withBean(CircuitBreakerRegistry.class, () -> registry)
			.withPropertyValues("thrift.client.circuit-breaker.enabled=false",
					"thrift.client.service.guarded.circuit-breaker.enabled=true")
			.run((context) -> {
				for (int i = 0; i < 200; i++) {
					fail(client(context));
				}
				assertThat(registry.getAllCircuitBreakers()).isEmpty();
				context.getBean(ThriftClientFactory.class).create(EchoService.Iface.class, "guarded");
				assertThat(registry.getAllCircuitBreakers()).extracting(CircuitBreaker::getName)
					.containsExactly("guarded");
			});
	}

	@Test
	void eachMethodHasABreakerIfConfigured() {
		CircuitBreakerRegistry registry = CircuitBreakerRegistry.ofDefaults();
		registry.circuitBreaker("EchoService", CircuitBreakerConfig.custom().slidingWindowSize(55).build());
		this.runner.withBean(CircuitBreakerRegistry.class, () -> registry)
			.withPropertyValues("thrift.client.circuit-breaker.scope=method",
					"thrift.client.circuit-breaker.minimum-number-of-calls=2")
			.run((context) -> {
				fail(client(context));
				fail(client(context));
				CircuitBreaker breaker = registry.circuitBreaker("EchoService.misbehave");
				assertThat(breaker.getState()).isEqualTo(CircuitBreaker.State.OPEN);
				assertThat(breaker.getCircuitBreakerConfig().getSlidingWindowSize()).isEqualTo(55);
				assertThatExceptionOfType(CircuitBreakerOpenException.class)
					.isThrownBy(() -> client(context).misbehave("well"));
				assertThat(client(context).whoAmI()).isEqualTo("echo");
				assertThat(registry.getAllCircuitBreakers()).extracting(CircuitBreaker::getName)
					.contains("EchoService.whoAmI", "EchoService.note")
					.hasSize(1 + EchoService.Iface.class.getMethods().length);
			});
	}

	@Test
	void declaredExceptionsAreSuccessesUnlessListed() {
		run(CircuitBreakerRegistry.ofDefaults(), (context, breaker) -> {
			assertThatExceptionOfType(Declined.class).isThrownBy(() -> client(context).decline(1));
			assertThat(breaker.getMetrics().getNumberOfFailedCalls()).isZero();
		});
		run(CircuitBreakerRegistry.ofDefaults(), (context, breaker) -> {
			assertThatExceptionOfType(Declined.class).isThrownBy(() -> client(context).decline(1));
			assertThat(breaker.getMetrics().getNumberOfFailedCalls()).isEqualTo(1);
		}, "circuit-breaker.record-exceptions=" + Declined.class.getName());
	}

	@Test
	void breakerOpensHalfOpensAndCloses() {
		run(CircuitBreakerRegistry.ofDefaults(), (context, breaker) -> {
			EchoService.Iface client = client(context);
			for (int i = 0; i < 4; i++) {
				fail(client);
			}
			assertThat(breaker.getState()).isEqualTo(CircuitBreaker.State.OPEN);
			assertThatExceptionOfType(CircuitBreakerOpenException.class).isThrownBy(client::whoAmI);
			// half-open by the next call after the wait, and open again
			await().ignoreExceptionsInstanceOf(CircuitBreakerOpenException.class)
				.until(() -> isAnswered(client, "runtime"));
			assertThat(breaker.getState()).isEqualTo(CircuitBreaker.State.HALF_OPEN);
			fail(client);
			assertThat(breaker.getState()).isEqualTo(CircuitBreaker.State.OPEN);
			await().ignoreExceptionsInstanceOf(CircuitBreakerOpenException.class)
				.until(() -> isAnswered(client, "well"));
			assertThat(client.whoAmI()).isEqualTo("echo");
			assertThat(breaker.getState()).isEqualTo(CircuitBreaker.State.CLOSED);
		}, "circuit-breaker.sliding-window-size=4", "circuit-breaker.wait-duration-in-open-state=200ms",
				"circuit-breaker.permitted-number-of-calls-in-half-open-state=2");
	}

	/**
	 * Whether the server got the call.
	 */
	private static boolean isAnswered(EchoService.Iface client, String how) throws TException {
		try {
			client.misbehave(how);
		}
		catch (RemoteApplicationException ex) {
			// an answer, too
		}
		return true;
	}

	private void run(CircuitBreakerRegistry registry, Check check, String... properties) {
		this.runner.withBean(CircuitBreakerRegistry.class, () -> registry)
			.withPropertyValues(
					Arrays.stream(properties).map((property) -> "thrift.client." + property).toArray(String[]::new))
			.run((context) -> {
				assertThat(registry.getAllCircuitBreakers()).hasSize(1);
				check.check(context, registry.circuitBreaker("EchoService"));
			});
	}

	@FunctionalInterface
	interface Check {

		void check(ApplicationContext context, CircuitBreaker breaker) throws Exception;

	}

	@Configuration(proxyBeanMethods = false)
	@ImportThriftClients(EchoService.Iface.class)
	static class ClientConfiguration {

	}

}
