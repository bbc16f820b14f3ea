package io.github.thriftboot.netty.client;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A moving average of latencies, as in Finagle's peak EWMA: a latency above the average
 * becomes the average at once, one below it counts by the time since the last one, with a
 * decay of ten seconds. Without answers the average fades likewise, so that a slow
 * instance is tried again. Lock-free and thread-safe.
 */
final class PeakEwma {

	private static final double DECAY_NANOS = 10e9;

	/**
	 * Time is kept in ticks of about a millisecond.
	 */
	private static final int TICK_SHIFT = 20;

	private static final double TICK_NANOS = 1 << TICK_SHIFT;

	/**
	 * The tick of the last change, which may wrap, and the average in nanoseconds as a
	 * {@code float}, in one word.
	 */
	private final AtomicLong state = new AtomicLong();

	/**
	 * Take a latency into account.
	 * @param latency the latency in nanoseconds
	 * @param now the present {@link System#nanoTime()}
	 */
	void observe(long latency, long now) {
		int tick = tick(now);
		while (true) {
			long before = this.state.get();
			float average = average(before);
			float changed = latency;
			if (latency <= average) {
				double kept = kept(before, tick);
				if (kept == 1) {
					// the first one of a tick counts for all of it
					return;
				}
				changed = (float) (average * kept + latency * (1 - kept));
			}
			if (this.state.compareAndSet(before, (long) tick << 32 | Float.floatToRawIntBits(changed))) {
				return;
			}
		}
	}

	/**
	 * Return the average.
	 * @param now the present {@link System#nanoTime()}
	 * @return nanoseconds, 0 if nothing is known any more
	 */
	long value(long now) {
		long present = this.state.get();
		float average = average(present);
		return (average == 0) ? 0 : (long) (average * kept(present, tick(now)));
	}

	private static int tick(long now) {
		return (int) (now >> TICK_SHIFT);
	}

	private static float average(long state) {
		return Float.intBitsToFloat((int) state);
	}

	/**
	 * The part of the average that is left after the time since its last change.
	 */
	private static double kept(long state, int tick) {
		int age = tick - (int) (state >>> 32);
		return (age <= 0) ? 1 : Math.exp(-age * TICK_NANOS / DECAY_NANOS);
	}

}
