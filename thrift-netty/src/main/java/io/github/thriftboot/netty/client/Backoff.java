package io.github.thriftboot.netty.client;

import java.util.function.DoubleSupplier;

/**
 * Says how long to wait before the next attempt to connect: exponentially longer up to
 * two seconds in the first half minute after a loss, so that a restarted instance is back
 * soon; after that at most ten attempts a minute. Each delay is jittered so that clients
 * do not come back all at once. Not thread-safe.
 */
final class Backoff {

	private static final long FIRST_MILLIS = 50;

	private static final long MAX_MILLIS = 2_000;

	private static final long PATIENT_AFTER_MILLIS = 30_000;

	private static final long PATIENT_MILLIS = 6_000;

	private final DoubleSupplier random;

	private int attempts;

	private long waitedMillis;

	/**
	 * Create a back-off.
	 * @param random gives numbers from 0 to 1
	 */
	Backoff(DoubleSupplier random) {
		this.random = random;
	}

	/**
	 * Return the next delay.
	 * @return the delay in milliseconds
	 */
	long nextDelayMillis() {
		long delay;
		if (this.waitedMillis >= PATIENT_AFTER_MILLIS) {
			delay = (long) (PATIENT_MILLIS * (1 + 0.3 * this.random.getAsDouble()));
		}
		else {
			long ceiling = Math.min(MAX_MILLIS, FIRST_MILLIS << Math.min(this.attempts, 10));
			delay = (long) (ceiling * (0.5 + 0.5 * this.random.getAsDouble()));
		}
		this.attempts++;
		this.waitedMillis += delay;
		return delay;
	}

	/**
	 * Start again, because a connection has proved stable.
	 */
	void reset() {
		this.attempts = 0;
		this.waitedMillis = 0;
	}

}
