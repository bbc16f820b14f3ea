package io.github.thriftboot.netty.interop;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.thriftboot.netty.client.ConnectionLostException;
import io.github.thriftboot.netty.interop.HostileMessage.End;
import io.github.thriftboot.netty.interop.SmallHeapProcess.Outcome;
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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests with messages that are meant to do harm, to a server and to a client that have
 * little memory.
 */
class HostileInputIntegrationTests {

	private static final Logger figures = LoggerFactory.getLogger("figures");

	private static final int MAX_FRAME_SIZE = 16_384_000;

	/**
	 * Far more than a message takes, so that a busy machine fails no test. What they do
	 * take is among the figures.
	 */
	private static final long MAX_CPU_MILLIS = 5_000;

	private static PeerProcess server;

	private static PeerProcess client;

	private static int port;

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	@BeforeAll
	static void startProcesses() {
		server = SmallHeapProcess.start(SmallHeapProcess.SERVER);
		client = SmallHeapProcess.start(SmallHeapProcess.CLIENT);
		port = Integer.parseInt(server.answer());
	}

	@AfterAll
	static void processesEndWell() {
		try (PeerProcess first = server; PeerProcess second = client) {
			assertEndsWell(first);
			assertEndsWell(second);
		}
	}

	private static void assertEndsWell(PeerProcess process) {
		assertThat(process.ask(SmallHeapProcess.END)).isEqualTo(SmallHeapProcess.END);
		assertThat(process.log()).doesNotContain("OutOfMemory", "OutOfDirectMemory", "LEAK");
	}

	@ParameterizedTest
	@MethodSource("io.github.thriftboot.netty.interop.Wire#dialects")
	void hostileRequestFailsAlone(Dialect dialect) throws Exception {
		List<HostileMessage> messages = new ArrayList<>(HostileBodies.of(dialect.protocol(), 1));
		if (dialect.transport() == ThriftTransport.HEADER) {
			messages.addAll(HostileEnvelopes.of(dialect));
		}
		TestClient healthy = healthyClient(port);
		DialectConnection connection = connect(dialect);
		CpuTimes times = new CpuTimes();
		for (HostileMessage message : messages) {
			TMessage head = new TMessage(message.method(), TMessageType.CALL, 6);
			byte[] request = message.wire(dialect, head);
			boolean answered = dialect.transport() != ThriftTransport.UNFRAMED || message.end() == End.FOUND;
			long before = serverNanos();
			if (answered) {
				connection.write(request);
				assertRefused(message, connection.receive(null));
			}
			else {
				assertClosed(message, request, connection);
			}
			times.add(message, serverNanos() - before);
			if (!answered) {
				connection = connect(dialect);
			}
			assertHealthy(healthy);
		}
		assertAnswers(connection);
		times.tell("requests in " + name(dialect));
	}

	private static void assertRefused(HostileMessage message, DialectConnection.Message reply) {
		assertThat(reply).as(message.toString()).isNotNull();
		assertThat(reply.error()).as(message.toString()).isNotNull();
		assertThat(reply.error().getType()).as(message + ": " + reply.error()).isEqualTo(message.errorType());
		assertThat(reply.head().seqid).isEqualTo(6);
	}

	/**
	 * A message without an end is not answered: its connection is closed at once, or when
	 * it is sure that the end does not come.
	 */
	private static void assertClosed(HostileMessage message, byte[] request, DialectConnection connection)
			throws IOException {
		try {
			connection.write(request);
			if (message.end() == End.TO_COME) {
				connection.endOutput();
			}
		}
		catch (SocketException ex) {
			assertThat(message.end()).as("closed before all was written").isEqualTo(End.NONE);
		}
		assertThat(connection.receiveUntilClosed()).as(message.toString()).isZero();
	}

	private static long serverNanos() {
		return Long.parseLong(server.ask("cpu"));
	}

	/**
	 * Connect, and make a first call, so that no message is the first of its dialect.
	 */
	private DialectConnection connect(Dialect dialect) throws Exception {
		DialectConnection connection = this.runtime.closing(DialectConnection.open(port, dialect));
		assertAnswers(connection);
		return connection;
	}

	private static void assertAnswers(DialectConnection connection) throws Exception {
		connection.call("noArguments", 99, new TypesService.noArguments_args());
		assertThat(connection.receive(null).head().seqid).isEqualTo(99);
	}

	@ParameterizedTest
	@MethodSource("io.github.thriftboot.netty.interop.Wire#dialects")
	void hostileReplyFailsAlone(Dialect dialect) throws Exception {
		HostileServer hostile = new HostileServer(dialect);
		CpuTimes times = new CpuTimes();
		assertHealthy(hostile);
		for (HostileMessage message : HostileBodies.of(dialect.protocol(), 0)) {
			if (!message.method().equals("missing")) {
				assertUnusable(hostile.answering(TMessageType.REPLY, message), message, TProtocolException.class,
						times);
			}
		}
		for (HostileMessage message : HostileBodies.of(dialect.protocol(), 1)) {
			if (!message.method().equals("missing")) {
				assertUnusable(hostile.answering(TMessageType.EXCEPTION, message), message, TProtocolException.class,
						times);
			}
		}
		if (dialect.transport() == ThriftTransport.HEADER) {
			for (HostileMessage message : HostileEnvelopes.of(dialect)) {
				assertUnusable(hostile.answering(TMessageType.REPLY, message), message, TApplicationException.class,
						times);
			}
		}
		times.tell("replies in " + name(dialect));
	}

	private static void assertUnusable(HostileServer hostile, HostileMessage message,
			Class<? extends TException> failure, CpuTimes times) {
		int accepted = hostile.accepted.get();
		boolean kept = hostile.dialect.transport() != ThriftTransport.UNFRAMED || message.end() == End.FOUND;

		Outcome outcome = call(hostile, message.method());

		// what may still have an end is waited for until the server closes the connection
		Class<? extends TException> expected = (kept || message.end() == End.NONE) ? failure
				: ConnectionLostException.class;
		assertThat(outcome.failure()).as(message + ": " + outcome).isEqualTo(expected.getSimpleName());
		if (failure == TApplicationException.class) {
			assertThat(outcome.type()).as(message + ": " + outcome).isEqualTo(message.errorType());
		}
		times.add(message, outcome.nanos());
		assertHealthy(hostile);
		if (kept) {
			assertThat(hostile.accepted.get() - accepted).as("new connections after " + message).isZero();
		}
	}

	private static Outcome call(HostileServer hostile, String method) {
		return Outcome.parse(client
			.ask(hostile.dialect.transport() + " " + hostile.dialect.protocol() + " " + hostile.port() + " " + method));
	}

	private static void assertHealthy(HostileServer hostile) {
		hostile.next = null;
		assertThat(call(hostile, "noArguments").text()).isEqualTo("healthy");
	}

	private static String name(Dialect dialect) {
		return dialect.transport().key() + " " + dialect.protocol().key();
	}

	@Test
	void declaredLengthAllocatesNothing() throws Exception {
		int ownPort = ServerInteropIntegrationTests.startServer(this.runtime, new TypesHandler()).port();
		TestClient healthy = healthyClient(ownPort);
		assertHealthy(healthy);
		int[] lengths = { 0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, MAX_FRAME_SIZE, MAX_FRAME_SIZE + 1 };
		byte[] tail = Wire.call(ThriftProtocol.BINARY, "echoString", 1,
				new TypesService.echoString_args("x".repeat(100)));
		long before = allocated();
		this.runtime.closing(new QuietLogs());
		for (int i = 0; i < 108; i++) {
			int length = lengths[i % lengths.length];
			int more = new int[] { 0, 3, 64 }[i / lengths.length % 3];
			RawConnection connection = this.runtime.open(ownPort);
			connection.write(Wire.join(ByteBuffer.allocate(4).putInt(length).array(), Arrays.copyOf(tail, more)));
			if (length <= 0 || length == Integer.MAX_VALUE) {
				assertThat(connection.receiveUntilClosed()).isZero();
			}
		}
		assertHealthy(healthy);
		assertThat(allocated() - before).isLessThan(32L * 1024 * 1024);
	}

	private static long allocated() {
		ByteBufAllocatorMetric metric = ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric();
		return metric.usedDirectMemory() + metric.usedHeapMemory();
	}

	private TestClient healthyClient(int serverPort) {
		return new TypesClients(this.runtime, new Dialect(ThriftTransport.HEADER, ThriftProtocol.BINARY), true,
				serverPort)
			.client(TypesClients.TYPES);
	}

	private static void assertHealthy(TestClient healthy) throws TException {
		assertThat(healthy.<Integer>call("echoInt", 42)).isEqualTo(42);
	}

	/**
	 * The CPU times that the messages of a test took.
	 */
	private static final class CpuTimes {

		private int count;

		private long most;

		private String mostBy = "";

		void add(HostileMessage message, long nanos) {
			this.count++;
			if (nanos > this.most) {
				this.most = nanos;
				this.mostBy = message.toString();
			}
		}

		void tell(String what) {
			figures.info("hostile {}: {} messages, at most {} ms of CPU ({})", what, this.count,
					String.format("%.1f", this.most / 1e6), this.mostBy);
			assertThat(TimeUnit.NANOSECONDS.toMillis(this.most)).as(this.mostBy).isLessThan(MAX_CPU_MILLIS);
		}

	}

	/**
	 * Answers calls with what the test says, and those of noArguments rightly if it says
	 * nothing.
	 */
	private final class HostileServer {

		private final Dialect dialect;

		private final ServerSocket socket;

		private final AtomicInteger accepted = new AtomicInteger();

		private volatile byte type;

		private volatile HostileMessage next;

		HostileServer(Dialect dialect) throws IOException {
			this.dialect = dialect;
			this.socket = HostileInputIntegrationTests.this.runtime
				.closing(new ServerSocket(0, 10, InetAddress.getLoopbackAddress()));
			startThread(() -> {
				while (true) {
					DialectConnection connection = new DialectConnection(this.socket.accept(), dialect);
					this.accepted.incrementAndGet();
					startThread(() -> answer(connection));
				}
			});
		}

		int port() {
			return this.socket.getLocalPort();
		}

		HostileServer answering(byte newType, HostileMessage message) {
			this.type = newType;
			this.next = message;
			return this;
		}

		private void answer(DialectConnection connection) throws Exception {
			try (connection) {
				for (var call = connection.receive(null); call != null; call = connection.receive(null)) {
					HostileMessage message = this.next;
					TMessage head = new TMessage(call.head().name, this.type, call.head().seqid);
					if (message != null) {
						connection.write(message.wire(this.dialect, head));
						if (this.dialect.transport() == ThriftTransport.UNFRAMED && message.end() == End.TO_COME) {
							return;
						}
					}
					else {
						head = new TMessage(call.head().name, TMessageType.REPLY, call.head().seqid);
						connection.write(Wire.wrap(this.dialect, head.seqid, Wire.message(this.dialect.protocol(), head,
								new TypesService.noArguments_result("healthy")::write)));
					}
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

	}

	private interface Task {

		void run() throws Exception;

	}

}
