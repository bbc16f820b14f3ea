package io.github.thriftboot.netty.client;

import java.io.Serial;

import org.jspecify.annotations.Nullable;

/**
 * The connection went away after the call was written to it and before its answer came:
 * the call may have run.
 */
public final class ConnectionLostException extends ThriftCallException {

	@Serial
	private static final long serialVersionUID = 1L;

	/**
	 * Create the exception.
	 * @param message what happened
	 * @param instance {@code host:port}, or {@code null} if none was chosen
	 * @param cause the cause, may be {@code null}
	 */
	public ConnectionLostException(String message, @Nullable String instance, @Nullable Throwable cause) {
		super(END_OF_FILE, message, instance, cause);
	}

}
