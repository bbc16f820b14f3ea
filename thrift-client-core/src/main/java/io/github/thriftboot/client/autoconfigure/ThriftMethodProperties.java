package io.github.thriftboot.client.autoconfigure;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Properties of a method.
 */
public final class ThriftMethodProperties {

	/**
	 * Time for a whole call of the method.
	 */
	private @Nullable Duration timeout;

	/**
	 * Whether running the method twice does what running it once does.
	 */
	private @Nullable Boolean idempotent;

	public @Nullable Boolean getIdempotent() {
		return this.idempotent;
	}

	public void setIdempotent(@Nullable Boolean idempotent) {
		this.idempotent = idempotent;
	}

	public @Nullable Duration getTimeout() {
		return this.timeout;
	}

	public void setTimeout(@Nullable Duration timeout) {
		this.timeout = timeout;
	}

}
