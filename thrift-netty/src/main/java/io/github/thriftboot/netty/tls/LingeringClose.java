package io.github.thriftboot.netty.tls;

import java.util.concurrent.TimeUnit;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Closes a connection so that its peer can read what it was told last. The system would
 * answer what the peer is still sending with a reset, which throws away what the peer has
 * not read yet. So after a close nothing is sent any more and what comes is dropped,
 * until the peer closes or a second is over.
 */
final class LingeringClose extends ChannelDuplexHandler {

	private static final long TIMEOUT_MILLIS = 1_000;

	private @Nullable Future<?> timer;

	@Override
	public void close(ChannelHandlerContext context, ChannelPromise promise) {
		context.channel().closeFuture().addListener((closed) -> promise.trySuccess());
		if (this.timer == null) {
			this.timer = context.executor().schedule(() -> context.close(), TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
			if (context.channel() instanceof DuplexChannel channel) {
				channel.shutdownOutput();
			}
		}
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		if (this.timer != null) {
			ReferenceCountUtil.release(message);
		}
		else {
			context.fireChannelRead(message);
		}
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) {
		if (this.timer != null) {
			this.timer.cancel(false);
		}
		context.fireChannelInactive();
	}

}
