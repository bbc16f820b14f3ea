package io.github.thriftboot.netty.server;

import java.time.Duration;
import java.util.stream.Stream;

/**
 * How many connections a server has at once, and how long it bears with peers that do not
 * do their part. Immutable. A time of zero stands for no limit.
 *
 * @param maxConnections the most connections; further ones are reset
 * @param maxConnectionsPerAddress the most connections from one address; further ones are
 * reset
 * @param firstByteTimeout how long a peer may take to show what it speaks
 * @param frameTimeout how long a message may take to arrive once it has begun, however
 * steadily it trickles
 * @param idleTimeout how long a connection stays on which nothing is asked and nothing is
 * to be answered
 * @param writeTimeout how long a peer may leave its replies unread
 */
public record ConnectionLimits(int maxConnections, int maxConnectionsPerAddress, Duration firstByteTimeout,
		Duration frameTimeout, Duration idleTimeout, Duration writeTimeout) {

	/**
	 * The limits where nothing else is said.
	 */
	public static final ConnectionLimits DEFAULT = builder().build();

	private static final Duration LEAST_PERIOD = Duration.ofMillis(10);

	private static final Duration LONGEST_PERIOD = Duration.ofSeconds(1);

	/**
	 * How many times a connection is looked at within the shortest time.
	 */
	private static final int LOOKS = 8;

	/**
	 * Create limits. A {@linkplain #builder() builder} is easier to read.
	 * @throws IllegalArgumentException if a value is out of range
	 */
	public ConnectionLimits {
		check("maxConnections", maxConnections);
		check("maxConnectionsPerAddress", maxConnectionsPerAddress);
		check("firstByteTimeout", firstByteTimeout);
		check("frameTimeout", frameTimeout);
		check("idleTimeout", idleTimeout);
		check("writeTimeout", writeTimeout);
	}

	private static void check(String name, int value) {
		if (value < 1) {
			throw new IllegalArgumentException(name + ": " + value + " (expected: >= 1)");
		}
	}

	private static void check(String name, Duration value) {
		if (value.isNegative()) {
			throw new IllegalArgumentException(name + ": " + value + " (expected: >= 0)");
		}
	}

	/**
	 * Return how often connections have to be looked at for the times to be kept.
	 * @return the time from one look to the next, at most a second
	 */
	Duration period() {
		return Stream.of(this.firstByteTimeout, this.frameTimeout, this.idleTimeout, this.writeTimeout)
			.filter((timeout) -> !timeout.isZero())
			.map((timeout) -> timeout.dividedBy(LOOKS))
			.min(Duration::compareTo)
			.filter((period) -> period.compareTo(LONGEST_PERIOD) < 0)
			.map((period) -> (period.compareTo(LEAST_PERIOD) < 0) ? LEAST_PERIOD : period)
			.orElse(LONGEST_PERIOD);
	}

	/**
	 * Start to build limits that differ from the default.
	 * @return a new builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Builds {@link ConnectionLimits}. Not thread-safe. A value out of range is refused
	 * when the limits are built.
	 */
	public static final class Builder {

		private int maxConnections = 20_000;

		private int maxConnectionsPerAddress = 5_000;

		private Duration firstByteTimeout = Duration.ofSeconds(30);

		private Duration frameTimeout = Duration.ofSeconds(30);

		private Duration idleTimeout = Duration.ofMinutes(30);

		private Duration writeTimeout = Duration.ofSeconds(30);

		private Builder() {
		}

		/**
		 * Set the most connections.
		 * @param number the number, 20,000 by default
		 * @return this builder
		 */
		public Builder maxConnections(int number) {
			this.maxConnections = number;
			return this;
		}

		/**
		 * Set the most connections from one address.
		 * @param number the number, 5,000 by default
		 * @return this builder
		 */
		public Builder maxConnectionsPerAddress(int number) {
			this.maxConnectionsPerAddress = number;
			return this;
		}

		/**
		 * Set how long a peer may take to show what it speaks.
		 * @param timeout the time, 30 s by default, zero for no limit
		 * @return this builder
		 */
		public Builder firstByteTimeout(Duration timeout) {
			this.firstByteTimeout = timeout;
			return this;
		}

		/**
		 * Set how long a message may take to arrive.
		 * @param timeout the time, 30 s by default, zero for no limit
		 * @return this builder
		 */
		public Builder frameTimeout(Duration timeout) {
			this.frameTimeout = timeout;
			return this;
		}

		/**
		 * Set how long a connection stays that is not used.
		 * @param timeout the time, 30 min by default, zero for no limit
		 * @return this builder
		 */
		public Builder idleTimeout(Duration timeout) {
			this.idleTimeout = timeout;
			return this;
		}

		/**
		 * Set how long a peer may leave its replies unread.
		 * @param timeout the time, 30 s by default, zero for no limit
		 * @return this builder
		 */
		public Builder writeTimeout(Duration timeout) {
			this.writeTimeout = timeout;
			return this;
		}

		/**
		 * Build the limits.
		 * @return the limits
		 * @throws IllegalArgumentException if a value is out of range
		 */
		public ConnectionLimits build() {
			return new ConnectionLimits(this.maxConnections, this.maxConnectionsPerAddress, this.firstByteTimeout,
					this.frameTimeout, this.idleTimeout, this.writeTimeout);
		}

	}

}
