package io.github.thriftboot.netty.server;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Tells when what an event loop reads has arrived. Usually that is now; but when the
 * process was stopped, or the loop was kept from its sockets, requests have waited in the
 * sockets, and may be over for their callers. Then the time before that is told, so that
 * a request which may be over is answered as not processed instead of being run. Confined
 * to the event loop.
 */
final class ArrivalClock {

	private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

	/**
	 * A loop that was away for so long was kept from its sockets.
	 */
	private static final long AWAY_NANOS = TimeUnit.MILLISECONDS.toNanos(1_000);

	private final LongSupplier nanoTime;

	/**
	 * When the loop was last known to read its sockets.
	 */
	private long tickedAt;

	private boolean wasAway;

	/**
	 * Create a clock that runs until the event loop ends.
	 * @param eventLoop the event loop
	 * @param nanoTime tells the time that passes
	 */
	ArrivalClock(ScheduledExecutorService eventLoop, LongSupplier nanoTime) {
		this.nanoTime = nanoTime;
		this.tickedAt = nanoTime.getAsLong();
		eventLoop.scheduleWithFixedDelay(this::tick, TICK_NANOS, TICK_NANOS, TimeUnit.NANOSECONDS);
	}

	private void tick() {
		long now = this.nanoTime.getAsLong();
		if (now - this.tickedAt > AWAY_NANOS && !this.wasAway) {
			// the sockets may not have been read since: old until the next tick
			this.wasAway = true;
			return;
		}
		this.wasAway = false;
		this.tickedAt = now;
	}

	/**
	 * Return when what is read now has arrived.
	 * @return the time, or one before it
	 */
	long arrival() {
		long now = this.nanoTime.getAsLong();
		return (now - this.tickedAt > AWAY_NANOS) ? this.tickedAt : now;
	}

}
