package io.github.thriftboot.netty.client;

import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;

/**
 * Judges whether a connection that works has been kept long enough: because nobody uses
 * it, or because of its age. Looked at from time to time, and confined to the
 * connection's event loop.
 */
final class Lifespan {

	private static final long LEAST_DELAY_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

	private static final double JITTER = 0.1;

	private final long idleNanos;

	private final long maxAgeNanos;

	private final DoubleSupplier random;

	/**
	 * How many calls there were at the last look.
	 */
	private int calls;

	/**
	 * When the connection was last seen in use.
	 */
	private long idleSince;

	private long bornAt;

	/**
	 * How old it may become.
	 */
	private long ageNanos;

	/**
	 * Create a judge.
	 * @param settings the times
	 * @param random gives numbers from 0 to 1, so that connections which were opened
	 * together do not age together
	 */
	Lifespan(ConnectionSettings settings, DoubleSupplier random) {
		this.idleNanos = settings.idleTimeout().toNanos();
		this.maxAgeNanos = settings.maxAge().toNanos();
		this.random = random;
	}

	/**
	 * Begin with a new channel.
	 * @param now the present time in nanoseconds
	 * @param callsNow any number that changes with each call
	 */
	void started(long now, int callsNow) {
		this.calls = callsNow;
		this.idleSince = now;
		this.bornAt = now;
		this.ageNanos = (long) (this.maxAgeNanos * (1 - JITTER + 2 * JITTER * this.random.getAsDouble()));
	}

	/**
	 * Judge.
	 * @param now the present time in nanoseconds
	 * @param callsNow the number that changes with each call
	 * @param busy whether calls are under way
	 * @return whether to keep the connection
	 */
	Verdict look(long now, int callsNow, boolean busy) {
		if (busy || callsNow != this.calls) {
			this.calls = callsNow;
			this.idleSince = now;
		}
		if (this.maxAgeNanos > 0 && now - this.bornAt >= this.ageNanos) {
			return Verdict.OLD;
		}
		return (this.idleNanos > 0 && now - this.idleSince >= this.idleNanos) ? Verdict.IDLE : Verdict.KEEP;
	}

	/**
	 * Count what was no call out.
	 * @param callsNow the number that changes with each call
	 */
	void ignore(int callsNow) {
		this.calls = callsNow;
	}

	/**
	 * Let an old connection become a tenth older, because there is no other one yet.
	 * @param now the present time in nanoseconds
	 */
	void postpone(long now) {
		this.bornAt = now - this.ageNanos + Math.max(LEAST_DELAY_NANOS, this.maxAgeNanos / 10);
	}

	/**
	 * Return when to look next.
	 * @param now the present time in nanoseconds
	 * @return nanoseconds from now, {@link Long#MAX_VALUE} for never
	 */
	long nanosToNextLook(long now) {
		long delay = Long.MAX_VALUE;
		if (this.idleNanos > 0) {
			long step = this.idleNanos / 4;
			long left = this.idleNanos - (now - this.idleSince);
			delay = (left > 0) ? Math.min(step, left) : step;
		}
		if (this.maxAgeNanos > 0) {
			delay = Math.min(delay, this.ageNanos - (now - this.bornAt));
		}
		return Math.max(LEAST_DELAY_NANOS, delay);
	}

	/**
	 * Whether to keep a connection.
	 */
	enum Verdict {

		/**
		 * Neither of the others.
		 */
		KEEP,

		/**
		 * Nobody has used it for a while.
		 */
		IDLE,

		/**
		 * Another one should take its place.
		 */
		OLD

	}

}
