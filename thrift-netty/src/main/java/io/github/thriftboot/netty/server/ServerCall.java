package io.github.thriftboot.netty.server;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

import io.github.thriftboot.netty.context.ThriftContext;
import io.github.thriftboot.netty.protocol.MalformedMessageException;
import io.github.thriftboot.netty.protocol.MessageTooLargeException;
import io.github.thriftboot.netty.protocol.RemoteApplicationException;
import io.github.thriftboot.netty.protocol.ThriftMessage;
import io.github.thriftboot.netty.protocol.ThriftMethod;
import io.github.thriftboot.netty.server.AdaptiveLimit.MethodTimes;
import io.github.thriftboot.netty.server.ServiceRouter.Route;
import io.github.thriftboot.netty.server.ThriftServerInterceptor.Chain;
import io.netty.buffer.ByteBuf;
import org.apache.thrift.TApplicationException;
import org.apache.thrift.TBase;
import org.apache.thrift.TException;
import org.apache.thrift.TSerializable;
import org.apache.thrift.async.AsyncMethodCallback;
import org.apache.thrift.protocol.TMessageType;
import org.apache.thrift.protocol.TProtocolException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request that has a handler: decodes the arguments, calls the handler and answers
 * exactly once, whatever the handler does. Runs on the handler's executor; the answer may
 * come from any thread.
 */
final class ServerCall implements HandlerPool.Call, AsyncMethodCallback<Object> {

	private static final Logger logger = LoggerFactory.getLogger(ServerCall.class);

	private static final VarHandle ANSWERED;

	static {
		try {
			ANSWERED = MethodHandles.lookup().findVarHandle(ServerCall.class, "answered", boolean.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private final ThriftServerHandler connection;

	private final ReplySlot slot;

	private final CallRequest request;

	private final Route route;

	private final long arrivedAt;

	/**
	 * The calls in the server at that time, this one included.
	 */
	private final int callsInServer;

	private final @Nullable Long deadlineNanos;

	private final ThriftContext context;

	/**
	 * The size of the result, before it is compressed.
	 */
	private int replyBytes;

	@SuppressWarnings("unused") // through ANSWERED
	private volatile boolean answered;

	private volatile @Nullable Future<?> timeout;

	/**
	 * Create a call, before it is counted.
	 * @param connection where the answer goes
	 * @param slot the place of the answer
	 * @param request the request, released by this call
	 * @param route what to call
	 * @param arrivedAt when the request arrived, as {@link System#nanoTime()}
	 */
	ServerCall(ThriftServerHandler connection, ReplySlot slot, ThriftMessage request, Route route, long arrivedAt) {
		this.connection = connection;
		this.slot = slot;
		this.request = new CallRequest(request, connection.codec(), connection.requestMemory());
		this.route = route;
		this.arrivedAt = arrivedAt;
		this.callsInServer = connection.callsInServer() + 1;
		int timeoutMillis = request.envelope().timeoutMillis();
		this.deadlineNanos = (timeoutMillis > 0) ? arrivedAt + TimeUnit.MILLISECONDS.toNanos(timeoutMillis) : null;
		this.context = new ThriftContext(route.service().name(), route.method().name(), connection.peer(),
				request.envelope().headers(), this.deadlineNanos, connection.codec().limits(), connection.tlsSession());
	}

	/**
	 * Return where the call runs.
	 * @return the executor of the method, or {@code null} for the server's own threads
	 */
	@Nullable Executor executor() {
		return this.route.executor();
	}

	/**
	 * Take memory for the request, before the call waits for anything.
	 * @return {@code false} if there is not enough, so that the call has to be rejected
	 */
	boolean takeMemory() {
		return this.request.takeMemory();
	}

	@Override
	public void run() {
		if (this.connection.isClosing()) {
			reject("draining");
			return;
		}
		if (this.deadlineNanos != null && System.nanoTime() - this.deadlineNanos >= 0) {
			reject("expired");
			return;
		}
		TBase<?, ?> args = decodeArguments();
		if (args == null) {
			return;
		}
		ThriftContext previous = ThriftContext.bind(this.context);
		try {
			Chain chain = this.connection.extensions().chain();
			if (chain != null) {
				callThrough(chain, args);
			}
			else {
				call(args);
			}
		}
		catch (Throwable ex) {
			// everything: an Error that escaped would leave the caller without an answer
			onFailure(ex);
		}
		finally {
			ThriftContext.bind(previous);
		}
	}

	private void call(TBase<?, ?> args) throws TException {
		ThriftMethod method = this.route.method();
		Object handler = this.route.service().handler();
		if (this.route.service().async()) {
			method.invokeAsync(handler, args, this);
			if (!this.answered) {
				this.timeout = this.connection.schedule(this::onTimeout, nanosToAnswer());
			}
			return;
		}
		TBase<?, ?> result = method.invoke(handler, args);
		if (ANSWERED.compareAndSet(this, false, true)) {
			answer(TMessageType.REPLY, result);
		}
	}

	private void callThrough(Chain chain, TBase<?, ?> args) {
		ServerInvocation invocation = new ServerInvocation(this.route, this.context, args);
		invocation.call(chain, this::onOutcome);
		if (!this.answered) {
			this.timeout = this.connection.schedule(() -> {
				onTimeout();
				invocation.timeOut();
			}, nanosToAnswer());
		}
	}

	/**
	 * Answer with what came out of the interceptors, unless it came too late.
	 */
	private void onOutcome(@Nullable Object value, @Nullable Throwable failure) {
		if (this.answered) {
			return;
		}
		if (failure != null) {
			onFailure(failure);
		}
		else {
			onComplete(value);
		}
	}

	/**
	 * Return how long an asynchronous handler may take. A synchronous one holds a thread
	 * that nobody can take away from it; its caller gives up by itself.
	 */
	private long nanosToAnswer() {
		long limit = this.connection.handlerTimeoutNanos();
		Long deadline = this.deadlineNanos;
		return (deadline != null) ? Math.min(limit, deadline - System.nanoTime()) : limit;
	}

	private void onTimeout() {
		if (ANSWERED.compareAndSet(this, false, true)) {
			logger.warn("Handler of {} has not completed a call in time", this.route.method());
			answer(TMessageType.EXCEPTION, internalError());
		}
	}

	private @Nullable TBase<?, ?> decodeArguments() {
		TBase<?, ?> args = this.route.method().emptyArgs();
		try {
			this.request.readArguments(args);
			return args;
		}
		catch (RejectedExecutionException ex) {
			fail(notProcessed("overloaded"));
		}
		catch (Throwable ex) {
			fail(invalidArguments(ex));
			logger.debug("Arguments of {} cannot be read", this.route.method(), ex);
		}
		return null;
	}

	private TApplicationException invalidArguments(Throwable failure) {
		return (failure instanceof MalformedMessageException malformed) ? malformed.toApplicationException()
				: new TApplicationException(TApplicationException.PROTOCOL_ERROR,
						"Invalid arguments for " + this.route.method().name() + limitText(failure));
	}

	/**
	 * Say which limit the arguments are over. Other failures are not told: their texts
	 * may hold what the arguments hold.
	 */
	private static String limitText(Throwable failure) {
		boolean overLimit = failure instanceof TProtocolException ex
				&& (ex.getType() == TProtocolException.SIZE_LIMIT || ex.getType() == TProtocolException.DEPTH_LIMIT);
		return overLimit ? ": " + failure.getMessage() : "";
	}

	/**
	 * Answer that the call has not run and will not run.
	 * @param reason one of the reasons of the protocol
	 */
	@Override
	public void reject(String reason) {
		this.request.release();
		fail(notProcessed(reason));
	}

	private static TApplicationException notProcessed(String reason) {
		return new TApplicationException(RemoteApplicationException.NOT_PROCESSED, "not processed: " + reason);
	}

	@Override
	public void onComplete(@Nullable Object value) {
		if (!ANSWERED.compareAndSet(this, false, true)) {
			logger.warn("Handler of {} completed a call twice", this.route.method());
			return;
		}
		ThriftMethod method = this.route.method();
		TBase<?, ?> result = null;
		try {
			result = method.oneway() ? null : method.result(value);
		}
		catch (RuntimeException ex) {
			answer(TMessageType.EXCEPTION, internalError());
			log("Handler of {} completed a call with a value of a wrong type", ex);
			return;
		}
		answer(TMessageType.REPLY, result);
	}

	@Override
	public void onError(@Nullable Exception ex) {
		onFailure((ex != null) ? ex : new NullPointerException("onError(null)"));
	}

	private void onFailure(Throwable failure) {
		if (!ANSWERED.compareAndSet(this, false, true)) {
			logger.warn("Handler of {} failed after it had completed", this.route.method(), failure);
			return;
		}
		TBase<?, ?> declared = this.route.method().declaredFailure(failure);
		if (declared != null) {
			answer(TMessageType.REPLY, declared);
			return;
		}
		Throwable mapped = this.connection.extensions().map(failure, this.context);
		declared = (mapped != failure) ? this.route.method().declaredFailure(mapped) : null;
		if (declared != null) {
			answer(TMessageType.REPLY, declared);
			return;
		}
		answer(TMessageType.EXCEPTION, toApplicationException(mapped));
		if (mapped == failure || !(mapped instanceof TApplicationException)) {
			log("Handler of {} failed", failure);
		}
		else {
			logger.debug("Handler of {} failed, its caller was told {}", this.route.method(), mapped.getClass(),
					failure);
		}
	}

	private void log(String text, Throwable failure) {
		try {
			logger.error(text, this.route.method(), failure);
		}
		catch (Throwable ex) {
			// an exception may fail to tell about itself
			logger.error(text + " with {}", this.route.method(), failure.getClass().getName());
		}
	}

	/**
	 * What a handler makes itself keeps its type, as in Apache servers, except the one
	 * that only the runtime may write and what came out of a nested call of our client.
	 */
	private TApplicationException toApplicationException(Throwable failure) {
		if (failure instanceof TApplicationException own && !(failure instanceof RemoteApplicationException)
				&& own.getType() != RemoteApplicationException.NOT_PROCESSED) {
			return own;
		}
		return internalError();
	}

	private TApplicationException internalError() {
		return new TApplicationException(TApplicationException.INTERNAL_ERROR,
				"Internal error processing " + this.route.method().name());
	}

	private void fail(TApplicationException error) {
		if (ANSWERED.compareAndSet(this, false, true)) {
			answer(TMessageType.EXCEPTION, error);
		}
	}

	private void answer(byte type, @Nullable TSerializable struct) {
		CallLimit limit = this.route.limit();
		if (limit != null) {
			limit.leave();
		}
		this.request.giveBackMemory();
		Future<?> timer = this.timeout;
		if (timer != null) {
			timer.cancel(false);
		}
		ThriftMessage reply = (this.route.method().oneway() || struct == null) ? null : encode(type, struct);
		MethodTimes times = this.route.times();
		if (times != null && type == TMessageType.REPLY) {
			times.onAnswer(this.callsInServer, this.arrivedAt, System.nanoTime());
		}
		AccessLog accessLog = this.connection.extensions().accessLog();
		if (accessLog != null) {
			log(accessLog, type, struct, reply);
		}
		this.connection.complete(this.slot, reply);
	}

	private void log(AccessLog accessLog, byte type, @Nullable TSerializable struct, @Nullable ThriftMessage reply) {
		boolean encoded = reply == null || reply.type() == type;
		try {
			accessLog.write(this.context, this.route.method(), encoded ? struct : internalError(),
					System.nanoTime() - this.arrivedAt, this.request.size(), this.replyBytes);
		}
		catch (RuntimeException ex) {
			// the caller waits for its answer, whatever the log does
			logger.warn("Call of {} cannot be logged", this.route.method(), ex);
		}
	}

	private @Nullable ThriftMessage encode(byte type, TSerializable struct) {
		ThriftMessage reply = null;
		try {
			reply = message(type, struct);
			this.replyBytes = reply.body().readableBytes();
			boolean compressed = type == TMessageType.REPLY && this.request.message().envelope().acceptsZlib();
			return compressed ? this.connection.codec().deflate(reply, this.connection.allocator()) : reply;
		}
		catch (Throwable ex) {
			if (reply != null) {
				reply.release();
			}
			log("Result of {} cannot be encoded", ex);
			String text = (ex instanceof MessageTooLargeException) ? ex.getMessage() : internalError().getMessage();
			return this.connection.errorReply(this.request.message(),
					new TApplicationException(TApplicationException.INTERNAL_ERROR, text));
		}
	}

	private ThriftMessage message(byte type, TSerializable struct) throws TException {
		String name = this.route.method().name();
		ThriftMessage asked = this.request.message();
		ByteBuf body = this.connection.codec()
			.encodeBody(struct, asked.envelope().protocol(), name, this.connection.allocator());
		return new ThriftMessage(asked.envelope().reply(this.context.replyHeaders()), name, type, asked.sequenceId(),
				body);
	}

	/**
	 * Return what is called.
	 * @return the service and the method
	 */
	@Override
	public String toString() {
		return this.context.service() + ":" + this.context.method();
	}

}
