package io.github.thriftboot.client;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.thriftboot.netty.client.CallCancelledException;
import io.github.thriftboot.netty.context.CallHeaders;
import io.github.thriftboot.netty.context.ThriftContext;
import io.github.thriftboot.netty.protocol.MessageLimits;
import io.github.thriftboot.netty.server.ThriftServer;
import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.EchoService;
import org.apache.thrift.TException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Calls over the limit of those in flight: refused, or sent in their turn.
 */
class CallLimitIntegrationTests {

	private static final Object[] WAIT = { "wait" };

	private static final Object[] PASS = { "pass" };

	private final RecordingHandler handler = new RecordingHandler();

	private final ThriftServer server = ThriftServer.builder()
		.address(new InetSocketAddress("localhost", 0))
		.service("EchoService", TestRuntime.ECHO, this.handler)
		.build();

	private final CallLimit limit = new CallLimit(1, Duration.ofSeconds(15), 2);

	private EchoClients clients;

	@BeforeEach
	void start() throws Exception {
		this.clients = new EchoClients(this.server.bind().get(10, TimeUnit.SECONDS).getPort()).limit(this.limit);
		this.server.start();
		this.handler.closeGate();
	}

	@AfterEach
	void nothingIsLeft() {
		this.handler.openGate();
		await().untilAsserted(() -> assertThat(this.limit.inFlight()).isZero());
		assertThat(this.limit.waiting()).isZero();
		this.clients.close();
		this.server.shutdown(Duration.ofSeconds(5)).join();
	}

	@Test
	void callOverTheLimitIsRefusedAndFallsBack() throws Exception {
		CallLimit withoutWait = new CallLimit(1, Duration.ZERO, 1);
		GuardedMethod method = this.clients.limit(withoutWait).method("misbehave");
		CompletableFuture<Object> first = method.callAsync(WAIT);

		assertThatExceptionOfType(CallLimitExceededException.class).isThrownBy(() -> method.call(PASS))
			.withMessageContaining("misbehave")
			.withMessageContaining("1 calls");
		assertThat(method.callAsync(PASS)).isCompletedExceptionally();
		assertThat(this.clients.create(FallingBackClient.class).misbehave("pass")).isEqualTo("fallback");
		assertThat(this.clients.breaker().getMetrics().getNumberOfBufferedCalls()).isZero();
		assertThat(this.handler.seen).doesNotContain("pass");

		this.handler.openGate();
		assertThat(first.get(15, TimeUnit.SECONDS)).isEqualTo("waited");
		assertThat(method.call(PASS)).isEqualTo("pass");
		assertThat(withoutWait.inFlight()).isZero();
	}

	@Test
	void callsWaitForTheirTurnInOrder() throws Exception {
		GuardedMethod method = this.clients.method("misbehave");
		CompletableFuture<Object> first = method.callAsync(WAIT);
		CompletableFuture<Object> second = method.callAsync(new Object[] { "second" });
		CompletableFuture<Object> third = CompletableFuture.supplyAsync(() -> {
			try {
				return method.call(new Object[] { "third" });
			}
			catch (TException ex) {
				return ex;
			}
		});
		await().until(() -> this.limit.waiting() == 2);
		assertThatExceptionOfType(CallLimitExceededException.class).as("more may not wait")
			.isThrownBy(() -> method.call(PASS));
		assertThat(second).isNotDone();

		this.handler.openGate();
		assertThat(first.get(15, TimeUnit.SECONDS)).isEqualTo("waited");
		assertThat(second.get(15, TimeUnit.SECONDS)).isEqualTo("second");
		assertThat(third.get(15, TimeUnit.SECONDS)).isEqualTo("third");
	}

	@Test
	void callThatHasWaitedGoesOutInTheContextOfItsCaller() throws Exception {
		GuardedMethod method = this.clients.method("misbehave");
		method.callAsync(WAIT);
		CompletableFuture<Object> second;
		try (CallHeaders headers = CallHeaders.open()) {
			headers.put("tenant", "acme");
			second = method.callAsync(PASS);
		}
		CompletableFuture<Object> third = method.callAsync(new Object[] { "third" });

		this.handler.openGate();
		assertThat(second.get(15, TimeUnit.SECONDS)).isEqualTo("pass");
		assertThat(third.get(15, TimeUnit.SECONDS)).isEqualTo("third");
		assertThat(this.handler.tenants).isEqualTo(Map.of("pass", "acme"));
	}

	@Test
	void noCallWaitsLongerThanItMayTake() throws Exception {
		GuardedMethod method = this.clients.timeout(Duration.ofMillis(100)).method("misbehave");
		this.limit.tryAcquire();

		assertThatExceptionOfType(CallLimitExceededException.class).isThrownBy(() -> method.call(PASS));
		assertThat(method.callAsync(PASS)).failsWithin(10, TimeUnit.SECONDS)
			.withThrowableOfType(java.util.concurrent.ExecutionException.class)
			.withCauseInstanceOf(CallLimitExceededException.class);
		this.limit.release();
	}

	@Test
	void noCallWaitsLongerThanTheCallerOfItsHandler() throws Exception {
		GuardedMethod method = this.clients.method("misbehave");
		this.limit.tryAcquire();
		ThriftContext.bind(new ThriftContext("Outer", "method", null, Map.of(),
				System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(100), MessageLimits.builder().build()));
		try {
			assertThatExceptionOfType(CallLimitExceededException.class).isThrownBy(() -> method.call(PASS));
			assertThatExceptionOfType(CallLimitExceededException.class).as("no time at all")
				.isThrownBy(() -> method.call(PASS));
		}
		finally {
			ThriftContext.bind(null);
			this.limit.release();
		}
	}

	@Test
	void interruptEndsTheWaitAndIsNoReasonForAFallback() {
		this.limit.tryAcquire();
		FallingBackClient client = this.clients.create(FallingBackClient.class);
		Thread.currentThread().interrupt();

		assertThatExceptionOfType(CallCancelledException.class).isThrownBy(() -> client.misbehave("pass"));
		assertThat(Thread.interrupted()).isTrue();
		this.limit.release();
	}

	@Test
	void whoCancelsWaitsNoLonger() throws Exception {
		GuardedMethod method = this.clients.method("misbehave");
		CompletableFuture<Object> first = method.callAsync(WAIT);
		CompletableFuture<Object> second = method.callAsync(PASS);
		second.cancel(false);
		assertThat(this.limit.waiting()).isZero();

		first.cancel(false);
		assertThat(this.limit.inFlight()).isZero();
		assertThat(method.call(new Object[] { "next" })).isEqualTo("next");
		assertThat(this.handler.seen).doesNotContain("pass");
	}

	@Test
	void noCallWaitsOnAnEventLoop() throws Exception {
		EchoService.Iface sync = this.clients.create(EchoService.Iface.class);
		AtomicInteger refused = new AtomicInteger();
		this.clients.create(EchoService.AsyncIface.class).misbehave("pass", new Callback<>((value) -> {
			this.limit.tryAcquire();
			try {
				sync.misbehave("pass");
			}
			catch (IllegalStateException ex) {
				refused.incrementAndGet();
			}
			catch (TException ex) {
				// counts as a failure
			}
		}));
		await().until(() -> refused.get() == 1);
		this.limit.release();
	}

	@Test
	void waitingCallsEndWithTheirClient() throws Exception {
		GuardedMethod method = this.clients.method("misbehave");
		CompletableFuture<Object> first = method.callAsync(WAIT);
		CompletableFuture<Object> second = method.callAsync(PASS);

		this.clients.close();

		assertThat(first).failsWithin(10, TimeUnit.SECONDS);
		assertThat(second).failsWithin(10, TimeUnit.SECONDS);
	}

	@Test
	void manyCallsShareFewPermits() throws Exception {
		this.handler.openGate();
		CallLimit few = new CallLimit(3, Duration.ofSeconds(15), 1_000);
		GuardedMethod method = this.clients.limit(few).method("misbehave");
		TestRuntime.runInThreads(8, (thread) -> {
			List<CompletableFuture<Object>> calls = new ArrayList<>();
			for (int i = 0; i < 100; i++) {
				String text = thread + " " + i;
				calls.add(method.callAsync(new Object[] { text }));
				assertThat(method.call(new Object[] { text })).isEqualTo(text);
			}
			for (CompletableFuture<Object> call : calls) {
				assertThat(call.get(15, TimeUnit.SECONDS)).isNotNull();
			}
		});
		assertThat(few.inFlight()).isZero();
		assertThat(few.waiting()).isZero();
		assertThat(this.handler.most).hasValueLessThanOrEqualTo(3);
	}

	interface FallingBackClient extends EchoService.Iface {

		@Override
		default String misbehave(String how) {
			return "fallback";
		}

	}

	private static final class RecordingHandler extends EchoHandler {

		private final Set<String> seen = ConcurrentHashMap.newKeySet();

		private final Map<String, String> tenants = new ConcurrentHashMap<>();

		private final AtomicInteger running = new AtomicInteger();

		private final AtomicInteger most = new AtomicInteger();

		@Override
		public String misbehave(String how) throws TException {
			this.seen.add(how);
			String tenant = ThriftContext.current().headers().get("tenant");
			if (tenant != null) {
				this.tenants.put(how, tenant);
			}
			this.most.accumulateAndGet(this.running.incrementAndGet(), Math::max);
			try {
				return super.misbehave(how);
			}
			finally {
				this.running.decrementAndGet();
			}
		}

	}

}
