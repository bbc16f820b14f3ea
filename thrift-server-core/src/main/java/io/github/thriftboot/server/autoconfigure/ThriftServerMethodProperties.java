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

	/**
	 * Maximum number of calls in the server at once, those that wait included. Further
	 * calls are answered as not processed. No limit if not set.
	 */
	private @Nullable Integer executes;

	public @Nullable Integer getExecutes() {
		return this.executes;
	}

	public void setExecutes(@Nullable Integer executes) {
		this.executes = executes;
	}

	public @Nullable String getExecutor() {
		return this.executor;
	}

	public void setExecutor(@Nullable String executor) {
		this.executor = executor;
	}

}
