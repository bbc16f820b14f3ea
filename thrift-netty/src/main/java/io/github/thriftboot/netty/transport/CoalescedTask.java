package io.github.thriftboot.netty.transport;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Runs a task on an executor after it was signalled. Signals that come before the task
 * starts share one run, so a thousand threads that hand over work wake the executor once.
 * Thread-safe.
 */
public final class CoalescedTask {

	private final Executor executor;

	private final Runnable task;

	private final Runnable run = this::run;

	private final AtomicBoolean scheduled = new AtomicBoolean();

	/**
	 * Create a task.
	 * @param executor where to run it, usually an event loop
	 * @param task what to run
	 */
	public CoalescedTask(Executor executor, Runnable task) {
		this.executor = executor;
		this.task = task;
	}

	/**
	 * See that the task runs after this call.
	 * @throws RejectedExecutionException if the executor is shut down
	 */
	public void signal() {
		if (!this.scheduled.get() && this.scheduled.compareAndSet(false, true)) {
			try {
				this.executor.execute(this.run);
			}
			catch (RejectedExecutionException ex) {
				// so that every later signal tells it, too
				this.scheduled.set(false);
				throw ex;
			}
		}
	}

	private void run() {
		// cleared first: a signal from now on must lead to a run that sees its work
		this.scheduled.set(false);
		this.task.run();
	}

}
