package io.github.thriftboot.netty.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

import io.github.thriftboot.netty.protocol.ThriftMethod;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the calls of {@link ClusterMode#FAILSAFE} that got no answer. Tells of them in
 * the log, but not of each. Thread-safe.
 */
final class Failsafe {

	private static final Logger logger = LoggerFactory.getLogger(Failsafe.class);

	private static final long LOG_NANOS = TimeUnit.SECONDS.toNanos(1);

	private final LongSupplier nanoTime;

	private final AtomicLong nextLog;

	private final AtomicInteger untold = new AtomicInteger();

	/**
	 * Create an object for the calls of a channel.
	 * @param nanoTime tells the time that passes, in nanoseconds
	 */
	Failsafe(LongSupplier nanoTime) {
		this.nanoTime = nanoTime;
		this.nextLog = new AtomicLong(nanoTime.getAsLong());
	}

	/**
	 * Whether a failure means that there was no answer, although the caller waited.
	 * @param failure what the call failed with
	 * @return {@code false} for answers, errors included, and if the caller gave up
	 */
	static boolean covers(Throwable failure) {
		return failure instanceof ThriftCallException && !(failure instanceof CallCancelledException);
	}

	/**
	 * Answer a call.
	 * @param method the method that was called
	 * @param failure why there is no answer
	 * @return {@code null}, or 0 or {@code false} for primitive types
	 */
	@Nullable Object answer(ThriftMethod method, Throwable failure) {
		long now = this.nanoTime.getAsLong();
		long next = this.nextLog.get();
		if (now - next >= 0 && this.nextLog.compareAndSet(next, now + LOG_NANOS)) {
			int others = this.untold.getAndSet(0);
			logger.warn("{} got no answer, which is ignored{}: {}", method,
					(others > 0) ? " (as were " + others + " other calls since the last message)" : "",
					failure.toString());
		}
		else {
			this.untold.incrementAndGet();
		}
		return method.emptyValue();
	}

	/**
	 * Answer a call that goes on, if it gets no answer.
	 * @param method the method that was called
	 * @param call the call; whoever ends the result gives it up
	 * @return the result of the call
	 */
	CompletableFuture<@Nullable Object> answer(ThriftMethod method, CompletableFuture<@Nullable Object> call) {
		CallFuture result = new CallFuture() {
			@Override
			void giveUp(@Nullable Throwable cause) {
				call.cancel(false);
			}
		};
		call.whenComplete((value, failure) -> {
			if (failure == null) {
				result.end(value);
			}
			else if (covers(failure)) {
				result.end(answer(method, failure));
			}
			else {
				result.fail(failure);
			}
		});
		return result;
	}

}
