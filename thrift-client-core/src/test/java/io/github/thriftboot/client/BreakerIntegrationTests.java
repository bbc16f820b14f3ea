package io.github.thriftboot.client;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.thriftboot.netty.client.CallCancelledException;
import io.github.thriftboot.netty.protocol.RemoteApplicationException;
import io.github.thriftboot.netty.test.Packets;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.Declined;
import io.github.thriftboot.test.EchoService;
import io.github.thriftboot.test.Packet;
import org.apache.thrift.TException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Circuit breakers when many threads call at once, and when probes are given up.
 */
class BreakerIntegrationTests {

	private static final int THREADS = 32;

	private static final int CALLS = 250;

	private static EchoServer server;

	private final TickingClock clock = new TickingClock();

	private final CircuitBreakerConfig config = CircuitBreakerConfig.custom()
		.slidingWindowSize(20)
		.minimumNumberOfCalls(10)
		.failureRateThreshold(50)
		.waitDurationInOpenState(Duration.ofMillis(100))
		.permittedNumberOfCallsInHalfOpenState(4)
		.clock(this.clock)
		.build();

	@BeforeAll
	static void startServer() {
		server = new EchoServer();
	}

	@AfterAll
	static void stopServer() {
		server.close();
	}

	/**
	 * What the callers see decides what the breaker must have been told: a breaker that
	 * is told the same by hand, in the same order, goes through the same states.
	 */
	@Test
	void transitionsUnderManyThreadsAreThoseOfTheSameOutcomes() throws Exception {
		CircuitBreaker real = CircuitBreaker.of("real", this.config);
		RecordedBreaker recorded = new RecordedBreaker(real, this.clock);
		Map<Thread, Queue<Outcome>> seen = new ConcurrentHashMap<>();
		Set<Long> refused = ConcurrentHashMap.newKeySet();
		try (EchoClients clients = new EchoClients(server.port()).breaker(recorded.proxy())) {
			EchoService.Iface client = clients.create(EchoService.Iface.class);
			TestRuntime.runInThreads(THREADS, (thread) -> {
				Random random = new Random(thread);
				Queue<Outcome> outcomes = new ArrayDeque<>();
				seen.put(Thread.currentThread(), outcomes);
				for (int i = 0; i < CALLS; i++) {
					call(client, random, outcomes, refused);
				}
			});
		}

		CircuitBreaker reference = CircuitBreaker.of("reference", this.config);
		int transitions = 0;
		State before = State.CLOSED;
		for (Step step : recorded.steps) {
			this.clock.set(step.millis());
			step.replay(reference, seen.get(step.thread()));
			assertThat(reference.getState()).as("%s", step).isEqualTo(step.state());
			transitions += (step.state() != before) ? 1 : 0;
			before = step.state();
		}
		assertThat(seen.values()).as("every permission has come back").allMatch(Queue::isEmpty);
		assertThat(transitions).isGreaterThan(10);
		assertThat(refused).isNotEmpty()
			.as("no byte left")
			.doesNotContainAnyElementsOf(server.handler().executions().keySet());
		assertThat(real.getMetrics().getNumberOfNotPermittedCalls())
			.isEqualTo(reference.getMetrics().getNumberOfNotPermittedCalls());
		assertThat(real.getMetrics().getNumberOfFailedCalls())
			.isEqualTo(reference.getMetrics().getNumberOfFailedCalls());
		assertThat(real.getMetrics().getNumberOfSuccessfulCalls())
			.isEqualTo(reference.getMetrics().getNumberOfSuccessfulCalls());
	}

	private static void call(EchoService.Iface client, Random random, Queue<Outcome> outcomes, Set<Long> refused)
			throws TException {
		Packet packet = Packets.ofSize(10);
		try {
			switch (random.nextInt(8)) {
				case 0, 1, 2, 3 -> client.misbehave("runtime");
				case 4 -> client.decline(1);
				case 5 -> {
					Thread.currentThread().interrupt();
					client.add(1, 2);
				}
				default -> client.echo(packet);
			}
			outcomes.add(Outcome.SUCCESS);
		}
		catch (Declined ex) {
			outcomes.add(Outcome.SUCCESS);
		}
		catch (RemoteApplicationException ex) {
			outcomes.add(Outcome.FAILURE);
		}
		catch (CallCancelledException ex) {
			outcomes.add(Outcome.NONE);
		}
		catch (CircuitBreakerOpenException ex) {
			refused.add(packet.getNonce());
		}
		finally {
			Thread.interrupted();
		}
	}

	@Test
	void cancelledProbesDoNotKeepTheBreakerHalfOpen() throws Exception {
		server.handler().closeGate();
		try (EchoClients clients = new EchoClients(server.port())) {
			GuardedMethod method = clients.method("misbehave");
			CircuitBreaker breaker = clients.breaker();
			breaker.transitionToOpenState();
			breaker.transitionToHalfOpenState();
			Random random = new Random(1);
			for (int i = 0; i < 300; i++) {
				CompletableFuture<Object> probe = method.callAsync(new Object[] { "wait" });
				LockSupport.parkNanos(random.nextInt(300_000));
				probe.cancel(false);

				assertThat(breaker.getState()).isEqualTo(State.HALF_OPEN);
			}
			server.handler().openGate();
			assertThat(clients.method("add").call(new Object[] { 1, 2 })).isEqualTo(3);
			assertThat(breaker.getState()).isEqualTo(State.CLOSED);
		}
		finally {
			server.handler().openGate();
			await().until(() -> server.handler().waiting() == 0);
		}
	}

	@Test
	void interruptedProbesDoNotKeepTheBreakerHalfOpen() throws Exception {
		server.handler().closeGate();
		try (EchoClients clients = new EchoClients(server.port())) {
			EchoService.Iface client = clients.create(EchoService.Iface.class);
			clients.breaker().transitionToOpenState();
			clients.breaker().transitionToHalfOpenState();
			for (int i = 0; i < 50; i++) {
				CountDownLatch over = new CountDownLatch(1);
				Thread caller = new Thread(() -> {
					try {
						client.misbehave("wait");
					}
					catch (TException ex) {
						over.countDown();
					}
				});
				caller.start();
				LockSupport.parkNanos(i * 20_000L);
				caller.interrupt();
				assertThat(over.await(10, TimeUnit.SECONDS)).isTrue();
				assertThat(clients.breaker().getState()).isEqualTo(State.HALF_OPEN);
			}
			server.handler().openGate();
			assertThat(client.add(1, 2)).isEqualTo(3);
			assertThat(clients.breaker().getState()).isEqualTo(State.CLOSED);
		}
		finally {
			server.handler().openGate();
			await().until(() -> server.handler().waiting() == 0);
		}
	}

	/**
	 * What a caller sees, and what it means to the breaker.
	 */
	private enum Outcome {

		SUCCESS, FAILURE, NONE

	}

	/**
	 * Something that a breaker was asked or told.
	 *
	 * @param thread the thread of the call
	 * @param acquired whether it was given a permission, {@code null} at the end of a
	 * call
	 * @param millis the time by the clock of the breaker
	 * @param state the state afterwards
	 */
	private record Step(Thread thread, Boolean acquired, long millis, State state) {

		void replay(CircuitBreaker reference, Queue<Outcome> outcomes) {
			if (this.acquired != null) {
				assertThat(reference.tryAcquirePermission()).as("%s", this).isEqualTo(this.acquired);
				return;
			}
			switch (outcomes.remove()) {
				case SUCCESS -> reference.onSuccess(1, TimeUnit.MILLISECONDS);
				case FAILURE -> reference.onError(1, TimeUnit.MILLISECONDS, new TException("failure"));
				case NONE -> reference.releasePermission();
			}
		}

	}

	/**
	 * A breaker that is asked and told one thing after the other, and remembers the
	 * order.
	 */
	private static final class RecordedBreaker implements InvocationHandler {

		private final CircuitBreaker breaker;

		private final TickingClock clock;

		private final List<Step> steps = new ArrayList<>();

		RecordedBreaker(CircuitBreaker breaker, TickingClock clock) {
			this.breaker = breaker;
			this.clock = clock;
		}

		CircuitBreaker proxy() {
			return (CircuitBreaker) Proxy.newProxyInstance(getClass().getClassLoader(),
					new Class<?>[] { CircuitBreaker.class }, this);
		}

		@Override
		public synchronized Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
			return switch (method.getName()) {
				case "acquirePermission" -> {
					this.clock.tick();
					boolean acquired = false;
					try {
						invoke(method, arguments);
						acquired = true;
					}
					finally {
						add(acquired);
					}
					yield null;
				}
				case "onResult", "onSuccess", "onError", "releasePermission" -> {
					this.clock.tick();
					invoke(method, arguments);
					add(null);
					yield null;
				}
				default -> invoke(method, arguments);
			};
		}

		private Object invoke(Method method, Object[] arguments) throws Throwable {
			try {
				return method.invoke(this.breaker, arguments);
			}
			catch (InvocationTargetException ex) {
				assertThat(ex.getCause()).isInstanceOf(CallNotPermittedException.class);
				throw ex.getCause();
			}
		}

		private void add(Boolean acquired) {
			this.steps.add(new Step(Thread.currentThread(), acquired, this.clock.millis(), this.breaker.getState()));
		}

	}

	/**
	 * A clock on which each step takes a millisecond.
	 */
	private static final class TickingClock extends Clock {

		private volatile long millis;

		void tick() {
			this.millis++;
		}

		void set(long newMillis) {
			this.millis = newMillis;
		}

		@Override
		public Instant instant() {
			return Instant.ofEpochMilli(this.millis);
		}

		@Override
		public ZoneId getZone() {
			return ZoneOffset.UTC;
		}

		@Override
		public Clock withZone(ZoneId zone) {
			return this;
		}

	}

}
