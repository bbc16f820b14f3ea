package io.github.thriftboot.server.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.util.unit.DataSize;

/**
 * Properties of the calls in the server, those that wait for a thread included. Calls
 * over a limit are answered as not processed.
 */
public class ThriftServerCallProperties {

	/**
	 * Maximum number of calls in the server at once.
	 */
	private int max = 10000;

	/**
	 * Maximum number of calls of a connection in the server at once.
	 */
	private int maxPerConnection = 5000;

	/**
	 * Maximum size of the requests of all calls in the server at once, half of it for a
	 * connection. A quarter of the memory of the JVM if not set.
	 */
	private @Nullable DataSize maxMemory;

	private final Adaptive adaptive = new Adaptive();

	public int getMax() {
		return this.max;
	}

	public void setMax(int max) {
		this.max = max;
	}

	public int getMaxPerConnection() {
		return this.maxPerConnection;
	}

	public void setMaxPerConnection(int maxPerConnection) {
		this.maxPerConnection = maxPerConnection;
	}

	public @Nullable DataSize getMaxMemory() {
		return this.maxMemory;
	}

	public void setMaxMemory(@Nullable DataSize maxMemory) {
		this.maxMemory = maxMemory;
	}

	public Adaptive getAdaptive() {
		return this.adaptive;
	}

	/**
	 * Check the values that binding cannot check.
	 */
	void validate() {
		ThriftServerProperties.requireAtLeastOne("calls.max", this.max);
		ThriftServerProperties.requireAtLeastOne("calls.max-per-connection", this.maxPerConnection);
		ThriftServerProperties.requireAtLeastOneByte("calls.max-memory", this.maxMemory);
		ThriftServerProperties.requireAtLeastOne("calls.adaptive.min", this.adaptive.min);
		Integer most = this.adaptive.max;
		if (most != null) {
			ThriftServerProperties.require(most >= this.adaptive.min, "calls.adaptive.max", most,
					"A number of at least 'thrift.server.calls.adaptive.min' (" + this.adaptive.min + ") is expected.");
		}
		ThriftServerProperties.require(!this.adaptive.enabled || this.adaptive.min <= this.max, "calls.adaptive.min",
				this.adaptive.min, "A number of at most 'thrift.server.calls.max' (" + this.max + ") is expected.");
	}

	/**
	 * Properties of the limit that the server finds out by itself.
	 */
	public static class Adaptive {

		/**
		 * Whether the server finds out by itself how many calls may be in it at once. The
		 * other limits hold besides.
		 */
		private boolean enabled;

		/**
		 * Number of calls that may always be in the server, with which it begins.
		 */
		private int min = 20;

		/**
		 * Maximum number of calls that may ever be in the server. As
		 * 'thrift.server.calls.max' if not set.
		 */
		private @Nullable Integer max;

		public boolean isEnabled() {
			return this.enabled;
		}

		public void setEnabled(boolean enabled) {
			this.enabled = enabled;
		}

		public int getMin() {
			return this.min;
		}

		public void setMin(int min) {
			this.min = min;
		}

		public @Nullable Integer getMax() {
			return this.max;
		}

		public void setMax(@Nullable Integer max) {
			this.max = max;
		}

	}

}
