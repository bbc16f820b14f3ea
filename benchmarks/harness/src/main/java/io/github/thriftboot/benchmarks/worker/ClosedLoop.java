package io.github.thriftboot.benchmarks.worker;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.github.thriftboot.benchmarks.BenchmarkCaller;
import io.github.thriftboot.benchmarks.BenchmarkClient;
import io.github.thriftboot.benchmarks.DaemonThreads;
import io.github.thriftboot.benchmarks.Workload;

/**
 * Threads that call, wait for the reply and call again.
 */
final class ClosedLoop implements Load {

	/**
	 * Keeps the ids of callers apart.
	 */
	static final long IDS_OF_CALLER = 1L << 40;

	static final long PAUSE_AFTER_FAILURE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

	private final BenchmarkClient client;

	private final Workload workload;

	private final Recorder recorder;

	private final List<Thread> threads = new ArrayList<>();

	private volatile boolean stopped;

	ClosedLoop(BenchmarkClient client, Workload workload, Recorder recorder) {
		this.client = client;
		this.workload = workload;
		this.recorder = recorder;
	}

	@Override
	public void start() throws Exception {
		DaemonThreads factory = new DaemonThreads("caller");
		for (int i = 0; i < this.workload.amount(); i++) {
			BenchmarkCaller caller = this.client.caller(this.workload.payload());
			long firstId = i * IDS_OF_CALLER;
			this.threads.add(factory.newThread(() -> call(caller, firstId)));
		}
		this.threads.forEach(Thread::start);
	}

	private void call(BenchmarkCaller caller, long firstId) {
		long id = firstId;
		long begin = System.nanoTime();
		while (!this.stopped) {
			try {
				caller.call(id++);
				long end = System.nanoTime();
				this.recorder.succeeded(end - begin);
				begin = end;
			}
			catch (Throwable ex) {
				this.recorder.failed(ex);
				LockSupport.parkNanos(PAUSE_AFTER_FAILURE_NANOS);
				begin = System.nanoTime();
			}
		}
	}

	@Override
	public boolean stop() throws InterruptedException {
		this.stopped = true;
		return join(this.threads);
	}

	static boolean join(List<Thread> threads) throws InterruptedException {
		long deadline = System.currentTimeMillis() + END_TIMEOUT_MILLIS;
		for (Thread thread : threads) {
			thread.join(Math.max(1, deadline - System.currentTimeMillis()));
			if (thread.isAlive()) {
				return false;
			}
		}
		return true;
	}

}
