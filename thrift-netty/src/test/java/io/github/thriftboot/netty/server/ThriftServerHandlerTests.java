package io.github.thriftboot.netty.server;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;

import io.github.thriftboot.netty.protocol.Envelope;
import io.github.thriftboot.netty.protocol.RemoteApplicationException;
import io.github.thriftboot.netty.protocol.ThriftMessage;
import io.github.thriftboot.netty.protocol.ThriftProtocol;
import io.github.thriftboot.netty.protocol.ThriftTransport;
import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.netty.test.LogCapture;
import io.github.thriftboot.netty.test.Packets;
import io.github.thriftboot.netty.test.RawMessage;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.EchoService;
import io.github.thriftboot.test.Packet;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import org.apache.thrift.TApplicationException;
import org.apache.thrift.TSerializable;
import org.apache.thrift.protocol.TMessageType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ThriftServerHandler}. Handlers run when, and in the order in which, a
 * test says so.
 */
class ThriftServerHandlerTests {

	private static final int MAX_FRAME_SIZE = 100_000;

	private static final Envelope OUT_OF_ORDER = RawMessage.OUT_OF_ORDER;

	private static final Envelope IN_ORDER = RawMessage.IN_ORDER;

	private static final Envelope FRAMED = RawMessage.FRAMED;

	private static final TSerializable ADD = new EchoService.add_args(40, 2);

	private static final TSerializable SUM = new EchoService.add_result(42);

	private final EchoHandler handler = new EchoHandler();

	private final List<Runnable> tasks = new ArrayList<>();

	private final ThriftServer server = ThriftServer.builder()
		.service("EchoService", TestRuntime.ECHO, this.handler)
		.maxFrameSize(MAX_FRAME_SIZE)
		.executor((task) -> this.tasks.add(task))
		.build();

	private final EmbeddedChannel channel = new EmbeddedChannel(new DialectDetector(this.server));

	@AfterEach
	void everyCallHasEnded() {
		this.tasks.forEach(Runnable::run);
		assertThat(this.channel.finishAndReleaseAll()).as("a reply that the test did not expect").isFalse();
		assertThat(this.server.shutdown(Duration.ofSeconds(60))).succeedsWithin(Duration.ofSeconds(20));
	}

	@Test
	void repliesKeepTheOrderOfTheirRequests() throws Exception {
		for (Envelope envelope : List.of(IN_ORDER, new Envelope(ThriftTransport.HEADER, ThriftProtocol.COMPACT, 0))) {
			send(add(envelope, 1), add(envelope, 2), add(envelope, 3));

			run(2);
			run(1);
			assertThat(replies()).isEmpty();
			run(0);

			assertThat(replies()).extracting(RawMessage::id).containsExactly(1, 2, 3);
		}
	}

	@Test
	void framedRepliesKeepTheOrderOfTheirRequestsAlsoWithEqualIds() throws Exception {
		for (int i = 0; i < 3; i++) {
			send(RawMessage.call(FRAMED, "add", 0, new EchoService.add_args(i, 0)));
		}
		run(1);
		run(1);
		run(0);

		List<Integer> sums = new ArrayList<>();
		for (RawMessage reply : replies()) {
			sums.add(reply.read(new EchoService.add_result()).getSuccess());
		}
		assertThat(sums).containsExactly(0, 1, 2);
	}

	@Test
	void repliesGoOutAsTheyComeWhereTheRequestAllowsIt() throws Exception {
		send(add(OUT_OF_ORDER, 1), add(OUT_OF_ORDER, 2), add(OUT_OF_ORDER, 3));

		run(2);
		assertThat(replies()).extracting(RawMessage::id).containsExactly(3);
		run(0);
		run(0);
		assertThat(replies()).extracting(RawMessage::id).containsExactly(1, 2);
	}

	@Test
	void orderedAndUnorderedRequestsMayBeMixed() throws Exception {
		send(add(IN_ORDER, 1), add(OUT_OF_ORDER, 2), add(IN_ORDER, 3), add(OUT_OF_ORDER, 4));

		run(3);
		run(2);
		assertThat(replies()).extracting(RawMessage::id).containsExactly(4);
		run(0);
		assertThat(replies()).extracting(RawMessage::id).containsExactly(1, 3);
		run(0);
		assertThat(replies()).extracting(RawMessage::id).containsExactly(2);
	}

	@Test
	void errorKeepsItsPlaceAmongOrderedReplies() throws Exception {
		send(add(IN_ORDER, 1), add(IN_ORDER, 2).withName("missing"), add(IN_ORDER, 3).withName("$ping"),
				add(IN_ORDER, 4).withType(TMessageType.REPLY));

		assertThat(replies()).isEmpty();
		run(0);

		assertThat(replies()).extracting(RawMessage::id).containsExactly(1, 2, 3, 4);
	}

	@ParameterizedTest
	@CsvSource({ "HEADER,BINARY,0,0", "HEADER,BINARY,1,1", "HEADER,COMPACT,1,1", "HEADER,BINARY,65535,1",
			"HEADER,COMPACT,65534,0", "FRAMED,BINARY,0,0", "FRAMED,COMPACT,0,0" })
	void replyHasTheDialectTheIdAndTheBareNameOfItsRequest(ThriftTransport transport, ThriftProtocol protocol,
			int flags, int replyFlags) throws Exception {
		Envelope envelope = new Envelope(transport, protocol, flags);
		for (int id : new int[] { Integer.MIN_VALUE, -1, 0, 1, Integer.MAX_VALUE }) {
			send(RawMessage.call(envelope, "EchoService:add", id, ADD));
			run(0);

			RawMessage expected = RawMessage.call(new Envelope(transport, protocol, replyFlags), "add", id, ADD)
				.reply(SUM);
			assertThat(replies()).singleElement().usingRecursiveComparison().isEqualTo(expected);
		}
	}

	@Test
	void onewayMessageForATwoWayMethodIsIgnoredAndLoggedOnce() throws Exception {
		try (LogCapture log = new LogCapture(ThriftServerHandler.class)) {
			send(add(OUT_OF_ORDER, 1).withType(TMessageType.ONEWAY), add(IN_ORDER, 2).withType(TMessageType.ONEWAY));

			assertThat(this.tasks).isEmpty();
			assertThat(log.lines()).singleElement().asString().contains("EchoService:add", "not oneway");
		}
		assertThatNextCallWorks();
	}

	@ParameterizedTest
	@ValueSource(bytes = { TMessageType.CALL, TMessageType.ONEWAY })
	void onewayMethodRunsWithoutAReplyHoweverItIsCalled(byte type) throws Exception {
		Packet packet = Packets.ofSize(10);
		for (Envelope envelope : List.of(OUT_OF_ORDER, IN_ORDER)) {
			send(RawMessage.of(envelope, type, "EchoService:note", 1, new EchoService.note_args(packet)));
			run(0);
			assertThat(replies()).isEmpty();
		}

		assertThat(this.handler.executions()).containsEntry(packet.getNonce(), 2);
		assertThatNextCallWorks();
	}

	@Test
	void onewayMethodThatRunsHoldsUpNoReply() throws Exception {
		send(RawMessage.call(IN_ORDER, "note", 1, new EchoService.note_args(Packets.ofSize(0))), add(IN_ORDER, 2));

		run(1);

		assertThat(replies()).extracting(RawMessage::id).containsExactly(2);
	}

	@ParameterizedTest
	@ValueSource(ints = { TMessageType.REPLY, TMessageType.EXCEPTION, 7, 0 })
	void messageThatIsNoRequestIsRefused(int type) throws Exception {
		assertError(add(OUT_OF_ORDER, 9).withType(type), TApplicationException.INVALID_MESSAGE_TYPE);
	}

	@ParameterizedTest
	@ValueSource(strings = { "missing", "Missing:add", "EchoServiceadd", "", ":", "EchoService:", "\r\nforged line" })
	void nameThatLeadsNowhereIsRefused(String name) throws Exception {
		assertThat(assertError(add(OUT_OF_ORDER, 9).withName(name), TApplicationException.UNKNOWN_METHOD))
			.isPrintable();
	}

	@Test
	void longNameIsRefused() throws Exception {
		assertError(add(OUT_OF_ORDER, 9).withName("x".repeat(64 * 1024)), TApplicationException.UNKNOWN_METHOD);
		assertError(add(IN_ORDER, 9).withName("EchoService:" + "y".repeat(64 * 1024)),
				TApplicationException.UNKNOWN_METHOD);
	}

	@Test
	void onewayMessageThatLeadsNowhereIsIgnored() throws Exception {
		send(add(OUT_OF_ORDER, 1).withName("missing").withType(TMessageType.ONEWAY),
				add(IN_ORDER, 1).withName("Missing:$ping").withType(TMessageType.ONEWAY));

		assertThatNextCallWorks();
	}

	@ParameterizedTest
	@ValueSource(strings = { "$ping", "EchoService:$ping", "Missing:$ping" })
	void pingIsAnsweredWithoutAHandler(String name) throws Exception {
		send(RawMessage.call(OUT_OF_ORDER, "add", 1, ADD),
				RawMessage.call(OUT_OF_ORDER, name, 5, TestRuntime.ECHO.method("whoAmI").emptyArgs()));

		RawMessage reply = replies().get(0);
		assertThat(reply.name()).isEqualTo("$ping");
		assertThat(reply.type()).isEqualTo(TMessageType.REPLY);
		assertThat(reply.id()).isEqualTo(5);
		assertThat(reply.body()).containsExactly(0);
		assertThat(this.tasks).hasSize(1);
		run(0);
		assertThat(replies()).extracting(RawMessage::id).containsExactly(1);
	}

	@Test
	void argumentsThatCannotBeReadAreRefused() throws Exception {
		for (byte[] body : List.of(new byte[0], new byte[] { 12, 0, 1 }, new byte[] { 11, 0, 1, 127, -1, -1, -1 })) {
			for (Envelope envelope : List.of(OUT_OF_ORDER, IN_ORDER)) {
				RawMessage request = RawMessage.call(envelope, "profile", 3, ADD).withBody(body);
				send(request);
				run(0);
				assertThat(replies()).singleElement()
					.satisfies((reply) -> assertThat(reply.readError().getType())
						.isEqualTo(TApplicationException.PROTOCOL_ERROR));
			}
		}
		assertThat(this.handler.executions()).isEmpty();
	}

	@Test
	void onewayArgumentsThatCannotBeReadAreIgnored() throws Exception {
		send(RawMessage.call(IN_ORDER, "note", 3, ADD).withBody(new byte[] { 12, 0, 1 }));
		run(0);

		assertThat(replies()).isEmpty();
		assertThatNextCallWorks();
	}

	@Test
	void idThatDiffersFromTheEnvelopeIsRefusedUnderTheIdOfTheEnvelope() throws Exception {
		send(add(OUT_OF_ORDER, 5).withInnerId(6));

		RawMessage reply = replies().get(0);
		assertThat(reply.readError().getType()).isEqualTo(TApplicationException.BAD_SEQUENCE_ID);
		assertThat(reply.id()).isEqualTo(5);
		assertThat(reply.envelopeId()).isEqualTo(5);
		assertThatNextCallWorks();
	}

	@ParameterizedTest
	@CsvSource({ "10, 1, INVALID_PROTOCOL", "11, 1, INVALID_TRANSFORM", "14, 0, PROTOCOL_ERROR",
			"8, 127, PROTOCOL_ERROR" })
	void envelopeThatCannotBeReadIsRefusedUnderItsId(int index, int value, String type) throws Exception {
		byte[] bytes = add(OUT_OF_ORDER, 5).toBytes();
		bytes[4 + index] = (byte) value;

		this.channel.writeInbound(Unpooled.wrappedBuffer(bytes));

		RawMessage reply = replies().get(0);
		assertThat(reply.readError().getType()).isEqualTo(TApplicationException.class.getField(type).getInt(null));
		assertThat(reply.id()).isEqualTo(5);
		assertThatNextCallWorks();
	}

	@Test
	void framedMessageThatCannotBeReadEndsTheConnection() throws Exception {
		send(add(FRAMED, 1));
		run(0);
		assertThat(replies()).hasSize(1);

		try (LogCapture log = new LogCapture(ThriftServerHandler.class)) {
			this.channel.writeInbound(Unpooled.buffer().writeInt(5).writeBytes(new byte[5]));
			assertThat(log.lines()).singleElement().asString().startsWith("WARN Closed connection");
		}

		assertThat(this.channel.isOpen()).isFalse();
	}

	@Test
	void lengthThatIsNoneEndsTheConnection() throws Exception {
		send(add(IN_ORDER, 1));

		try (LogCapture log = new LogCapture(ThriftServerHandler.class)) {
			this.channel.writeInbound(Unpooled.buffer().writeInt(-1).writeBytes(add(IN_ORDER, 2).toBytes()));
			assertThat(log.lines()).singleElement().asString().contains("frame length: -1");
		}

		assertThat(this.channel.isOpen()).isFalse();
		assertThat(this.tasks).hasSize(1);
	}

	@Test
	void emptyEnvelopeIsIgnored() throws Exception {
		this.channel.writeInbound(Unpooled.wrappedBuffer(new byte[] { 0, 0, 0, 14 }, new byte[] { 0x0f, -1, 0, 0 },
				new byte[4], new byte[] { 0, 1, 0, 0, 0, 0 }));

		assertThatNextCallWorks();
	}

	@Test
	void requestOverTheMaximumIsRefusedWithBothNumbersAndTheStreamStaysInStep() throws Exception {
		RawMessage large = echo(OUT_OF_ORDER, MAX_FRAME_SIZE);
		int length = large.toBytes().length - 4;

		String text = assertError(large, TApplicationException.PROTOCOL_ERROR);

		assertThat(text).contains(String.valueOf(length), String.valueOf(MAX_FRAME_SIZE));
		assertError(large.withName("x".repeat(2_000)).withName("echo"), TApplicationException.PROTOCOL_ERROR);
	}

	@Test
	void requestOverTheMaximumKeepsItsPlaceAndGetsNoReplyIfItIsOneway() throws Exception {
		for (Envelope envelope : List.of(IN_ORDER, FRAMED)) {
			EmbeddedChannel another = new EmbeddedChannel(new DialectDetector(this.server));
			RawMessage large = echo(envelope, MAX_FRAME_SIZE);
			another.writeInbound(Unpooled.wrappedBuffer(add(envelope, 1).toBytes(), large.withId(2).toBytes(),
					large.withType(TMessageType.ONEWAY).toBytes(), add(envelope, 3).toBytes()));
			run(1);
			assertThat(EmbeddedReplies.take(another)).isEmpty();
			run(0);

			assertThat(EmbeddedReplies.take(another)).extracting(RawMessage::id).containsExactly(1, 2, 3);
			another.finish();
		}
	}

	@Test
	void requestOverTheMaximumWhoseNameIsTooLongIsStillAnswered() throws Exception {
		send(echo(OUT_OF_ORDER, MAX_FRAME_SIZE).withName("x".repeat(5_000)).withId(8));

		assertThat(replies()).singleElement().satisfies((reply) -> {
			assertThat(reply.id()).isEqualTo(8);
			assertThat(reply.readError().getMessage()).contains(String.valueOf(MAX_FRAME_SIZE));
		});
		assertThatNextCallWorks();
	}

	@Test
	void requestOfTheMaximumSizeIsAccepted() throws Exception {
		int overhead = echo(IN_ORDER, 0).toBytes().length - 4;
		RawMessage request = echo(IN_ORDER, MAX_FRAME_SIZE - overhead);
		assertThat(request.toBytes()).hasSize(4 + MAX_FRAME_SIZE);

		send(request);
		run(0);

		assertThat(replies()).extracting(RawMessage::type).containsExactly(TMessageType.REPLY);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "0", "-5", "60000", "99999999999999999999", "soon" })
	void deadlineOfTheCallerThatIsNoneOrFarAwayDoesNotMatter(String timeout) throws Exception {
		Envelope envelope = new Envelope(ThriftTransport.HEADER, ThriftProtocol.BINARY, 0,
				Map.of("client_timeout", timeout));
		ByteBuf request = this.channel.alloc().buffer();
		byte[] body = add(IN_ORDER, 1).body();
		this.server.codec()
			.encodeHead(new ThriftMessage(envelope, "add", TMessageType.CALL, 1, Unpooled.EMPTY_BUFFER), body.length,
					request);

		this.channel.writeInbound(request.writeBytes(body));
		run(0);

		assertThat(replies()).singleElement()
			.satisfies((reply) -> assertThat(reply.type()).isEqualTo(TMessageType.REPLY));
	}

	@Test
	void requestThatTheExecutorRejectsIsNotProcessed() throws Exception {
		assertRefusedByExecutor(() -> {
			throw new RejectedExecutionException();
		});
	}

	@Test
	void requestForWhichThereIsNoThreadIsNotProcessed() throws Exception {
		assertRefusedByExecutor(() -> {
			throw new OutOfMemoryError("unable to create native thread");
		});
	}

	private void assertRefusedByExecutor(Runnable refuse) throws Exception {
		boolean[] refusing = { true };
		ThriftServer refusingServer = ThriftServer.builder()
			.service("EchoService", TestRuntime.ECHO, this.handler, (task) -> {
				if (refusing[0]) {
					refuse.run();
				}
				task.run();
			})
			.build();
		EmbeddedChannel connection = new EmbeddedChannel(new DialectDetector(refusingServer));
		connection.writeInbound(Unpooled.wrappedBuffer(add(OUT_OF_ORDER, 1).toBytes()));

		assertThat(EmbeddedReplies.take(connection)).singleElement().satisfies((reply) -> {
			assertThat(reply.id()).isEqualTo(1);
			assertThat(reply.readError().getType()).isEqualTo(RemoteApplicationException.NOT_PROCESSED);
			assertThat(reply.readError()).hasMessage("not processed: overloaded");
		});
		refusing[0] = false;
		connection.writeInbound(Unpooled.wrappedBuffer(add(OUT_OF_ORDER, 2).toBytes()));
		assertThat(EmbeddedReplies.take(connection)).extracting(RawMessage::id).containsExactly(2);
		connection.finish();
		assertThat(refusingServer.shutdown(Duration.ofSeconds(60))).succeedsWithin(Duration.ofSeconds(20));
	}

	@Test
	void repliesOfAConnectionThatIsGoneAreDropped() throws Exception {
		send(add(IN_ORDER, 1), add(OUT_OF_ORDER, 2), add(IN_ORDER, 3),
				RawMessage.call(IN_ORDER, "note", 4, new EchoService.note_args(Packets.ofSize(0))));
		run(2);
		this.channel.close();

		run(0);
		run(0);
		run(0);

		assertThat(replies()).isEmpty();
	}

	private void assertThatNextCallWorks() throws Exception {
		this.tasks.forEach(Runnable::run);
		this.tasks.clear();
		assertThat(replies()).isEmpty();
		send(add(IN_ORDER, 77));
		run(0);
		assertThat(replies()).singleElement().usingRecursiveComparison().isEqualTo(add(IN_ORDER, 77).reply(SUM));
	}

	private String assertError(RawMessage request, int type) throws Exception {
		send(request);
		assertThat(this.tasks).isEmpty();
		RawMessage reply = replies().get(0);
		assertThat(reply.type()).isEqualTo(TMessageType.EXCEPTION);
		assertThat(reply.id()).isEqualTo(request.id());
		assertThat(reply.envelope()).isEqualTo(request.envelope());
		assertThat(reply.name()).isEqualTo(request.name().substring(request.name().indexOf(':') + 1));
		assertThat(reply.readError().getType()).isEqualTo(type);
		assertThatNextCallWorks();
		return reply.readError().getMessage();
	}

	private static RawMessage add(Envelope envelope, int id) {
		return RawMessage.call(envelope, "EchoService:add", id, ADD);
	}

	private static RawMessage echo(Envelope envelope, int size) {
		return RawMessage.call(envelope, "echo", 7, new EchoService.echo_args(Packets.ofSize(size)));
	}

	private void send(RawMessage... requests) {
		for (RawMessage request : requests) {
			this.channel.writeInbound(this.channel.alloc().buffer().writeBytes(request.toBytes()));
		}
	}

	/**
	 * Run one of the handlers that wait.
	 */
	private void run(int index) {
		this.tasks.remove(index).run();
	}

	private List<RawMessage> replies() throws Exception {
		return EmbeddedReplies.take(this.channel);
	}

}
