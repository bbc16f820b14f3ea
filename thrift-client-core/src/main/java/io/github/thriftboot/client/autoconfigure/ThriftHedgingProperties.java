package io.github.thriftboot.client.autoconfigure;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * When a call of an idempotent method goes to another instance as well.
 */
public final class ThriftHedgingProperties {

	/**
	 * Time without an answer after which a call of an idempotent method goes to another
	 * instance as well. None if it is not set or 0.
	 */
	private @Nullable Duration delay;

	/**
	 * Most instances that a call is at because it was not answered.
	 */
	private @Nullable Integer maxAttempts;

	public @Nullable Duration getDelay() {
		return this.delay;
	}

	public void setDelay(@Nullable Duration delay) {
		this.delay = delay;
	}

	public @Nullable Integer getMaxAttempts() {
		return this.maxAttempts;
	}

	public void setMaxAttempts(@Nullable Integer maxAttempts) {
		this.maxAttempts = maxAttempts;
	}

}
