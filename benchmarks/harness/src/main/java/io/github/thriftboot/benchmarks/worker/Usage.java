package io.github.thriftboot.benchmarks.worker;

/**
 * What a process has used in an interval.
 *
 * @param cpuNanos processor time in nanoseconds
 * @param bytes bytes allocated on the heap
 */
public record Usage(long cpuNanos, long bytes) {

	String toLine() {
		return this.cpuNanos + " " + this.bytes;
	}

	/**
	 * Read what a worker has printed.
	 * @param text the text
	 * @return the usage
	 */
	public static Usage parse(String text) {
		String[] fields = text.split(" ");
		return new Usage(Long.parseLong(fields[0]), Long.parseLong(fields[1]));
	}

}
