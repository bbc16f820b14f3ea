package io.github.thriftboot.netty.client;

import java.io.Serial;

import org.jspecify.annotations.Nullable;

/**
 * The deadline passed before the answer came: the call may have run, or may still run.
 */
public final class CallTimeoutException extends ThriftCallException {

	@Serial
	private static final long serialVersionUID = 1L;

	/**
	 * Create the exception.
	 * @param message what happened
	 * @param instance {@code host:port}, or {@code null} if none was chosen
	 * @param cause the cause, may be {@code null}
	 */
	public CallTimeoutException(String message, @Nullable String instance, @Nullable Throwable cause) {
		super(TIMED_OUT, message, instance, cause);
	}

}
