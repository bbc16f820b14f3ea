package io.github.thriftboot.benchmarks.worker;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * When the calls of an open loop are to start, and which of them go to the slow handler:
 * the same for every system.
 *
 * @param startNanos when the first one starts, see {@link System#nanoTime()}
 * @param callsPerSecond the rate
 */
record Schedule(long startNanos, int callsPerSecond) {

	private static final int SLOW_PERCENT = 5;

	/**
	 * Return when a call is to start. Its latency counts from then on, also if it starts
	 * later because the system or the load is behind (otherwise "coordinated omission").
	 * @param index the number of the call
	 * @return the time, see {@link System#nanoTime()}
	 */
	long intendedNanos(long index) {
		return this.startNanos + index * TimeUnit.SECONDS.toNanos(1) / this.callsPerSecond;
	}

	/**
	 * Whether a call goes to the slow handler.
	 * @param index the number of the call
	 * @return {@code true} for one in twenty, without a pattern
	 */
	boolean isSlow(long index) {
		// the mixing function of SplittableRandom
		long mixed = index * 0x9E3779B97F4A7C15L;
		mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
		mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
		return Long.remainderUnsigned(mixed ^ (mixed >>> 31), 100) < SLOW_PERCENT;
	}

	/**
	 * Wait until a call is to start; do not wait if that is past.
	 * @param index the number of the call
	 * @return when the call is to start
	 */
	long await(long index) {
		long intended = intendedNanos(index);
		for (long left = intended - System.nanoTime(); left > 0; left = intended - System.nanoTime()) {
			LockSupport.parkNanos(left);
		}
		return intended;
	}

}
