package io.github.thriftboot.client.autoconfigure;

import org.springframework.boot.context.properties.NestedConfigurationProperty;

/**
 * Properties of a method.
 */
public final class ThriftMethodProperties extends ThriftCallProperties {

	@NestedConfigurationProperty
	private final ThriftAttemptProperties retry = new ThriftAttemptProperties();

	@Override
	public ThriftAttemptProperties getRetry() {
		return this.retry;
	}

}
