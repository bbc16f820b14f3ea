package io.github.thriftboot.benchmarks.worker;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import io.github.thriftboot.benchmarks.BenchmarkCaller;
import io.github.thriftboot.benchmarks.BenchmarkClient;
import io.github.thriftboot.benchmarks.DaemonThreads;
import io.github.thriftboot.benchmarks.Payload;
import io.github.thriftboot.benchmarks.Workload;

/**
 * The open loop for systems whose callers must wait: many threads share the schedule,
 * each takes the next call when it is free.
 */
final class BlockingOpenLoop implements Load {

	private static final int CALLERS = 64;

	private final BenchmarkClient client;

	private final Workload workload;

	private final Recorder recorder;

	private final AtomicLong nextIndex = new AtomicLong();

	private final List<Thread> threads = new ArrayList<>();

	private volatile boolean stopped;

	BlockingOpenLoop(BenchmarkClient client, Workload workload, Recorder recorder) {
		this.client = client;
		this.workload = workload;
		this.recorder = recorder;
	}

	@Override
	public void start() throws Exception {
		DaemonThreads factory = new DaemonThreads("caller");
		List<BenchmarkCaller> fast = new ArrayList<>();
		List<BenchmarkCaller> slow = new ArrayList<>();
		for (int i = 0; i < CALLERS; i++) {
			fast.add(this.client.caller(this.workload.payload()));
			slow.add(this.client.caller(Payload.SLEEP_20));
		}
		Schedule schedule = new Schedule(System.nanoTime(), this.workload.amount());
		for (int i = 0; i < CALLERS; i++) {
			BenchmarkCaller fastCaller = fast.get(i);
			BenchmarkCaller slowCaller = slow.get(i);
			this.threads.add(factory.newThread(() -> call(schedule, fastCaller, slowCaller)));
		}
		this.threads.forEach(Thread::start);
	}

	private void call(Schedule schedule, BenchmarkCaller fast, BenchmarkCaller slow) {
		while (!this.stopped) {
			long index = this.nextIndex.getAndIncrement();
			long intended = schedule.await(index);
			boolean isSlow = schedule.isSlow(index);
			try {
				(isSlow ? slow : fast).call(index);
				this.recorder.succeeded(isSlow ? 0 : System.nanoTime() - intended);
			}
			catch (Throwable ex) {
				this.recorder.failed(ex);
				LockSupport.parkNanos(ClosedLoop.PAUSE_AFTER_FAILURE_NANOS);
			}
		}
	}

	@Override
	public boolean stop() throws InterruptedException {
		this.stopped = true;
		return ClosedLoop.join(this.threads);
	}

}
