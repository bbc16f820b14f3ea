package io.github.thriftboot.netty.interop;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

import io.github.thriftboot.netty.interop.HostileBodies.Body;
import io.github.thriftboot.netty.protocol.Dialect;
import io.github.thriftboot.netty.protocol.ThriftProtocol;
import io.github.thriftboot.netty.protocol.ThriftTransport;
import io.github.thriftboot.netty.test.RawConnection;
import io.github.thriftboot.netty.test.TestClient;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.types.TypesService;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetric;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import org.apache.thrift.TApplicationException;
import org.apache.thrift.TException;
import org.apache.thrift.protocol.TMessage;
import org.apache.thrift.protocol.TMessageType;
import org.apache.thrift.protocol.TProtocolException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Tests with messages that are meant to do harm, to the server and to the client.
 */
class HostileInputIntegrationTests {

	private static final int MAX_FRAME_SIZE = 16_384_000;

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	private final QuietLogs quiet = new QuietLogs();

	private int port;

	private TestClient healthy;

	@BeforeEach
	void startServerAndHealthyClient() throws TException {
		this.port = ServerInteropIntegrationTests.startServer(this.runtime, new TypesHandler()).port();
		this.healthy = client(new Dialect(ThriftTransport.HEADER, ThriftProtocol.BINARY), this.port);
		assertHealthy();
	}

	@AfterEach
	void showLogsAgain() {
		this.quiet.close();
	}

	@ParameterizedTest
	@MethodSource("io.github.thriftboot.netty.interop.Wire#dialects")
	void hostileRequestFailsAlone(Dialect dialect) throws Exception {
		DialectConnection connection = open(dialect);
		for (Body body : HostileBodies.of(dialect.protocol(), 1)) {
			byte[] request = body.message(dialect.protocol(), new TMessage(body.method(), TMessageType.CALL, 6));
			if (dialect.transport() == ThriftTransport.UNFRAMED) {
				// nothing tells where such a message ends
				connection.finish(request);
				connection = open(dialect);
				continue;
			}
			connection.write(Wire.wrap(dialect, 6, request));

			DialectConnection.Message reply = connection.receive(null);

			assertThat(reply).as(body.toString()).isNotNull();
			assertThat(reply.error()).as(body.toString()).isNotNull();
			assertThat(reply.head().seqid).isEqualTo(6);
			assertThat(reply.error().getType()).isEqualTo(body.method().equals("missing")
					? TApplicationException.UNKNOWN_METHOD : TApplicationException.PROTOCOL_ERROR);
		}
		connection.call("noArguments", 99, new TypesService.noArguments_args());
		assertThat(connection.receive(null).head().seqid).isEqualTo(99);
		assertHealthy();
	}

	@ParameterizedTest
	@MethodSource("io.github.thriftboot.netty.interop.Wire#dialects")
	void hostileReplyFailsAlone(Dialect dialect) throws Exception {
		List<Body> bodies = HostileBodies.of(dialect.protocol(), 0)
			.stream()
			.filter((body) -> !List.of("missing", "echoUuids").contains(body.method()))
			.toList();
		int[] next = new int[1];
		Function<String, Body> script = (method) -> bodies.get(next[0]);
		int hostilePort = startServer(dialect, script);
		// without a frame, nothing but the deadline tells that the rest does not come
		boolean framed = dialect.transport() != ThriftTransport.UNFRAMED;
		Duration timeout = framed ? Duration.ofSeconds(10) : Duration.ofMillis(300);
		TestClient shared = client(dialect, hostilePort);
		for (Body body : bodies) {
			// one that has lost its connection often waits before it connects again
			TestClient client = framed ? shared : client(dialect, hostilePort);
			Object argument = body.method().equals("echoInt") ? 1 : null;

			Throwable failure = catchThrowable(() -> client.call(timeout, body.method(), argument));

			assertThat(failure).as(body.toString()).isInstanceOf(TException.class);
			if (framed) {
				assertThat(failure).as(body.toString()).isInstanceOf(TProtocolException.class);
			}
			next[0]++;
			if (!framed) {
				client.channel().close();
			}
		}
		assertThat(shared.<String>call("noArguments")).isEqualTo("healthy");
		assertHealthy();
	}

	/**
	 * Start a server that answers calls of noArguments, and all others with what the
	 * script says.
	 */
	private int startServer(Dialect dialect, Function<String, Body> script) throws IOException {
		ServerSocket socket = this.runtime.closing(new ServerSocket(0, 10, InetAddress.getLoopbackAddress()));
		startThread(() -> {
			while (true) {
				DialectConnection connection = new DialectConnection(socket.accept(), dialect);
				startThread(() -> answer(connection, dialect, script));
			}
		});
		return socket.getLocalPort();
	}

	private static void answer(DialectConnection connection, Dialect dialect, Function<String, Body> script)
			throws Exception {
		try (connection) {
			for (var call = connection.receive(null); call != null; call = connection.receive(null)) {
				String method = call.head().name.substring(call.head().name.indexOf(':') + 1);
				TMessage head = new TMessage(method, TMessageType.REPLY, call.head().seqid);
				byte[] reply = method.equals("noArguments")
						? Wire.message(dialect.protocol(), head, new TypesService.noArguments_result("healthy")::write)
						: script.apply(method).message(dialect.protocol(), head);
				connection.write(Wire.wrap(dialect, head.seqid, reply));
			}
		}
	}

	private static void startThread(Task task) {
		Thread thread = new Thread(() -> {
			try {
				task.run();
			}
			catch (Exception ex) {
				// the test sees what comes of it
			}
		}, "hostile-server");
		thread.setDaemon(true);
		thread.start();
	}

	@Test
	void declaredLengthAllocatesNothing() throws Exception {
		int[] lengths = { 0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, MAX_FRAME_SIZE, MAX_FRAME_SIZE + 1 };
		byte[] tail = Wire.call(ThriftProtocol.BINARY, "echoString", 1,
				new TypesService.echoString_args("x".repeat(100)));
		long before = allocated();
		for (int i = 0; i < 108; i++) {
			int length = lengths[i % lengths.length];
			int more = new int[] { 0, 3, 64 }[i / lengths.length % 3];
			RawConnection connection = this.runtime.open(this.port);
			connection.write(Wire.join(ByteBuffer.allocate(4).putInt(length).array(), Arrays.copyOf(tail, more)));
			if (length <= 0 || length == Integer.MAX_VALUE) {
				assertThat(connection.receiveUntilClosed()).isZero();
			}
		}
		assertHealthy();
		assertThat(allocated() - before).isLessThan(32L * 1024 * 1024);
	}

	private static long allocated() {
		ByteBufAllocatorMetric metric = ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric();
		return metric.usedDirectMemory() + metric.usedHeapMemory();
	}

	private void assertHealthy() throws TException {
		assertThat(this.healthy.<Integer>call("echoInt", 42)).isEqualTo(42);
	}

	private DialectConnection open(Dialect dialect) throws IOException {
		return this.runtime.closing(DialectConnection.open(this.port, dialect));
	}

	private TestClient client(Dialect dialect, int serverPort) {
		return new TypesClients(this.runtime, dialect, true, serverPort).client(TypesClients.TYPES);
	}

	private interface Task {

		void run() throws Exception;

	}

}
