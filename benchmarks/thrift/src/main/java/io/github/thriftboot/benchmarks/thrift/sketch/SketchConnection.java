package io.github.thriftboot.benchmarks.thrift.sketch;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.thriftboot.benchmarks.Payload;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.apache.thrift.TException;
import org.apache.thrift.protocol.TMessage;

/**
 * A connection that many callers share; the sequence id of a message tells whose it is.
 */
final class SketchConnection extends ChannelInboundHandlerAdapter {

	private final Channel channel;

	private final BatchWriter writer;

	private final SketchProtocol protocol = new SketchProtocol();

	private final List<SketchCall> callers = new CopyOnWriteArrayList<>();

	SketchConnection(Channel channel) {
		this.channel = channel;
		this.writer = new BatchWriter(channel);
		channel.pipeline().addLast(this);
	}

	SketchCall newCaller(Payload payload) {
		SketchCall caller = new SketchCall(this, this.callers.size(), payload);
		this.callers.add(caller);
		return caller;
	}

	ByteBufAllocator allocator() {
		return this.channel.alloc();
	}

	void write(ByteBuf frame) {
		this.writer.write(frame);
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) throws TException {
		ByteBuf frame = (ByteBuf) message;
		try {
			TMessage header = this.protocol.over(frame.skipBytes(Integer.BYTES)).readMessageBegin();
			this.callers.get(header.seqid).replied(this.protocol);
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
