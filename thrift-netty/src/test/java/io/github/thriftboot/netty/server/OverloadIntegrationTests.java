package io.github.thriftboot.netty.server;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.github.thriftboot.netty.client.UnprocessedException;
import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.netty.test.LimitedCalls;
import io.github.thriftboot.netty.test.MachineJitter;
import io.github.thriftboot.netty.test.Packets;
import io.github.thriftboot.netty.test.RawConnection;
import io.github.thriftboot.netty.test.RawMessage;
import io.github.thriftboot.netty.test.TestClient;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.EchoService;
import org.apache.thrift.protocol.TMessageType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A server is asked for more than it can do (C1, C10 to C12).
 */
class OverloadIntegrationTests {

	private static final Duration LONG = Duration.ofSeconds(20);

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	private final EchoHandler handler = new EchoHandler();

	@AfterEach
	void openGate() {
		this.handler.openGate();
	}

	@Test
	void connectionHasNoMoreCallsThanItMay() throws Exception {
		ThriftServer server = start(builder().maxCallsPerConnection(10));
		this.handler.closeGate();
		RawConnection greedy = this.runtime.open(server.port());
		LimitedCalls.sendWaiting(greedy, 100);

		for (int i = 0; i < 90; i++) {
			LimitedCalls.assertRejected(greedy.receive(), "not processed: limit");
		}
		await().atMost(LONG).until(() -> this.handler.waiting() == 10);
		assertThat((int) this.runtime.client(server.port()).call("add", 40, 2)).isEqualTo(42);
		this.handler.openGate();
		for (int i = 0; i < 10; i++) {
			assertThat(greedy.receive().type()).isEqualTo(TMessageType.REPLY);
		}
		LimitedCalls.assertServed(greedy);
	}

	@Test
	void serverHasNoMoreCallsThanItMayAndStillAnswersPings() throws Exception {
		ThriftServer server = start(builder().maxCalls(10));
		this.handler.closeGate();
		RawConnection greedy = this.runtime.open(server.port());
		LimitedCalls.sendWaiting(greedy, 10);
		await().atMost(LONG).until(() -> this.handler.waiting() == 10);

		RawConnection other = this.runtime.open(server.port());
		other.send(RawMessage.call(RawMessage.OUT_OF_ORDER, "add", 1, new EchoService.add_args(40, 2)));
		LimitedCalls.assertRejected(other.receive(), "not processed: overloaded");
		other.send(RawMessage.call(RawMessage.OUT_OF_ORDER, "EchoService:$ping", 2, new EchoService.nothing_args()));
		assertThat(other.receive().type()).isEqualTo(TMessageType.REPLY);

		this.handler.openGate();
		for (int i = 0; i < 10; i++) {
			assertThat(greedy.receive().type()).isEqualTo(TMessageType.REPLY);
		}
		LimitedCalls.assertServed(other);
	}

	@Test
	void methodHasNoMoreCallsThanItMay() throws Exception {
		ThriftServer server = start(builder().executes("EchoService", "misbehave", 3));
		this.handler.closeGate();
		List<RawConnection> connections = List.of(this.runtime.open(server.port()), this.runtime.open(server.port()));
		LimitedCalls.sendWaiting(connections.get(0), 3);
		await().atMost(LONG).until(() -> this.handler.waiting() == 3);

		LimitedCalls.sendWaiting(connections.get(1), 5);
		for (int i = 0; i < 5; i++) {
			LimitedCalls.assertRejected(connections.get(1).receive(), "not processed: limit");
		}
		LimitedCalls.assertServed(connections.get(1));
		this.handler.openGate();
		for (int i = 0; i < 3; i++) {
			assertThat(connections.get(0).receive().type()).isEqualTo(TMessageType.REPLY);
		}
		LimitedCalls.sendWaiting(connections.get(1), 1);
		assertThat(connections.get(1).receive().type()).as("there is room again").isEqualTo(TMessageType.REPLY);
	}

	@Test
	void callsOverTheAdaptiveLimitAreRejectedAndOnePlaceIsForOthers() throws Exception {
		ThriftServer server = start(builder().adaptiveLimit(10, 10));
		assertThat(server.callLimit()).isEqualTo(10);
		this.handler.closeGate();
		RawConnection greedy = this.runtime.open(server.port());
		LimitedCalls.sendWaiting(greedy, 20);
		for (int i = 0; i < 11; i++) {
			LimitedCalls.assertRejected(greedy.receive(), "not processed: overloaded");
		}
		await().atMost(LONG).until(() -> this.handler.waiting() == 9);

		RawConnection other = this.runtime.open(server.port());
		LimitedCalls.sendWaiting(other, 1);
		await().atMost(LONG).until(() -> this.handler.waiting() == 10);
		// nothing tells the client of a oneway call, but it is not run either
		other.send(RawMessage.of(RawMessage.OUT_OF_ORDER, TMessageType.ONEWAY, "note", 1,
				new EchoService.note_args(Packets.ofSize(1))));
		other.send(RawMessage.call(RawMessage.OUT_OF_ORDER, "add", 2, new EchoService.add_args(40, 2)));
		LimitedCalls.assertRejected(other.receive(), "not processed: overloaded");
		other.send(RawMessage.call(RawMessage.OUT_OF_ORDER, "EchoService:$ping", 3, new EchoService.nothing_args()));
		assertThat(other.receive().type()).isEqualTo(TMessageType.REPLY);

		this.handler.openGate();
		for (int i = 0; i < 9; i++) {
			assertThat(greedy.receive().type()).isEqualTo(TMessageType.REPLY);
		}
		assertThat(other.receive().type()).isEqualTo(TMessageType.REPLY);
		LimitedCalls.assertServed(other);
		assertThat(this.handler.executions()).isEmpty();
	}

	@Test
	void limitsThatAreFixedHoldBesidesTheAdaptiveOne() throws Exception {
		ThriftServer server = start(builder().maxCalls(5).adaptiveLimit(20, 100));
		assertThat(server.callLimit()).isEqualTo(5);
		this.handler.closeGate();
		RawConnection greedy = this.runtime.open(server.port());
		LimitedCalls.sendWaiting(greedy, 8);
		for (int i = 0; i < 3; i++) {
			LimitedCalls.assertRejected(greedy.receive(), "not processed: overloaded");
		}
		await().atMost(LONG).until(() -> this.handler.waiting() == 5);
		this.handler.openGate();
		for (int i = 0; i < 5; i++) {
			assertThat(greedy.receive().type()).isEqualTo(TMessageType.REPLY);
		}
	}

	@Test
	void connectionThatKeepsTheThreadsBusyLeavesSomeForOthers() throws Exception {
		ThriftServer server = start(builder().handlerThreads(8, 1_000));
		this.handler.closeGate();
		RawConnection greedy = this.runtime.open(server.port());
		LimitedCalls.sendWaiting(greedy, 500);
		await().atMost(LONG).until(() -> this.handler.waiting() == 7);

		TestClient other = this.runtime.client(server.port());
		for (int i = 0; i < 100; i++) {
			assertThat((int) other.call("add", 40, 2)).isEqualTo(42);
		}
		assertThat(this.handler.waiting()).isEqualTo(7);
		this.handler.openGate();
		for (int i = 0; i < 500; i++) {
			assertThat(greedy.receive().type()).isEqualTo(TMessageType.REPLY);
		}
	}

	@Test
	void callsOfPeersThatDisconnectLeaveNothing() throws Exception {
		ThriftServer server = start(builder().handlerThreads(2, 10));
		byte[] requests = RawMessage.toBytes(LimitedCalls.waiting(50));
		for (int i = 0; i < 100; i++) {
			try (RawConnection connection = RawConnection.open(server.port())) {
				connection.write(requests);
			}
		}
		await().atMost(LONG).until(() -> TestRuntime.connections(server) == 0);
		// their last calls may still wait
		LimitedCalls.assertServed(this.runtime.open(server.port()));
	}

	@Test
	void tenTimesAsManyCallsAsItCanDoCostNothingOfWhatItDoes() throws Exception {
		int threads = 2;
		int handlerMillis = 50;
		int capacity = threads * 1_000 / handlerMillis;
		ThriftServer server = start(builder().handlerThreads(threads, 2));
		TestClient client = this.runtime.client(server.port());
		MachineJitter jitter = this.runtime.closing(new MachineJitter());
		Load first = load(client, capacity / 2, handlerMillis, 500);

		Load normal = load(client, capacity * 8 / 10, handlerMillis, 1_500);
		Load over = load(client, capacity * 10, handlerMillis, 1_500);
		Load after = load(client, capacity / 2, handlerMillis, 1_000);

		System.out.printf(
				"C1: capacity %d/s; at 0.8 of it p99 %d ms; at 10 times: %d/s done, p99 %d ms,"
						+ " %d rejected, p50 %d and p99 %d ms; machine up to %d ms late%n",
				capacity, normal.answeredP99(), over.answered.size() * 1_000 / 1_500, over.answeredP99(),
				over.rejected.size(), over.rejectedP50(), over.rejectedP99(), jitter.worstMillis());
		// a call goes through five threads, each of which may be late
		long late = 5 * jitter.worstMillis();
		assertThat(over.rejected).isNotEmpty();
		assertThat(over.rejectedP50()).isLessThanOrEqualTo(10 + late);
		assertThat(over.answeredP99()).isLessThanOrEqualTo(2 * normal.answeredP99() + late);
		assertThat(over.answered.size()).as("goodput").isGreaterThanOrEqualTo(normal.answered.size() * 9 / 10);
		assertThat(after.answered.size()).as("normal again").isGreaterThan(4 * after.rejected.size());
		assertThat(this.handler.executions().values()).as("executed twice").allMatch((times) -> times == 1);
		assertThat(this.handler.executions()).as("neither lost nor run although rejected")
			.hasSize(first.answered.size() + normal.answered.size() + over.answered.size() + after.answered.size());
	}

	@Test
	void adaptiveLimitKeepsALargeQueueShort() throws Exception {
		int threads = 4;
		int handlerMillis = 20;
		int capacity = threads * 1_000 / handlerMillis;
		int queue = 500;
		ThriftServer server = start(builder().handlerThreads(threads, queue).adaptiveLimit(threads, 10_000));
		TestClient client = this.runtime.client(server.port());
		MachineJitter jitter = this.runtime.closing(new MachineJitter());
		Load first = load(client, capacity / 2, handlerMillis, 1_000);

		Load normal = load(client, capacity * 8 / 10, handlerMillis, 1_000);
		Load over = load(client, capacity * 10, handlerMillis, 2_000);
		int limit = server.callLimit();
		Load meanwhile = load(client, capacity / 2, handlerMillis, 500);
		Load after = load(client, capacity / 2, handlerMillis, 500);
		int executed = this.handler.executions().size();
		ThriftServer fixed = start(builder().handlerThreads(threads, queue));
		Load queued = load(this.runtime.client(fixed.port()), capacity * 10, handlerMillis, 500);

		System.out.printf(
				"C1 with a queue of %d: capacity %d/s; at 0.8 of it p99 %d ms; at 10 times with the adaptive limit, %d"
						+ " at the end: %d/s done, p50 %d and p99 %d ms, %d rejected, p50 %d and p99 %d ms; without it:"
						+ " p50 %d and p99 %d ms; machine up to %d ms late%n",
				queue, capacity, normal.answeredP99(), limit, over.answered.size() / 2, over.answeredP50(),
				over.answeredP99(), over.rejected.size(), over.rejectedP50(), over.rejectedP99(), queued.answeredP50(),
				queued.answeredP99(), jitter.worstMillis());
		long late = 5 * jitter.worstMillis();
		assertThat(over.answeredP50()).as("the queue is short").isLessThan(queued.answeredP50() / 3);
		assertThat(over.answeredP99()).isLessThan(queued.answeredP99() / 3 + late);
		assertThat(limit).isLessThan(queue / 5);
		assertThat(over.rejectedP50()).isLessThanOrEqualTo(10 + late);
		assertThat(over.answered.size() / 2).as("goodput").isGreaterThanOrEqualTo(normal.answered.size() * 3 / 4);
		assertThat(after.answered.size()).as("normal again").isGreaterThan(4 * after.rejected.size());
		assertThat(this.handler.executions().values()).as("executed twice").allMatch((times) -> times == 1);
		assertThat(executed).as("neither lost nor run although rejected")
			.isEqualTo(first.answered.size() + normal.answered.size() + over.answered.size() + meanwhile.answered.size()
					+ after.answered.size());
	}

	/**
	 * Call as often as planned, however the server keeps up.
	 */
	private static Load load(TestClient client, int perSecond, int handlerMillis, int millis) {
		Load load = new Load();
		List<CompletableFuture<?>> calls = new ArrayList<>();
		long begin = System.nanoTime();
		int count = perSecond * millis / 1_000;
		for (int i = 0; i < count; i++) {
			long due = begin + TimeUnit.SECONDS.toNanos(i) / perSecond;
			for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
				LockSupport.parkNanos(left);
			}
			long start = System.nanoTime();
			calls.add(client.callAsync(LONG, "echoLater", Packets.ofSize(10), handlerMillis)
				.handle((packet, failure) -> load.ended(start, failure)));
		}
		CompletableFuture.allOf(calls.toArray(CompletableFuture[]::new)).orTimeout(20, TimeUnit.SECONDS).join();
		return load;
	}

	private ThriftServer.Builder builder() {
		return ThriftServer.builder().service("EchoService", TestRuntime.ECHO, this.handler);
	}

	private ThriftServer start(ThriftServer.Builder builder) {
		return this.runtime.start(builder);
	}

	/**
	 * How long calls took, in milliseconds.
	 */
	private static final class Load {

		private final Queue<Long> answered = new ConcurrentLinkedQueue<>();

		private final Queue<Long> rejected = new ConcurrentLinkedQueue<>();

		boolean ended(long start, Throwable failure) {
			long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
			if (failure == null) {
				return this.answered.add(millis);
			}
			assertThat(failure).isInstanceOf(UnprocessedException.class)
				.hasMessageContaining("not processed: overloaded");
			return this.rejected.add(millis);
		}

		long answeredP50() {
			return percentile(this.answered, 50);
		}

		long answeredP99() {
			return percentile(this.answered, 99);
		}

		long rejectedP50() {
			return percentile(this.rejected, 50);
		}

		long rejectedP99() {
			return percentile(this.rejected, 99);
		}

		private static long percentile(Queue<Long> times, int percent) {
			return times.stream().sorted().skip((long) times.size() * percent / 100).findFirst().orElse(0L);
		}

	}

}
