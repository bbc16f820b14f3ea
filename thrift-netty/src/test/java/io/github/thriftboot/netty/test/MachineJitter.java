package io.github.thriftboot.netty.test;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures how late a thread runs that has nothing to do with the runtime, so that a test
 * can tell its delays from those of a busy machine.
 */
public final class MachineJitter implements AutoCloseable {

	private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

	private final Thread thread = new Thread(this::measure, "jitter");

	private volatile boolean stopped;

	private volatile long worstNanos;

	/**
	 * Begin to measure.
	 */
	public MachineJitter() {
		this.thread.setDaemon(true);
		this.thread.start();
	}

	private void measure() {
		while (!this.stopped) {
			long before = System.nanoTime();
			LockSupport.parkNanos(STEP_NANOS);
			this.worstNanos = Math.max(this.worstNanos, System.nanoTime() - before - STEP_NANOS);
		}
	}

	/**
	 * Return the longest delay so far.
	 * @return milliseconds, rounded up
	 */
	public long worstMillis() {
		return TimeUnit.NANOSECONDS.toMillis(this.worstNanos) + 1;
	}

	@Override
	public void close() {
		this.stopped = true;
	}

}
