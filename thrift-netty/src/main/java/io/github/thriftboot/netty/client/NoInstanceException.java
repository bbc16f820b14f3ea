package io.github.thriftboot.netty.client;

import java.io.Serial;

import org.jspecify.annotations.Nullable;

/**
 * There was nowhere to send the call: no instance of the service is known, or all of them
 * are down. Nothing was tried.
 */
public final class NoInstanceException extends ThriftCallException {

	@Serial
	private static final long serialVersionUID = 1L;

	/**
	 * Create the exception.
	 * @param message what happened
	 * @param instance {@code host:port}, or {@code null} if none was chosen
	 * @param cause the cause, may be {@code null}
	 */
	public NoInstanceException(String message, @Nullable String instance, @Nullable Throwable cause) {
		super(NOT_OPEN, message, instance, cause);
	}

}
