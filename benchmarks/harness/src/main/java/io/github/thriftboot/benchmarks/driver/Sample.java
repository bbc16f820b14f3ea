package io.github.thriftboot.benchmarks.driver;

import io.github.thriftboot.benchmarks.Workload;
import io.github.thriftboot.benchmarks.worker.RunResult;
import io.github.thriftboot.benchmarks.worker.Usage;

/**
 * One measurement.
 *
 * @param round the number of the round, from 1 on
 * @param workload the workload
 * @param system the name of the system
 * @param client what came out at the client
 * @param server what the server has used
 * @param othersPercent the share of the processors that other processes have used
 */
record Sample(int round, Workload workload, String system, RunResult client, Usage server, double othersPercent) {

	/**
	 * Return what the workload is about.
	 * @return calls a second, or microseconds where the rate is given
	 */
	double value() {
		return (this.workload.kind() == Workload.Kind.OPEN) ? this.client.p99Micros() : this.client.callsPerSecond();
	}

	double clientBytesPerCall() {
		return perCall(this.client.usage().bytes());
	}

	double serverBytesPerCall() {
		return perCall(this.server.bytes());
	}

	double clientCpuMicrosPerCall() {
		return perCall(this.client.usage().cpuNanos()) / 1_000;
	}

	double serverCpuMicrosPerCall() {
		return perCall(this.server.cpuNanos()) / 1_000;
	}

	private double perCall(long amount) {
		return amount / (double) Math.max(1, this.client.calls());
	}

}
