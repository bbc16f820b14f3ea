package io.github.thriftboot.benchmarks.driver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * How busy the machine is, to tell whether something else ran while it was measured.
 */
final class ProcessorTime {

	private static final Path STAT = Path.of("/proc/stat");

	/**
	 * The unit of the file: the kernel tells hundredths of a second on every machine.
	 */
	private static final long NANOS_PER_TICK = TimeUnit.MILLISECONDS.toNanos(10);

	/**
	 * Fields after the word "cpu": user, nice, system, idle, iowait, irq, softirq, steal.
	 */
	private static final int FIELDS = 8;

	private static final List<Integer> IDLE_FIELDS = List.of(3, 4);

	private final long begin = System.nanoTime();

	private final long busyAtBegin = busyNanos();

	/**
	 * Return what others have used since this object was made.
	 * @param ownNanos processor time that the measured processes have used
	 * @return percent of the processors, 0 if the system does not tell
	 */
	double percentOfOthers(long ownNanos) {
		long busy = busyNanos() - this.busyAtBegin;
		long all = (System.nanoTime() - this.begin) * Runtime.getRuntime().availableProcessors();
		return Math.max(0, 100.0 * (busy - ownNanos) / all);
	}

	private static long busyNanos() {
		try {
			String[] words = Files.readAllLines(STAT).get(0).split("\\s+");
			long[] ticks = Arrays.stream(words, 1, 1 + FIELDS).mapToLong(Long::parseLong).toArray();
			long idle = IDLE_FIELDS.stream().mapToLong((field) -> ticks[field]).sum();
			return (Arrays.stream(ticks).sum() - idle) * NANOS_PER_TICK;
		}
		catch (IOException ex) {
			return 0;
		}
	}

}
