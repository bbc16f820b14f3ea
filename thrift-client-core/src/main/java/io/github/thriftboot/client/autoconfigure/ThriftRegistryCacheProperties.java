package io.github.thriftboot.client.autoconfigure;

import java.nio.file.Path;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * What is kept of the registry for a start while it is away.
 */
public final class ThriftRegistryCacheProperties {

	/**
	 * File that keeps the instances which the registry tells, to be called after a
	 * restart until the registry answers. By default nothing is kept.
	 */
	private @Nullable Path file;

	/**
	 * Age from which on kept instances are not called any more, counted from when they
	 * were last in use.
	 */
	private Duration maxAge = Duration.ofDays(1);

	public @Nullable Path getFile() {
		return this.file;
	}

	public void setFile(@Nullable Path file) {
		this.file = file;
	}

	public Duration getMaxAge() {
		return this.maxAge;
	}

	public void setMaxAge(Duration maxAge) {
		this.maxAge = maxAge;
	}

}
