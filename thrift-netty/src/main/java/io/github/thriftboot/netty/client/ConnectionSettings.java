package io.github.thriftboot.netty.client;

import java.time.Duration;

/**
 * How a channel keeps the connections to an instance: how many, for how long, and how it
 * finds out that the peer is gone. Immutable.
 * <p>
 * Times and numbers can be as large as anybody needs; those that would overflow are
 * refused.
 *
 * @param connectTimeout how long one attempt to connect may take
 * @param min how many connections are kept open once there was a call, as far as there
 * may be so many; 0 to close the last one too when it is idle
 * @param max the most connections to an instance that answers in order
 * @param maxShared the most connections to an instance that answers out of order
 * @param growthThreshold how many calls are in flight on each connection to an instance
 * that answers out of order when another one is opened
 * @param pipelining the most calls at once on a connection that answers in order
 * @param idleTimeout how long a connection above the minimum is kept without calls, 0 for
 * ever
 * @param maxAge how old a connection becomes before another one takes its place, 0 for as
 * old as it may; each one differs by up to a tenth
 * @param eager whether connections are opened as soon as the instance is known, instead
 * of by the first call
 * @param heartbeatInterval how long nothing may come from a peer before it is asked for a
 * sign of life, 0 never to ask
 * @param heartbeatTimeout how long the peer has to give it
 */
public record ConnectionSettings(Duration connectTimeout, int min, int max, int maxShared, int growthThreshold,
		int pipelining, Duration idleTimeout, Duration maxAge, boolean eager, Duration heartbeatInterval,
		Duration heartbeatTimeout) {

	private static final Duration LONGEST = Duration.ofDays(365);

	private static final Duration LONGEST_CONNECT = Duration.ofMinutes(10);

	private static final int MOST_CONNECTIONS = 1_000;

	/**
	 * The settings where nothing else is said.
	 */
	public static final ConnectionSettings DEFAULT = builder().build();

	/**
	 * Create settings. A {@linkplain #builder() builder} is easier to read.
	 * @throws IllegalArgumentException if a value is out of range
	 */
	public ConnectionSettings {
		positive("connectTimeout", connectTimeout, LONGEST_CONNECT);
		check("maxConnections", max, 1, MOST_CONNECTIONS);
		check("maxSharedConnections", maxShared, 1, MOST_CONNECTIONS);
		check("minConnections", min, 0, Math.max(max, maxShared));
		check("growthThreshold", growthThreshold, 1, Integer.MAX_VALUE);
		check("pipelining", pipelining, 1, Integer.MAX_VALUE);
		notNegative("idleTimeout", idleTimeout);
		notNegative("maxAge", maxAge);
		notNegative("heartbeatInterval", heartbeatInterval);
		positive("heartbeatTimeout", heartbeatTimeout, LONGEST);
	}

	private static void check(String name, int value, int least, int largest) {
		if (value < least || value > largest) {
			String range = (largest == Integer.MAX_VALUE) ? ">= " + least : least + " to " + largest;
			throw new IllegalArgumentException(name + ": " + value + " (expected: " + range + ")");
		}
	}

	private static void positive(String name, Duration value, Duration longest) {
		if (value.isZero() || value.isNegative() || value.compareTo(longest) > 0) {
			throw new IllegalArgumentException(name + ": " + value + " (expected: > 0, at most " + longest + ")");
		}
	}

	private static void notNegative(String name, Duration value) {
		if (value.isNegative() || value.compareTo(LONGEST) > 0) {
			throw new IllegalArgumentException(name + ": " + value + " (expected: >= 0, at most " + LONGEST + ")");
		}
	}

	/**
	 * Start to build settings that differ from the default.
	 * @return a new builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Return how many connections an instance may have.
	 * @param ordered whether it answers in order
	 * @return the number
	 */
	int most(boolean ordered) {
		return ordered ? this.max : this.maxShared;
	}

	/**
	 * Return how many connections are kept to an instance.
	 * @param ordered whether it answers in order
	 * @return the number
	 */
	int kept(boolean ordered) {
		return Math.min(this.min, most(ordered));
	}

	/**
	 * Builds {@link ConnectionSettings}. Not thread-safe. A value out of range is refused
	 * when the settings are built.
	 */
	public static final class Builder {

		private Duration connectTimeout = Duration.ofSeconds(1);

		private int min = 1;

		private int max = 8;

		private int maxShared = 1;

		private int growthThreshold = 256;

		private int pipelining = 1;

		private Duration idleTimeout = Duration.ofMinutes(1);

		private Duration maxAge = Duration.ZERO;

		private boolean eager;

		private Duration heartbeatInterval = Duration.ofSeconds(15);

		private Duration heartbeatTimeout = Duration.ofSeconds(5);

		private Builder() {
		}

		/**
		 * Set how long one attempt to connect may take.
		 * @param time the time, 1 s by default
		 * @return this builder
		 */
		public Builder connectTimeout(Duration time) {
			this.connectTimeout = time;
			return this;
		}

		/**
		 * Set how many connections are kept open once there was a call, and opened at
		 * once with {@link #eager(boolean)}.
		 * @param count the number, 1 by default; with 0 the last one closes too when it
		 * is idle, and the next call opens it again
		 * @return this builder
		 */
		public Builder min(int count) {
			this.min = count;
			return this;
		}

		/**
		 * Set how many connections an instance may get that answers in order.
		 * @param count the number, 8 by default
		 * @return this builder
		 */
		public Builder max(int count) {
			this.max = count;
			return this;
		}

		/**
		 * Set how many connections an instance may get that answers out of order.
		 * @param count the number, 1 by default: a slow call delays no other there
		 * @return this builder
		 */
		public Builder maxShared(int count) {
			this.maxShared = count;
			return this;
		}

		/**
		 * Set when an instance that answers out of order gets another connection: when so
		 * many calls are in flight on each, or when none takes what is written.
		 * @param calls the number of calls, 256 by default
		 * @return this builder
		 */
		public Builder growthThreshold(int calls) {
			this.growthThreshold = calls;
			return this;
		}

		/**
		 * Set how many calls may be in flight on a connection to an instance that answers
		 * in order.
		 * @param calls the number, 1 by default
		 * @return this builder
		 */
		public Builder pipelining(int calls) {
			this.pipelining = calls;
			return this;
		}

		/**
		 * Set how long a connection above the minimum is kept without calls.
		 * @param time the time, 1 minute by default; 0 for ever
		 * @return this builder
		 */
		public Builder idleTimeout(Duration time) {
			this.idleTimeout = time;
			return this;
		}

		/**
		 * Set how old a connection becomes. Then another one is opened, and the old one
		 * closes as soon as its calls are answered.
		 * @param time the time, from which each connection differs by up to a tenth; 0,
		 * the default, for as old as it may
		 * @return this builder
		 */
		public Builder maxAge(Duration time) {
			this.maxAge = time;
			return this;
		}

		/**
		 * Set whether connections are opened as soon as the instance is known. Otherwise
		 * the first call to it waits until its host is resolved and it has accepted the
		 * connection.
		 * @param now {@code false} by default
		 * @return this builder
		 */
		public Builder eager(boolean now) {
			this.eager = now;
			return this;
		}

		/**
		 * Set when a peer is asked for a sign of life, and how long it has to give it. It
		 * is also asked when a call has timed out and nothing has come since it was sent.
		 * @param interval how long nothing may come, 15 s by default; 0 never to ask
		 * @param timeout the time to answer, 5 s by default
		 * @return this builder
		 */
		public Builder heartbeat(Duration interval, Duration timeout) {
			this.heartbeatInterval = interval;
			this.heartbeatTimeout = timeout;
			return this;
		}

		/**
		 * Build the settings.
		 * @return the settings
		 * @throws IllegalArgumentException if a value is out of range
		 */
		public ConnectionSettings build() {
			return new ConnectionSettings(this.connectTimeout, this.min, this.max, this.maxShared, this.growthThreshold,
					this.pipelining, this.idleTimeout, this.maxAge, this.eager, this.heartbeatInterval,
					this.heartbeatTimeout);
		}

	}

}
