package io.github.thriftboot.client.autoconfigure;

import org.jspecify.annotations.Nullable;

/**
 * When calls are tried again.
 */
public final class ThriftRetryProperties extends ThriftAttemptProperties {

	/**
	 * Retries that each call allows, as a share: 0.1 is one for ten calls. Calls that no
	 * server has seen are not counted.
	 */
	private @Nullable Double budgetShare;

	/**
	 * Retries that each second allows besides.
	 */
	private @Nullable Double budgetPerSecond;

	public @Nullable Double getBudgetShare() {
		return this.budgetShare;
	}

	public void setBudgetShare(@Nullable Double budgetShare) {
		this.budgetShare = budgetShare;
	}

	public @Nullable Double getBudgetPerSecond() {
		return this.budgetPerSecond;
	}

	public void setBudgetPerSecond(@Nullable Double budgetPerSecond) {
		this.budgetPerSecond = budgetPerSecond;
	}

}
