package io.github.thriftboot.netty.tls;

import io.github.thriftboot.netty.protocol.WireText;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells in the log why a handshake has failed on the server. Removes itself when one has
 * succeeded.
 */
final class TlsHandshakeWatcher extends ChannelInboundHandlerAdapter {

	private static final Logger logger = LoggerFactory.getLogger(TlsHandshakeWatcher.class);

	@Override
	public void userEventTriggered(ChannelHandlerContext context, Object event) {
		if (event instanceof SslHandshakeCompletionEvent handshake) {
			if (handshake.isSuccess()) {
				context.pipeline().remove(this);
			}
			else {
				onFailure(context, handshake.cause());
			}
		}
		else {
			context.fireUserEventTriggered(event);
		}
	}

	private static void onFailure(ChannelHandlerContext context, Throwable cause) {
		if (TlsException.isClosedByPeer(cause)) {
			logger.debug("Closed connection from {}: closed by the peer during the TLS handshake",
					WireText.peer(context.channel().remoteAddress()));
			return;
		}
		logger.warn("Closed connection from {}: {}", WireText.peer(context.channel().remoteAddress()),
				TlsException.ofHandshake(cause).getMessage());
		// for the alert and the close that follow
		context.pipeline().addFirst(new LingeringClose());
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		logger.debug("Connection from {} failed before it was secure", WireText.peer(context.channel().remoteAddress()),
				cause);
		context.close();
	}

}
