package io.github.thriftboot.netty.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.github.thriftboot.netty.protocol.ThriftTransport;
import io.github.thriftboot.netty.server.ThriftServer;
import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.netty.test.Packets;
import io.github.thriftboot.netty.test.RawServer;
import io.github.thriftboot.netty.test.TestClient;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.EchoService;
import io.github.thriftboot.test.Packet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Calls that end before their reply comes: deadline, cancellation, interrupt.
 */
class DeadlineIntegrationTests {

	private static final Duration SHORT = Duration.ofMillis(50);

	private static final Duration LONG = Duration.ofSeconds(20);

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	private final EchoHandler handler = new EchoHandler();

	@BeforeEach
	void closeGate() {
		this.handler.closeGate();
	}

	@ParameterizedTest
	@EnumSource
	void callEndsAtItsDeadlineAndItsLateReplyIsDropped(ThriftTransport transport) throws Exception {
		ThriftServer server = this.runtime.start(this.handler);
		TestClient client = this.runtime.client((options) -> options.transport(transport), server.port());

		for (int i = 0; i < 3; i++) {
			assertThatExceptionOfType(CallTimeoutException.class)
				.isThrownBy(() -> client.call(SHORT, "misbehave", "wait"))
				.withMessage("EchoService:misbehave timed out after 50 ms")
				.satisfies((ex) -> assertThat(ex.instance()).isEqualTo("127.0.0.1:" + server.port()))
				.satisfies((ex) -> assertThat(ex.getStackTrace()).as("stack of the caller")
					.anyMatch((frame) -> frame.getClassName().equals(DeadlineIntegrationTests.class.getName())));
			assertThat((int) client.call("add", i, 1)).isEqualTo(i + 1);
		}
		this.handler.openGate();

		for (int i = 0; i < 100; i++) {
			Packet packet = Packets.ofSize(10);
			assertThat((Packet) client.call("echo", packet)).isEqualTo(packet);
		}
	}

	@ParameterizedTest
	@EnumSource
	void asyncCallsEndAtTheirDeadlinesWithoutAThread(ThriftTransport transport) throws Exception {
		ThriftServer server = this.runtime.start(this.handler);
		TestClient client = this.runtime.client((options) -> options.transport(transport), server.port());
		Set<Thread> before = Thread.getAllStackTraces().keySet();

		List<CompletableFuture<Object>> calls = IntStream.range(0, 1_000)
			.mapToObj((i) -> client.callAsync(SHORT.plusMillis(i % 50), "misbehave", "wait"))
			.toList();

		assertThat(calls).allSatisfy((call) -> assertThat(call).failsWithin(LONG)
			.withThrowableOfType(ExecutionException.class)
			.withCauseInstanceOf(CallTimeoutException.class));
		assertThat(Thread.getAllStackTraces().keySet()).filteredOn((thread) -> !before.contains(thread))
			.extracting(Thread::getName)
			.allMatch((name) -> name.startsWith("thrift-handler") || name.startsWith("thrift-client")
					|| name.startsWith("thrift-server"));
		this.handler.openGate();
	}

	@ParameterizedTest
	@EnumSource
	void replyAroundTheDeadlineIsTheReplyOrATimeoutAndNeverThatOfAnotherCall(ThriftTransport transport) {
		ThriftServer server = this.runtime.start(this.handler);
		TestClient client = this.runtime.client((options) -> options.transport(transport).maxConnections(100),
				server.port());
		Duration deadline = Duration.ofMillis(200);
		int replies = 0;
		int timeouts = 0;
		for (int round = 0; round < 5; round++) {
			List<Packet> packets = Stream.generate(() -> Packets.ofSize(50)).limit(100).toList();
			List<CompletableFuture<Object>> calls = packets.stream()
				.map((packet) -> client.callAsync(deadline, "echoLater", packet, (int) (100 + packet.getNonce() % 200)))
				.toList();
			for (int i = 0; i < calls.size(); i++) {
				Packet packet = packets.get(i);
				Object outcome = calls.get(i).handle((reply, failure) -> (failure != null) ? failure : reply).join();
				if (outcome instanceof Packet reply) {
					assertThat(reply).isEqualTo(packet);
					replies++;
				}
				else {
					assertThat(outcome).isInstanceOf(CallTimeoutException.class);
					timeouts++;
				}
			}
		}

		LoggerFactory.getLogger("figures")
			.info("replies around a deadline of {} ms, {}: {} replies, {} timeouts", deadline.toMillis(), transport,
					replies, timeouts);
		assertThat(timeouts).isPositive();
	}

	@Test
	void everyCallAroundItsDeadlineHasOneOutcomeAndEveryLateReplyIsDropped() {
		ThriftServer server = this.runtime.start(this.handler);
		TestClient client = this.runtime.client(server.port());
		int[] delays = { 45, 49, 50, 51, 55, 60, 1_000 };
		Map<Packet, CompletableFuture<Object>> calls = new LinkedHashMap<>();
		List<CompletableFuture<Boolean>> newerCalls = new ArrayList<>();
		for (int round = 0; round < 20; round++) {
			for (int delay : delays) {
				Packet packet = Packets.ofSize(50);
				CompletableFuture<Object> call = client.callAsync(SHORT, "echoLater", packet, delay);
				calls.put(packet, call);
				newerCalls.add(call.handle((reply, failure) -> Packets.ofSize(60))
					.thenCompose((newer) -> client.callAsync(LONG, "echo", newer).thenApply(newer::equals)));
			}
			assertThat(newerCalls).allSatisfy((same) -> assertThat(same).succeedsWithin(LONG).isEqualTo(true));
		}
		int replies = 0;
		List<Packet> late = new ArrayList<>();
		for (Map.Entry<Packet, CompletableFuture<Object>> call : calls.entrySet()) {
			Object outcome = call.getValue().handle((reply, failure) -> (failure != null) ? failure : reply).join();
			if (outcome instanceof CallTimeoutException) {
				late.add(call.getKey());
				continue;
			}
			assertThat(outcome).isEqualTo(call.getKey());
			replies++;
		}
		int timeouts = calls.size() - replies;
		assertThat(timeouts).isBetween(20, 140);
		// on a busy machine a call may time out before it is sent
		await().untilAsserted(() -> assertThat(client.channel().droppedReplies())
			.isBetween(late.stream().filter(this.handler::hasRun).count(), (long) timeouts));
		LoggerFactory.getLogger("figures")
			.info("replies around a deadline of {} ms: {} replies, {} timeouts, {} late replies dropped",
					SHORT.toMillis(), replies, timeouts, timeouts);
	}

	@ParameterizedTest
	@EnumSource
	void callsThatAreGivenUpAtRandomAreOverAtOnceAndRunAtMostOnce(ThriftTransport transport) throws Exception {
		ThriftServer server = this.runtime.start(this.handler);
		TestClient client = this.runtime.client((options) -> options.transport(transport), server.port());
		AtomicInteger givenUp = new AtomicInteger();
		List<Thread> callers = new CopyOnWriteArrayList<>();
		AtomicBoolean over = new AtomicBoolean();
		Thread interrupter = new Thread(() -> {
			while (!over.get()) {
				LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(5_000_000));
				callers.forEach((caller) -> {
					if (ThreadLocalRandom.current().nextBoolean()) {
						caller.interrupt();
					}
				});
			}
		});
		interrupter.start();

		TestRuntime.runInThreads(4, (thread) -> {
			callers.add(Thread.currentThread());
			for (int i = 0; i < 60; i++) {
				Packet packet = Packets.ofSize(100);
				if (i % 2 == 0) {
					try {
						assertThat((Packet) client.call(LONG, "echoLater", packet, 5)).isEqualTo(packet);
					}
					catch (CallCancelledException ex) {
						assertThat(Thread.currentThread().isInterrupted()).as("flag is kept").isTrue();
						givenUp.incrementAndGet();
					}
				}
				else {
					CompletableFuture<Object> call = client.callAsync(LONG, "echoLater", packet, 5);
					LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(10_000_000));
					if (call.cancel(true)) {
						givenUp.incrementAndGet();
					}
					else {
						assertThat(call).isCompletedWithValue(packet);
					}
				}
				Thread.interrupted();
			}
			callers.remove(Thread.currentThread());
			Thread.interrupted();
		});
		over.set(true);
		interrupter.join();

		assertThat(givenUp).hasValueGreaterThan(20);
		assertThat(this.handler.executions().values()).as("executed twice").containsOnly(1);
		assertThat((int) client.call("add", 40, 2)).isEqualTo(42);
	}

	@Test
	void deadlineThatHasPassedEndsTheCallBeforeItIsSent() throws Exception {
		ThriftServer server = this.runtime.start(this.handler);
		TestClient client = this.runtime.client(server.port());

		for (Duration timeout : List.of(Duration.ZERO, Duration.ofSeconds(-1))) {
			assertThatExceptionOfType(CallTimeoutException.class)
				.isThrownBy(() -> client.call(timeout, "echo", Packets.ofSize(1)));
			assertThat(client.callAsync(timeout, "echo", Packets.ofSize(1))).failsWithin(LONG);
		}
		client.call("nothing");

		assertThat(this.handler.executions()).isEmpty();
	}

	@Test
	void requestThatExpiresInTheQueueOfTheServerIsNotRun() throws Exception {
		ExecutorService oneThread = Executors.newSingleThreadExecutor();
		this.runtime.closing(oneThread::shutdown);
		ThriftServer server = this.runtime
			.start(ThriftServer.builder().service("EchoService", TestRuntime.ECHO, this.handler).executor(oneThread));
		TestClient client = this.runtime.client(server.port());
		CompletableFuture<Object> blocking = client.callAsync(LONG, "misbehave", "wait");
		await().untilAsserted(() -> assertThat(this.handler.waiting()).isOne());
		Packet late = Packets.ofSize(1);
		Packet patient = Packets.ofSize(2);

		long expired = System.nanoTime() + SHORT.plusMillis(2).toNanos();
		CompletableFuture<Object> expiring = client.callAsync(SHORT, "echo", late);
		CompletableFuture<Object> waiting = client.callAsync(LONG, "echo", patient);
		assertThat(expiring).failsWithin(LONG)
			.withThrowableOfType(ExecutionException.class)
			.withCauseInstanceOf(CallTimeoutException.class);
		await().until(() -> System.nanoTime() - expired > 0);
		this.handler.openGate();

		assertThat(blocking).succeedsWithin(LONG);
		assertThat(waiting).succeedsWithin(LONG).isEqualTo(patient);
		assertThat(this.handler.executions()).containsOnlyKeys(patient.getNonce());
	}

	@ParameterizedTest
	@EnumSource(names = { "HEADER", "FRAMED" })
	void callsToAPeerThatDoesNotReadEndAtTheirDeadlinesAndWhatWasNotWrittenNeverIs(ThriftTransport transport)
			throws Exception {
		CountDownLatch reading = new CountDownLatch(1);
		Set<Long> received = ConcurrentHashMap.newKeySet();
		RawServer server = this.runtime.start((connection) -> {
			reading.await();
			while (true) {
				received.add(connection.receive().read(new EchoService.note_args()).getPacket().getNonce());
			}
		});
		TestClient client = this.runtime
			.client((options) -> options.transport(transport).maxConnections(1).pipelining(1_000), server.port());
		// more than the operating system takes
		List<CompletableFuture<Object>> filling = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			filling.add(client.callAsync(LONG, "note", Packets.ofSize(1_000_000)));
		}
		await().until(() -> filling.get(0).isDone());
		Packet cancelled = Packets.ofSize(10);
		Packet expired = Packets.ofSize(10);
		Packet last = Packets.ofSize(10);

		CompletableFuture<Object> cancelling = client.callAsync(LONG, "note", cancelled);
		CompletableFuture<Object> expiring = client.callAsync(SHORT, "note", expired);
		CompletableFuture<Object> lasting = client.callAsync(LONG, "note", last);
		cancelling.cancel(true);
		assertThat(expiring).failsWithin(LONG)
			.withThrowableOfType(ExecutionException.class)
			.withCauseInstanceOf(CallTimeoutException.class);
		assertThat(lasting).isNotDone();
		reading.countDown();

		assertThat(filling).allSatisfy((call) -> assertThat(call).succeedsWithin(LONG));
		assertThat(lasting).succeedsWithin(LONG);
		await().untilAsserted(() -> assertThat(received).hasSize(21).contains(last.getNonce()));
		assertThat(received).doesNotContain(cancelled.getNonce(), expired.getNonce());
	}

	@ParameterizedTest
	@EnumSource
	void peerThatDoesNotReadDoesNotHoldUpTheEventLoop(ThriftTransport transport) throws Exception {
		RawServer stuck = this.runtime.start((connection) -> new CountDownLatch(1).await());
		ThriftServer server = this.runtime.start(this.handler);
		ConnectionPool oneLoop = this.runtime.pool(new ConnectionPool(1));
		TestClient blocked = this.runtime.client(oneLoop, TestRuntime.ECHO,
				(options) -> options.transport(transport).maxConnections(2).pipelining(100),
				TestRuntime.instances(stuck.port()));
		TestClient client = this.runtime.client(oneLoop, TestRuntime.ECHO, (options) -> {
		}, TestRuntime.instances(server.port()));
		client.call("nothing");

		for (int i = 0; i < 20; i++) {
			blocked.callAsync(LONG, "echo", Packets.ofSize(1_000_000));
		}

		long start = System.nanoTime();
		for (int i = 0; i < 40; i++) {
			client.call("add", i, 1);
		}
		assertThat(Duration.ofNanos(System.nanoTime() - start))
			.as("a loop that is busy with something else looks at its sockets once a second")
			.isLessThan(Duration.ofSeconds(10));
	}

	@ParameterizedTest
	@EnumSource
	void onewayCallThatIsHalfWrittenEndsAtItsDeadline(ThriftTransport transport) {
		RawServer server = this.runtime.start((connection) -> new CountDownLatch(1).await());
		TestClient client = this.runtime.client((options) -> options.transport(transport), server.port());

		// more than the operating system takes
		CompletableFuture<Object> call = client.callAsync(Duration.ofMillis(200), "note", Packets.ofSize(15_000_000));

		assertThat(call).failsWithin(LONG)
			.withThrowableOfType(ExecutionException.class)
			.withCauseInstanceOf(CallTimeoutException.class);
	}

	@Test
	void callThatIsCancelledIsOverAtOnceAndItsLateReplyIsDropped() throws Exception {
		ThriftServer server = this.runtime.start(this.handler);
		TestClient client = this.runtime.client(server.port());
		CompletableFuture<Object> call = client.callAsync(LONG, "misbehave", "wait");
		await().untilAsserted(() -> assertThat(this.handler.waiting()).isOne());

		assertThat(call.cancel(true)).isTrue();
		this.handler.openGate();

		assertThat(call).isCancelled();
		for (int i = 0; i < 100; i++) {
			assertThat((int) client.call("add", i, 1)).isEqualTo(i + 1);
		}
	}

	@Test
	void anyNumberOfCallsMayBeGivenUp() throws Exception {
		ThriftServer server = this.runtime.start(this.handler);
		TestClient client = this.runtime.client(server.port());
		client.call("nothing");

		for (int i = 0; i < 5_000; i++) {
			client.callAsync(SHORT, "nothing").cancel(true);
			if (i % 1_000 == 0) {
				client.call("nothing");
			}
		}

		await().untilAsserted(() -> assertThat((int) client.call("add", 40, 2)).isEqualTo(42));
	}

	@ParameterizedTest
	@EnumSource
	void callerThatIsInterruptedReturnsAtOnceAndKeepsItsFlag(ThriftTransport transport) throws Exception {
		ThriftServer server = this.runtime.start(this.handler);
		TestClient client = this.runtime.client((options) -> options.transport(transport), server.port());
		AtomicReference<Throwable> failure = new AtomicReference<>();
		AtomicReference<Boolean> flag = new AtomicReference<>();
		Thread caller = new Thread(() -> {
			try {
				client.call(LONG, "misbehave", "wait");
			}
			catch (Throwable ex) {
				failure.set(ex);
			}
			flag.set(Thread.currentThread().isInterrupted());
		});
		caller.start();
		await().untilAsserted(() -> assertThat(this.handler.waiting()).isOne());

		caller.interrupt();
		caller.join(LONG.toMillis());

		assertThat(failure.get()).isInstanceOf(CallCancelledException.class)
			.hasCauseInstanceOf(InterruptedException.class);
		assertThat(flag.get()).isTrue();
		this.handler.openGate();
		assertThat((int) client.call("add", 40, 2)).isEqualTo(42);
	}

	@Test
	void callOnAnEventLoopThatWouldWaitForItselfIsRefused() throws Exception {
		ThriftServer server = this.runtime.start(this.handler);
		TestClient client = this.runtime.client(server.port());
		CompletableFuture<Object> call = client.callAsync(LONG, "misbehave", "wait");
		CompletableFuture<Object> nested = call.thenApply((value) -> {
			assertThatIllegalStateException().isThrownBy(() -> client.call("add", 40, 2))
				.withMessageContaining("EchoService:add")
				.withMessageContaining("event loop");
			return Thread.currentThread().getName();
		});
		CompletableFuture<Object> chained = call.thenCompose((value) -> client.callAsync("add", 40, 2));

		this.handler.openGate();

		assertThat(nested).succeedsWithin(LONG).asString().startsWith("thrift-client");
		assertThat(chained).succeedsWithin(LONG).isEqualTo(42);
	}

	@Test
	void futureThatIsCompletedByItsOwnerGivesTheCallUp() throws Exception {
		ThriftServer server = this.runtime.start(this.handler);
		TestClient client = this.runtime.client(server.port());
		CompletableFuture<Object> call = client.callAsync(LONG, "misbehave", "wait");

		call.complete("enough");
		this.handler.openGate();

		assertThat(call).isCompletedWithValue("enough");
		assertThat((int) client.call("add", 40, 2)).isEqualTo(42);
	}

}
