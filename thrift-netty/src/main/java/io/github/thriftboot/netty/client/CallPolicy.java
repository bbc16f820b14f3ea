package io.github.thriftboot.netty.client;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * How a call is made: how long it may take, to how many instances it goes, and when it is
 * tried again. Made once for a method, not for each call. Immutable.
 * <p>
 * What certainly did not run is tried at the next instance whatever the method is. What
 * may have run, because its connection was lost or its attempt took too long, is tried
 * again only if the method is idempotent.
 *
 * @param timeout the time for the whole call, all attempts included
 * @param cluster what the call does with the instances
 * @param idempotent whether running the method twice does what running it once does
 * @param maxAttempts the most attempts that may have run, the first one included
 * @param perTryTimeout the time after which a call of an idempotent method that is not
 * answered goes to another instance, or {@code null} to wait; the last attempt has all
 * the time that is left
 * @param hedgingDelay the time after which a call of an idempotent method that is not
 * answered goes to another instance as well, or {@code null} to wait; then there is no
 * {@code perTryTimeout}
 * @param hedgingMaxAttempts the most instances that a hedged call is at
 * @param forks how many instances a call goes to at once with {@link ClusterMode#FORKING}
 * @param waitForInstance how long a call waits, from its beginning, for an instance that
 * can be reached while there is none
 */
public record CallPolicy(Duration timeout, ClusterMode cluster, boolean idempotent, int maxAttempts,
		@Nullable Duration perTryTimeout, @Nullable Duration hedgingDelay, int hedgingMaxAttempts, int forks,
		Duration waitForInstance) {

	/**
	 * Create a policy; {@link #builder(Duration)} is easier to read.
	 * @throws IllegalArgumentException if a value is out of range, or the method is not
	 * idempotent but would be called several times
	 */
	public CallPolicy {
		atLeast("maxAttempts", maxAttempts, 1);
		atLeast("hedgingMaxAttempts", hedgingMaxAttempts, 2);
		atLeast("forks", forks, 2);
		positive("perTryTimeout", perTryTimeout);
		positive("hedgingDelay", hedgingDelay);
		if (waitForInstance.isNegative()) {
			throw new IllegalArgumentException("waitForInstance: " + waitForInstance + " (expected: >= 0)");
		}
		if (cluster == ClusterMode.FORKING && !idempotent) {
			throw new IllegalArgumentException(
					"cluster: forking (expected: another one for a method that is not idempotent)");
		}
	}

	private static void atLeast(String name, int value, int least) {
		if (value < least) {
			throw new IllegalArgumentException(name + ": " + value + " (expected: >= " + least + ")");
		}
	}

	private static void positive(String name, @Nullable Duration value) {
		if (value != null && (value.isZero() || value.isNegative())) {
			throw new IllegalArgumentException(name + ": " + value + " (expected: > 0)");
		}
	}

	/**
	 * Make the policy of a method that is not idempotent.
	 * @param timeout the time for the whole call; one that is not positive has passed
	 * when the call is made
	 * @return a policy with failover and at most 3 attempts
	 */
	public static CallPolicy of(Duration timeout) {
		return builder(timeout).build();
	}

	/**
	 * Start to build a policy.
	 * @param timeout the time for the whole call
	 * @return a new builder with what {@link #of(Duration)} has
	 */
	public static Builder builder(Duration timeout) {
		return new Builder(timeout);
	}

	/**
	 * Start to build a policy that differs from this one.
	 * @return a new builder with the values of this policy
	 */
	public Builder toBuilder() {
		return builder(this.timeout).cluster(this.cluster)
			.idempotent(this.idempotent)
			.maxAttempts(this.maxAttempts)
			.perTryTimeout(this.perTryTimeout)
			.hedging(this.hedgingDelay, this.hedgingMaxAttempts)
			.forks(this.forks)
			.waitForInstance(this.waitForInstance);
	}

	/**
	 * Return this policy with another timeout.
	 * @param newTimeout the time for the whole call
	 * @return a new policy
	 */
	public CallPolicy withTimeout(Duration newTimeout) {
		return new CallPolicy(newTimeout, this.cluster, this.idempotent, this.maxAttempts, this.perTryTimeout,
				this.hedgingDelay, this.hedgingMaxAttempts, this.forks, this.waitForInstance);
	}

	/**
	 * Whether one call of the application may be several at once.
	 * @return {@code false} for most
	 */
	boolean isParallel() {
		return this.cluster == ClusterMode.FORKING || this.cluster == ClusterMode.BROADCAST || isHedged();
	}

	/**
	 * Whether a call that is not answered goes to another instance as well.
	 * @return {@code false} for most
	 */
	boolean isHedged() {
		return this.hedgingDelay != null && this.idempotent
				&& (this.cluster == ClusterMode.FAILOVER || this.cluster == ClusterMode.FAILSAFE);
	}

	/**
	 * Return how long an attempt may take before the call goes elsewhere.
	 * @return the time, or {@code null} if there is no such limit
	 */
	@Nullable Duration attemptTimeout() {
		return (this.perTryTimeout != null && this.idempotent && this.cluster.retries()) ? this.perTryTimeout : null;
	}

	/**
	 * Whether calls wait for an instance.
	 * @return {@code false} if they fail at once
	 */
	boolean waits() {
		return !this.waitForInstance.isZero();
	}

	/**
	 * Builds a {@link CallPolicy}. Not thread-safe.
	 */
	public static final class Builder {

		private final Duration timeout;

		private ClusterMode cluster = ClusterMode.FAILOVER;

		private boolean idempotent;

		private int maxAttempts = 3;

		private @Nullable Duration perTryTimeout;

		private @Nullable Duration hedgingDelay;

		private int hedgingMaxAttempts = 2;

		private int forks = 2;

		private Duration waitForInstance = Duration.ZERO;

		private Builder(Duration timeout) {
			this.timeout = timeout;
		}

		/**
		 * Set what a call does with the instances.
		 * @param cluster {@link ClusterMode#FAILOVER} by default
		 * @return this builder
		 */
		public Builder cluster(ClusterMode cluster) {
			this.cluster = cluster;
			return this;
		}

		/**
		 * Set whether running the method twice does what running it once does.
		 * @param idempotent {@code false} by default
		 * @return this builder
		 */
		public Builder idempotent(boolean idempotent) {
			this.idempotent = idempotent;
			return this;
		}

		/**
		 * Set the most attempts that may have run, the first one included.
		 * @param maxAttempts the number, 3 by default
		 * @return this builder
		 */
		public Builder maxAttempts(int maxAttempts) {
			this.maxAttempts = maxAttempts;
			return this;
		}

		/**
		 * Set after how long an idempotent call gives up an instance that does not
		 * answer.
		 * @param perTryTimeout the time, or {@code null}, the default, to wait
		 * @return this builder
		 */
		public Builder perTryTimeout(@Nullable Duration perTryTimeout) {
			this.perTryTimeout = perTryTimeout;
			return this;
		}

		/**
		 * Set after how long an idempotent call goes to another instance as well. Each
		 * further attempt takes from the retry budget.
		 * @param delay the time between two attempts, or {@code null}, the default, for
		 * no hedging
		 * @param maxAttempts the most instances it is at, 2 by default
		 * @return this builder
		 */
		public Builder hedging(@Nullable Duration delay, int maxAttempts) {
			this.hedgingDelay = delay;
			this.hedgingMaxAttempts = maxAttempts;
			return this;
		}

		/**
		 * Set how many instances a call goes to at once with {@link ClusterMode#FORKING}.
		 * @param forks the number, 2 by default; there are fewer if there are fewer
		 * instances
		 * @return this builder
		 */
		public Builder forks(int forks) {
			this.forks = forks;
			return this;
		}

		/**
		 * Set how long a call waits for an instance while none can be reached.
		 * @param waitForInstance the time from the beginning of the call, 0 by default
		 * @return this builder
		 */
		public Builder waitForInstance(Duration waitForInstance) {
			this.waitForInstance = waitForInstance;
			return this;
		}

		/**
		 * Build the policy.
		 * @return a new policy
		 * @throws IllegalArgumentException as {@link CallPolicy} tells
		 */
		public CallPolicy build() {
			return new CallPolicy(this.timeout, this.cluster, this.idempotent, this.maxAttempts, this.perTryTimeout,
					this.hedgingDelay, this.hedgingMaxAttempts, this.forks, this.waitForInstance);
		}

	}

}
