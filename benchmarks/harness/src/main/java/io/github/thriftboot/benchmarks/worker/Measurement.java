package io.github.thriftboot.benchmarks.worker;

import java.util.concurrent.TimeUnit;

import io.github.thriftboot.benchmarks.BenchmarkClient;
import io.github.thriftboot.benchmarks.BenchmarkSystem;
import io.github.thriftboot.benchmarks.Workload;
import org.HdrHistogram.Histogram;

/**
 * Runs a workload once: connects, lets it run in for a moment, measures, ends.
 */
final class Measurement {

	private static final double MICROS = 1_000.0;

	private final BenchmarkSystem system;

	private final Workload workload;

	private final Recorder recorder = new Recorder();

	Measurement(BenchmarkSystem system, Workload workload) {
		this.system = system;
		this.workload = workload;
	}

	/**
	 * Run the workload.
	 * @param port where the server listens
	 * @param millis how long to measure
	 * @param onBegin called when the interval begins
	 * @return what came out
	 * @throws Exception if the client cannot be made
	 */
	RunResult run(int port, long millis, Runnable onBegin) throws Exception {
		try (BenchmarkClient client = this.system.connect(port, this.workload.connections())) {
			Load load = load(client);
			load.start();
			Thread.sleep(Math.max(100, millis / 10));
			onBegin.run();
			ResourceUse before = ResourceUse.now();
			long begin = System.nanoTime();
			this.recorder.on();
			Thread.sleep(millis);
			this.recorder.off();
			long nanos = System.nanoTime() - begin;
			Usage usage = ResourceUse.now().since(before);
			if (!load.stop()) {
				this.recorder.failed(new IllegalStateException("some calls did not end"));
			}
			return result(nanos, usage);
		}
	}

	private Load load(BenchmarkClient client) {
		return switch (this.workload.kind()) {
			case CLOSED -> new ClosedLoop(client, this.workload, this.recorder);
			case IN_FLIGHT -> new InFlightLoop(client, this.workload, this.recorder);
			case OPEN -> this.system.asynchronous() ? new OpenLoop(client, this.workload, this.recorder)
					: new BlockingOpenLoop(client, this.workload, this.recorder);
		};
	}

	private RunResult result(long nanos, Usage usage) {
		Histogram latencies = this.recorder.latencies();
		Throwable failure = this.recorder.firstFailure();
		return new RunResult(this.recorder.calls(), this.recorder.failures(),
				nanos / (double) TimeUnit.SECONDS.toNanos(1), latencies.getValueAtPercentile(50) / MICROS,
				latencies.getValueAtPercentile(99) / MICROS, latencies.getValueAtPercentile(99.9) / MICROS, usage,
				(failure != null) ? Worker.oneLine(failure) : "");
	}

}
