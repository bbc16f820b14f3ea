package io.github.thriftboot.netty.client;

import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link RetryBudget}.
 */
class RetryBudgetTests {

	private long now = Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(5);

	@Test
	void callsEarnTheirShare() {
		RetryBudget budget = new RetryBudget(0.2, 0, this.now);
		assertThat(retries(budget)).isZero();

		calls(budget, 1_000);

		assertThat(retries(budget)).isEqualTo(200);
		calls(budget, 4);
		assertThat(retries(budget)).isZero();
		calls(budget, 1);
		assertThat(retries(budget)).isOne();
	}

	@Test
	void floorIsThereWithoutCalls() {
		RetryBudget budget = new RetryBudget(0, 10, this.now);

		assertThat(retries(budget)).as("of ten seconds").isEqualTo(100);
		this.now += TimeUnit.SECONDS.toNanos(1);
		assertThat(retries(budget)).isBetween(9, 10);
		// past the overflow of the clock
		this.now += TimeUnit.MINUTES.toNanos(10);
		assertThat(retries(budget)).isBetween(99, 100);
	}

	@Test
	void whatWasEarnedLongAgoIsGone() {
		RetryBudget budget = new RetryBudget(1, 0, this.now);
		calls(budget, 1_000);
		assertThat(budget.tryAcquire(this.now)).isTrue();

		this.now += TimeUnit.MINUTES.toNanos(2);

		assertThat(retries(budget)).isZero();
	}

	@Test
	void sharesThatAreNoneAreRefused() {
		for (double share : new double[] { -0.1, Double.NaN, Double.POSITIVE_INFINITY }) {
			assertThatIllegalArgumentException().isThrownBy(() -> new RetryBudget(share, 1, 0))
				.withMessageStartingWith("retryShare: " + share + " (expected: ");
			assertThatIllegalArgumentException().isThrownBy(() -> new RetryBudget(1, share, 0))
				.withMessageStartingWith("retriesPerSecond: " + share + " (expected: ");
		}
	}

	private static void calls(RetryBudget budget, int count) {
		for (int i = 0; i < count; i++) {
			budget.onCall();
		}
	}

	private int retries(RetryBudget budget) {
		int count = 0;
		while (budget.tryAcquire(this.now)) {
			count++;
		}
		return count;
	}

}
