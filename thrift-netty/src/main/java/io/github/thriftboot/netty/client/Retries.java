package io.github.thriftboot.netty.client;

import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;

/**
 * Decides whether a call whose attempt has failed is tried again, and when. Thread-safe.
 */
final class Retries {

	/**
	 * The call is not tried again.
	 */
	static final long NEVER = -1;

	private static final long FIRST_DELAY_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

	private static final int MAX_DOUBLINGS = 5;

	private final RetryBudget budget;

	private final DoubleSupplier random;

	/**
	 * Create a decision.
	 * @param budget bounds the retries of a channel
	 * @param random makes numbers from 0 to 1, for jitter
	 */
	Retries(RetryBudget budget, DoubleSupplier random) {
		this.budget = budget;
		this.random = random;
	}

	/**
	 * Decide about a call.
	 * @param call the call; its last attempt is counted
	 * @param failure what its last attempt failed with
	 * @param untried whether there is an instance that it did not go to
	 * @param now the present {@link System#nanoTime()}
	 * @return when to try again, in nanoseconds from now, or {@link #NEVER}
	 */
	long delayNanos(ThriftCall call, ThriftCallException failure, boolean untried, long now) {
		CallPolicy policy = call.policy();
		if (!policy.cluster().retries()) {
			return NEVER;
		}
		if (failure instanceof UnprocessedException unprocessed) {
			if (!unprocessed.rejected()) {
				// no server had anything to do with it, so it costs none of the budget
				return untried ? 0 : NEVER;
			}
			return (untried && this.budget.tryAcquire(now)) ? backoff(call.rejections()) : NEVER;
		}
		boolean again = failure instanceof ConnectionLostException && policy.idempotent()
				&& call.lostAttempts() < policy.maxAttempts() && this.budget.tryAcquire(now);
		if (!again) {
			return NEVER;
		}
		// the instance itself needs time to come back, another one does not
		return untried ? 0 : backoff(call.lostAttempts());
	}

	/**
	 * Whether trying a call again adds no load to any server, so that nothing but its
	 * deadline bounds it.
	 * @param call the call
	 * @param failure what its last attempt failed with
	 * @return {@code true} if no server has seen it
	 */
	boolean isFree(ThriftCall call, ThriftCallException failure) {
		return call.policy().cluster().retries() && failure instanceof UnprocessedException unprocessed
				&& !unprocessed.rejected();
	}

	/**
	 * Decide about a call whose attempt takes longer than it may. If there is nowhere
	 * else to go, waiting on is the best that it can do.
	 * @param call the call; its present attempt is not counted
	 * @param sent whether the attempt may run
	 * @param untried whether there is an instance that it did not go to
	 * @param now the present {@link System#nanoTime()}
	 * @return whether it is to go to another instance
	 */
	boolean mayLeave(ThriftCall call, boolean sent, boolean untried, long now) {
		if (!untried || !sent) {
			return untried;
		}
		return call.lostAttempts() + 1 < call.policy().maxAttempts() && this.budget.tryAcquire(now);
	}

	private long backoff(int attempts) {
		long delay = FIRST_DELAY_NANOS << Math.min(MAX_DOUBLINGS, Math.max(0, attempts - 1));
		// between half of it and all of it, so that calls that failed together part
		return (long) (delay * (0.5 + this.random.getAsDouble() / 2));
	}

}
