package io.github.thriftboot.netty.tls;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Looks whether the answer of a peer begins as a TLS alert, which is what a server that
 * wants TLS says to a client that does not use it:
 *
 * <pre>
 * 15      | 03 0x   | length | level | description
 * 1 byte  | 2 bytes | 2      | 1     | 1
 * </pre>
 *
 * No reply begins so: it would be a frame of more than 256 MB. After the first bytes it
 * removes itself.
 */
final class TlsAlertDetector extends ChannelInboundHandlerAdapter {

	private static final int ALERT = 0x1503;

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		if (message instanceof ByteBuf bytes && bytes.readableBytes() >= Short.BYTES
				&& bytes.getUnsignedShort(bytes.readerIndex()) == ALERT) {
			bytes.release();
			context.fireExceptionCaught(TlsException.ofAlert());
			return;
		}
		context.pipeline().remove(this);
		context.fireChannelRead(message);
	}

}
