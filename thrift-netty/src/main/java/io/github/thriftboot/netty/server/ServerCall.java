package io.github.thriftboot.netty.server;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.github.thriftboot.netty.context.ThriftContext;
import io.github.thriftboot.netty.protocol.MessageTooLargeException;
import io.github.thriftboot.netty.protocol.RemoteApplicationException;
import io.github.thriftboot.netty.protocol.ThriftMessage;
import io.github.thriftboot.netty.protocol.ThriftMethod;
import io.github.thriftboot.netty.server.ServiceRouter.Route;
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
final class ServerCall implements Runnable, AsyncMethodCallback<Object> {

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

	private final ThriftMessage request;

	private final Route route;

	private final @Nullable Long deadlineNanos;

	private final ThriftContext context;

	@SuppressWarnings("unused") // through ANSWERED
	private volatile boolean answered;

	private volatile @Nullable Future<?> timeout;

	/**
	 * Create a call.
	 * @param connection where the answer goes
	 * @param slot the place of the answer
	 * @param request the request, released by this call
	 * @param route what to call
	 * @param arrivedAt when the request arrived, as {@link System#nanoTime()}
	 */
	ServerCall(ThriftServerHandler connection, ReplySlot slot, ThriftMessage request, Route route, long arrivedAt) {
		this.connection = connection;
		this.slot = slot;
		this.request = request;
		this.route = route;
		int timeoutMillis = request.envelope().timeoutMillis();
		this.deadlineNanos = (timeoutMillis > 0) ? arrivedAt + TimeUnit.MILLISECONDS.toNanos(timeoutMillis) : null;
		this.context = new ThriftContext(route.service().name(), route.method().name(), connection.peer(),
				request.envelope().headers(), this.deadlineNanos, connection.codec().limits());
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
		ThriftMethod method = this.route.method();
		Object handler = this.route.service().handler();
		ThriftContext previous = ThriftContext.bind(this.context);
		try {
			if (this.route.service().async()) {
				method.invokeAsync(handler, args, this);
				if (!this.answered) {
					this.timeout = this.connection.schedule(this::onTimeout, nanosToAnswer());
				}
			}
			else {
				TBase<?, ?> result = method.invoke(handler, args);
				if (ANSWERED.compareAndSet(this, false, true)) {
					answer(TMessageType.REPLY, result);
				}
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
			this.connection.codec().decodeBody(args, this.request.envelope().protocol(), this.request.body());
			this.request.release();
			return args;
		}
		catch (Throwable ex) {
			this.request.release();
			fail(new TApplicationException(TApplicationException.PROTOCOL_ERROR,
					"Invalid arguments for " + this.route.method().name() + limitText(ex)));
			logger.debug("Arguments of {} cannot be read", this.route.method(), ex);
			return null;
		}
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
	void reject(String reason) {
		this.request.release();
		fail(new TApplicationException(RemoteApplicationException.NOT_PROCESSED, "not processed: " + reason));
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
		TBase<?, ?> declared = declaredFailure(failure);
		if (declared != null) {
			answer(TMessageType.REPLY, declared);
			return;
		}
		answer(TMessageType.EXCEPTION, toApplicationException(failure));
		log("Handler of {} failed", failure);
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

	private @Nullable TBase<?, ?> declaredFailure(Throwable failure) {
		return this.route.service().async() ? this.route.method().declaredFailure(failure) : null;
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
		Future<?> timer = this.timeout;
		if (timer != null) {
			timer.cancel(false);
		}
		if (this.route.method().oneway() || struct == null) {
			this.connection.complete(this.slot, null);
			return;
		}
		this.connection.complete(this.slot, encode(type, struct));
	}

	private @Nullable ThriftMessage encode(byte type, TSerializable struct) {
		try {
			return message(type, struct);
		}
		catch (Throwable ex) {
			log("Result of {} cannot be encoded", ex);
			String text = (ex instanceof MessageTooLargeException) ? ex.getMessage() : internalError().getMessage();
			return this.connection.errorReply(this.request,
					new TApplicationException(TApplicationException.INTERNAL_ERROR, text));
		}
	}

	private ThriftMessage message(byte type, TSerializable struct) throws TException {
		String name = this.route.method().name();
		ByteBuf body = this.connection.codec()
			.encodeBody(struct, this.request.envelope().protocol(), name, this.connection.allocator());
		return new ThriftMessage(this.request.envelope().reply(this.context.replyHeaders()), name, type,
				this.request.sequenceId(), body);
	}

}
