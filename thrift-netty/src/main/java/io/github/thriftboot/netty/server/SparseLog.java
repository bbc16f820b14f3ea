package io.github.thriftboot.netty.server;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.slf4j.Logger;

/**
 * Logs what peers can bring about as often as they like, at most once a second.
 * Thread-safe.
 */
final class SparseLog {

	private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(1);

	private final Logger logger;

	private final AtomicLong nextLine = new AtomicLong(System.nanoTime());

	private final AtomicInteger untold = new AtomicInteger();

	SparseLog(Logger logger) {
		this.logger = logger;
	}

	/**
	 * Log a warning, unless there was one within the last second.
	 * @param format the text with two places, as slf4j has them
	 * @param first what goes into the first place
	 * @param second what goes into the second place
	 */
	void warn(String format, Object first, Object second) {
		long now = System.nanoTime();
		long next = this.nextLine.get();
		if (now - next < 0 || !this.nextLine.compareAndSet(next, now + PERIOD_NANOS)) {
			this.untold.incrementAndGet();
			return;
		}
		int others = this.untold.getAndSet(0);
		String more = (others > 0) ? " (and " + others + " more since the last message)" : "";
		this.logger.warn(format + "{}", first, second, more);
	}

}
