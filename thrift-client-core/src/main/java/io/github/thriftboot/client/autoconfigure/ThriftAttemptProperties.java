package io.github.thriftboot.client.autoconfigure;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * How often a call is tried.
 */
public sealed class ThriftAttemptProperties permits ThriftRetryProperties {

	/**
	 * Most attempts of a call that may have run, the first one included.
	 */
	private @Nullable Integer maxAttempts;

	/**
	 * Time without an answer after which a call of an idempotent method goes to another
	 * instance. None if it is not set or 0.
	 */
	private @Nullable Duration perTryTimeout;

	public @Nullable Integer getMaxAttempts() {
		return this.maxAttempts;
	}

	public void setMaxAttempts(@Nullable Integer maxAttempts) {
		this.maxAttempts = maxAttempts;
	}

	public @Nullable Duration getPerTryTimeout() {
		return this.perTryTimeout;
	}

	public void setPerTryTimeout(@Nullable Duration perTryTimeout) {
		this.perTryTimeout = perTryTimeout;
	}

}
