package io.github.thriftboot.netty.client;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;

import io.github.thriftboot.netty.interop.Wire;
import io.github.thriftboot.netty.protocol.Dialect;
import io.github.thriftboot.netty.protocol.Envelope;
import io.github.thriftboot.netty.protocol.RemoteApplicationException;
import io.github.thriftboot.netty.protocol.ThriftProtocol;
import io.github.thriftboot.netty.protocol.ThriftTransport;
import io.github.thriftboot.netty.test.LogCapture;
import io.github.thriftboot.netty.test.Packets;
import io.github.thriftboot.netty.test.RawConnection;
import io.github.thriftboot.netty.test.RawMessage;
import io.github.thriftboot.netty.test.RawServer;
import io.github.thriftboot.netty.test.TestClient;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.EchoService;
import io.github.thriftboot.test.Packet;
import org.apache.thrift.TApplicationException;
import org.apache.thrift.TException;
import org.apache.thrift.protocol.TMessageType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Servers that answer wrongly, in every dialect of our client: at most the one call
 * fails, with the right type. As long as the stream is in step, all others on the
 * connection succeed; when it is not, the connection ends at once, and all those on other
 * connections succeed.
 */
class HostileReplyIntegrationTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(20);

	/**
	 * For calls of which only the deadline tells that nothing more comes.
	 */
	private static final Duration SHORT_TIMEOUT = Duration.ofMillis(200);

	private static final int OTHERS = 50;

	private static final byte[] LINE_END = { '\r', '\n' };

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	private final LogCapture log = new LogCapture(ThriftClientHandler.class);

	@AfterEach
	void stopCapture() {
		this.log.close();
	}

	static List<Dialect> dialects() {
		return Wire.clientDialects();
	}

	@ParameterizedTest(name = "{0}, {1}")
	@MethodSource
	void onlyTheCallFailsWhoseReplyCannotBeUsed(Dialect dialect, HostileReply hostile) throws Exception {
		RawServer server = answerAllButTheFirst((first) -> hostile.spoil().apply(reply(first)));

		List<CompletableFuture<Object>> others = new ArrayList<>();
		Throwable failure = failureOfFirst(client(server, dialect), others);

		assertThat(failure).isExactlyInstanceOf(hostile.failure());
		if (failure instanceof TApplicationException ex) {
			assertThat(ex.getType()).isEqualTo(hostile.errorType());
		}
		assertThat(server.accepted()).isOne();
		assertThat(this.log.lines()).isEmpty();
	}

	static Stream<Arguments> onlyTheCallFailsWhoseReplyCannotBeUsed() {
		return dialects().stream()
			.flatMap((dialect) -> HostileReply.inStep(dialect).stream().map((reply) -> Arguments.of(dialect, reply)));
	}

	@ParameterizedTest(name = "{0}, {1}")
	@MethodSource
	void replyThatPutsTheStreamOutOfStepEndsItsConnectionAlone(Dialect dialect, HostileReply hostile) throws Exception {
		boolean late = hostile.failure() == CallTimeoutException.class;
		OneCallAConnection script = new OneCallAConnection(dialect, hostile);
		RawServer server = this.runtime.start(script);
		TestClient client = this.runtime.client((options) -> options.transport(dialect.transport())
			.protocol(dialect.protocol())
			.maxFrameSize(HostileReply.MAX_FRAME_SIZE)
			.maxConnections(OTHERS + 1), server.port());
		// from now on it is known that the peer is a Thrift server, and answers in order
		client.call("add", 40, 2);

		Packet packet = Packets.ofSize(OneCallAConnection.SPOILED_SIZE);
		CompletableFuture<Object> first = client.callAsync(late ? SHORT_TIMEOUT : TIMEOUT, "echo", packet);
		List<CompletableFuture<Object>> others = callOthers(client);

		assertOthersSucceed(client, others);
		assertThat(first).isDone();
		if (hostile.failure() == null) {
			assertThat(first).isCompletedWithValue(packet);
		}
		else {
			assertThat(first.handle((value, failure) -> failure).get()).isExactlyInstanceOf(hostile.failure());
		}
		assertThat(this.log.lines()).hasSize(late ? 0 : 1);
	}

	static Stream<Arguments> replyThatPutsTheStreamOutOfStepEndsItsConnectionAlone() {
		return dialects().stream()
			.flatMap(
					(dialect) -> HostileReply.outOfStep(dialect).stream().map((reply) -> Arguments.of(dialect, reply)));
	}

	@ParameterizedTest(name = "{0}, {1}")
	@MethodSource
	void replyThatNobodyWaitsForIsDropped(Dialect dialect, String title, Function<RawMessage, List<RawMessage>> answer)
			throws Exception {
		RawServer server = answerAllButTheFirst((first) -> RawMessage.toBytes(answer.apply(reply(first))));

		List<CompletableFuture<Object>> others = new ArrayList<>();
		TestClient client = client(server, dialect);
		Packet packet = Packets.ofSize(10);
		CompletableFuture<Object> first = callAll(client, packet, others);

		assertThat(first).succeedsWithin(TIMEOUT).isEqualTo(packet);
		assertOthersSucceed(client, others);
		assertThat(server.accepted()).isOne();
	}

	static Stream<Arguments> replyThatNobodyWaitsForIsDropped() {
		return dialects().stream()
			.flatMap((dialect) -> Stream.of(
					superfluous(dialect, "unknown id", (reply) -> List.of(reply.withId(123_456), reply)),
					superfluous(dialect, "id 0", (reply) -> List.of(reply.withId(0), reply)),
					superfluous(dialect, "the same twice", (reply) -> List.of(reply, reply, reply)),
					superfluous(dialect, "exception with an unknown id",
							(reply) -> List.of(RawMessage.of(reply.envelope(), TMessageType.EXCEPTION, "echo", -77,
									new TApplicationException()), reply)),
					superfluous(dialect, "request of the server", (reply) -> List
						.of(reply.withId(0).withName("$other").withType(TMessageType.ONEWAY), reply))));
	}

	private static Arguments superfluous(Dialect dialect, String title, Function<RawMessage, List<RawMessage>> answer) {
		return Arguments.of(dialect, title, answer);
	}

	@Test
	void whiteSpaceBehindUnframedJsonRepliesIsSkipped() throws Exception {
		RawServer server = this.runtime.start((connection) -> {
			while (true) {
				connection
					.write(Wire.join(connection.receive().reply(new EchoService.add_result(42)).toBytes(), LINE_END));
			}
		});
		TestClient client = client(server, new Dialect(ThriftTransport.UNFRAMED, ThriftProtocol.JSON));

		for (int i = 0; i < 10; i++) {
			assertThat((int) client.call("add", 40, 2)).isEqualTo(42);
		}
		assertThat(server.accepted()).isOne();
	}

	@ParameterizedTest
	@EnumSource(names = { "BINARY", "COMPACT" })
	void emptyEnvelopeIsIgnored(ThriftProtocol protocol) throws Exception {
		byte[] empty = { 0, 0, 0, 14, 0x0f, -1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0 };
		RawServer server = answerAllButTheFirst((first) -> Wire.join(empty, reply(first).toBytes()));

		List<CompletableFuture<Object>> others = new ArrayList<>();
		TestClient client = client(server, new Dialect(ThriftTransport.HEADER, protocol));
		CompletableFuture<Object> first = callAll(client, Packets.ofSize(1), others);

		assertThat(first).succeedsWithin(TIMEOUT);
		assertOthersSucceed(client, others);
	}

	@ParameterizedTest
	@MethodSource("dialects")
	void replyToAOnewayCallIsDropped(Dialect dialect) throws Exception {
		RawServer server = this.runtime.start((connection) -> {
			while (true) {
				RawMessage request = connection.receive();
				connection.send(request.reply(request.name().endsWith("note") ? new EchoService.nothing_result()
						: new EchoService.add_result(42)));
			}
		});
		TestClient client = client(server, dialect);

		for (int i = 0; i < 100; i++) {
			client.call("note", Packets.ofSize(i));
			assertThat((int) client.call("add", 40, 2)).isEqualTo(42);
		}
		assertThat(server.accepted()).isOne();
	}

	@ParameterizedTest
	@MethodSource("dialects")
	void replyBeforeTheRequestIsCompleteIsAccepted(Dialect dialect) throws Exception {
		int size = 5_000_000;
		RawServer server = this.runtime.start((connection) -> {
			// enough of the request to see its id, and nothing more before the reply
			RawMessage request = connection.receivePart(10_000);
			connection.send(request.reply(new EchoService.misbehave_result("early")));
			connection.receiveRest();
			while (true) {
				connection.send(connection.receive().reply(new EchoService.add_result(42)));
			}
		});
		TestClient client = client(server, dialect, 2 * size);

		assertThat((String) client.call("misbehave", "x".repeat(size))).isEqualTo("early");
		assertThat((int) client.call("add", 40, 2)).isEqualTo(42);
		assertThat(server.accepted()).isOne();
	}

	@ParameterizedTest
	@MethodSource("dialects")
	void notProcessedIsAnUnprocessedCall(Dialect dialect) throws Exception {
		RawServer server = answerAllButTheFirst((first) -> RawMessage
			.of(first.envelope(), TMessageType.EXCEPTION, "echo", first.id(),
					new TApplicationException(RemoteApplicationException.NOT_PROCESSED,
							"not processed: over\r\nloaded"))
			.toBytes());

		List<CompletableFuture<Object>> others = new ArrayList<>();
		Throwable failure = failureOfFirst(client(server, dialect), others);

		assertThat(failure).isInstanceOf(UnprocessedException.class)
			.hasMessageContaining("not processed: over??loaded");
	}

	@ParameterizedTest
	@MethodSource("dialects")
	void firstReplyThatIsNoneLosesTheConnection(Dialect dialect) throws Exception {
		boolean framed = dialect.transport() != ThriftTransport.UNFRAMED;
		assertConnectionIsLost(dialect, framed ? new byte[] { 0, 0, 0, 3, 1, 2, 3 } : new byte[] { 1, 2, 3 });
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE })
	void lengthThatIsNoneLosesTheConnection(int length) throws Exception {
		assertConnectionIsLost(new Dialect(ThriftTransport.HEADER, ThriftProtocol.BINARY),
				ByteBuffer.allocate(4).putInt(length).array());
	}

	private void assertConnectionIsLost(Dialect dialect, byte[] answer) throws Exception {
		RawServer server = this.runtime.start((connection) -> {
			connection.receive();
			connection.write(answer);
			connection.receiveUntilClosed();
		});

		assertThatExceptionOfType(ConnectionLostException.class)
			.isThrownBy(() -> client(server, dialect).call("echo", Packets.ofSize(1)))
			.withMessageContaining("it never answered; spoken to it: transport " + dialect.transport().key()
					+ ", protocol " + dialect.protocol().key());
		assertThat(this.log.lines()).singleElement().asString().startsWith("WARN Closed connection to 127.0.0.1:");
	}

	/**
	 * Make the first call and then the others, without waiting.
	 */
	private CompletableFuture<Object> callAll(TestClient client, Packet packet,
			List<CompletableFuture<Object>> others) {
		CompletableFuture<Object> first = client.callAsync("echo", packet);
		others.addAll(callOthers(client));
		return first;
	}

	private static List<CompletableFuture<Object>> callOthers(TestClient client) {
		List<CompletableFuture<Object>> others = new ArrayList<>();
		for (int i = 0; i < OTHERS; i++) {
			others.add(client.callAsync("echo", Packets.ofSize(i)));
		}
		return others;
	}

	private Throwable failureOfFirst(TestClient client, List<CompletableFuture<Object>> others) throws Exception {
		CompletableFuture<Object> first = callAll(client, Packets.ofSize(10), others);
		Throwable failure = first.handle((value, cause) -> cause).get();
		assertOthersSucceed(client, others);
		return failure;
	}

	private static void assertOthersSucceed(TestClient client, List<CompletableFuture<Object>> others)
			throws Exception {
		assertThat(others).hasSize(OTHERS)
			.allSatisfy((call) -> assertThat(call).succeedsWithin(TIMEOUT)
				.satisfies((packet) -> assertThat(Packets.isIntact((Packet) packet)).isTrue()));
		Packet packet = Packets.ofSize(99);
		assertThat((Packet) client.call("echo", packet)).isEqualTo(packet);
	}

	private TestClient client(RawServer server, Dialect dialect) {
		return client(server, dialect, HostileReply.MAX_FRAME_SIZE);
	}

	private TestClient client(RawServer server, Dialect dialect, int maxFrameSize) {
		return this.runtime.client((options) -> options.transport(dialect.transport())
			.protocol(dialect.protocol())
			.maxFrameSize(maxFrameSize)
			.maxConnections(1)
			.pipelining(1_000), server.port());
	}

	/**
	 * Start a server that waits for all calls of a test, answers the first one as told,
	 * then the others rightly, and all later ones too.
	 */
	private RawServer answerAllButTheFirst(Function<RawMessage, byte[]> answer) {
		return this.runtime.start((connection) -> {
			RawMessage first = connection.receive();
			List<RawMessage> replies = new ArrayList<>();
			for (int i = 0; i < OTHERS; i++) {
				replies.add(reply(connection.receive()));
			}
			connection.write(answer.apply(first));
			connection.send(replies.toArray(RawMessage[]::new));
			while (true) {
				connection.send(reply(connection.receive()));
			}
		});
	}

	private static RawMessage reply(RawMessage request) {
		try {
			return request.reply(new EchoService.echo_result(request.read(new EchoService.echo_args()).getPacket()));
		}
		catch (TException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * A server that answers in order, so that it gets one call on each connection. When
	 * all calls are in flight it spoils the reply of one, waits until that connection is
	 * closed, and answers all others.
	 */
	private static final class OneCallAConnection implements RawServer.Script {

		/**
		 * The size of the packet by which the call is known.
		 */
		private static final int SPOILED_SIZE = OTHERS + 1;

		private final Envelope envelope;

		private final HostileReply hostile;

		private final CountDownLatch inFlight = new CountDownLatch(OTHERS + 1);

		private final CountDownLatch closed = new CountDownLatch(1);

		OneCallAConnection(Dialect dialect, HostileReply hostile) {
			this.envelope = new Envelope(dialect.transport(), dialect.protocol(), 0);
			this.hostile = hostile;
		}

		@Override
		public void run(RawConnection connection) throws Exception {
			while (true) {
				RawMessage request = connection.receive().withEnvelope(this.envelope);
				if (request.name().endsWith("add")) {
					connection.send(request.reply(new EchoService.add_result(42)));
					continue;
				}
				RawMessage reply = reply(request);
				this.inFlight.countDown();
				await(this.inFlight);
				if (request.read(new EchoService.echo_args()).getPacket().getData().length == SPOILED_SIZE) {
					connection.write(this.hostile.spoil().apply(reply));
					connection.receiveUntilClosed();
					this.closed.countDown();
					return;
				}
				await(this.closed);
				connection.send(reply);
			}
		}

		private static void await(CountDownLatch latch) throws InterruptedException {
			assertThat(latch.await(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
		}

	}

}
