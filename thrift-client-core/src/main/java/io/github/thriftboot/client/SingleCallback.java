package io.github.thriftboot.client;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import io.github.thriftboot.netty.protocol.ThriftMethod;
import org.apache.thrift.TException;
import org.apache.thrift.async.AsyncMethodCallback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands before the callback of a caller: the first outcome reaches it, others do not,
 * and what it throws disturbs nobody. Thread-safe.
 */
final class SingleCallback implements AsyncMethodCallback<Object> {

	private static final Logger logger = LoggerFactory.getLogger(SingleCallback.class);

	private final ThriftMethod method;

	private final @Nullable AsyncMethodCallback<Object> callback;

	private final @Nullable TException cause;

	private final AtomicBoolean called = new AtomicBoolean();

	SingleCallback(ThriftMethod method, @Nullable AsyncMethodCallback<Object> callback) {
		this(method, callback, null);
	}

	/**
	 * Create a callback for a fallback.
	 * @param method the method that was called
	 * @param callback the callback of the caller, {@code null} if it wants no outcome
	 * @param cause why the call failed, kept with what the fallback fails with
	 */
	SingleCallback(ThriftMethod method, @Nullable AsyncMethodCallback<Object> callback, @Nullable TException cause) {
		this.method = method;
		this.callback = callback;
		this.cause = cause;
	}

	@Override
	public void onComplete(@Nullable Object value) {
		call((target) -> target.onComplete(value));
	}

	@Override
	public void onError(Exception failure) {
		fail(failure);
	}

	void fail(Throwable failure) {
		if (this.cause != null) {
			MethodFallback.suppress(failure, this.cause);
		}
		if (this.called.get()) {
			logger.warn("{} has failed after it had called its callback", this.method, failure);
			return;
		}
		// callbacks know no errors
		Exception exception = (failure instanceof Exception ex) ? ex : new TException(failure);
		call((target) -> target.onError(exception));
	}

	private void call(Consumer<AsyncMethodCallback<Object>> outcome) {
		if (!this.called.compareAndSet(false, true) || this.callback == null) {
			return;
		}
		try {
			outcome.accept(this.callback);
		}
		catch (Throwable ex) {
			logger.warn("The callback of {} has failed", this.method, ex);
		}
	}

}
