package io.github.thriftboot.benchmarks.thrift.sketch;

import java.util.Map;
import java.util.concurrent.Executor;

import io.github.thriftboot.benchmarks.api.EchoService;
import io.github.thriftboot.benchmarks.echo.EchoHandler;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.FastThreadLocal;
import org.apache.thrift.ProcessFunction;
import org.apache.thrift.TBase;
import org.apache.thrift.TException;
import org.apache.thrift.protocol.TMessage;
import org.apache.thrift.protocol.TMessageType;
import org.jspecify.annotations.Nullable;

/**
 * Decodes a request, calls the handler and encodes the reply: on the event loop, or on an
 * executor.
 */
final class SketchServerHandler extends ChannelInboundHandlerAdapter {

	private static final FastThreadLocal<SketchProtocol> PROTOCOL = new FastThreadLocal<>() {

		@Override
		protected SketchProtocol initialValue() {
			return new SketchProtocol();
		}

	};

	private final EchoHandler handler = new EchoHandler();

	@SuppressWarnings("rawtypes")
	private final Map<String, ProcessFunction> functions;

	private final @Nullable Executor executor;

	private @Nullable BatchWriter writer;

	@SuppressWarnings({ "rawtypes", "unchecked" })
	SketchServerHandler(@Nullable Executor executor) {
		this.executor = executor;
		this.functions = (Map) new EchoService.Processor<>(this.handler).getProcessMapView();
	}

	@Override
	public void channelActive(ChannelHandlerContext context) {
		this.writer = new BatchWriter(context.channel());
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		ByteBuf frame = (ByteBuf) message;
		if (this.executor == null) {
			answer(context, frame);
		}
		else {
			this.executor.execute(() -> answer(context, frame));
		}
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext context) {
		if (this.executor == null) {
			context.flush();
		}
	}

	private void answer(ChannelHandlerContext context, ByteBuf frame) {
		BatchWriter replies = this.writer;
		if (replies == null) {
			throw new IllegalStateException("not connected");
		}
		try {
			replies.write(reply(context, frame));
		}
		catch (TException | RuntimeException ex) {
			context.fireExceptionCaught(ex);
			context.close();
		}
		finally {
			frame.release();
		}
	}

	@SuppressWarnings({ "rawtypes", "unchecked" })
	private ByteBuf reply(ChannelHandlerContext context, ByteBuf frame) throws TException {
		SketchProtocol protocol = PROTOCOL.get();
		TMessage request = protocol.over(frame.skipBytes(Integer.BYTES)).readMessageBegin();
		ProcessFunction function = this.functions.get(request.name);
		if (function == null) {
			throw new IllegalArgumentException("no method " + request.name);
		}
		TBase args = function.getEmptyArgsInstance();
		args.read(protocol);
		TBase result = function.getResult(this.handler, args);
		int size = Math.max(SketchCall.INITIAL_BYTES, frame.writerIndex() + Integer.BYTES);
		ByteBuf reply = context.alloc().directBuffer(size).writeInt(0);
		protocol.over(reply).writeMessageBegin(new TMessage(request.name, TMessageType.REPLY, request.seqid));
		result.write(protocol);
		return reply.setInt(0, reply.writerIndex() - Integer.BYTES);
	}

}
