package io.github.thriftboot.netty.client;

import java.util.List;
import java.util.function.DoubleSupplier;

import org.jspecify.annotations.Nullable;

/**
 * Draws two candidates by weight and picks the one of less cost, which is its latency
 * times the calls that it would then have under way: the power of two choices with the
 * peak EWMA of Twitter's Finagle as the measure of load. The first one drawn is picked
 * when both cost the same. Immutable and thread-safe.
 */
final class PowerOfTwoChoices implements LoadBalancer.Picker {

	/**
	 * The latency of a candidate that has not answered yet: one call may find it out, the
	 * next ones rather go elsewhere until it has answered.
	 */
	private static final double UNKNOWN_LATENCY = 1e18;

	private final WeightedRandom weighted;

	/**
	 * Create a picker.
	 * @param candidates the candidates, at least one
	 * @param random makes numbers from 0 up to, not including, 1
	 */
	PowerOfTwoChoices(List<? extends LoadBalancer.Candidate> candidates, DoubleSupplier random) {
		this.weighted = new WeightedRandom(candidates, random);
	}

	@Override
	public LoadBalancer.@Nullable Candidate pick(LoadBalancer.Request request) {
		if (this.weighted.size() == 1) {
			return this.weighted.pick(request);
		}
		int drawn = this.weighted.draw();
		LoadBalancer.Candidate first = this.weighted.candidate(drawn);
		LoadBalancer.Candidate second = this.weighted.candidate(this.weighted.drawOther(drawn));
		if (request.tried(first)) {
			return request.tried(second) ? this.weighted.pick(request) : second;
		}
		return (request.tried(second) || cost(first) <= cost(second)) ? first : second;
	}

	private static double cost(LoadBalancer.Candidate candidate) {
		int active = candidate.callsInFlight();
		double latency = candidate.latencyNanos();
		if (latency == 0 && active > 0) {
			latency = UNKNOWN_LATENCY;
		}
		return latency * (active + 1);
	}

}
