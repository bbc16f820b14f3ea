package io.github.thriftboot.server.autoconfigure;

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

	/**
	 * Check the values that binding cannot check.
	 */
	void validate() {
		ThriftServerProperties.requireAtLeastOne("calls.max", this.max);
		ThriftServerProperties.requireAtLeastOne("calls.max-per-connection", this.maxPerConnection);
	}

}
