package io.github.thriftboot.benchmarks.worker;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Counts calls and keeps their latencies while it is switched on, each thread for itself.
 * Thread-safe; the totals may be read when no thread counts any more.
 */
final class Recorder {

	private final Queue<ThreadRecord> records = new ConcurrentLinkedQueue<>();

	private final ThreadLocal<ThreadRecord> ofThread = ThreadLocal.withInitial(this::newRecord);

	private final LongAdder failures = new LongAdder();

	private final AtomicReference<@Nullable Throwable> firstFailure = new AtomicReference<>();

	private volatile boolean on;

	private ThreadRecord newRecord() {
		ThreadRecord record = new ThreadRecord();
		this.records.add(record);
		return record;
	}

	void on() {
		this.on = true;
	}

	void off() {
		this.on = false;
	}

	/**
	 * Count a call.
	 * @param nanos how long it took, not positive if that is not known
	 */
	void succeeded(long nanos) {
		if (this.on) {
			ThreadRecord record = this.ofThread.get();
			record.calls++;
			if (nanos > 0) {
				record.latencies.recordValue(Math.min(nanos, ThreadRecord.MAX_NANOS));
			}
		}
	}

	/**
	 * Count a failure, also while switched off.
	 * @param failure why a call failed
	 */
	void failed(Throwable failure) {
		this.failures.increment();
		this.firstFailure.compareAndSet(null, failure);
	}

	long calls() {
		return this.records.stream().mapToLong((record) -> record.calls).sum();
	}

	Histogram latencies() {
		Histogram all = ThreadRecord.newHistogram();
		this.records.forEach((record) -> all.add(record.latencies));
		return all;
	}

	long failures() {
		return this.failures.sum();
	}

	@Nullable Throwable firstFailure() {
		return this.firstFailure.get();
	}

	/**
	 * What one thread has counted.
	 */
	private static final class ThreadRecord {

		static final long MAX_NANOS = 60_000_000_000L;

		private static final int SIGNIFICANT_DIGITS = 3;

		private final Histogram latencies = newHistogram();

		private long calls;

		static Histogram newHistogram() {
			return new Histogram(MAX_NANOS, SIGNIFICANT_DIGITS);
		}

	}

}
