package io.github.thriftboot.netty.client;

import java.util.List;
import java.util.function.DoubleSupplier;

import org.jspecify.annotations.Nullable;

/**
 * Picks the candidate with the fewest calls under way, by weight among those that have
 * equally few. Takes linear time. Immutable and thread-safe.
 */
final class LeastActive implements LoadBalancer.Picker {

	private final LoadBalancer.Candidate[] candidates;

	private final DoubleSupplier random;

	/**
	 * Create a picker.
	 * @param candidates the candidates, at least one
	 * @param random makes numbers from 0 up to, not including, 1
	 */
	LeastActive(List<? extends LoadBalancer.Candidate> candidates, DoubleSupplier random) {
		this.candidates = candidates.toArray(LoadBalancer.Candidate[]::new);
		this.random = random;
	}

	@Override
	public LoadBalancer.@Nullable Candidate pick(LoadBalancer.Request request) {
		LoadBalancer.Candidate picked = null;
		int least = Integer.MAX_VALUE;
		double weights = 0;
		for (LoadBalancer.Candidate candidate : this.candidates) {
			int active = candidate.callsInFlight();
			if ((picked != null && active > least) || request.tried(candidate)) {
				continue;
			}
			if (picked == null || active < least) {
				picked = candidate;
				least = active;
				weights = candidate.weight();
			}
			else {
				// each of those seen so far stays with its share of the weights
				weights += candidate.weight();
				if (this.random.getAsDouble() * weights < candidate.weight()) {
					picked = candidate;
				}
			}
		}
		return picked;
	}

}
