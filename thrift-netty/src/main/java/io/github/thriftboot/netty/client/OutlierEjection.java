package io.github.thriftboot.netty.client;

import java.time.Duration;

/**
 * When an instance is left out although it is connected, because calls to it fail one
 * after the other: they time out, or the connection is lost after they were sent. Any
 * answer shows that the instance works, errors included. A connection that is lost counts
 * once, however many calls it takes with it.
 *
 * @param consecutiveFailures the number of failures in a row, 0 to leave out nothing
 * @param baseTime how long an instance is left out for the first time; each further time
 * takes twice as long, until it has worked for the longest time
 * @param maxTime the longest time
 * @param maxPercent the most of the instances that are left out, in percent; one always
 * stays
 * @param panicPercent the least of the instances that must be in use, in percent of those
 * known: when fewer are, as the others are left out or down, those left out are used
 * again, because then the cause is hardly theirs
 */
public record OutlierEjection(int consecutiveFailures, Duration baseTime, Duration maxTime, int maxPercent,
		int panicPercent) {

	/**
	 * After 5 failures in a row, for 30 seconds up to 5 minutes, at most half of the
	 * instances, and none when fewer than half are in use.
	 */
	public static final OutlierEjection DEFAULT = new OutlierEjection(5, Duration.ofSeconds(30), Duration.ofMinutes(5),
			50, 50);

	/**
	 * Create the options.
	 * @throws IllegalArgumentException if a value is out of range
	 */
	public OutlierEjection {
		if (consecutiveFailures < 0) {
			throw new IllegalArgumentException("consecutiveFailures: " + consecutiveFailures + " (expected: >= 0)");
		}
		if (baseTime.isNegative() || baseTime.isZero()) {
			throw new IllegalArgumentException("baseTime: " + baseTime + " (expected: > 0)");
		}
		if (maxTime.compareTo(baseTime) < 0) {
			throw new IllegalArgumentException("maxTime: " + maxTime + " (expected: >= baseTime " + baseTime + ")");
		}
		percent("maxPercent", maxPercent);
		percent("panicPercent", panicPercent);
	}

	private static void percent(String name, int value) {
		if (value < 0 || value > 100) {
			throw new IllegalArgumentException(name + ": " + value + " (expected: 0 to 100)");
		}
	}

}
