package io.github.thriftboot.server.autoconfigure;

import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Properties of an exported service.
 */
public final class ThriftServerServiceProperties {

	/**
	 * Name of the Executor bean that runs the handler, or 'event-loop'. Overrides the
	 * annotation.
	 */
	private @Nullable String executor;

	/**
	 * Methods that differ from the others, by their name in the IDL.
	 */
	private final Map<String, ThriftServerMethodProperties> method = new LinkedHashMap<>();

	public @Nullable String getExecutor() {
		return this.executor;
	}

	public void setExecutor(@Nullable String executor) {
		this.executor = executor;
	}

	public Map<String, ThriftServerMethodProperties> getMethod() {
		return this.method;
	}

}
