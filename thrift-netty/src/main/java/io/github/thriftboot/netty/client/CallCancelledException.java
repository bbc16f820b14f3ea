package io.github.thriftboot.netty.client;

import java.io.Serial;

import org.jspecify.annotations.Nullable;

/**
 * The caller gave the call up: its thread was interrupted, or it cancelled the future.
 * The call may have run.
 */
public final class CallCancelledException extends ThriftCallException {

	@Serial
	private static final long serialVersionUID = 1L;

	/**
	 * Create the exception.
	 * @param message what happened
	 * @param instance {@code host:port}, or {@code null} if none was chosen
	 * @param cause the cause, may be {@code null}
	 */
	public CallCancelledException(String message, @Nullable String instance, @Nullable Throwable cause) {
		super(UNKNOWN, message, instance, cause);
	}

}
