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

	private final boolean rejected;

	/**
	 * Create the exception of a call that no server has seen.
	 * @param message what happened
	 * @param instance {@code host:port}, or {@code null} if none was chosen
	 * @param cause the cause, may be {@code null}
	 */
	public UnprocessedException(String message, @Nullable String instance, @Nullable Throwable cause) {
		super(NOT_OPEN, message, instance, cause);
		this.rejected = false;
	}

	/**
	 * Create the exception of a call that a server answered as not processed.
	 * @param message what the server said
	 * @param instance {@code host:port}
	 */
	UnprocessedException(String message, String instance) {
		super(NOT_OPEN, message, instance, null);
		this.rejected = true;
	}

	/**
	 * Whether a server has said so, because it drains, is overloaded or is over a limit.
	 * @return {@code false} if no server has seen the call
	 */
	public boolean rejected() {
		return this.rejected;
	}

}
