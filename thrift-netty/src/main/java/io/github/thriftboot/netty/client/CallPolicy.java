package io.github.thriftboot.netty.client;

import java.time.Duration;

/**
 * How a call is made: how long it may take, and when it is tried again. Made once for a
 * method, not for each call. Immutable.
 * <p>
 * What certainly did not run is tried at the next instance whatever the method is, unless
 * failover is off. What may have run, because its connection was lost before the reply
 * came, is tried again only if the method is idempotent.
 *
 * @param timeout the time for the whole call, all attempts included
 * @param idempotent whether running the method twice does what running it once does
 * @param maxAttempts the most attempts that may have run, the first one included
 * @param failover whether a call may be tried again at all
 */
public record CallPolicy(Duration timeout, boolean idempotent, int maxAttempts, boolean failover) {

	private static final int DEFAULT_MAX_ATTEMPTS = 3;

	/**
	 * Create a policy.
	 * @throws IllegalArgumentException if there is to be no attempt
	 */
	public CallPolicy {
		if (maxAttempts < 1) {
			throw new IllegalArgumentException("maxAttempts: " + maxAttempts + " (expected: >= 1)");
		}
	}

	/**
	 * Make the policy of a method that is not idempotent.
	 * @param timeout the time for the whole call; one that is not positive has passed
	 * when the call is made
	 * @return a policy with failover and at most 3 attempts
	 */
	public static CallPolicy of(Duration timeout) {
		return new CallPolicy(timeout, false, DEFAULT_MAX_ATTEMPTS, true);
	}

	/**
	 * Return this policy with another timeout.
	 * @param newTimeout the time for the whole call
	 * @return a new policy
	 */
	public CallPolicy withTimeout(Duration newTimeout) {
		return new CallPolicy(newTimeout, this.idempotent, this.maxAttempts, this.failover);
	}

}
