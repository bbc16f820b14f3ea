package io.github.thriftboot.netty.client;

import java.io.Serial;
import java.util.Arrays;

import org.apache.thrift.transport.TTransportException;
import org.jspecify.annotations.Nullable;

/**
 * A call ended without an answer. The subtypes tell whether it may have run. The answers
 * themselves, errors included, are no subtypes of this.
 */
public abstract sealed class ThriftCallException extends TTransportException permits UnprocessedException,
		NoInstanceException, ConnectionLostException, CallTimeoutException, CallCancelledException, BroadcastException {

	@Serial
	private static final long serialVersionUID = 1L;

	private final @Nullable String instance;

	ThriftCallException(int type, String message, @Nullable String instance, @Nullable Throwable cause) {
		super(type, message, cause);
		this.instance = instance;
	}

	/**
	 * Leave out the stack of the event loop, which tells nothing and costs much.
	 */
	@Override
	public synchronized Throwable fillInStackTrace() {
		return this;
	}

	/**
	 * Take the stack of this thread, for a caller to whom the exception is thrown.
	 */
	void fillInCallerStackTrace() {
		super.fillInStackTrace();
	}

	/**
	 * Return the instance that the call went to, or was about to go to.
	 * @return {@code host:port}, or {@code null} if none was chosen
	 */
	public @Nullable String instance() {
		return this.instance;
	}

	/**
	 * Note an earlier attempt of the same call; it becomes a suppressed exception.
	 * @param attempt what the attempt failed with
	 */
	void addAttempt(ThriftCallException attempt) {
		if (attempt != this) {
			addSuppressed(attempt);
		}
	}

	/**
	 * Return how many attempts were made, that is, to how many instances the call was
	 * given. What the earlier ones failed with are the suppressed exceptions.
	 * @return the number, at least 1
	 */
	public int attempts() {
		return 1 + (int) Arrays.stream(getSuppressed()).filter(ThriftCallException.class::isInstance).count();
	}

}
