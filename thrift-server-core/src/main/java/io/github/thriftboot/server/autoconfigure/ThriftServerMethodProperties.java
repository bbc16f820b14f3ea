package io.github.thriftboot.server.autoconfigure;

import org.jspecify.annotations.Nullable;

/**
 * Properties of a method of an exported service.
 */
public final class ThriftServerMethodProperties {

	/**
	 * Name of the Executor bean that runs the method, or 'event-loop'. Overrides the
	 * annotation.
	 */
	private @Nullable String executor;

	public @Nullable String getExecutor() {
		return this.executor;
	}

	public void setExecutor(@Nullable String executor) {
		this.executor = executor;
	}

}
