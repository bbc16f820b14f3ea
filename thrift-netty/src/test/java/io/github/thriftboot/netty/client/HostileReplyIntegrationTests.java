package io.github.thriftboot.netty.client;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Stream;

import io.github.thriftboot.netty.protocol.MessageTooLargeException;
import io.github.thriftboot.netty.protocol.RemoteApplicationException;
import io.github.thriftboot.netty.protocol.ThriftTransport;
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
import org.apache.thrift.protocol.TProtocolException;
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
 * Servers that answer wrongly: at most the one call fails, with the right type, and all
 * others on the connection succeed.
 */
class HostileReplyIntegrationTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(20);

	private static final int OTHERS = 50;

	private static final int MAX_FRAME_SIZE = 100_000;

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	@ParameterizedTest(name = "{0}, {1}")
	@MethodSource("unusableReplies")
	void onlyTheCallFailsWhoseReplyCannotBeUsed(ThriftTransport transport, String title,
			Function<RawMessage, byte[]> spoil, Class<? extends Exception> type, int code) throws Exception {
		RawServer server = answerAllButTheFirst((first) -> spoil.apply(reply(first)));

		List<CompletableFuture<Object>> others = new ArrayList<>();
		Throwable failure = failureOfFirst(client(server, transport), others);

		assertThat(failure).isExactlyInstanceOf(type);
		if (failure instanceof TApplicationException ex) {
			assertThat(ex.getType()).isEqualTo(code);
		}
		assertThat(server.accepted()).isOne();
	}

	static Stream<Arguments> unusableReplies() {
		return Stream.of(ThriftTransport.HEADER, ThriftTransport.FRAMED)
			.flatMap((transport) -> Stream.of(
					unusable(transport, "type CALL", (reply) -> reply.withType(TMessageType.CALL).toBytes(),
							TApplicationException.class, TApplicationException.INVALID_MESSAGE_TYPE),
					unusable(transport, "type ONEWAY", (reply) -> reply.withType(TMessageType.ONEWAY).toBytes(),
							TApplicationException.class, TApplicationException.INVALID_MESSAGE_TYPE),
					unusable(transport, "type 0", (reply) -> reply.withType(0).toBytes(), TApplicationException.class,
							TApplicationException.INVALID_MESSAGE_TYPE),
					unusable(transport, "wrong name", (reply) -> reply.withName("add").toBytes(),
							TApplicationException.class, TApplicationException.WRONG_METHOD_NAME),
					unusable(transport, "prefixed name", (reply) -> reply.withName("EchoService:echo").toBytes(),
							TApplicationException.class, TApplicationException.WRONG_METHOD_NAME),
					unusable(transport, "empty result", (reply) -> reply.withBody(new byte[1]).toBytes(),
							TApplicationException.class, TApplicationException.MISSING_RESULT),
					unusable(transport, "truncated",
							(reply) -> reply.withBody(Arrays.copyOf(reply.body(), reply.body().length - 5)).toBytes(),
							TProtocolException.class, 0),
					unusable(transport, "no body", (reply) -> reply.withBody(new byte[0]).toBytes(),
							TProtocolException.class, 0),
					unusable(transport, "trailing bytes",
							(reply) -> reply.withBody(Arrays.copyOf(reply.body(), reply.body().length + 5)).toBytes(),
							TProtocolException.class, 0),
					unusable(transport, "huge length",
							(reply) -> reply.withBody(new byte[] { 12, 0, 0, 11, 0, 3, 127, -1, -1, -1 }).toBytes(),
							TProtocolException.class, 0),
					unusable(transport, "truncated exception",
							(reply) -> reply.withType(TMessageType.EXCEPTION)
								.withBody(new byte[] { 11, 0, 1 })
								.toBytes(),
							TProtocolException.class, 0),
					unusable(transport, "over the maximum",
							(reply) -> reply.withBody(new byte[MAX_FRAME_SIZE]).toBytes(),
							MessageTooLargeException.class, 0),
					unusable(transport, "unknown exception",
							(reply) -> reply.withType(TMessageType.EXCEPTION).withBody(new byte[1]).toBytes(),
							RemoteApplicationException.class, TApplicationException.UNKNOWN)));
	}

	@ParameterizedTest(name = "{1}")
	@MethodSource("unusableEnvelopes")
	void onlyTheCallFailsWhoseEnvelopeCannotBeUsed(ThriftTransport transport, String title,
			Function<RawMessage, byte[]> spoil, Class<? extends Exception> type, int code) throws Exception {
		onlyTheCallFailsWhoseReplyCannotBeUsed(transport, title, spoil, type, code);
	}

	static Stream<Arguments> unusableEnvelopes() {
		ThriftTransport header = ThriftTransport.HEADER;
		Class<? extends Exception> error = TApplicationException.class;
		return Stream.of(
				unusable(header, "inner id differs", (reply) -> reply.withInnerId(reply.id() + 1).toBytes(), error,
						TApplicationException.BAD_SEQUENCE_ID),
				unusable(header, "protocol id 1", (reply) -> spoilByte(reply, 10, 1), error,
						TApplicationException.INVALID_PROTOCOL),
				unusable(header, "transform", (reply) -> spoilByte(reply, 11, 1), error,
						TApplicationException.INVALID_TRANSFORM),
				unusable(header, "header size", (reply) -> spoilByte(reply, 8, 127), error,
						TApplicationException.PROTOCOL_ERROR),
				unusable(header, "message version", (reply) -> spoilByte(reply, 15, 2), error,
						TApplicationException.PROTOCOL_ERROR));
	}

	private static Arguments unusable(ThriftTransport transport, String title, Function<RawMessage, byte[]> spoil,
			Class<? extends Exception> type, int code) {
		return Arguments.of(transport, title, spoil, type, code);
	}

	private static byte[] spoilByte(RawMessage reply, int index, int value) {
		byte[] bytes = reply.toBytes();
		bytes[Integer.BYTES + index] = (byte) value;
		return bytes;
	}

	@ParameterizedTest(name = "{0}, {1}")
	@MethodSource("superfluousReplies")
	void replyThatNobodyWaitsForIsDropped(ThriftTransport transport, String title,
			Function<RawMessage, List<RawMessage>> answer) throws Exception {
		RawServer server = answerAllButTheFirst((first) -> RawMessage.toBytes(answer.apply(reply(first))));

		List<CompletableFuture<Object>> others = new ArrayList<>();
		TestClient client = client(server, transport);
		Packet packet = Packets.ofSize(10);
		CompletableFuture<Object> first = callAll(client, packet, others);

		assertThat(first).succeedsWithin(TIMEOUT).isEqualTo(packet);
		assertOthersSucceed(client, others);
		assertThat(server.accepted()).isOne();
	}

	static Stream<Arguments> superfluousReplies() {
		return Stream.of(ThriftTransport.HEADER, ThriftTransport.FRAMED)
			.flatMap((transport) -> Stream.of(
					superfluous(transport, "unknown id", (reply) -> List.of(reply.withId(123_456), reply)),
					superfluous(transport, "id 0", (reply) -> List.of(reply.withId(0), reply)),
					superfluous(transport, "the same twice", (reply) -> List.of(reply, reply, reply)),
					superfluous(transport, "exception with an unknown id",
							(reply) -> List.of(RawMessage.of(reply.envelope(), TMessageType.EXCEPTION, "echo", -77,
									new TApplicationException()), reply)),
					superfluous(transport, "request of the server", (reply) -> List
						.of(reply.withId(0).withName("$drain").withType(TMessageType.ONEWAY), reply))));
	}

	private static Arguments superfluous(ThriftTransport transport, String title,
			Function<RawMessage, List<RawMessage>> answer) {
		return Arguments.of(transport, title, answer);
	}

	@Test
	void emptyEnvelopeIsIgnored() throws Exception {
		byte[] empty = { 0, 0, 0, 14, 0x0f, -1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0 };
		RawServer server = answerAllButTheFirst((first) -> {
			byte[] reply = reply(first).toBytes();
			byte[] both = Arrays.copyOf(empty, empty.length + reply.length);
			System.arraycopy(reply, 0, both, empty.length, reply.length);
			return both;
		});

		List<CompletableFuture<Object>> others = new ArrayList<>();
		TestClient client = client(server, ThriftTransport.HEADER);
		CompletableFuture<Object> first = callAll(client, Packets.ofSize(1), others);

		assertThat(first).succeedsWithin(TIMEOUT);
		assertOthersSucceed(client, others);
	}

	@ParameterizedTest
	@EnumSource(names = { "HEADER", "FRAMED" })
	void replyToAOnewayCallIsDropped(ThriftTransport transport) throws Exception {
		RawServer server = this.runtime.start((connection) -> {
			while (true) {
				RawMessage request = connection.receive();
				connection.send(request.reply(request.name().endsWith("note") ? new EchoService.nothing_result()
						: new EchoService.add_result(42)));
			}
		});
		TestClient client = client(server, transport);

		for (int i = 0; i < 100; i++) {
			client.call("note", Packets.ofSize(i));
			assertThat((int) client.call("add", 40, 2)).isEqualTo(42);
		}
		assertThat(server.accepted()).isOne();
	}

	@ParameterizedTest
	@EnumSource(names = { "HEADER", "FRAMED" })
	void replyBeforeTheRequestIsCompleteIsAccepted(ThriftTransport transport) throws Exception {
		int size = 8_000_000;
		RawServer server = this.runtime.start((connection) -> {
			// enough of the request to see its id, and nothing more before the reply
			RawMessage request = connection.receivePart(10_000);
			connection.send(request.reply(new EchoService.misbehave_result("early")));
			connection.receiveRest();
			while (true) {
				connection.send(connection.receive().reply(new EchoService.add_result(42)));
			}
		});
		TestClient client = client(server, transport, 10_000_000);

		assertThat((String) client.call("misbehave", "x".repeat(size))).isEqualTo("early");
		assertThat((int) client.call("add", 40, 2)).isEqualTo(42);
		assertThat(server.accepted()).isOne();
	}

	@ParameterizedTest
	@EnumSource(names = { "HEADER", "FRAMED" })
	void notProcessedIsAnUnprocessedCall(ThriftTransport transport) throws Exception {
		RawServer server = answerAllButTheFirst((first) -> RawMessage
			.of(first.envelope(), TMessageType.EXCEPTION, "echo", first.id(),
					new TApplicationException(RemoteApplicationException.NOT_PROCESSED,
							"not processed: over\r\nloaded"))
			.toBytes());

		List<CompletableFuture<Object>> others = new ArrayList<>();
		Throwable failure = failureOfFirst(client(server, transport), others);

		assertThat(failure).isInstanceOf(UnprocessedException.class)
			.hasMessageContaining("not processed: over??loaded");
	}

	@ParameterizedTest
	@EnumSource(names = { "HEADER", "FRAMED" })
	void frameThatTellsNoCallEndsTheConnection(ThriftTransport transport) throws Exception {
		assertConnectionIsLost(transport, new byte[] { 0, 0, 0, 3, 1, 2, 3 });
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE })
	void lengthThatIsNoneEndsTheConnection(int length) throws Exception {
		assertConnectionIsLost(ThriftTransport.HEADER, ByteBuffer.allocate(4).putInt(length).array());
	}

	private void assertConnectionIsLost(ThriftTransport transport, byte[] answer) throws Exception {
		RawServer server = this.runtime.start((connection) -> {
			connection.receive();
			connection.write(answer);
			connection.receiveUntilClosed();
		});

		assertThatExceptionOfType(ConnectionLostException.class)
			.isThrownBy(() -> client(server, transport).call("echo", Packets.ofSize(1)));
	}

	/**
	 * Make the first call and then the others, without waiting.
	 */
	private CompletableFuture<Object> callAll(TestClient client, Packet packet,
			List<CompletableFuture<Object>> others) {
		CompletableFuture<Object> first = client.callAsync("echo", packet);
		for (int i = 0; i < OTHERS; i++) {
			others.add(client.callAsync("echo", Packets.ofSize(i)));
		}
		return first;
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

	private TestClient client(RawServer server, ThriftTransport transport) {
		return client(server, transport, MAX_FRAME_SIZE);
	}

	private TestClient client(RawServer server, ThriftTransport transport, int maxFrameSize) {
		return this.runtime.client((
				options) -> options.transport(transport).maxFrameSize(maxFrameSize).maxConnections(1).pipelining(1_000),
				server.port());
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

}
