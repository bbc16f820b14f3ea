package io.github.thriftboot.netty.server;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.github.thriftboot.netty.protocol.Envelope;
import io.github.thriftboot.netty.protocol.ThriftProtocol;
import io.github.thriftboot.netty.protocol.ThriftServiceDescriptor;
import io.github.thriftboot.netty.protocol.ThriftTransport;
import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.netty.test.LogCapture;
import io.github.thriftboot.netty.test.Packets;
import io.github.thriftboot.netty.test.RawConnection;
import io.github.thriftboot.netty.test.RawMessage;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.Declined;
import io.github.thriftboot.test.EchoService;
import io.github.thriftboot.test.Packet;
import io.github.thriftboot.test.Strict;
import io.github.thriftboot.test.StrictService;
import org.apache.thrift.TApplicationException;
import org.apache.thrift.TException;
import org.apache.thrift.TSerializable;
import org.apache.thrift.async.AsyncMethodCallback;
import org.apache.thrift.protocol.TField;
import org.apache.thrift.protocol.TMessageType;
import org.apache.thrift.protocol.TProtocol;
import org.apache.thrift.protocol.TProtocolException;
import org.apache.thrift.protocol.TStruct;
import org.apache.thrift.protocol.TType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Whatever a handler does, its request gets exactly one reply of the right type, without
 * a word of what went wrong inside, and the connection goes on.
 */
class HandlerFailureIntegrationTests {

	private static final int MAX_FRAME_SIZE = 2_000_000;

	private static final List<Envelope> DIALECTS = Stream.of(ThriftTransport.HEADER, ThriftTransport.FRAMED)
		.flatMap((transport) -> Stream.of(ThriftProtocol.BINARY, ThriftProtocol.COMPACT)
			.map((protocol) -> new Envelope(transport, protocol, 0)))
		.toList();

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	private final LogCapture log = new LogCapture(ServerCall.class);

	@AfterEach
	void stopCapture() {
		this.log.close();
	}

	@ParameterizedTest
	@MethodSource("failures")
	void failureOfAHandlerIsAnsweredOnceAndTellsNothing(String how, int type, String text) throws Exception {
		RawMessage reply = misbehave(new EchoHandler(), how);

		assertThat(reply.readError().getType()).isEqualTo(type);
		assertThat(reply.readError()).hasMessage(text);
		assertThat(new String(reply.body())).doesNotContain("secret");
		await().untilAsserted(() -> assertThat(this.log.lines()).singleElement()
			.asString()
			.startsWith("ERROR Handler of EchoService:misbehave failed"));
	}

	static Stream<Arguments> failures() {
		Stream<String> internal = Stream.of("runtime", "error", "assertion", "overflow", "memory", "transport",
				"protocol", "undeclared", "message", "interrupt", "nested", "application-11");
		IntStream own = IntStream.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 99, -1);
		return Stream.concat(
				internal.map((how) -> Arguments.of(how, TApplicationException.INTERNAL_ERROR,
						"Internal error processing misbehave")),
				own.mapToObj((type) -> Arguments.of("application-" + type, type, "told by the handler")));
	}

	@Test
	void nullIsAReplyWithoutAResult() throws Exception {
		RawMessage reply = misbehave(new EchoHandler(), "null");

		assertThat(reply.type()).isEqualTo(TMessageType.REPLY);
		assertThat(reply.body()).containsExactly(0);
	}

	@Test
	void declaredExceptionIsAReplyWithItsFields() throws Exception {
		RawMessage reply = call(open(new EchoHandler()),
				RawMessage.call(RawMessage.IN_ORDER, "decline", 5, new EchoService.decline_args(7)));

		assertDeclined(reply, 7, "declined with 7");
	}

	@Test
	void failureOfAOnewayHandlerIsNotAnswered() throws Exception {
		RawConnection connection = open(new EchoHandler());
		Packet damaged = Packets.ofSize(10).setChecksum(0);

		connection.send(RawMessage.call(RawMessage.IN_ORDER, "note", 5, new EchoService.note_args(damaged)));

		assertNextCallWorks(connection, RawMessage.IN_ORDER);
	}

	@ParameterizedTest
	@MethodSource("asyncFailures")
	void asyncHandlerIsAnsweredOnceWhateverItDoes(String how, int messageType, int errorType) throws Exception {
		RawMessage reply = misbehave(new AsyncHandler(), how);

		assertThat((int) reply.type()).isEqualTo(messageType);
		if (messageType == TMessageType.EXCEPTION) {
			assertThat(reply.readError().getType()).isEqualTo(errorType);
		}
		assertThat(new String(reply.body())).doesNotContain("secret");
	}

	static Stream<Arguments> asyncFailures() {
		return Stream.of(Arguments.of("complete", TMessageType.REPLY, 0), Arguments.of("later", TMessageType.REPLY, 0),
				Arguments.of("null", TMessageType.REPLY, 0), Arguments.of("twice", TMessageType.REPLY, 0),
				Arguments.of("complete then fail", TMessageType.REPLY, 0),
				Arguments.of("complete then throw", TMessageType.REPLY, 0),
				Arguments.of("fail", TMessageType.EXCEPTION, TApplicationException.INTERNAL_ERROR),
				Arguments.of("fail later", TMessageType.EXCEPTION, TApplicationException.INTERNAL_ERROR),
				Arguments.of("fail twice", TMessageType.EXCEPTION, TApplicationException.INTERNAL_ERROR),
				Arguments.of("fail with null", TMessageType.EXCEPTION, TApplicationException.INTERNAL_ERROR),
				Arguments.of("fail then complete", TMessageType.EXCEPTION, TApplicationException.INTERNAL_ERROR),
				Arguments.of("fail with own", TMessageType.EXCEPTION, TApplicationException.PROTOCOL_ERROR),
				Arguments.of("fail undeclared", TMessageType.EXCEPTION, TApplicationException.INTERNAL_ERROR),
				Arguments.of("throw", TMessageType.EXCEPTION, TApplicationException.INTERNAL_ERROR),
				Arguments.of("throw error", TMessageType.EXCEPTION, TApplicationException.INTERNAL_ERROR),
				Arguments.of("wrong type", TMessageType.EXCEPTION, TApplicationException.INTERNAL_ERROR));
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1 })
	void declaredExceptionOfAnAsyncHandlerIsAReplyWithItsFields(int how) throws Exception {
		RawMessage reply = call(open(new AsyncHandler()),
				RawMessage.call(RawMessage.IN_ORDER, "decline", 5, new EchoService.decline_args(how)));

		assertDeclined(reply, how, "declined");
	}

	@Test
	void onewayAsyncHandlerIsNotAnswered() throws Exception {
		RawConnection connection = open(new AsyncHandler());

		for (int size = 0; size < 3; size++) {
			connection
				.send(RawMessage.call(RawMessage.IN_ORDER, "note", 5, new EchoService.note_args(Packets.ofSize(size))));
		}

		assertNextCallWorks(connection, RawMessage.IN_ORDER);
	}

	@ParameterizedTest
	@MethodSource("halfWritten")
	void resultThatFailsHalfWayIsOneErrorAndNoOtherByte(int bytes, Throwable failure) throws Exception {
		EchoHandler handler = new EchoHandler() {

			@Override
			public Packet echo(Packet packet) {
				return new HalfWrittenPacket(bytes, failure);
			}

		};
		for (Envelope dialect : DIALECTS) {
			RawMessage reply = call(open(handler),
					RawMessage.call(dialect, "echo", 5, new EchoService.echo_args(Packets.ofSize(1))));

			assertThat(reply.readError().getType()).isEqualTo(TApplicationException.INTERNAL_ERROR);
			assertThat(reply.readError()).hasMessage("Internal error processing echo");
		}
	}

	static Stream<Arguments> halfWritten() {
		return Stream
			.of(new TProtocolException("secret of the server"), new IllegalStateException("secret of the server"),
					new StackOverflowError("secret of the server"), new TellsNothingException())
			.flatMap((failure) -> Stream.of(0, 1024, 1024 * 1024).map((bytes) -> Arguments.of(bytes, failure)));
	}

	@Test
	void resultOverTheMaximumIsOneErrorWithTheMaximum() throws Exception {
		for (Envelope dialect : DIALECTS) {
			RawMessage reply = call(open(new EchoHandler()),
					RawMessage.call(dialect, "blob", 5, new EchoService.blob_args(MAX_FRAME_SIZE)));

			assertThat(reply.readError().getType()).isEqualTo(TApplicationException.INTERNAL_ERROR);
			assertThat(reply.readError().getMessage()).contains("max-frame-size " + MAX_FRAME_SIZE);
		}
	}

	@Test
	void resultWithoutARequiredFieldIsOneError() throws Exception {
		StrictService.Iface handler = (strict) -> new Strict();
		ThriftServer server = this.runtime.start(builder().service("EchoService", TestRuntime.ECHO, new EchoHandler())
			.service("StrictService", ThriftServiceDescriptor.of(StrictService.class), handler));
		RawMessage request = RawMessage.call(RawMessage.IN_ORDER, "StrictService:strict", 5,
				new StrictService.strict_args(new Strict("name")));

		RawMessage reply = call(this.runtime.open(server.port()), request);

		assertThat(reply.readError().getType()).isEqualTo(TApplicationException.INTERNAL_ERROR);
	}

	@Test
	void argumentsWithoutARequiredFieldAreOneErrorAndNotRun() throws Exception {
		StrictService.Iface handler = (strict) -> {
			throw new AssertionError("must not run");
		};
		ThriftServer server = this.runtime.start(builder().service("EchoService", TestRuntime.ECHO, new EchoHandler())
			.service("StrictService", ThriftServiceDescriptor.of(StrictService.class), handler));
		byte[] emptyStrict = { TType.STRUCT, 0, 1, 0, 0 };
		RawMessage request = RawMessage
			.call(RawMessage.IN_ORDER, "StrictService:strict", 5, new StrictService.strict_args())
			.withBody(emptyStrict);

		RawMessage reply = call(this.runtime.open(server.port()), request);

		assertThat(reply.readError().getType()).isEqualTo(TApplicationException.PROTOCOL_ERROR);
	}

	/**
	 * Return what the servers of these tests are made from.
	 */
	ThriftServer.Builder builder() {
		return ThriftServer.builder();
	}

	private RawMessage misbehave(Object handler, String how) throws Exception {
		return call(open(handler),
				RawMessage.call(RawMessage.IN_ORDER, "EchoService:misbehave", 5, new EchoService.misbehave_args(how)));
	}

	private static void assertDeclined(RawMessage reply, int code, String reason) throws Exception {
		Declined declined = reply.read(new EchoService.decline_result()).getDeclined();
		assertThat(reply.type()).isEqualTo(TMessageType.REPLY);
		assertThat(declined.getCode()).isEqualTo(code);
		assertThat(declined.getReason()).isEqualTo(reason);
	}

	private RawConnection open(Object handler) throws Exception {
		ThriftServer server = this.runtime
			.start(builder().service("EchoService", TestRuntime.ECHO, handler).maxFrameSize(MAX_FRAME_SIZE));
		return this.runtime.open(server.port());
	}

	/**
	 * Make a call, and another one to see that the first was answered exactly once and
	 * that the stream is in step.
	 */
	private static RawMessage call(RawConnection connection, RawMessage request) throws Exception {
		connection.send(request);
		RawMessage reply = connection.receive();
		assertThat(reply.id()).isEqualTo(request.id());
		assertThat(request.name()).endsWith(reply.name());
		assertThat(reply.envelope()).isEqualTo(request.envelope());
		assertNextCallWorks(connection, request.envelope());
		return reply;
	}

	private static void assertNextCallWorks(RawConnection connection, Envelope envelope) throws Exception {
		TSerializable args = new EchoService.misbehave_args("complete");
		connection.send(RawMessage.call(envelope, "EchoService:misbehave", 6, args));
		RawMessage next = connection.receive();
		assertThat(next.id()).isEqualTo(6);
		assertThat(next.read(new EchoService.misbehave_result()).getSuccess()).isEqualTo("complete");
	}

	/**
	 * Writes so many bytes and fails.
	 */
	private static final class HalfWrittenPacket extends Packet {

		private static final long serialVersionUID = 1L;

		private final int bytes;

		private final transient Throwable failure;

		HalfWrittenPacket(int bytes, Throwable failure) {
			this.bytes = bytes;
			this.failure = failure;
		}

		@Override
		public void write(TProtocol protocol) throws TException {
			protocol.writeStructBegin(new TStruct("Packet"));
			if (this.bytes > 0) {
				protocol.writeFieldBegin(new TField("data", TType.STRING, (short) 3));
				protocol.writeBinary(ByteBuffer.allocate(this.bytes));
				protocol.writeFieldEnd();
			}
			HalfWrittenPacket.<RuntimeException>sneakyThrow(this.failure);
		}

		@SuppressWarnings("unchecked")
		private static <E extends Throwable> void sneakyThrow(Throwable failure) throws E {
			throw (E) failure;
		}

	}

	private static final class TellsNothingException extends RuntimeException {

		private static final long serialVersionUID = 1L;

		@Override
		public String getMessage() {
			throw new IllegalStateException("even the message fails");
		}

		@Override
		public String toString() {
			return "tells nothing";
		}

	}

	/**
	 * Does as the argument says.
	 */
	private static final class AsyncHandler extends EchoService.AsyncClient {

		AsyncHandler() {
			super(null, null, null);
		}

		@Override
		public void misbehave(String how, AsyncMethodCallback<String> callback) {
			Exception secret = new IllegalStateException("secret of the server");
			switch (how) {
				case "later" -> new Thread(() -> callback.onComplete(how)).start();
				case "null" -> callback.onComplete(null);
				case "twice" -> {
					callback.onComplete(how);
					callback.onComplete("secret of the server");
				}
				case "complete then fail" -> {
					callback.onComplete(how);
					callback.onError(secret);
				}
				case "complete then throw" -> {
					callback.onComplete(how);
					throw new IllegalStateException("secret of the server");
				}
				case "fail" -> callback.onError(secret);
				case "fail later" -> new Thread(() -> callback.onError(secret)).start();
				case "fail twice" -> {
					callback.onError(secret);
					callback.onError(secret);
				}
				case "fail with null" -> callback.onError(null);
				case "fail then complete" -> {
					callback.onError(secret);
					callback.onComplete("secret of the server");
				}
				case "fail with own" ->
					callback.onError(new TApplicationException(TApplicationException.PROTOCOL_ERROR, "own"));
				case "fail undeclared" -> callback.onError(new Declined(1, "secret of the server"));
				case "throw" -> throw new IllegalStateException("secret of the server");
				case "throw error" -> throw new NoClassDefFoundError("secret of the server");
				case "wrong type" -> completeWithWrongType(callback);
				default -> callback.onComplete(how);
			}
		}

		@SuppressWarnings({ "unchecked", "rawtypes" })
		private static void completeWithWrongType(AsyncMethodCallback<String> callback) {
			((AsyncMethodCallback) callback).onComplete(42);
		}

		@Override
		public void decline(int code, AsyncMethodCallback<String> callback) throws TException {
			Declined declined = new Declined(code, "declined");
			if (code == 0) {
				throw declined;
			}
			callback.onError(declined);
		}

		@Override
		public void note(Packet packet, AsyncMethodCallback<Void> callback) throws TException {
			switch (packet.getData().length) {
				case 0 -> callback.onComplete(null);
				case 1 -> callback.onError(new TException("secret of the server"));
				default -> throw new TException("secret of the server");
			}
		}

	}

}
