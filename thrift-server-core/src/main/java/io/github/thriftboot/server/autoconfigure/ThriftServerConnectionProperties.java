package io.github.thriftboot.server.autoconfigure;

import java.time.Duration;

/**
 * Properties of the connections of the server.
 */
public class ThriftServerConnectionProperties {

	/**
	 * Maximum number of connections. Further ones are reset.
	 */
	private int max = 20000;

	/**
	 * Maximum number of connections from one address. Further ones are reset.
	 */
	private int maxPerAddress = 5000;

	/**
	 * Time for a client to show what it speaks. Use '0' for no limit.
	 */
	private Duration firstByteTimeout = Duration.ofSeconds(30);

	/**
	 * Time for a message to arrive once it has begun. Use '0' for no limit.
	 */
	private Duration frameTimeout = Duration.ofSeconds(30);

	/**
	 * Time after which a connection without calls is closed. Use '0' for never.
	 */
	private Duration idleTimeout = Duration.ofMinutes(30);

	/**
	 * Time after which a connection is closed whose client does not read its replies. Use
	 * '0' for never.
	 */
	private Duration writeTimeout = Duration.ofSeconds(30);

	public int getMax() {
		return this.max;
	}

	public void setMax(int max) {
		this.max = max;
	}

	public int getMaxPerAddress() {
		return this.maxPerAddress;
	}

	public void setMaxPerAddress(int maxPerAddress) {
		this.maxPerAddress = maxPerAddress;
	}

	public Duration getFirstByteTimeout() {
		return this.firstByteTimeout;
	}

	public void setFirstByteTimeout(Duration firstByteTimeout) {
		this.firstByteTimeout = firstByteTimeout;
	}

	public Duration getFrameTimeout() {
		return this.frameTimeout;
	}

	public void setFrameTimeout(Duration frameTimeout) {
		this.frameTimeout = frameTimeout;
	}

	public Duration getIdleTimeout() {
		return this.idleTimeout;
	}

	public void setIdleTimeout(Duration idleTimeout) {
		this.idleTimeout = idleTimeout;
	}

	public Duration getWriteTimeout() {
		return this.writeTimeout;
	}

	public void setWriteTimeout(Duration writeTimeout) {
		this.writeTimeout = writeTimeout;
	}

	/**
	 * Check the values that binding cannot check.
	 */
	void validate() {
		ThriftServerProperties.requireAtLeastOne("connections.max", this.max);
		ThriftServerProperties.requireAtLeastOne("connections.max-per-address", this.maxPerAddress);
		ThriftServerProperties.requireNotNegative("connections.first-byte-timeout", this.firstByteTimeout);
		ThriftServerProperties.requireNotNegative("connections.frame-timeout", this.frameTimeout);
		ThriftServerProperties.requireNotNegative("connections.idle-timeout", this.idleTimeout);
		ThriftServerProperties.requireNotNegative("connections.write-timeout", this.writeTimeout);
	}

}
