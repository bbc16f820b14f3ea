package io.github.thriftboot.netty.client;

import org.jspecify.annotations.Nullable;

/**
 * An instance of the list together with its endpoint.
 *
 * @param endpoint where its calls go
 * @param instance what the registry tells of it
 * @param startNanos when it started, by the clock of the list, in nanoseconds; the wall
 * clock is asked only once, so that it may jump later
 * @param guard decides about each attempt, or {@code null} if nothing does
 * @param weight its share of the calls
 */
record Member(Endpoint endpoint, ThriftInstance instance, long startNanos, @Nullable InstanceGuard guard,
		double weight) implements LoadBalancer.Candidate {

	/**
	 * The share that an instance begins with. With the usual weight of 100 it is a weight
	 * of 1.
	 */
	private static final double FIRST_SHARE = 0.01;

	Member(Endpoint endpoint, ThriftInstance instance, long startNanos, @Nullable InstanceGuard guard) {
		this(endpoint, instance, startNanos, guard, instance.weight());
	}

	/**
	 * Return how long its guard leaves it out.
	 * @return nanoseconds from now, 0 if it does not
	 */
	long nanosLeftOut() {
		return (this.guard != null) ? this.guard.nanosLeftOut() : 0;
	}

	/**
	 * Whether calls may go to it: it is connected, or may be once it is tried, and its
	 * guard does not leave it out.
	 * @return {@code false} if it is of no use at present
	 */
	boolean isReachable() {
		return this.endpoint.isReachable() && nanosLeftOut() == 0;
	}

	/**
	 * Whether it is its guard alone that keeps calls away.
	 * @return {@code false} also if it has none
	 */
	boolean isKeptOut() {
		return this.guard != null && this.endpoint.isReachable();
	}

	void closeGuard() {
		if (this.guard != null) {
			this.guard.close();
		}
	}

	/**
	 * Ask its guard for an attempt.
	 * @return {@code true} if it may be called once
	 */
	boolean admits() {
		return this.guard == null || this.guard.tryAcquire();
	}

	/**
	 * Whether its weight is still growing.
	 * @param now the time by the clock of the list, in nanoseconds
	 * @param warmUpNanos how long it grows
	 * @return {@code false} also if it does not tell when it started
	 */
	boolean isWarming(long now, long warmUpNanos) {
		return this.instance.started() != 0 && now - this.startNanos < warmUpNanos;
	}

	/**
	 * Return this member with the weight that it has by now.
	 * @param now the time by the clock of the list, in nanoseconds
	 * @param warmUpNanos how long the weight grows
	 * @return the member
	 */
	Member at(long now, long warmUpNanos) {
		double share = 1;
		if (isWarming(now, warmUpNanos)) {
			share = Math.max(FIRST_SHARE, (double) (now - this.startNanos) / warmUpNanos);
		}
		return withWeight(this.instance.weight() * share);
	}

	/**
	 * Return this member with another weight.
	 * @param newWeight the weight
	 * @return the member
	 */
	Member withWeight(double newWeight) {
		return (newWeight == this.weight) ? this
				: new Member(this.endpoint, this.instance, this.startNanos, this.guard, newWeight);
	}

	@Override
	public int callsInFlight() {
		return this.endpoint.callsInFlight();
	}

	@Override
	public long latencyNanos() {
		return this.endpoint.latencyNanos();
	}

}
