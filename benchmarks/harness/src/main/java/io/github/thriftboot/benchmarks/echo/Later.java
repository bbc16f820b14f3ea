package io.github.thriftboot.benchmarks.echo;

import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import io.github.thriftboot.benchmarks.DaemonThreads;

/**
 * The clock of handlers that keep no thread.
 */
public final class Later {

	private static final ScheduledThreadPoolExecutor TIMER = new ScheduledThreadPoolExecutor(1,
			new DaemonThreads("later"));

	private Later() {
	}

	/**
	 * Do something after a while.
	 * @param millis how long to wait in milliseconds
	 * @param task what to do, on a thread of the clock
	 */
	public static void run(int millis, Runnable task) {
		TIMER.schedule(task, millis, TimeUnit.MILLISECONDS);
	}

}
