package io.github.thriftboot.netty.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.thriftboot.netty.protocol.RemoteApplicationException;
import io.github.thriftboot.netty.server.ThriftServer;
import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.netty.test.Packets;
import io.github.thriftboot.netty.test.RawMessage;
import io.github.thriftboot.netty.test.RawServer;
import io.github.thriftboot.netty.test.TestClient;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.EchoService;
import io.github.thriftboot.test.Packet;
import org.apache.thrift.TApplicationException;
import org.apache.thrift.TException;
import org.apache.thrift.protocol.TMessageType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Calls whose attempt failed, over real sockets: which are tried again, where, and how
 * often.
 */
class RetryIntegrationTests {

	private static final Duration LONG = Duration.ofSeconds(20);

	private static final CallPolicy IDEMPOTENT = CallPolicy.builder(LONG).idempotent(true).build();

	private static final CallPolicy ONCE = IDEMPOTENT.toBuilder().cluster(ClusterMode.FAILFAST).build();

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	private final EchoHandler handler = new EchoHandler();

	/**
	 * Requests that servers got which do not answer them.
	 */
	private final AtomicInteger unanswered = new AtomicInteger();

	@Test
	void idempotentCallGoesOnElsewhereWhenItsConnectionIsLost() throws Exception {
		TestClient client = this.runtime.client(losing().port(), losing().port(), answering().port());

		for (int i = 0; i < 50; i++) {
			Packet packet = Packets.ofSize(i);
			assertThat((Packet) client.call(IDEMPOTENT, "echo", packet)).isEqualTo(packet);
		}
		assertThat(this.unanswered).hasPositiveValue();
	}

	@Test
	void callThatIsNotIdempotentIsNotTriedAgainWhenItMayHaveRun() {
		TestClient client = this.runtime.client(losing().port(), losing().port());

		assertThatExceptionOfType(ConnectionLostException.class)
			.isThrownBy(() -> client.call("echo", Packets.ofSize(1)))
			.satisfies((failure) -> assertThat(failure.attempts()).isOne());
		assertThat(this.unanswered).hasValue(1);
	}

	@Test
	void attemptsThatMayHaveRunAreBoundedAndTold() {
		TestClient client = this.runtime.client(losing().port(), losing().port(), losing().port(), losing().port(),
				losing().port());

		assertThatExceptionOfType(ConnectionLostException.class)
			.isThrownBy(() -> client.call(IDEMPOTENT, "echo", Packets.ofSize(1)))
			.satisfies((failure) -> assertThat(failure.attempts()).isEqualTo(3))
			.satisfies((failure) -> assertThat(failure.getSuppressed()).hasSize(2)
				.allSatisfy((attempt) -> assertThat(attempt).isInstanceOf(ConnectionLostException.class))
				.extracting((attempt) -> ((ThriftCallException) attempt).instance())
				.doesNotHaveDuplicates()
				.doesNotContain(failure.instance()));
		assertThat(this.unanswered).hasValue(3);
	}

	@Test
	void callThatWasRejectedGoesToAnInstanceThatTakesIt() throws Exception {
		TestClient client = this.runtime.client(rejecting().port(), rejecting().port(), answering().port());

		for (int i = 0; i < 50; i++) {
			Packet packet = Packets.ofSize(i);
			assertThat((Packet) client.call("echo", packet)).isEqualTo(packet);
			assertThat(this.handler.executions()).containsEntry(packet.getNonce(), 1);
		}
		assertThat(this.unanswered).hasPositiveValue();
	}

	@Test
	void callThatAllRejectIsTriedOnceAtEach() {
		TestClient client = this.runtime.client(rejecting().port(), rejecting().port(), rejecting().port());

		assertThatExceptionOfType(UnprocessedException.class)
			.isThrownBy(() -> client.call(IDEMPOTENT, "echo", Packets.ofSize(1)))
			.withMessageContaining("not processed: overloaded")
			.satisfies((failure) -> assertThat(failure.rejected()).isTrue())
			.satisfies((failure) -> assertThat(failure.attempts()).isEqualTo(3));
		assertThat(this.unanswered).hasValue(3);
	}

	@Test
	void retriesEndWithTheirBudget() {
		TestClient client = this.runtime.client((options) -> options.retryBudget(0.1, 0), rejecting().port(),
				rejecting().port());
		int calls = 200;

		for (int i = 0; i < calls; i++) {
			assertThatExceptionOfType(UnprocessedException.class)
				.isThrownBy(() -> client.call("echo", Packets.ofSize(1)));
		}

		assertThat(this.unanswered.get() - calls).as("retries").isBetween(1, calls / 10);
	}

	@ParameterizedTest
	@CsvSource({ "0.2, 0", "0.1, 10" })
	void callsThatAllRejectAreTriedAgainWithinTheBudgetAndNotAtOnce(double share, double perSecond) {
		Map<Long, Long> firstAttempts = new ConcurrentHashMap<>();
		Queue<Long> pauses = new ConcurrentLinkedQueue<>();
		RawServer.Script overloaded = (connection) -> {
			while (true) {
				RawMessage request = connection.receive();
				this.unanswered.incrementAndGet();
				long now = System.nanoTime();
				Long first = firstAttempts.putIfAbsent(request.read(new EchoService.echo_args()).getPacket().getNonce(),
						now);
				if (first != null) {
					pauses.add(now - first);
				}
				connection.send(rejection(request));
			}
		};
		TestClient client = this.runtime.client((options) -> options.retryBudget(share, perSecond),
				this.runtime.start(overloaded).port(), this.runtime.start(overloaded).port(),
				this.runtime.start(overloaded).port());
		int calls = 2_000;
		long start = System.nanoTime();
		List<CompletableFuture<Object>> outcomes = new ArrayList<>();
		for (int i = 0; i < calls; i++) {
			outcomes.add(client.callAsync("echo", Packets.ofSize(1)));
		}

		assertThat(outcomes).allSatisfy((call) -> assertThat(call).failsWithin(LONG)
			.withThrowableOfType(ExecutionException.class)
			.withCauseInstanceOf(UnprocessedException.class));
		double seconds = (System.nanoTime() - start) / 1e9;
		int retries = this.unanswered.get() - calls;
		LoggerFactory.getLogger("figures")
			.info("all overloaded, budget {} of the calls and {} a second: {} calls, {} attempts for each", share,
					perSecond, calls, String.format("%.3f", this.unanswered.get() / (double) calls));
		assertThat((double) retries).isLessThanOrEqualTo(share * calls + perSecond * (10 + seconds));
		assertThat(this.unanswered.get() / (double) calls).as("attempts for each").isLessThanOrEqualTo(1.2);
		assertThat(pauses).isNotEmpty()
			.allSatisfy((pause) -> assertThat(Duration.ofNanos(pause)).isGreaterThan(Duration.ofMillis(4)));
	}

	@Test
	void withoutFailoverNothingIsTriedAgain() {
		TestClient rejected = this.runtime.client(rejecting().port(), rejecting().port());
		assertThatExceptionOfType(UnprocessedException.class)
			.isThrownBy(() -> rejected.call(ONCE, "echo", Packets.ofSize(1)))
			.satisfies((failure) -> assertThat(failure.attempts()).isOne());

		TestClient lost = this.runtime.client(losing().port(), losing().port());
		assertThatExceptionOfType(ConnectionLostException.class)
			.isThrownBy(() -> lost.call(ONCE, "echo", Packets.ofSize(1)))
			.satisfies((failure) -> assertThat(failure.attempts()).isOne());
		assertThat(this.unanswered).hasValue(2);
	}

	@Test
	void callThatWaitsForItsNextAttemptEndsAtItsDeadline() {
		TestClient client = this.runtime.client(losing().port());
		CallPolicy brief = CallPolicy.builder(Duration.ofMillis(5)).idempotent(true).maxAttempts(1_000).build();

		for (int i = 0; i < 20; i++) {
			CompletableFuture<Object> call = client.callAsync(brief, "echo", Packets.ofSize(1));
			assertThat(call).failsWithin(LONG).withThrowableOfType(ExecutionException.class);
		}
	}

	@Test
	void callOfAHandlerTakesNoLongerThanItsOwnCallerWaits() throws Exception {
		this.handler.closeGate();
		TestClient inner = this.runtime.client((options) -> options.timeout(LONG), answering().port());
		CompletableFuture<Throwable> innerOutcome = new CompletableFuture<>();
		ThriftServer outer = this.runtime.start(new EchoHandler() {
			@Override
			public String misbehave(String how) throws TException {
				try {
					return inner.call("misbehave", "wait");
				}
				catch (TException ex) {
					innerOutcome.complete(ex);
					throw ex;
				}
			}
		});
		TestClient client = this.runtime.client(outer.port());
		// the first calls may take longer than 100 ms
		inner.call("add", 1, 2);
		client.call("add", 1, 2);

		assertThatExceptionOfType(TException.class)
			.isThrownBy(() -> client.call(Duration.ofMillis(100), "misbehave", "nested"));

		assertThat(innerOutcome).succeedsWithin(LONG)
			.isInstanceOfSatisfying(CallTimeoutException.class,
					(failure) -> assertThat(failure.getMessage()).matches(".* timed out after \\d{1,3} ms"));
		this.handler.openGate();
	}

	private ThriftServer answering() {
		return this.runtime.start(this.handler);
	}

	private RawServer losing() {
		return this.runtime.start((connection) -> {
			if (!connection.receive().isPing()) {
				this.unanswered.incrementAndGet();
			}
		});
	}

	private RawServer rejecting() {
		return this.runtime.start((connection) -> {
			while (true) {
				RawMessage request = connection.receive();
				if (!request.isPing()) {
					this.unanswered.incrementAndGet();
				}
				connection.send(rejection(request));
			}
		});
	}

	private static RawMessage rejection(RawMessage request) {
		return RawMessage.of(RawMessage.OUT_OF_ORDER, TMessageType.EXCEPTION, "echo", request.id(),
				new TApplicationException(RemoteApplicationException.NOT_PROCESSED, "not processed: overloaded"));
	}

}
