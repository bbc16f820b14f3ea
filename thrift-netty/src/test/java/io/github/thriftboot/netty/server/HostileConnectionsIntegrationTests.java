package io.github.thriftboot.netty.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import io.github.thriftboot.netty.protocol.Envelope;
import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.netty.test.LogCapture;
import io.github.thriftboot.netty.test.RawConnection;
import io.github.thriftboot.netty.test.RawMessage;
import io.github.thriftboot.netty.test.TestClient;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.EchoService;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import org.apache.thrift.protocol.TMessageType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Peers open connections and do not do their part (C2, C4 to C7), while a healthy client
 * goes on.
 */
class HostileConnectionsIntegrationTests {

	private static final Duration LONG = Duration.ofSeconds(20);

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	@Test
	void peerThatSendsNothingOrTricklesIsClosed() throws Exception {
		ThriftServer server = start(
				(limits) -> limits.firstByteTimeout(Duration.ofMillis(300)).frameTimeout(Duration.ofMillis(400)));
		TestClient healthy = this.runtime.client(server.port());
		long memory = directMemory();
		List<RawConnection> silent = new ArrayList<>();
		List<RawConnection> trickling = new ArrayList<>();
		for (int i = 0; i < 50; i++) {
			silent.add(this.runtime.open(server.port()));
			RawConnection connection = this.runtime.open(server.port());
			// 16,000,000 bytes are declared
			connection.write(new byte[] { 0, (byte) 0xf4, 0x24, 0, (byte) 0x80, 1, 0, 1 });
			trickling.add(connection);
		}

		await().atMost(LONG).until(() -> {
			for (RawConnection connection : trickling) {
				trickle(connection);
			}
			assertThat((int) healthy.call("add", 40, 2)).isEqualTo(42);
			return TestRuntime.connections(server) == 1;
		});

		for (RawConnection connection : silent) {
			assertThat(connection.receiveUntilClosed()).isZero();
		}
		assertThat(directMemory() - memory).as("memory for 800 MB that were only declared")
			.isLessThan(64 * 1024 * 1024);
	}

	@Test
	void connectionsThatWaitForTheStartOfAServerAreNotLate() throws Exception {
		Consumer<ConnectionLimits.Builder> times = (changed) -> changed.firstByteTimeout(Duration.ofMillis(300))
			.idleTimeout(Duration.ofMillis(300));
		ThriftServer starting = ThriftServer.builder()
			.address(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
			.service("EchoService", TestRuntime.ECHO, new EchoHandler())
			.connections(times)
			.build();
		this.runtime.closing(() -> starting.shutdown(Duration.ZERO).join());
		starting.bind().join();
		RawConnection early = this.runtime.open(starting.port());
		early.send(add(RawMessage.FRAMED, 1));
		await().atMost(LONG).until(() -> TestRuntime.connections(starting) == 1);

		// passes when the time is over, and that to be idle as well
		RawConnection late = this.runtime.open(start(times).port());
		assertThat(late.receiveUntilClosed()).isZero();
		assertThat(TestRuntime.connections(starting)).isEqualTo(1);

		starting.start();

		assertThat(early.receive().id()).isEqualTo(1);
		assertThat(early.receiveUntilClosed()).as("closed when it has been idle").isZero();
	}

	private static void trickle(RawConnection connection) {
		try {
			connection.write(new byte[1]);
		}
		catch (IOException ex) {
			// it is closed
		}
	}

	@Test
	void idleConnectionsStayUntilTheirTimeIsOver() throws Exception {
		ThriftServer server = start((limits) -> limits.idleTimeout(Duration.ofSeconds(2)));
		List<SocketChannel> idle = new ArrayList<>();
		byte[] request = RawMessage.toBytes(List.of(add(RawMessage.FRAMED, 1)));
		long before = usedMemory();
		for (int i = 0; i < 2_000; i++) {
			SocketChannel connection = SocketChannel
				.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
			this.runtime.closing(connection);
			connection.write(ByteBuffer.wrap(request));
			idle.add(connection);
		}
		for (SocketChannel connection : idle) {
			assertThat(connection.read(ByteBuffer.allocate(1_000))).isPositive();
		}
		assertThat(TestRuntime.connections(server)).isEqualTo(2_000);
		System.out.printf("C5: 2,000 idle connections, %.1f KiB each%n", (usedMemory() - before) / 2_000 / 1024.0);

		for (SocketChannel connection : idle) {
			assertThat(connection.read(ByteBuffer.allocate(1))).as("closed when its time is over").isEqualTo(-1);
		}
		await().atMost(LONG).until(() -> TestRuntime.connections(server) == 0);
	}

	private static long directMemory() {
		return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric().usedDirectMemory();
	}

	private static long usedMemory() {
		System.gc();
		Runtime jvm = Runtime.getRuntime();
		return jvm.totalMemory() - jvm.freeMemory() + directMemory();
	}

	@Test
	void connectionsOverTheCapAreResetAndOthersAreServed() throws Exception {
		for (Consumer<ConnectionLimits.Builder> cap : List.<Consumer<ConnectionLimits.Builder>>of(
				(limits) -> limits.maxConnections(5), (limits) -> limits.maxConnectionsPerAddress(5))) {
			ThriftServer server = start(cap);
			TestClient healthy = this.runtime.client(server.port());
			assertThat((int) healthy.call("add", 40, 2)).isEqualTo(42);
			List<RawConnection> admitted = new ArrayList<>();
			for (int i = 0; i < 4; i++) {
				admitted.add(this.runtime.open(server.port()));
				admitted.get(i).send(add(RawMessage.FRAMED, i));
				assertThat(admitted.get(i).receive().id()).isEqualTo(i);
			}
			try (LogCapture log = new LogCapture(ConnectionAdmission.class)) {
				for (int i = 0; i < 200; i++) {
					assertReset(server.port());
					assertThat((int) healthy.call("add", 40, 2)).isEqualTo(42);
				}
				assertThat(log.lines()).hasSizeBetween(1, 10)
					.allMatch((line) -> line.startsWith("WARN Reset connection from /127.0.0.1:"));
			}
			admitted.get(0).close();
			await().atMost(LONG).until(() -> TestRuntime.connections(server) == 4);
			admitted.get(1).send(add(RawMessage.FRAMED, 7));
			assertThat(admitted.get(1).receive().id()).isEqualTo(7);
			await().atMost(LONG).ignoreExceptions().until(() -> {
				RawConnection next = this.runtime.open(server.port());
				next.send(add(RawMessage.FRAMED, 8));
				return next.receive().id() == 8;
			});
		}
	}

	private static void assertReset(int port) throws Exception {
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> {
			try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
				socket.setSoTimeout((int) LONG.toMillis());
				// an end in good order would be -1
				assertThat(socket.getInputStream().read()).isEqualTo(Integer.MAX_VALUE);
			}
		}).withMessageContaining("reset");
	}

	@Test
	void connectionsThatAreHalfClosedOrResetLeaveNothing() throws Exception {
		EchoHandler handler = new EchoHandler();
		ThriftServer server = this.runtime.start(handler);
		TestClient healthy = this.runtime.client(server.port());
		byte[] request = RawMessage.toBytes(List.of(add(RawMessage.OUT_OF_ORDER, 1)));
		for (int i = 0; i < 500; i++) {
			try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
				socket.setSoLinger(true, 0);
				// none, a part or the whole of it, before the end and the reset
				socket.getOutputStream().write(request, 0, request.length * (i % 3) / 2);
				socket.shutdownOutput();
			}
			assertThat((int) healthy.call("add", 40, 2)).isEqualTo(42);
		}
		await().atMost(Duration.ofSeconds(5)).until(() -> TestRuntime.connections(server) == 1);
	}

	@Test
	void peersThatDoNotReadAreNotReadAndClosedInTheEnd() throws Exception {
		AtomicInteger executed = new AtomicInteger();
		ThriftServer server = start(new EchoHandler() {

			@Override
			public ByteBuffer blob(int size) {
				executed.incrementAndGet();
				return super.blob(size);
			}

		}, (limits) -> limits.writeTimeout(Duration.ofSeconds(1)));
		TestClient healthy = this.runtime.client(server.port());
		healthy.call("nothing");
		long before = directMemory();
		List<RawMessage> requests = new ArrayList<>();
		for (int i = 0; i < 3_000; i++) {
			requests.add(RawMessage.call(RawMessage.OUT_OF_ORDER, "blob", i, new EchoService.blob_args(64 * 1024)));
		}
		byte[] bytes = RawMessage.toBytes(requests);
		List<RawConnection> connections = new ArrayList<>();
		for (int i = 0; i < 3; i++) {
			RawConnection connection = this.runtime.open(server.port());
			connection.write(bytes);
			connections.add(connection);
		}
		long[] most = new long[1];
		await().atMost(LONG).until(() -> {
			most[0] = Math.max(most[0], directMemory() - before);
			assertThat((int) healthy.call("add", 40, 2)).isEqualTo(42);
			return TestRuntime.connections(server) == 1;
		});

		assertThat(executed).as("of 9,000").hasValueLessThan(4_500);
		System.out.printf("C2: 3 peers that do not read, %d of 9,000 calls executed, %d MiB at most%n", executed.get(),
				most[0] >> 20);
	}

	@Test
	void peersThatLeaveMostUnreadAreClosedWhenMemoryIsShort() throws Exception {
		int eventLoops = 16;
		// for the connections of one event loop
		long memory = Math.min(Runtime.getRuntime().maxMemory() / 8, 256 * 1024 * 1024) / eventLoops;
		int size = (int) (memory / 8);
		ThriftServer server = this.runtime.start(ThriftServer.builder()
			.service("EchoService", TestRuntime.ECHO, new EchoHandler())
			.eventLoopThreads(eventLoops)
			.connections((limits) -> limits.firstByteTimeout(Duration.ofSeconds(2))));
		TestClient healthy = this.runtime.client(server.port());
		assertThat((int) healthy.call("add", 40, 2)).isEqualTo(42);
		List<RawConnection> connections = new ArrayList<>();
		for (int i = 0; i <= eventLoops; i++) {
			RawConnection connection = this.runtime.open(server.port());
			connection.send(add(RawMessage.OUT_OF_ORDER, i));
			assertThat(connection.receive().id()).isEqualTo(i);
			connections.add(connection);
		}
		// event loops get connections in turn: the first and the last one share one
		RawConnection modest = connections.get(0);
		RawConnection greedy = connections.get(eventLoops);

		try (LogCapture log = new LogCapture(ConnectionSweep.class)) {
			askForBlobs(modest, 6, size);
			askForBlobs(greedy, 24, size);
			await().atMost(LONG).until(() -> {
				assertThat((int) healthy.call("add", 40, 2)).isEqualTo(42);
				return TestRuntime.connections(server) == connections.size();
			});
			assertThat(log.lines()).singleElement()
				.asString()
				.startsWith("WARN Closed connection from /127.0.0.1:")
				.endsWith(": replies not read, and memory is short");
		}

		assertThat(greedy.receiveUntilClosed()).isLessThan(24 * size);
		for (int i = 0; i < 6; i++) {
			assertThat(modest.receive().type()).as("less than memory allows is kept").isEqualTo(TMessageType.REPLY);
		}
		modest.send(add(RawMessage.OUT_OF_ORDER, 7));
		assertThat(modest.receive().id()).isEqualTo(7);
	}

	private static void askForBlobs(RawConnection connection, int count, int size) throws IOException {
		List<RawMessage> requests = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			requests.add(RawMessage.call(RawMessage.OUT_OF_ORDER, "blob", i, new EchoService.blob_args(size)));
		}
		connection.write(RawMessage.toBytes(requests));
	}

	private ThriftServer start(Consumer<ConnectionLimits.Builder> limits) {
		return start(new EchoHandler(), limits);
	}

	private ThriftServer start(EchoHandler handler, Consumer<ConnectionLimits.Builder> limits) {
		return this.runtime
			.start(ThriftServer.builder().service("EchoService", TestRuntime.ECHO, handler).connections(limits));
	}

	private static RawMessage add(Envelope envelope, int id) {
		return RawMessage.call(envelope, "add", id, new EchoService.add_args(40, 2));
	}

}
