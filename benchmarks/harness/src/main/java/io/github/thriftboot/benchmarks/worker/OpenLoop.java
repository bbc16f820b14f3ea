package io.github.thriftboot.benchmarks.worker;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import io.github.thriftboot.benchmarks.BenchmarkCaller;
import io.github.thriftboot.benchmarks.BenchmarkCaller.Completion;
import io.github.thriftboot.benchmarks.BenchmarkClient;
import io.github.thriftboot.benchmarks.DaemonThreads;
import io.github.thriftboot.benchmarks.Payload;
import io.github.thriftboot.benchmarks.Workload;
import org.jspecify.annotations.Nullable;

/**
 * One thread that starts calls at a fixed rate without waiting for their replies. The
 * latencies are those of the fast calls, from the time when they were to start.
 */
final class OpenLoop implements Load {

	private static final int MAX_OUTSTANDING = 4_096;

	private static final long PAUSE_NANOS = 100_000;

	private final BenchmarkClient client;

	private final Workload workload;

	private final Recorder recorder;

	private final Queue<Shot> idleFast = new ConcurrentLinkedQueue<>();

	private final Queue<Shot> idleSlow = new ConcurrentLinkedQueue<>();

	private final AtomicInteger outstanding = new AtomicInteger();

	private @Nullable Thread pacer;

	private volatile boolean stopped;

	OpenLoop(BenchmarkClient client, Workload workload, Recorder recorder) {
		this.client = client;
		this.workload = workload;
		this.recorder = recorder;
	}

	@Override
	public void start() {
		Thread thread = new DaemonThreads("pacer").newThread(this::run);
		this.pacer = thread;
		thread.start();
	}

	private void run() {
		Schedule schedule = new Schedule(System.nanoTime(), this.workload.amount());
		for (long index = 0; !this.stopped; index++) {
			long intended = schedule.await(index);
			while (this.outstanding.get() >= MAX_OUTSTANDING && !this.stopped) {
				// the latency goes on counting
				LockSupport.parkNanos(PAUSE_NANOS);
			}
			try {
				fire(schedule.isSlow(index), index, intended);
			}
			catch (Exception ex) {
				this.recorder.failed(ex);
			}
		}
	}

	private void fire(boolean slow, long index, long intended) throws Exception {
		Shot shot = (slow ? this.idleSlow : this.idleFast).poll();
		if (shot == null) {
			shot = slow ? new Shot(this.client.caller(Payload.SLEEP_20), this.idleSlow, true)
					: new Shot(this.client.caller(this.workload.payload()), this.idleFast, false);
		}
		this.outstanding.incrementAndGet();
		shot.fire(index, intended);
	}

	@Override
	public boolean stop() throws InterruptedException {
		this.stopped = true;
		long deadline = System.currentTimeMillis() + END_TIMEOUT_MILLIS;
		if (this.pacer != null) {
			this.pacer.join(END_TIMEOUT_MILLIS);
		}
		while (this.outstanding.get() > 0) {
			if (System.currentTimeMillis() > deadline) {
				return false;
			}
			Thread.sleep(1);
		}
		return true;
	}

	/**
	 * One call at a time, with a request of its own.
	 */
	private final class Shot implements Completion {

		private final BenchmarkCaller caller;

		private final Queue<Shot> idle;

		private final boolean slow;

		private long intended;

		Shot(BenchmarkCaller caller, Queue<Shot> idle, boolean slow) {
			this.caller = caller;
			this.idle = idle;
			this.slow = slow;
		}

		void fire(long id, long intended) {
			this.intended = intended;
			try {
				this.caller.callAsync(id, this);
			}
			catch (Throwable ex) {
				failed(ex);
			}
		}

		@Override
		public void succeeded() {
			OpenLoop.this.recorder.succeeded(this.slow ? 0 : System.nanoTime() - this.intended);
			end();
		}

		@Override
		public void failed(Throwable failure) {
			OpenLoop.this.recorder.failed(failure);
			end();
		}

		private void end() {
			this.idle.add(this);
			OpenLoop.this.outstanding.decrementAndGet();
		}

	}

}
