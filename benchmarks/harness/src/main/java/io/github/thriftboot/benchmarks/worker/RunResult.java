package io.github.thriftboot.benchmarks.worker;

import java.util.Locale;

/**
 * What came out of a workload at the client.
 *
 * @param calls the calls that were answered rightly
 * @param failures the calls that were not, also before and after the measured interval
 * @param seconds the length of the interval
 * @param p50Micros the median latency in microseconds; of the fast calls, if some are
 * slow on purpose
 * @param p99Micros the latency that 99 % stay below
 * @param p999Micros the latency that 99.9 % stay below
 * @param usage what the client's process has used
 * @param firstFailure the first failure, empty if there was none
 */
public record RunResult(long calls, long failures, double seconds, double p50Micros, double p99Micros,
		double p999Micros, Usage usage, String firstFailure) {

	private static final int FIELDS = 9;

	/**
	 * Return the rate.
	 * @return calls a second
	 */
	public double callsPerSecond() {
		return this.calls / this.seconds;
	}

	String toLine() {
		return String.format(Locale.ROOT, "%d %d %.4f %.2f %.2f %.2f %s %s", this.calls, this.failures, this.seconds,
				this.p50Micros, this.p99Micros, this.p999Micros, this.usage.toLine(), this.firstFailure);
	}

	/**
	 * Read what a worker has printed.
	 * @param text the text
	 * @return the result
	 */
	public static RunResult parse(String text) {
		String[] fields = text.split(" ", FIELDS);
		return new RunResult(Long.parseLong(fields[0]), Long.parseLong(fields[1]), Double.parseDouble(fields[2]),
				Double.parseDouble(fields[3]), Double.parseDouble(fields[4]), Double.parseDouble(fields[5]),
				Usage.parse(fields[6] + " " + fields[7]), fields[8]);
	}

}
