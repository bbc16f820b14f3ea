package io.github.thriftboot.netty.server;

import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLSession;

import io.github.thriftboot.netty.protocol.Dialect;
import io.github.thriftboot.netty.protocol.Drain;
import io.github.thriftboot.netty.protocol.Envelope;
import io.github.thriftboot.netty.protocol.MalformedMessageException;
import io.github.thriftboot.netty.protocol.MessageCodec;
import io.github.thriftboot.netty.protocol.Ping;
import io.github.thriftboot.netty.protocol.RemoteApplicationException;
import io.github.thriftboot.netty.protocol.ThriftMessage;
import io.github.thriftboot.netty.protocol.WireText;
import io.github.thriftboot.netty.server.ServiceRouter.Route;
import io.github.thriftboot.netty.transport.CoalescedTask;
import io.github.thriftboot.netty.transport.FrameWriter;
import io.github.thriftboot.netty.transport.OversizedFrame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import org.apache.thrift.TApplicationException;
import org.apache.thrift.TException;
import org.apache.thrift.TSerializable;
import org.apache.thrift.protocol.TMessageType;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection of the server: reads requests, hands them to their handlers and writes
 * the replies. Replies to requests that accept it go out as they come; all others keep
 * the order of their requests, also when handlers finish in another order. Everything but
 * {@link #complete} runs on the event loop.
 */
final class ThriftServerHandler extends ChannelInboundHandlerAdapter {

	private static final Logger logger = LoggerFactory.getLogger(ThriftServerHandler.class);

	private final ThriftServer server;

	private final Dialect dialect;

	private final RequestMemory requestMemory;

	private final Queue<ReplySlot> orderedSlots = new ArrayDeque<>();

	private final Queue<ReplySlot> completedSlots = new ConcurrentLinkedQueue<>();

	private Channel channel;

	private FrameWriter writer;

	private CoalescedTask writeTask;

	private CallStarter starter;

	private ArrivalClock arrivals;

	private boolean reading;

	/**
	 * When the requests of the present read arrived.
	 */
	private long arrivedAt;

	/**
	 * Calls whose replies are written but not flushed.
	 */
	private int answeredCalls;

	/**
	 * Requests that were read, to see whether there are new ones.
	 */
	private int requests;

	/**
	 * Calls that were handed to handlers and are not answered.
	 */
	private int callsInFlight;

	/**
	 * Whether the first request was looked at, which tells what the client understands.
	 */
	private boolean clientKnown;

	/**
	 * How to tell the client that it has to leave, or {@code null} if it does not
	 * understand.
	 */
	private @Nullable Envelope leavingClient;

	private boolean told;

	private boolean wrongOnewayLogged;

	private @Nullable SSLSession tlsSession;

	@SuppressWarnings("NullAway.Init") // the rest comes with the channel
	ThriftServerHandler(ThriftServer server, Dialect dialect) {
		this.server = server;
		this.dialect = dialect;
		this.requestMemory = server.calls().memory().ofConnection();
	}

	@Override
	public void handlerAdded(ChannelHandlerContext context) {
		this.channel = context.channel();
		SslHandler tls = context.pipeline().get(SslHandler.class);
		this.tlsSession = (tls != null) ? tls.engine().getSession() : null;
		this.writer = new FrameWriter(this.channel, this.server.codec());
		this.writeTask = new CoalescedTask(context.executor(), this::writeCompleted);
		this.starter = new CallStarter(this.channel, this.server.handlerPool());
		this.arrivals = this.server.arrivals(context.executor());
	}

	MessageCodec codec() {
		return this.server.codec();
	}

	RequestMemory requestMemory() {
		return this.requestMemory;
	}

	ServerExtensions extensions() {
		return this.server.extensions();
	}

	long handlerTimeoutNanos() {
		return this.server.handlerTimeoutNanos();
	}

	Future<?> schedule(Runnable task, long delayNanos) {
		return this.channel.eventLoop().schedule(task, delayNanos, TimeUnit.NANOSECONDS);
	}

	int callsInServer() {
		return this.server.calls().inFlight();
	}

	SocketAddress peer() {
		return this.channel.remoteAddress();
	}

	@Nullable SSLSession tlsSession() {
		return this.tlsSession;
	}

	boolean isClosing() {
		return this.server.isClosing();
	}

	/**
	 * Return a number that changes with each request, on the event loop.
	 * @return the number
	 */
	int requests() {
		return this.requests;
	}

	/**
	 * Whether the server still owes something, on the event loop.
	 * @return {@code true} while there are calls in flight or replies to be sent
	 */
	boolean isBusy() {
		ChannelOutboundBuffer buffer = this.channel.unsafe().outboundBuffer();
		return this.callsInFlight > 0 || (buffer != null && buffer.totalPendingWriteBytes() > 0);
	}

	ByteBufAllocator allocator() {
		return this.channel.alloc();
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		if (!this.reading) {
			this.reading = true;
			this.arrivedAt = this.arrivals.arrival();
		}
		this.requests++;
		if (message instanceof ByteBuf frame) {
			onFrame(frame);
		}
		else if (message instanceof OversizedFrame frame) {
			onOversizedFrame(frame);
		}
		else {
			ReferenceCountUtil.release(message);
		}
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext context) {
		this.reading = false;
		flush();
	}

	private void onFrame(ByteBuf frame) {
		ThriftMessage request = null;
		try {
			request = codec().decode(this.dialect.transport(), this.dialect.protocol(), frame);
		}
		catch (MalformedMessageException ex) {
			onMalformed(ex.envelope(), ex.sequenceId(), ex.toApplicationException());
		}
		finally {
			if (request == null) {
				frame.release();
			}
		}
		if (request != null) {
			onRequest(request);
		}
	}

	private void onOversizedFrame(OversizedFrame frame) {
		TApplicationException error = new TApplicationException(TApplicationException.PROTOCOL_ERROR, "frame of "
				+ frame.length() + " bytes (expected: at most max-frame-size " + codec().limits().maxFrameSize() + ")");
		ThriftMessage request = null;
		try {
			request = codec().decode(this.dialect.transport(), this.dialect.protocol(), frame.head());
			if (request != null && request.type() == TMessageType.CALL) {
				reply(slot(request.envelope()), errorReply(request, error));
			}
		}
		catch (MalformedMessageException ex) {
			onMalformed(ex.envelope(), ex.sequenceId(), error);
		}
		finally {
			// a message owns the frame, or what the frame was inflated to
			((request != null) ? request.body() : frame.head()).release();
		}
	}

	/**
	 * Answer what could not be read, as far as it is known whom to answer. Without an
	 * envelope nothing tells where a reply belongs.
	 */
	private void onMalformed(@Nullable Envelope envelope, int sequenceId, TApplicationException error) {
		if (envelope == null) {
			logger.warn("Closed connection from {}: {}", WireText.peer(this.channel.remoteAddress()),
					WireText.printable(String.valueOf(error.getMessage())));
			this.channel.close();
			return;
		}
		reply(slot(envelope), encodeError(envelope, "", sequenceId, error));
	}

	private void onRequest(ThriftMessage request) {
		if (request.name().endsWith(Ping.METHOD) && (request.type() == TMessageType.CALL)) {
			ping(request);
		}
		else if (!this.clientKnown && Drain.isAnnouncedIn(request.envelope())) {
			meetClient(request);
			onMessage(Drain.withoutAnnouncement(request));
		}
		else {
			this.clientKnown = true;
			onMessage(request);
		}
	}

	private void onMessage(ThriftMessage request) {
		boolean call = request.type() == TMessageType.CALL;
		if (!call && request.type() != TMessageType.ONEWAY) {
			refuse(request, TApplicationException.INVALID_MESSAGE_TYPE, "Invalid message type " + request.type());
			return;
		}
		Route route = this.server.router().find(request.name());
		if (route == null) {
			if (call) {
				refuse(request, TApplicationException.UNKNOWN_METHOD,
						this.server.router().explainUnknown(request.name()));
			}
			else {
				request.release();
			}
			return;
		}
		if (!call && !route.method().oneway()) {
			logWrongOneway(route);
			request.release();
			return;
		}
		dispatch(request, route);
	}

	/**
	 * The first request of the client tells that it leaves when it is told to.
	 */
	private void meetClient(ThriftMessage request) {
		this.clientKnown = true;
		this.leavingClient = request.envelope().reply();
		this.server.drainProgress().clientAnnounced();
		if (this.server.drainProgress().isBegun()) {
			drain();
		}
	}

	/**
	 * Tell the client to leave, if it understands.
	 */
	void drain() {
		Envelope envelope = this.leavingClient;
		if (envelope == null || this.told || !this.channel.isActive()) {
			return;
		}
		this.told = true;
		reply(new ReplySlot(false), encode(envelope, Drain.METHOD, TMessageType.ONEWAY, 0, Ping.EMPTY));
		flushUnlessReading();
	}

	private void dispatch(ThriftMessage request, Route route) {
		String excess = this.server.calls().excess(route, this.callsInFlight);
		if (excess != null) {
			refuseUnprocessed(request, route, excess);
			return;
		}
		ReplySlot slot = route.method().oneway() ? new ReplySlot(false) : slot(request.envelope());
		ServerCall call = new ServerCall(this, slot, request, route, this.arrivedAt);
		this.callsInFlight++;
		this.server.calls().started();
		if (this.leavingClient != null && this.server.drainProgress().isBegun() && !route.method().oneway()) {
			call.reject("draining");
		}
		else if (!call.takeMemory() || !this.starter.admit(call, this.callsInFlight)) {
			call.reject("overloaded");
		}
		else {
			this.starter.start(call);
		}
	}

	private void refuseUnprocessed(ThriftMessage request, Route route, String reason) {
		if (route.method().oneway()) {
			request.release();
			return;
		}
		refuse(request, RemoteApplicationException.NOT_PROCESSED, "not processed: " + reason);
	}

	private void ping(ThriftMessage request) {
		ThriftMessage reply = encode(request.envelope(), Ping.METHOD, TMessageType.REPLY, request.sequenceId(),
				Ping.EMPTY);
		ReplySlot slot = slot(request.envelope());
		request.release();
		reply(slot, reply);
	}

	private void refuse(ThriftMessage request, int errorType, String text) {
		TApplicationException error = new TApplicationException(errorType, text);
		AccessLog accessLog = extensions().accessLog();
		if (accessLog != null) {
			accessLog.writeRefused(request.name(), peer(), error, System.nanoTime() - this.arrivedAt,
					request.body().readableBytes());
		}
		ThriftMessage reply = errorReply(request, error);
		ReplySlot slot = slot(request.envelope());
		request.release();
		reply(slot, reply);
	}

	private void logWrongOneway(Route route) {
		if (!this.wrongOnewayLogged) {
			this.wrongOnewayLogged = true;
			logger.warn("Ignored a oneway message for {} from {}: the method is not oneway", route.method(),
					WireText.peer(this.channel.remoteAddress()));
		}
	}

	private ReplySlot slot(Envelope envelope) {
		ReplySlot slot = new ReplySlot(!envelope.outOfOrder());
		if (slot.ordered()) {
			this.orderedSlots.add(slot);
		}
		return slot;
	}

	/**
	 * Make an exception reply under the bare name of the method.
	 * @param request the request that it answers
	 * @param error the error
	 * @return the reply, or {@code null} if not even that can be encoded
	 */
	@Nullable ThriftMessage errorReply(ThriftMessage request, TApplicationException error) {
		String name = request.name().substring(request.name().indexOf(':') + 1);
		return encodeError(request.envelope(), name, request.sequenceId(), error);
	}

	private @Nullable ThriftMessage encodeError(Envelope envelope, String name, int sequenceId,
			TApplicationException error) {
		return encode(envelope, name, TMessageType.EXCEPTION, sequenceId, error);
	}

	private @Nullable ThriftMessage encode(Envelope envelope, String name, byte type, int sequenceId,
			TSerializable struct) {
		try {
			ByteBuf body = codec().encodeBody(struct, envelope.protocol(), name, allocator());
			return new ThriftMessage(envelope.reply(), name, type, sequenceId, body);
		}
		catch (TException | RuntimeException ex) {
			logger.error("Reply cannot be encoded", ex);
			return null;
		}
	}

	/**
	 * Hand in the answer to a call that {@link CallLimits#started()} has counted, from
	 * any thread.
	 * @param slot its place
	 * @param reply the reply, or {@code null} for none
	 */
	void complete(ReplySlot slot, @Nullable ThriftMessage reply) {
		slot.handIn(reply);
		if (this.channel.eventLoop().inEventLoop()) {
			slot.complete();
			write(slot);
			this.answeredCalls++;
			this.callsInFlight--;
			flushUnlessReading();
			return;
		}
		this.completedSlots.add(slot);
		try {
			this.writeTask.signal();
		}
		catch (RejectedExecutionException ex) {
			// the server is gone, and nobody is left to tell
			dropCompleted();
		}
	}

	private void writeCompleted() {
		for (ReplySlot slot = this.completedSlots.poll(); slot != null; slot = this.completedSlots.poll()) {
			slot.complete();
			write(slot);
			this.answeredCalls++;
			this.callsInFlight--;
		}
		flushUnlessReading();
	}

	private void dropCompleted() {
		for (ReplySlot slot = this.completedSlots.poll(); slot != null; slot = this.completedSlots.poll()) {
			slot.complete();
			drop(slot);
			this.server.drainProgress().callsEnded(1);
		}
	}

	private void reply(ReplySlot slot, @Nullable ThriftMessage reply) {
		slot.handIn(reply);
		slot.complete();
		write(slot);
	}

	private void flushUnlessReading() {
		if (!this.reading) {
			flush();
		}
	}

	private void flush() {
		this.writer.flush();
		this.starter.flushed(this.answeredCalls > 0);
		int count = this.answeredCalls;
		if (count > 0) {
			this.answeredCalls = 0;
			// after the flush: the last one may let a stopping server close connections
			this.server.drainProgress().callsEnded(count);
		}
	}

	private void write(ReplySlot slot) {
		if (!slot.ordered()) {
			writeReply(slot);
			return;
		}
		for (ReplySlot next = this.orderedSlots.peek(); next != null
				&& next.completed(); next = this.orderedSlots.peek()) {
			this.orderedSlots.remove();
			writeReply(next);
		}
		if (!this.channel.isActive()) {
			drop(slot);
		}
	}

	private void writeReply(ReplySlot slot) {
		if (!this.channel.isActive()) {
			drop(slot);
			return;
		}
		ThriftMessage reply = slot.takeReply();
		if (reply == null) {
			return;
		}
		try {
			this.writer.write(reply);
		}
		catch (TException ex) {
			writeTooLarge(reply, ex);
		}
		finally {
			reply.release();
		}
	}

	private static void drop(ReplySlot slot) {
		ThriftMessage reply = slot.takeReply();
		if (reply != null) {
			reply.release();
		}
	}

	private void writeTooLarge(ThriftMessage reply, TException cause) {
		logger.error("Reply cannot be sent", cause);
		ThriftMessage error = errorReply(reply,
				new TApplicationException(TApplicationException.INTERNAL_ERROR, cause.getMessage()));
		if (error == null) {
			return;
		}
		try {
			this.writer.write(error);
		}
		catch (TException ex) {
			logger.error("Error reply cannot be sent", ex);
		}
		finally {
			error.release();
		}
	}

	@Override
	public void channelWritabilityChanged(ChannelHandlerContext context) {
		// a peer that does not read its replies is not read either
		boolean writable = context.channel().isWritable();
		context.channel().config().setAutoRead(writable);
		if (writable) {
			this.starter.goOn();
		}
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) {
		this.orderedSlots.forEach(ThriftServerHandler::drop);
		this.orderedSlots.clear();
		this.starter.startAll();
		flush();
		if (this.leavingClient != null) {
			this.server.drainProgress().clientLeft();
		}
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		Throwable reason = (cause instanceof DecoderException && cause.getCause() != null) ? cause.getCause() : cause;
		if (cause instanceof DecoderException) {
			logger.warn("Closed connection from {}: {}", WireText.peer(context.channel().remoteAddress()),
					WireText.printable(String.valueOf(reason.getMessage())));
		}
		else {
			logger.debug("Closed connection from {}", WireText.peer(context.channel().remoteAddress()), reason);
		}
		context.close();
	}

}
