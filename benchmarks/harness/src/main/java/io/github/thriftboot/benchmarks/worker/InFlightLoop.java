package io.github.thriftboot.benchmarks.worker;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.github.thriftboot.benchmarks.BenchmarkCaller;
import io.github.thriftboot.benchmarks.BenchmarkCaller.Completion;
import io.github.thriftboot.benchmarks.BenchmarkClient;
import io.github.thriftboot.benchmarks.Workload;
import io.github.thriftboot.benchmarks.echo.Later;

/**
 * Keeps a number of calls in flight: each reply causes the next call, on the thread that
 * brought the reply.
 */
final class InFlightLoop implements Load {

	/**
	 * The clock is read for every eighth call only, it would be a good part of the cost
	 * of a fast one.
	 */
	private static final int CALLS_PER_SAMPLE = 8;

	private static final int PAUSE_AFTER_FAILURE_MILLIS = 10;

	private final BenchmarkClient client;

	private final Workload workload;

	private final Recorder recorder;

	private final CountDownLatch running;

	private volatile boolean stopped;

	InFlightLoop(BenchmarkClient client, Workload workload, Recorder recorder) {
		this.client = client;
		this.workload = workload;
		this.recorder = recorder;
		this.running = new CountDownLatch(workload.amount());
	}

	@Override
	public void start() throws Exception {
		List<Slot> slots = new ArrayList<>();
		for (int i = 0; i < this.workload.amount(); i++) {
			slots.add(new Slot(this.client.caller(this.workload.payload()), i * ClosedLoop.IDS_OF_CALLER));
		}
		slots.forEach(Slot::next);
	}

	@Override
	public boolean stop() throws InterruptedException {
		this.stopped = true;
		return this.running.await(END_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
	}

	/**
	 * One of the calls in flight, and those that follow it.
	 */
	private final class Slot implements Completion {

		private final BenchmarkCaller caller;

		private long id;

		private long begin;

		Slot(BenchmarkCaller caller, long firstId) {
			this.caller = caller;
			this.id = firstId;
		}

		void next() {
			this.id++;
			this.begin = (this.id % CALLS_PER_SAMPLE == 0) ? System.nanoTime() : 0;
			try {
				this.caller.callAsync(this.id, this);
			}
			catch (Throwable ex) {
				failed(ex);
			}
		}

		@Override
		public void succeeded() {
			InFlightLoop.this.recorder.succeeded((this.begin != 0) ? System.nanoTime() - this.begin : 0);
			if (InFlightLoop.this.stopped) {
				InFlightLoop.this.running.countDown();
			}
			else {
				next();
			}
		}

		@Override
		public void failed(Throwable failure) {
			InFlightLoop.this.recorder.failed(failure);
			if (InFlightLoop.this.stopped) {
				InFlightLoop.this.running.countDown();
			}
			else {
				Later.run(PAUSE_AFTER_FAILURE_MILLIS, this::next);
			}
		}

	}

}
