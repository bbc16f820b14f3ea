package io.github.thriftboot.netty.server;

import java.util.List;

import io.github.thriftboot.netty.protocol.ThriftProtocol;
import io.github.thriftboot.netty.protocol.ThriftTransport;
import io.github.thriftboot.netty.transport.FrameDecoder;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides from the first eight bytes of a connection which dialect of Thrift it speaks,
 * sets up the pipeline for it and removes itself. A connection that speaks something else
 * is closed without an answer and with one log line.
 */
final class DialectDetector extends ByteToMessageDecoder {

	private static final Logger logger = LoggerFactory.getLogger(DialectDetector.class);

	private static final int NEEDED_BYTES = 8;

	private static final int MAX_LENGTH = 0x3FFFFFFF;

	private static final int HEADER_MAGIC = 0x0FFF;

	private static final int TTHEADER_MAGIC = 0x1000;

	private static final int JSON_START = 0x5B312C22; // [1,"

	private final ThriftServer server;

	DialectDetector(ThriftServer server) {
		this.server = server;
	}

	@Override
	protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
		if (in.readableBytes() < NEEDED_BYTES) {
			return;
		}
		int first = in.getInt(in.readerIndex());
		int second = in.getInt(in.readerIndex() + Integer.BYTES);
		boolean framed = first > 0 && first <= MAX_LENGTH;
		if (framed && second >>> 16 == HEADER_MAGIC) {
			accept(context, ThriftTransport.HEADER, ThriftProtocol.BINARY);
		}
		else if (framed && isMessageStart(second, ThriftProtocol.BINARY)) {
			accept(context, ThriftTransport.FRAMED, ThriftProtocol.BINARY);
		}
		else if (framed && isMessageStart(second, ThriftProtocol.COMPACT)) {
			accept(context, ThriftTransport.FRAMED, ThriftProtocol.COMPACT);
		}
		else {
			in.skipBytes(in.readableBytes());
			logger.warn("Closed connection from {}: it looks like {} (spoken here: THeader, framed binary, "
					+ "framed compact)", context.channel().remoteAddress(), describe(first, second));
			context.close();
		}
	}

	private void accept(ChannelHandlerContext context, ThriftTransport transport, ThriftProtocol protocol) {
		String name = context.name();
		context.pipeline()
			.addAfter(name, null, new ThriftServerHandler(this.server, transport, protocol))
			.addAfter(name, null, new FrameDecoder(this.server.codec().maxFrameSize()))
			// passes on what it has buffered
			.remove(this);
	}

	private static boolean isMessageStart(int word, ThriftProtocol protocol) {
		return switch (protocol) {
			case BINARY -> word >>> 16 == 0x8001;
			case COMPACT -> word >>> 24 == 0x82 && (word >>> 16 & 0x1F) == 1;
		};
	}

	private static String describe(int first, int second) {
		String text = describeText(first);
		if (text != null) {
			return text;
		}
		if (first >>> 16 == 0x1603) {
			return "a TLS hello on a plaintext port";
		}
		if (first >>> 16 == 0xACED) {
			return "Java serialization";
		}
		if (isMessageStart(first, ThriftProtocol.BINARY) || isMessageStart(first, ThriftProtocol.COMPACT)) {
			return "an unframed Thrift message";
		}
		if (first == JSON_START || second == JSON_START) {
			return "a Thrift message in JSON";
		}
		if (first > 0 && first <= MAX_LENGTH && second >>> 16 == TTHEADER_MAGIC) {
			return "Kitex TTHeader";
		}
		if (first > 0 && first <= MAX_LENGTH && second > 0 && second <= first - 9) {
			return "a framed Thrift message in the old, non-strict binary protocol";
		}
		return String.format("no Thrift at all (first bytes: %08x %08x)", first, second);
	}

	private static @Nullable String describeText(int first) {
		return switch (first) {
			case 0x47455420, 0x504F5354, 0x50555420, 0x48454144, 0x4F505449, 0x44454C45, 0x50415443 ->
				"an HTTP request";
			case 0x50524920 -> "HTTP/2";
			case 0x50524F58, 0x0D0A0D0A -> "a PROXY protocol header";
			default -> null;
		};
	}

}
