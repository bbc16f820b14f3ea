package io.github.thriftboot.benchmarks.thrift.bare;

import java.util.concurrent.TimeUnit;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Sends each frame back, those that were read together with one flush.
 */
final class BareServerHandler extends ChannelInboundHandlerAdapter {

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		ByteBuf frame = (ByteBuf) message;
		int millis = frame.getInt(BareFrame.MILLIS);
		if (millis > 0) {
			context.executor().schedule(() -> context.writeAndFlush(frame), millis, TimeUnit.MILLISECONDS);
		}
		else {
			context.write(frame);
		}
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext context) {
		context.flush();
	}

}
