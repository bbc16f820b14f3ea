package io.github.thriftboot.netty.client;

/**
 * An instance of the list together with its endpoint.
 *
 * @param endpoint where its calls go
 * @param instance what the registry tells of it
 * @param startNanos when it started, by the clock of the list, in nanoseconds; the wall
 * clock is asked only once, so that it may jump later
 * @param weight its share of the calls
 */
record Member(Endpoint endpoint, ThriftInstance instance, long startNanos,
		double weight) implements LoadBalancer.Candidate {

	/**
	 * The share that an instance begins with. With the usual weight of 100 it is a weight
	 * of 1.
	 */
	private static final double FIRST_SHARE = 0.01;

	Member(Endpoint endpoint, ThriftInstance instance, long startNanos) {
		this(endpoint, instance, startNanos, instance.weight());
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
		return (newWeight == this.weight) ? this : new Member(this.endpoint, this.instance, this.startNanos, newWeight);
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
