package io.github.thriftboot.netty.client;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.github.thriftboot.netty.protocol.ThriftTransport;
import io.github.thriftboot.netty.server.ThriftServer;
import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.netty.test.FreezingProxy;
import io.github.thriftboot.netty.test.FreezingProxy.Loss;
import io.github.thriftboot.netty.test.Packets;
import io.github.thriftboot.netty.test.ServerProcess;
import io.github.thriftboot.netty.test.TestClient;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.Packet;
import org.apache.thrift.TException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Peers of which suddenly nothing comes any more, although no connection is closed: calls
 * end at their deadlines, the connection is found to be dead, the instance is left out,
 * and comes back.
 */
class SilentPeerIntegrationTests {

	private static final Duration LONG = Duration.ofSeconds(20);

	private static final Duration DEADLINE = Duration.ofMillis(400);

	private static final Duration INTERVAL = Duration.ofMillis(300);

	private static final Duration TIMEOUT = Duration.ofMillis(300);

	/**
	 * What a loaded machine may add.
	 */
	private static final Duration SLACK = Duration.ofSeconds(2);

	/**
	 * So that it is the connection that tells.
	 */
	private static final OutlierEjection NO_EJECTION = new OutlierEjection(0, LONG, LONG, 0, 0);

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	@TempDir
	Path directory;

	private TestClient client(Duration interval, ThriftTransport transport, int... ports) {
		return this.runtime.client(
				(options) -> options.transport(transport)
					.timeout(DEADLINE)
					.balancing((balancing) -> balancing.outlierEjection(NO_EJECTION))
					.connections((connections) -> connections.heartbeat(interval, TIMEOUT).connectTimeout(TIMEOUT)),
				ports);
	}

	@ParameterizedTest
	@CsvSource({ "HEADER, EVERYTHING", "HEADER, REPLIES", "HEADER, REQUESTS", "FRAMED, EVERYTHING", "FRAMED, REPLIES",
			"UNFRAMED, EVERYTHING" })
	void callsIntoALostNetworkEndAtTheirDeadlinesAndTheInstanceIsLeftOut(ThriftTransport transport, Loss loss)
			throws Exception {
		EchoHandler handler = new EchoHandler();
		FreezingProxy network = proxy(this.runtime.start(handler));
		boolean ordered = transport != ThriftTransport.HEADER;
		// where possible no ping but on suspicion
		TestClient client = client(ordered ? INTERVAL : Duration.ofMinutes(1), transport, network.port());
		client.call("add", 40, 2);
		if (ordered) {
			awaitPing();
		}

		network.lose(loss);
		long start = System.nanoTime();
		List<CompletableFuture<Object>> calls = new ArrayList<>();
		for (int i = 0; i < 100; i++) {
			calls.add(client.callAsync("echo", Packets.ofSize(100)));
		}
		calls.forEach(SilentPeerIntegrationTests::assertTimedOutOrNotSent);
		long ended = System.nanoTime() - start;
		await().atMost(LONG)
			.ignoreExceptionsInstanceOf(CallTimeoutException.class)
			.until(() -> failure(client) instanceof NoInstanceException);
		long leftOut = System.nanoTime() - start;
		network.heal();
		long healed = System.nanoTime();
		await().atMost(LONG).ignoreExceptionsInstanceOf(TException.class).until(() -> {
			client.call("nothing");
			return true;
		});

		figure("{} over {} lost: calls with a deadline of {} ms ended after {} ms, left out after {} ms, back {} ms "
				+ "after healing", loss, transport, DEADLINE.toMillis(), millis(ended), millis(leftOut),
				millis(System.nanoTime() - healed));
		assertThat(Duration.ofNanos(ended)).isLessThan(DEADLINE.plus(SLACK));
		assertThat(handler.executions()).allSatisfy((nonce, count) -> assertThat(count).isOne());
	}

	private static void assertTimedOutOrNotSent(CompletableFuture<Object> call) {
		assertThat(call).failsWithin(LONG)
			.withThrowableThat()
			.havingCause()
			.isInstanceOfAny(CallTimeoutException.class, UnprocessedException.class, ConnectionLostException.class,
					NoInstanceException.class);
	}

	private static Throwable failure(TestClient client) {
		try {
			client.call("nothing");
			return null;
		}
		catch (TException ex) {
			return ex;
		}
	}

	@ParameterizedTest
	@EnumSource
	void idempotentCallsWithATimeForEachAttemptSucceedBesideALostNetwork(ThriftTransport transport) throws Exception {
		ThriftServer server = this.runtime.start(new EchoHandler());
		FreezingProxy network = proxy(server);
		TestClient client = client(INTERVAL, transport, network.port(), server.port());
		CallPolicy policy = CallPolicy.builder(LONG).idempotent(true).perTryTimeout(DEADLINE).build();
		for (int i = 0; i < 50; i++) {
			client.call(policy, "add", i, 1);
		}
		awaitPing();

		network.lose(Loss.EVERYTHING);
		TestRuntime.runInThreads(8, (thread) -> {
			for (int i = 0; i < 100; i++) {
				assertThat((int) client.call(policy, "add", i, 1)).isEqualTo(i + 1);
			}
		});
	}

	@Test
	void callsInFlightFailWhenTheHeartbeatIsNotAnswered() throws Exception {
		EchoHandler handler = new EchoHandler();
		handler.closeGate();
		ThriftServer server = this.runtime.start(handler);
		FreezingProxy network = proxy(server);
		TestClient client = client(INTERVAL, ThriftTransport.HEADER, network.port());
		client.call("nothing");
		List<CompletableFuture<Object>> calls = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			calls.add(client.callAsync(LONG, "misbehave", "wait"));
		}
		await().untilAsserted(() -> assertThat(handler.waiting()).isEqualTo(20));
		// answered pings keep the connection longer than an unanswered one does
		await().during(INTERVAL.plus(TIMEOUT).multipliedBy(2))
			.atMost(LONG)
			.untilAsserted(() -> assertThat(calls).noneMatch(CompletableFuture::isDone));

		long start = System.nanoTime();
		network.lose(Loss.EVERYTHING);
		CompletableFuture.allOf(calls.toArray(CompletableFuture[]::new))
			.handle((value, failure) -> null)
			.get(LONG.toSeconds(), TimeUnit.SECONDS);
		long failed = System.nanoTime() - start;
		handler.openGate();

		assertThat(calls).allSatisfy((call) -> assertThat(call).failsWithin(Duration.ZERO)
			.withThrowableThat()
			.havingCause()
			.isInstanceOf(ConnectionLostException.class)
			.withMessageContaining("no sign of life for 300 ms"));
		figure("peer dead, heartbeat {} ms + {} ms: calls in flight failed after {} ms", INTERVAL.toMillis(),
				TIMEOUT.toMillis(), millis(failed));
		assertThat(Duration.ofNanos(failed)).isLessThan(INTERVAL.multipliedBy(2).plus(TIMEOUT).plus(SLACK));
	}

	@ParameterizedTest
	@EnumSource
	void idleConnectionIsFoundDeadWithoutACall(ThriftTransport transport) throws Exception {
		FreezingProxy network = proxy(this.runtime.start(new EchoHandler()));
		TestClient client = client(INTERVAL, transport, network.port());
		client.call("nothing");
		awaitPing();
		assertThat(network.open()).isOne();

		network.lose(Loss.EVERYTHING);

		await().atMost(LONG).untilAsserted(() -> assertThat(network.accepted()).isGreaterThan(1));
		await().atMost(LONG)
			.untilAsserted(
					() -> assertThatExceptionOfType(NoInstanceException.class).isThrownBy(() -> client.call("nothing"))
						.havingRootCause()
						.withMessageContaining("no sign of life"));
		network.heal();
		await().atMost(LONG)
			.ignoreExceptionsInstanceOf(TException.class)
			.until(() -> (int) client.call("add", 1, 2) == 3);
	}

	@ParameterizedTest
	@EnumSource(names = { "HEADER", "FRAMED" })
	void stoppedProcessIsLeftOutAndRunsNothingThatIsOverWhenItGoesOn(ThriftTransport transport) throws Exception {
		ServerProcess frozen = this.runtime.closing(ServerProcess.start(0, this.directory.resolve("frozen")));
		ServerProcess other = this.runtime.closing(ServerProcess.start(0, this.directory.resolve("other")));
		TestClient client = client(INTERVAL, transport, frozen.port(), other.port());
		// the first calls may take longer than they may
		await().atMost(LONG).ignoreExceptionsInstanceOf(TException.class).untilAsserted(() -> {
			client.call("echo", Packets.ofSize(1));
			assertThat(frozen.executed()).isPositive();
		});
		awaitPing();

		int ranBefore = frozen.executed();
		frozen.signal("STOP");
		long start = System.nanoTime();
		List<Long> timedOut = new ArrayList<>();
		int row = 0;
		while (row < 200) {
			Packet packet = Packets.ofSize(10);
			try {
				client.call("echo", packet);
				row++;
			}
			catch (CallTimeoutException | ConnectionLostException ex) {
				timedOut.add(packet.getNonce());
				row = 0;
			}
		}
		long leftOut = System.nanoTime() - start;
		// what waits in its sockets is over
		await().pollDelay(DEADLINE.plusSeconds(1)).until(() -> true);
		frozen.signal("CONT");
		long continued = System.nanoTime();
		await().atMost(LONG).ignoreExceptionsInstanceOf(TException.class).untilAsserted(() -> {
			client.call("echo", Packets.ofSize(1));
			assertThat(frozen.executed()).isGreaterThan(ranBefore);
		});

		figure("SIGSTOP over {}: {} calls failed, left out and 200 calls made after {} ms, back {} ms after SIGCONT",
				transport, timedOut.size(), millis(leftOut), millis(System.nanoTime() - continued));
		if (transport == ThriftTransport.HEADER) {
			assertThat(frozen.nonces()).as("stale requests").doesNotContainAnyElementsOf(timedOut);
		}
		List<Long> all = new ArrayList<>(frozen.nonces());
		all.addAll(other.nonces());
		assertThat(all).as("executed twice").doesNotHaveDuplicates();
	}

	/**
	 * Wait until the peer has answered a ping, and is known to do so.
	 */
	private static void awaitPing() {
		await().pollDelay(INTERVAL.multipliedBy(3)).until(() -> true);
	}

	private FreezingProxy proxy(ThriftServer server) {
		return this.runtime.closing(FreezingProxy.start(server.port()));
	}

	private static long millis(long nanos) {
		return TimeUnit.NANOSECONDS.toMillis(nanos);
	}

	private static void figure(String text, Object... values) {
		LoggerFactory.getLogger("figures").info(text, values);
	}

}
