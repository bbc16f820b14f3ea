package io.github.thriftboot.netty.client;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;

import io.github.thriftboot.netty.interop.Wire;
import io.github.thriftboot.netty.protocol.Dialect;
import io.github.thriftboot.netty.protocol.MessageTooLargeException;
import io.github.thriftboot.netty.protocol.RemoteApplicationException;
import io.github.thriftboot.netty.protocol.ThriftProtocol;
import io.github.thriftboot.netty.protocol.ThriftTransport;
import io.github.thriftboot.netty.test.Packets;
import io.github.thriftboot.netty.test.RawMessage;
import io.github.thriftboot.test.EchoService;
import org.apache.thrift.TApplicationException;
import org.apache.thrift.protocol.TMessageType;
import org.apache.thrift.protocol.TProtocolException;

/**
 * A wrong way to answer a call of {@code echo}.
 *
 * @param title says what is wrong
 * @param spoil turns the right reply into what is sent in its place
 * @param failure how the call has to fail, {@code null} if it succeeds
 * @param errorType the type of the failure, if it is a {@link TApplicationException}
 */
record HostileReply(String title, Function<RawMessage, byte[]> spoil, Class<? extends Exception> failure,
		int errorType) {

	static final int MAX_FRAME_SIZE = 100_000;

	private static final byte[] HTTP = "HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

	/**
	 * Return replies that fail their call alone, because the stream stays in step.
	 * @param dialect the dialect of the connection
	 * @return the replies
	 */
	static List<HostileReply> inStep(Dialect dialect) {
		byte[] empty = bytes(dialect, "00", "00", "{}");
		byte[] wrongType = bytes(dialect, "08 0000 00000001 00", "05 00 02 00", "{'0':{'i32':1}}");
		List<HostileReply> replies = new ArrayList<>(List.of(
				error("type CALL", (reply) -> reply.withType(TMessageType.CALL),
						TApplicationException.INVALID_MESSAGE_TYPE),
				error("type ONEWAY", (reply) -> reply.withType(TMessageType.ONEWAY),
						TApplicationException.INVALID_MESSAGE_TYPE),
				error("type 0", (reply) -> reply.withType(0), TApplicationException.INVALID_MESSAGE_TYPE),
				error("wrong name", (reply) -> reply.withName("add"), TApplicationException.WRONG_METHOD_NAME),
				error("prefixed name", (reply) -> reply.withName("EchoService:echo"),
						TApplicationException.WRONG_METHOD_NAME),
				error("empty result", (reply) -> reply.withBody(empty), TApplicationException.MISSING_RESULT),
				error("result of a wrong type", (reply) -> reply.withBody(wrongType),
						TApplicationException.MISSING_RESULT),
				new HostileReply("unknown exception",
						(reply) -> reply.withType(TMessageType.EXCEPTION).withBody(empty).toBytes(),
						RemoteApplicationException.class, TApplicationException.UNKNOWN),
				message("over the maximum", HostileReply::overTheMaximum, MessageTooLargeException.class)));
		if (dialect.transport() != ThriftTransport.UNFRAMED) {
			replies.addAll(ofAWrongLength(dialect));
		}
		if (dialect.protocol() == ThriftProtocol.JSON) {
			byte[] hugeList = bytes(dialect, "", "", "{'99':{'lst':['i32',2147483647,1]}}");
			replies.add(message("huge list", (reply) -> reply.withBody(hugeList), TProtocolException.class));
		}
		if (dialect.transport() == ThriftTransport.HEADER) {
			replies.addAll(inABadEnvelope());
		}
		return replies;
	}

	private static RawMessage overTheMaximum(RawMessage reply) {
		return RawMessage.of(reply.envelope(), reply.type(), reply.name(), reply.id(),
				new EchoService.echo_result(Packets.ofSize(MAX_FRAME_SIZE)));
	}

	private static List<HostileReply> ofAWrongLength(Dialect dialect) {
		byte[] hugeString = bytes(dialect, "0c 0000 0b 0003 7fffffff", "0c 00 38 ffffffff07", "{'0':{'rec':{'3':{'s");
		byte[] cutException = bytes(dialect, "0b 0001", "18", "{'1':{'str':'");
		byte[] more = bytes(dialect, "00", "00", "]0");
		Class<? extends Exception> failure = TProtocolException.class;
		return List.of(message("truncated",
				(reply) -> reply.withBody(Arrays.copyOf(reply.body(), reply.body().length - 5)), failure),
				message("no body", (reply) -> reply.withBody(new byte[0]), failure),
				message("trailing bytes",
						(reply) -> reply.withBody(Arrays.copyOf(reply.body(), reply.body().length + 5)), failure),
				message("one byte more", (reply) -> reply.withBody(Wire.join(reply.body(), more)), failure),
				message("huge string", (reply) -> reply.withBody(hugeString), failure), message("truncated exception",
						(reply) -> reply.withType(TMessageType.EXCEPTION).withBody(cutException), failure));
	}

	private static List<HostileReply> inABadEnvelope() {
		return List.of(
				error("inner id differs", (reply) -> reply.withInnerId(reply.id() + 1),
						TApplicationException.BAD_SEQUENCE_ID),
				error("protocol id 1", 10, 1, TApplicationException.INVALID_PROTOCOL),
				error("unknown transform", 11, 1, TApplicationException.INVALID_TRANSFORM),
				error("header size", 8, 127, TApplicationException.PROTOCOL_ERROR),
				error("message version", 15, 2, TApplicationException.PROTOCOL_ERROR));
	}

	/**
	 * Return replies after which nothing tells where the next one starts, or that are the
	 * last thing to come.
	 * @param dialect the dialect of the connection
	 * @return the replies
	 */
	static List<HostileReply> outOfStep(Dialect dialect) {
		Class<? extends Exception> late = CallTimeoutException.class;
		Class<? extends Exception> lost = ConnectionLostException.class;
		List<HostileReply> replies = new ArrayList<>(
				List.of(new HostileReply("truncated and no more", HostileReply::cut, late, 0),
						message("another id and no more", (reply) -> reply.withId(reply.id() + 1_000), late),
						new HostileReply("trailing bytes",
								(reply) -> Wire.join(reply.toBytes(), new byte[] { 0, 0, 0, 0, 0 }), null, 0),
						instead("HTTP", HTTP, lost)));
		if (dialect.transport() != ThriftTransport.UNFRAMED) {
			replies.add(instead("frame that tells no call", new byte[] { 0, 0, 0, 3, 1, 2, 3 }, lost));
			replies.add(instead("length 0", new byte[] { 0, 0, 0, 0 }, lost));
			return replies;
		}
		replies.add(instead("other version", bytes(dialect, "8002", "8222", "{"), lost));
		replies.add(endless("depth", bytes(dialect, "0c0001".repeat(300), "1c".repeat(300), "[".repeat(300))));
		if (dialect.protocol() != ThriftProtocol.JSON) {
			replies.add(endless("huge length", bytes(dialect, "0c 0000 0b 0003 7fffffff", "0c 00 38 ffffffff07", "")));
			replies.add(endless("unknown type", bytes(dialect, "63 0000", "1e", "")));
		}
		return replies;
	}

	private static byte[] cut(RawMessage reply) {
		byte[] bytes = reply.toBytes();
		return Arrays.copyOf(bytes, bytes.length - 5);
	}

	private static HostileReply error(String title, Function<RawMessage, RawMessage> spoil, int errorType) {
		return new HostileReply(title, (reply) -> spoil.apply(reply).toBytes(), TApplicationException.class, errorType);
	}

	private static HostileReply error(String title, int index, int value, int errorType) {
		return new HostileReply(title, (reply) -> {
			byte[] bytes = reply.toBytes();
			bytes[Integer.BYTES + index] = (byte) value;
			return bytes;
		}, TApplicationException.class, errorType);
	}

	private static HostileReply message(String title, Function<RawMessage, RawMessage> spoil,
			Class<? extends Exception> failure) {
		return new HostileReply(title, (reply) -> spoil.apply(reply).toBytes(), failure, 0);
	}

	private static HostileReply endless(String title, byte[] body) {
		return message(title, (reply) -> reply.withBody(body), TProtocolException.class);
	}

	private static HostileReply instead(String title, byte[] bytes, Class<? extends Exception> failure) {
		return new HostileReply(title, (reply) -> bytes, failure, 0);
	}

	/**
	 * Choose what fits a dialect.
	 * @param dialect the dialect
	 * @param binary bytes in hexadecimal
	 * @param compact bytes in hexadecimal
	 * @param json text with apostrophes for quotation marks
	 */
	private static byte[] bytes(Dialect dialect, String binary, String compact, String json) {
		return switch (dialect.protocol()) {
			case BINARY, OLD_BINARY -> HexFormat.of().parseHex(binary.replace(" ", ""));
			case COMPACT -> HexFormat.of().parseHex(compact.replace(" ", ""));
			case JSON -> json.replace('\'', '"').getBytes(StandardCharsets.US_ASCII);
		};
	}

	@Override
	public String toString() {
		return this.title;
	}

}
