package io.github.thriftboot.client.autoconfigure;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * How far the registry is believed.
 */
public final class ThriftRegistryProperties {

	/**
	 * Time for which the last instances are kept when the registry has none any more
	 * while there are connections to them.
	 */
	private @Nullable Duration emptyListGrace;

	public @Nullable Duration getEmptyListGrace() {
		return this.emptyListGrace;
	}

	public void setEmptyListGrace(@Nullable Duration emptyListGrace) {
		this.emptyListGrace = emptyListGrace;
	}

}
