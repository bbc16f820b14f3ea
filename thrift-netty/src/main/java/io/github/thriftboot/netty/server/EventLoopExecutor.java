package io.github.thriftboot.netty.server;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs handlers on the event loop that has read their request, which saves the way to
 * another thread. For handlers that never block and are short: while one runs, all
 * connections of its event loop wait. A method that takes too long is logged, once.
 * Thread-safe.
 */
public final class EventLoopExecutor implements Executor {

	private static final Logger logger = LoggerFactory.getLogger(EventLoopExecutor.class);

	private final long warnAfterNanos;

	/**
	 * Methods that were too slow, by their names.
	 */
	private final Set<String> warned = ConcurrentHashMap.newKeySet();

	/**
	 * Create an executor.
	 * @param warnAfter how long a call may take before its method is logged, more than
	 * zero
	 */
	public EventLoopExecutor(Duration warnAfter) {
		if (warnAfter.isNegative() || warnAfter.isZero()) {
			throw new IllegalArgumentException("warnAfter: " + warnAfter + " (expected: > 0)");
		}
		this.warnAfterNanos = warnAfter.toNanos();
	}

	@Override
	public void execute(Runnable call) {
		long start = System.nanoTime();
		call.run();
		long took = System.nanoTime() - start;
		if (took >= this.warnAfterNanos && this.warned.add(call.toString())) {
			logger.warn("A call of {} has blocked its event loop, and all connections there, for {} ms: run it on"
					+ " another executor", call, TimeUnit.NANOSECONDS.toMillis(took));
		}
	}

}
