package io.github.thriftboot.netty.client;

import java.io.Serial;

import org.jspecify.annotations.Nullable;

/**
 * The call certainly did not run: it was never written to a connection, no connection
 * could be made, or the server answered that it was not processed. Trying it elsewhere is
 * safe for any method.
 */
public final class UnprocessedException extends ThriftCallException {

	@Serial
	private static final long serialVersionUID = 1L;

	/**
	 * Create the exception.
	 * @param message what happened
	 * @param instance {@code host:port}, or {@code null} if none was chosen
	 * @param cause the cause, may be {@code null}
	 */
	public UnprocessedException(String message, @Nullable String instance, @Nullable Throwable cause) {
		super(NOT_OPEN, message, instance, cause);
	}

}
