package io.github.thriftboot.netty.server;

import java.util.List;
import java.util.function.BooleanSupplier;

import io.github.thriftboot.netty.protocol.Dialect;
import io.github.thriftboot.netty.protocol.MessageLimits;
import io.github.thriftboot.netty.protocol.ThriftTransport;
import io.github.thriftboot.netty.protocol.WireText;
import io.github.thriftboot.netty.transport.FrameDecoder;
import io.github.thriftboot.netty.transport.UnframedDecoder;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides from the first bytes of a connection which dialect of Thrift it speaks, sets up
 * the pipeline for it and removes itself. A connection that speaks something else is
 * closed without an answer and with one log line.
 */
final class DialectDetector extends ByteToMessageDecoder {

	private static final Logger logger = LoggerFactory.getLogger(DialectDetector.class);

	private final ThriftServer server;

	DialectDetector(ThriftServer server) {
		this.server = server;
	}

	@Override
	protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
		if (in.readableBytes() < Dialect.MIN_BYTES) {
			return;
		}
		int first = in.getInt(in.readerIndex());
		if (in.readableBytes() < Dialect.MAX_BYTES && !Dialect.isDecidedBy(first)) {
			return;
		}
		int second = (in.readableBytes() < Dialect.MAX_BYTES) ? 0 : in.getInt(in.readerIndex() + Integer.BYTES);
		Dialect dialect = Dialect.detect(first, second);
		if (dialect != null) {
			accept(context, dialect);
		}
		else {
			in.skipBytes(in.readableBytes());
			logger.warn("Closed connection from {}: it looks like {}", WireText.peer(context.channel().remoteAddress()),
					Dialect.describe(first, second));
			context.close();
		}
	}

	private void accept(ChannelHandlerContext context, Dialect dialect) {
		MessageLimits limits = this.server.codec().limits();
		ThriftServerHandler handler = new ThriftServerHandler(this.server, dialect);
		if (dialect.transport() == ThriftTransport.UNFRAMED) {
			UnframedDecoder decoder = new UnframedDecoder(dialect.protocol(), limits);
			accept(context, handler, decoder, decoder::hasPartialMessage);
		}
		else {
			FrameDecoder decoder = new FrameDecoder(limits.maxFrameSize());
			accept(context, handler, decoder, decoder::hasPartialMessage);
		}
	}

	private void accept(ChannelHandlerContext context, ThriftServerHandler handler, ChannelHandler decoder,
			BooleanSupplier partialMessage) {
		ConnectionWatch watch = context.pipeline().get(ConnectionWatch.class);
		if (watch != null) {
			watch.detected(handler, partialMessage);
		}
		String name = context.name();
		context.pipeline()
			.addAfter(name, null, handler)
			.addAfter(name, null, decoder)
			// passes on what it has buffered
			.remove(this);
	}

}
