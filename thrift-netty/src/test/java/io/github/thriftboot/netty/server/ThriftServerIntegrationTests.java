package io.github.thriftboot.netty.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.github.thriftboot.netty.protocol.Envelope;
import io.github.thriftboot.netty.protocol.ThriftProtocol;
import io.github.thriftboot.netty.protocol.ThriftServiceDescriptor;
import io.github.thriftboot.netty.protocol.ThriftTransport;
import io.github.thriftboot.netty.server.ThriftServer.Builder;
import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.netty.test.LogCapture;
import io.github.thriftboot.netty.test.OtherHandler;
import io.github.thriftboot.netty.test.RawConnection;
import io.github.thriftboot.netty.test.RawMessage;
import io.github.thriftboot.netty.test.TestClient;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.BaseService;
import io.github.thriftboot.test.EchoService;
import org.apache.thrift.async.AsyncMethodCallback;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link ThriftServer}.
 */
class ThriftServerIntegrationTests {

	private static final Duration LONG = Duration.ofSeconds(20);

	private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	@ParameterizedTest
	@MethodSource("wrongOptions")
	void wrongOptionIsRefusedByNameAndValue(UnaryOperator<Builder> change, String message) {
		assertThatIllegalArgumentException().isThrownBy(() -> change.apply(ThriftServer.builder()).build())
			.withMessageContaining(message)
			.withMessageContaining("expected");
	}

	static Stream<Arguments> wrongOptions() {
		EchoHandler handler = new EchoHandler();
		ThriftServiceDescriptor echo = TestRuntime.ECHO;
		return Stream.of(wrong((builder) -> builder.maxFrameSize(0), "maxFrameSize: 0"),
				wrong((builder) -> builder.maxFrameSize(256 * 1024 * 1024 + 1), "maxFrameSize: 268435457"),
				wrong((builder) -> builder.limits((limits) -> limits.maxHeaders(7)), "maxHeaders: 7"),
				wrong((builder) -> builder.eventLoopThreads(-1), "eventLoopThreads: -1"),
				wrong((builder) -> builder.defaultService("Missing"), "defaultService: Missing"),
				wrong((builder) -> builder.service("a:b", echo, handler), "service: 'a:b'"),
				wrong((builder) -> builder.service("", echo, handler), "service: ''"),
				wrong((builder) -> builder.service("Echo", echo, "text"), "handler of Echo: java.lang.String"),
				wrong((builder) -> builder.service("Echo", echo, handler).service("Echo", echo, handler),
						"service: Echo"));
	}

	private static Arguments wrong(UnaryOperator<Builder> change, String message) {
		return Arguments.of(change, message);
	}

	@Test
	void requestsWaitUntilTheServerIsStarted() throws Exception {
		EchoHandler handler = new EchoHandler();
		ThriftServer server = ThriftServer.builder()
			.address(ANY_PORT)
			.service("EchoService", TestRuntime.ECHO, handler)
			.build();
		this.runtime.closing(() -> server.shutdown(Duration.ZERO).join());
		assertThatIllegalStateException().isThrownBy(server::port);
		int port = server.bind().get().getPort();
		assertThat(server.port()).isEqualTo(port).isPositive();
		assertThat(server.services()).containsExactly("EchoService");
		assertThatIllegalStateException().isThrownBy(server::bind);

		List<CompletableFuture<Object>> early = IntStream.range(0, 10)
			.mapToObj((i) -> this.runtime.client(port).callAsync("add", i, 1))
			.toList();
		await().untilAsserted(() -> assertThat(TestRuntime.connections(server)).isEqualTo(10));
		assertThat(early).noneMatch(CompletableFuture::isDone);
		server.start();

		assertThat(early).allSatisfy((call) -> assertThat(call).succeedsWithin(LONG));
		assertThat((int) this.runtime.client(port).call("add", 40, 2)).isEqualTo(42);
	}

	@Test
	void portInUseIsABindException() {
		ThriftServer first = this.runtime.start(new EchoHandler());
		ThriftServer second = ThriftServer.builder()
			.address(new InetSocketAddress(InetAddress.getLoopbackAddress(), first.port()))
			.service("EchoService", TestRuntime.ECHO, new EchoHandler())
			.build();

		assertThat(second.bind()).failsWithin(LONG)
			.withThrowableOfType(ExecutionException.class)
			.withCauseInstanceOf(BindException.class);
		assertThatIllegalStateException().isThrownBy(second::port);
		assertThat(second.shutdown(LONG)).succeedsWithin(LONG);
	}

	@Test
	void serverThatWasNeverBoundCanBeShutDown() {
		ThriftServer server = ThriftServer.builder().build();

		assertThat(server.shutdown(LONG)).succeedsWithin(LONG);
	}

	@Test
	void eventLoopsOfABoundServerKeepTheProcessAlive() {
		this.runtime.start(new EchoHandler());

		assertThat(Thread.getAllStackTraces().keySet())
			.filteredOn((thread) -> thread.getName().startsWith("thrift-server"))
			.isNotEmpty()
			.noneMatch(Thread::isDaemon);
	}

	@Test
	void eachServiceHasItsHandlerAndItsExecutor() throws Exception {
		ExecutorService own = Executors.newSingleThreadExecutor((task) -> new Thread(task, "own"));
		this.runtime.closing(own::shutdown);
		BaseService.Iface threadName = () -> Thread.currentThread().getName();
		ThriftServer server = this.runtime.start(ThriftServer.builder()
			.service("Own", ThriftServiceDescriptor.of(BaseService.class), threadName, own)
			.service("Shared", ThriftServiceDescriptor.of(BaseService.class), threadName)
			.service("OtherService", OtherHandler.SERVICE, new OtherHandler()));
		RawConnection connection = this.runtime.open(server.port());

		assertThat(whoAmI(connection, "Own:whoAmI")).isEqualTo("own");
		assertThat(whoAmI(connection, "Shared:whoAmI")).startsWith("thrift-handler");
		assertThat(whoAmI(connection, "OtherService:whoAmI")).isEqualTo("other");
		assertThat(server.services()).containsExactlyInAnyOrder("Own", "Shared", "OtherService");
	}

	private static String whoAmI(RawConnection connection, String name) throws Exception {
		connection.send(RawMessage.call(RawMessage.IN_ORDER, name, 1, new BaseService.whoAmI_args()));
		return connection.receive().read(new BaseService.whoAmI_result()).getSuccess();
	}

	@Test
	void pingIsAnsweredWhileAllHandlerThreadsAreBusy() throws Exception {
		EchoHandler handler = new EchoHandler();
		handler.closeGate();
		ExecutorService oneThread = Executors.newSingleThreadExecutor();
		this.runtime.closing(oneThread::shutdown);
		ThriftServer server = this.runtime
			.start(ThriftServer.builder().service("EchoService", TestRuntime.ECHO, handler).executor(oneThread));
		TestClient client = this.runtime.client(server.port());
		List<CompletableFuture<Object>> busy = IntStream.range(0, 20)
			.mapToObj((i) -> client.callAsync("misbehave", "wait"))
			.toList();
		await().untilAsserted(() -> assertThat(handler.waiting()).isOne());

		RawConnection connection = this.runtime.open(server.port());
		for (String name : List.of("$ping", "EchoService:$ping")) {
			connection.send(RawMessage.call(RawMessage.OUT_OF_ORDER, name, 3, new BaseService.whoAmI_args()));
			assertThat(connection.receive().name()).isEqualTo("$ping");
		}
		assertThat(busy).noneMatch(CompletableFuture::isDone);
		handler.openGate();

		assertThat(busy).allSatisfy((call) -> assertThat(call).succeedsWithin(LONG));
	}

	@Test
	void whiteSpaceBetweenUnframedJsonRequestsIsSkipped() throws Exception {
		RawConnection connection = this.runtime.open(this.runtime.start(new EchoHandler()).port());
		Envelope json = new Envelope(ThriftTransport.UNFRAMED, ThriftProtocol.JSON, 0);
		List<String> gaps = List.of("\n", "\r\n", "", " \t\r\n", "\n\n");

		for (int i = 0; i < gaps.size(); i++) {
			connection.send(RawMessage.call(json, "add", i, new EchoService.add_args(i, 1)));
			connection.write(gaps.get(i).getBytes(StandardCharsets.US_ASCII));
		}

		for (int i = 0; i < gaps.size(); i++) {
			assertThat(connection.receive().read(new EchoService.add_result()).getSuccess()).isEqualTo(i + 1);
		}
	}

	@Test
	void whatIsNoMessageEndsAnUnframedConnectionAtOnceWithOneLine() throws Exception {
		ThriftServer server = this.runtime.start(new EchoHandler());
		try (LogCapture log = new LogCapture(ThriftServerHandler.class)) {
			for (ThriftProtocol protocol : List.of(ThriftProtocol.BINARY, ThriftProtocol.COMPACT,
					ThriftProtocol.JSON)) {
				RawConnection connection = this.runtime.open(server.port());
				connection.send(RawMessage.call(new Envelope(ThriftTransport.UNFRAMED, protocol, 0), "add", 1,
						new EchoService.add_args(40, 2)));
				assertThat(connection.receive().id()).isOne();

				connection.write(new byte[] { 1 });

				assertThat(connection.receiveUntilClosed()).isZero();
			}
			assertThat(log.lines()).hasSize(3).allSatisfy((line) -> assertThat(line).startsWith("WARN Closed"));
		}
	}

	@Test
	void peerThatDoesNotReadItsRepliesIsNotReadAndDisturbsNobody() throws Exception {
		EchoHandler handler = new EchoHandler();
		ThriftServer server = this.runtime.start(handler);
		RawConnection greedy = this.runtime.open(server.port());
		int requests = 400;
		CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
			try {
				for (int i = 0; i < requests; i++) {
					greedy.send(RawMessage.call(RawMessage.IN_ORDER, "blob", i, new EchoService.blob_args(64 * 1024)));
				}
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		});

		TestClient client = this.runtime.client(server.port());
		for (int i = 0; i < 200; i++) {
			assertThat((int) client.call("add", i, 1)).isEqualTo(i + 1);
		}
		List<Integer> ids = new ArrayList<>();
		for (int i = 0; i < requests; i++) {
			ids.add(greedy.receive().id());
		}

		assertThat(ids).isEqualTo(IntStream.range(0, requests).boxed().toList());
		assertThat(sending).succeedsWithin(LONG);
	}

	@Test
	void disconnectWhileCallsRunLeavesNothing() throws Exception {
		EchoHandler handler = new EchoHandler();
		handler.closeGate();
		ThriftServer server = this.runtime.start(handler);
		for (int i = 0; i < 10; i++) {
			RawConnection connection = this.runtime.open(server.port());
			connection.send(
					RawMessage.call(RawMessage.IN_ORDER, "misbehave", 1, new EchoService.misbehave_args("wait")),
					RawMessage.call(RawMessage.OUT_OF_ORDER, "blob", 2, new EchoService.blob_args(100_000)));
			int waiting = i + 1;
			await().untilAsserted(() -> assertThat(handler.waiting()).isEqualTo(waiting));
			connection.close();
		}

		await().untilAsserted(() -> assertThat(TestRuntime.connections(server)).isZero());
		handler.openGate();
	}

	/**
	 * The event loop gives up the slots of a connection while a handler puts replies into
	 * them. It takes many rounds until both touch the same slot at the same moment; a
	 * buffer that is lost then is found at the end of all tests.
	 */
	@Test
	void disconnectWhileRepliesAreMadeLeavesNothing() throws Exception {
		BurstHandler handler = new BurstHandler();
		ThriftServer server = this.runtime
			.start(ThriftServer.builder().service("EchoService", TestRuntime.ECHO, handler));
		RawMessage[] burst = IntStream.range(0, BurstHandler.SIZE)
			.mapToObj((i) -> RawMessage.call(RawMessage.IN_ORDER, "add", i, new EchoService.add_args(i, 0)))
			.toArray(RawMessage[]::new);

		for (int i = 0; i < 500; i++) {
			handler.client = this.runtime.open(server.port());
			handler.client.send(burst);
			assertThat(handler.answered.tryAcquire(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
		}

		await().untilAsserted(() -> assertThat(TestRuntime.connections(server)).isZero());
	}

	/**
	 * Gathers the calls of a burst. The thread that brings the last one disconnects the
	 * client and goes on to answer them, the first one last, which holds up the others.
	 */
	private static final class BurstHandler extends EchoService.AsyncClient {

		private static final int SIZE = 300;

		private final AtomicReferenceArray<AsyncMethodCallback<Integer>> calls = new AtomicReferenceArray<>(SIZE);

		private final AtomicInteger arrived = new AtomicInteger();

		private final Semaphore answered = new Semaphore(0);

		private volatile RawConnection client;

		BurstHandler() {
			super(null, null, null);
		}

		@Override
		public void add(int index, int nothing, AsyncMethodCallback<Integer> callback) {
			this.calls.set(index, callback);
			if (this.arrived.incrementAndGet() % SIZE == 0) {
				answerAll();
			}
		}

		private void answerAll() {
			try {
				this.client.close();
				for (int i = 1; i < SIZE; i++) {
					this.calls.get(i).onComplete(i);
				}
				this.calls.get(0).onComplete(0);
				this.answered.release();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

}
