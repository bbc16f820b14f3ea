package io.github.thriftboot.client;

import java.io.Serial;

import org.jspecify.annotations.Nullable;

/**
 * A client is declared or configured in a way that cannot work. Ends the start of the
 * application with a description of what is wrong and what to do.
 */
public final class ThriftClientConfigurationException extends RuntimeException {

	@Serial
	private static final long serialVersionUID = 1L;

	private final String action;

	/**
	 * Create the exception.
	 * @param description what is wrong, naming the client
	 * @param action what to do about it
	 */
	public ThriftClientConfigurationException(String description, String action) {
		this(description, action, null);
	}

	/**
	 * Create the exception.
	 * @param description what is wrong, naming the client
	 * @param action what to do about it
	 * @param cause the cause, may be {@code null}
	 */
	public ThriftClientConfigurationException(String description, String action, @Nullable Throwable cause) {
		super(description, cause);
		this.action = action;
	}

	/**
	 * Return what to do about it.
	 * @return one or more sentences
	 */
	public String action() {
		return this.action;
	}

}
