package io.github.thriftboot.netty.client;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Bounds how many calls are tried again, as a share of all calls plus a floor for
 * channels with few of them, so that retries cannot keep an overloaded service down. What
 * was earned long ago does not count: the balance decays within seconds. The idea is that
 * of Finagle's {@code RetryBudget}. Thread-safe; a call that is not tried again costs one
 * increment of a striped counter.
 */
final class RetryBudget {

	private static final double DECAY_SECONDS = 10;

	private final double share;

	private final double perSecond;

	private final LongAdder calls = new LongAdder();

	/**
	 * Guarded by this.
	 */
	private double balance;

	private long countedCalls;

	private long countedAt;

	/**
	 * Create a budget.
	 * @param share how many retries a call earns, such as 0.1
	 * @param perSecond how many retries a second earns
	 * @param now the present {@link System#nanoTime()}
	 */
	RetryBudget(double share, double perSecond, long now) {
		if (!(share >= 0 && share <= 1_000)) {
			throw new IllegalArgumentException("retryShare: " + share + " (expected: 0 to 1000)");
		}
		if (!(perSecond >= 0 && perSecond <= 1_000_000)) {
			throw new IllegalArgumentException("retriesPerSecond: " + perSecond + " (expected: 0 to 1000000)");
		}
		this.share = share;
		this.perSecond = perSecond;
		this.balance = perSecond * DECAY_SECONDS;
		this.countedAt = now;
	}

	/**
	 * Note a call.
	 */
	void onCall() {
		this.calls.increment();
	}

	/**
	 * Ask for a retry.
	 * @param now the present {@link System#nanoTime()}
	 * @return {@code false} if the budget is used up
	 */
	synchronized boolean tryAcquire(long now) {
		double seconds = Math.max(0, now - this.countedAt) / (double) TimeUnit.SECONDS.toNanos(1);
		long counted = this.calls.sum();
		this.balance = this.balance * Math.exp(-seconds / DECAY_SECONDS) + (counted - this.countedCalls) * this.share
		// as much as a floor earns that decays meanwhile
				+ this.perSecond * DECAY_SECONDS * (1 - Math.exp(-seconds / DECAY_SECONDS));
		this.countedCalls = counted;
		this.countedAt = now;
		if (this.balance < 1) {
			return false;
		}
		this.balance -= 1;
		return true;
	}

}
