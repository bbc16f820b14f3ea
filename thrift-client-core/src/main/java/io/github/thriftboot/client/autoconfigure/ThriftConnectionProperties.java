package io.github.thriftboot.client.autoconfigure;

import org.jspecify.annotations.Nullable;

/**
 * Connections to instances that answer in the order of the requests; others need one.
 */
public final class ThriftConnectionProperties {

	/**
	 * Maximum number of connections to an instance that answers in order.
	 */
	private @Nullable Integer max;

	/**
	 * Maximum number of calls in flight on a connection to an instance that answers in
	 * order.
	 */
	private @Nullable Integer pipelining;

	public @Nullable Integer getMax() {
		return this.max;
	}

	public void setMax(@Nullable Integer max) {
		this.max = max;
	}

	public @Nullable Integer getPipelining() {
		return this.pipelining;
	}

	public void setPipelining(@Nullable Integer pipelining) {
		this.pipelining = pipelining;
	}

}
