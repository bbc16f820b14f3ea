package io.github.thriftboot.client.autoconfigure;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * How it is found out that an instance is silent.
 */
public final class ThriftHeartbeatProperties {

	/**
	 * Time without anything from an instance after which it is asked for a sign of life.
	 * 0 never to ask.
	 */
	private @Nullable Duration interval;

	/**
	 * Time for an instance to give a sign of life before its connection is closed.
	 */
	private @Nullable Duration timeout;

	public @Nullable Duration getInterval() {
		return this.interval;
	}

	public void setInterval(@Nullable Duration interval) {
		this.interval = interval;
	}

	public @Nullable Duration getTimeout() {
		return this.timeout;
	}

	public void setTimeout(@Nullable Duration timeout) {
		this.timeout = timeout;
	}

}
