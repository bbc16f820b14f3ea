package io.github.thriftboot.client.autoconfigure;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * How many connections an instance has, and for how long.
 */
public final class ThriftConnectionProperties {

	/**
	 * Number of connections to an instance that are kept without calls, as far as it may
	 * have so many. 0 to close the last one too.
	 */
	private @Nullable Integer min;

	/**
	 * Maximum number of connections to an instance that answers in order.
	 */
	private @Nullable Integer max;

	/**
	 * Maximum number of connections to an instance that answers out of order.
	 */
	private @Nullable Integer maxShared;

	/**
	 * Number of calls in flight on each connection to an instance that answers out of
	 * order at which another one is opened.
	 */
	private @Nullable Integer growthThreshold;

	/**
	 * Maximum number of calls in flight on a connection to an instance that answers in
	 * order.
	 */
	private @Nullable Integer pipelining;

	/**
	 * Time without calls after which a connection above the minimum closes. 0 for never.
	 */
	private @Nullable Duration idleTimeout;

	/**
	 * Age at which a connection is replaced, more or less a tenth. 0 for never.
	 */
	private @Nullable Duration maxAge;

	/**
	 * Whether to open connections as soon as an instance is known, instead of by the
	 * first call.
	 */
	private @Nullable Boolean eager;

	public @Nullable Integer getMin() {
		return this.min;
	}

	public void setMin(@Nullable Integer min) {
		this.min = min;
	}

	public @Nullable Integer getMax() {
		return this.max;
	}

	public void setMax(@Nullable Integer max) {
		this.max = max;
	}

	public @Nullable Integer getMaxShared() {
		return this.maxShared;
	}

	public void setMaxShared(@Nullable Integer maxShared) {
		this.maxShared = maxShared;
	}

	public @Nullable Integer getGrowthThreshold() {
		return this.growthThreshold;
	}

	public void setGrowthThreshold(@Nullable Integer growthThreshold) {
		this.growthThreshold = growthThreshold;
	}

	public @Nullable Integer getPipelining() {
		return this.pipelining;
	}

	public void setPipelining(@Nullable Integer pipelining) {
		this.pipelining = pipelining;
	}

	public @Nullable Duration getIdleTimeout() {
		return this.idleTimeout;
	}

	public void setIdleTimeout(@Nullable Duration idleTimeout) {
		this.idleTimeout = idleTimeout;
	}

	public @Nullable Duration getMaxAge() {
		return this.maxAge;
	}

	public void setMaxAge(@Nullable Duration maxAge) {
		this.maxAge = maxAge;
	}

	public @Nullable Boolean getEager() {
		return this.eager;
	}

	public void setEager(@Nullable Boolean eager) {
		this.eager = eager;
	}

}
