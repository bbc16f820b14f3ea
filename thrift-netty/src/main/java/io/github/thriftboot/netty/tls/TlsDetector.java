package io.github.thriftboot.netty.tls;

import java.util.List;

import io.github.thriftboot.netty.protocol.Dialect;
import io.github.thriftboot.netty.protocol.WireText;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides from the first bytes of a connection whether it uses TLS, sets up the pipeline
 * for it and removes itself. A connection that should use TLS and does not gets a TLS
 * alert, so that its client can say what is wrong, and is closed with one log line.
 */
final class TlsDetector extends ByteToMessageDecoder {

	private static final Logger logger = LoggerFactory.getLogger(TlsDetector.class);

	private static final int HANDSHAKE_RECORD = 0x1603;

	/**
	 * A fatal alert of TLS 1.2, which later versions write in the same way: unexpected
	 * message.
	 */
	private static final byte[] ALERT = { 0x15, 3, 3, 0, 2, 2, 10 };

	private final ServerTls tls;

	TlsDetector(ServerTls tls) {
		this.tls = tls;
	}

	@Override
	protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
		if (in.readableBytes() < Short.BYTES) {
			return;
		}
		if (in.getUnsignedShort(in.readerIndex()) == HANDSHAKE_RECORD) {
			startTls(context, in);
		}
		else if (this.tls.plaintextAllowed()) {
			context.pipeline().remove(this);
		}
		else {
			refuse(context, in);
		}
	}

	private void startTls(ChannelHandlerContext context, ByteBuf in) {
		SslHandler handler;
		try {
			handler = this.tls.newHandler();
		}
		catch (RuntimeException ex) {
			in.skipBytes(in.readableBytes());
			logger.error("Closed connection from {}: TLS cannot be used",
					WireText.peer(context.channel().remoteAddress()), ex);
			context.close();
			return;
		}
		context.pipeline()
			.addAfter(context.name(), null, new TlsHandshakeWatcher())
			.addAfter(context.name(), null, handler)
			// passes on what it has buffered
			.remove(this);
	}

	private void refuse(ChannelHandlerContext context, ByteBuf in) {
		if (in.readableBytes() < Dialect.MIN_BYTES) {
			return;
		}
		int first = in.getInt(in.readerIndex());
		if (in.readableBytes() < Dialect.MAX_BYTES && !Dialect.isDecidedBy(first)) {
			return;
		}
		int second = (in.readableBytes() < Dialect.MAX_BYTES) ? 0 : in.getInt(in.readerIndex() + Integer.BYTES);
		in.skipBytes(in.readableBytes());
		logger.warn("Closed connection from {}: TLS is required, it looks like {}",
				WireText.peer(context.channel().remoteAddress()), Dialect.describe(first, second));
		context.writeAndFlush(Unpooled.wrappedBuffer(ALERT));
		context.pipeline().addFirst(new LingeringClose());
		context.close();
	}

}
