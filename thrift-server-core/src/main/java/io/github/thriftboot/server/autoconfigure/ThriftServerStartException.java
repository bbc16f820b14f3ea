package io.github.thriftboot.server.autoconfigure;

import java.io.Serial;

import org.jspecify.annotations.Nullable;

/**
 * The Thrift server cannot start, and its user can do something about it.
 */
final class ThriftServerStartException extends RuntimeException {

	@Serial
	private static final long serialVersionUID = 1L;

	private final String description;

	private final String action;

	ThriftServerStartException(String description, String action) {
		this(description, action, null);
	}

	ThriftServerStartException(String description, String action, @Nullable Throwable cause) {
		super(description + " " + action, cause);
		this.description = description;
		this.action = action;
	}

	/**
	 * Return what is wrong.
	 * @return a sentence naming beans, properties and values
	 */
	String description() {
		return this.description;
	}

	/**
	 * Return what to do.
	 * @return a sentence
	 */
	String action() {
		return this.action;
	}

}
