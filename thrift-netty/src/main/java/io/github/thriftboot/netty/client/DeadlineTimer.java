package io.github.thriftboot.netty.client;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

/**
 * The one timer for the deadlines of all calls of a connection: it runs a sweep when the
 * first of them has passed, and every few milliseconds while calls wait in the queue, of
 * which no deadline is noted. Confined to its event loop.
 */
final class DeadlineTimer {

	/**
	 * How often calls that wait for a connection are looked through for those whose
	 * deadline has passed.
	 */
	private static final long QUEUE_SWEEP_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

	private final ScheduledExecutorService executor;

	private final LongSupplier nanoTime;

	private final Runnable sweep;

	private @Nullable Future<?> timer;

	private long sweepAt;

	/**
	 * No call that was noted ends earlier; meaningful if one is noted.
	 */
	private long nextDeadline;

	private boolean noted;

	/**
	 * Create a timer.
	 * @param executor runs the sweep
	 * @param nanoTime tells the time that passes
	 * @param sweep ends the calls whose deadline has passed, and notes the deadlines of
	 * the others
	 */
	DeadlineTimer(ScheduledExecutorService executor, LongSupplier nanoTime, Runnable sweep) {
		this.executor = executor;
		this.nanoTime = nanoTime;
		this.sweep = sweep;
	}

	/**
	 * Note the deadline of a call.
	 * @param deadline the deadline by the same clock
	 */
	void note(long deadline) {
		if (!this.noted || deadline - this.nextDeadline < 0) {
			this.nextDeadline = deadline;
			this.noted = true;
		}
	}

	/**
	 * See that the sweep runs when it has to.
	 * @param queued whether calls wait in the queue
	 * @return {@code true} if the timer was set, {@code false} if it is early enough or
	 * there is nothing to wait for
	 */
	boolean plan(boolean queued) {
		if (!queued && (!this.noted || (this.timer != null && this.sweepAt - this.nextDeadline <= 0))) {
			return false;
		}
		long now = this.nanoTime.getAsLong();
		long delay = this.noted ? Math.max(0, this.nextDeadline - now) : QUEUE_SWEEP_NANOS;
		if (queued) {
			delay = Math.min(delay, QUEUE_SWEEP_NANOS);
		}
		if (this.timer != null) {
			if (this.sweepAt - (now + delay) <= 0) {
				return false;
			}
			this.timer.cancel(false);
		}
		this.sweepAt = now + delay;
		this.timer = this.executor.schedule(this::run, delay, TimeUnit.NANOSECONDS);
		return true;
	}

	private void run() {
		this.timer = null;
		this.noted = false;
		this.sweep.run();
	}

}
