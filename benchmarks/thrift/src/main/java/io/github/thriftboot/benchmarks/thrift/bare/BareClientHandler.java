package io.github.thriftboot.benchmarks.thrift.bare;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Gives each reply to the caller whose number it carries. What callers write meanwhile is
 * flushed when all that was read is done.
 */
final class BareClientHandler extends ChannelInboundHandlerAdapter {

	private final List<BareCaller> callers = new CopyOnWriteArrayList<>();

	BareCaller newCaller(Channel channel, byte[] content, int millis) {
		BareCaller caller = new BareCaller(channel, this.callers.size(), content, millis);
		this.callers.add(caller);
		return caller;
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		ByteBuf frame = (ByteBuf) message;
		try {
			this.callers.get(frame.getInt(BareFrame.CALLER)).replied(frame);
		}
		finally {
			frame.release();
		}
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext context) {
		context.flush();
	}

}
