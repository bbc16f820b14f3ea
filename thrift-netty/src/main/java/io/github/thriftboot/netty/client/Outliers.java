package io.github.thriftboot.netty.client;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * Counts failures in a row and says which instances are left out because of them. Not
 * thread-safe, except for {@link #isAnyFailing()}.
 */
final class Outliers {

	private final OutlierEjection options;

	private final Map<Endpoint, Suspect> suspects = new HashMap<>();

	/**
	 * How many endpoints did not answer the last call. Read by others, changed by one
	 * thread at a time.
	 */
	private volatile int failing;

	Outliers(OutlierEjection options) {
		this.options = options;
	}

	/**
	 * Whether an answer is news.
	 * @return {@code false} if {@link #answered} would do nothing for any endpoint
	 */
	boolean isAnyFailing() {
		return this.failing != 0;
	}

	/**
	 * Note an answer.
	 * @param endpoint where it came from
	 */
	void answered(Endpoint endpoint) {
		Suspect suspect = this.suspects.get(endpoint);
		if (suspect != null) {
			recovered(suspect);
		}
	}

	private void recovered(Suspect suspect) {
		if (suspect.failures > 0) {
			suspect.failures = 0;
			this.failing--;
		}
	}

	/**
	 * Note that a call was not answered.
	 * @param endpoint where it was sent
	 * @param startNanos when it was sent
	 * @param lost whether it is one of those that their connection took with it
	 * @param now the time by the clock of the list, in nanoseconds
	 * @param members how many endpoints there are
	 * @return for how long the endpoint is to be left out from now on, or {@code null} if
	 * that does not change
	 */
	@Nullable Duration failed(Endpoint endpoint, long startNanos, boolean lost, long now, int members) {
		if (this.options.consecutiveFailures() == 0 || members == 1) {
			return null;
		}
		Suspect suspect = this.suspects.computeIfAbsent(endpoint, (key) -> new Suspect());
		boolean sameLoss = lost && suspect.failures > 0 && startNanos - suspect.lastFailure <= 0;
		if (sameLoss || suspect.isEjected(now)) {
			return null;
		}
		if (suspect.failures++ == 0) {
			this.failing++;
		}
		suspect.lastFailure = now;
		if (suspect.failures < this.options.consecutiveFailures() || !mayEject(now, members)) {
			return null;
		}
		recovered(suspect);
		return suspect.eject(now, this.options);
	}

	private boolean mayEject(long now, int members) {
		int ejected = 1;
		for (Suspect suspect : this.suspects.values()) {
			if (suspect.isEjected(now)) {
				ejected++;
			}
		}
		return ejected < members && ejected * 100L <= (long) this.options.maxPercent() * members;
	}

	/**
	 * Return the endpoints to leave out.
	 * @param now the time by the clock of the list, in nanoseconds
	 * @return a new set
	 */
	Set<Endpoint> ejected(long now) {
		return this.suspects.entrySet()
			.stream()
			.filter((entry) -> entry.getValue().isEjected(now))
			.map(Map.Entry::getKey)
			.collect(Collectors.toSet());
	}

	/**
	 * Return when the next endpoint is back.
	 * @param now the time by the clock of the list, in nanoseconds
	 * @return nanoseconds from now, {@link Long#MAX_VALUE} if none is left out
	 */
	long nanosToNextReturn(long now) {
		return this.suspects.values()
			.stream()
			.filter((suspect) -> suspect.isEjected(now))
			.mapToLong((suspect) -> suspect.ejectedUntil - now)
			.min()
			.orElse(Long.MAX_VALUE);
	}

	/**
	 * Forget an endpoint, because there is another process behind it.
	 * @param endpoint the endpoint
	 */
	void forget(Endpoint endpoint) {
		Suspect suspect = this.suspects.remove(endpoint);
		if (suspect != null) {
			recovered(suspect);
		}
	}

	/**
	 * Forget all endpoints but these.
	 * @param endpoints those that are still in use
	 */
	void retain(Collection<Endpoint> endpoints) {
		for (Endpoint endpoint : Set.copyOf(this.suspects.keySet())) {
			if (!endpoints.contains(endpoint)) {
				forget(endpoint);
			}
		}
	}

	/**
	 * An endpoint that has failed.
	 */
	private static final class Suspect {

		private int failures;

		private long lastFailure;

		/**
		 * How often it was left out of late.
		 */
		private int ejections;

		private long ejectedUntil;

		boolean isEjected(long now) {
			return this.ejections > 0 && this.ejectedUntil - now > 0;
		}

		Duration eject(long now, OutlierEjection options) {
			long max = options.maxTime().toNanos();
			if (this.ejections > 0 && now - this.ejectedUntil >= max) {
				this.ejections = 0;
			}
			long time = options.baseTime().toNanos();
			for (int i = 0; i < this.ejections && time < max; i++) {
				time = Math.min(2 * time, max);
			}
			this.ejections++;
			this.ejectedUntil = now + time;
			return Duration.ofNanos(time);
		}

	}

}
