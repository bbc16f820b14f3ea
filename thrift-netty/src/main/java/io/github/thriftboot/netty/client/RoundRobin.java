package io.github.thriftboot.netty.client;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

/**
 * Picks in turn, by static stride scheduling as in gRPC proposal A58 (client-side
 * weighted round robin): all candidates are passed round after round, and each has a
 * share of the rounds in which it is skipped, evenly spread over them. Those of the
 * largest weight are never skipped, so equal weights give a plain round robin, and no
 * pick has to pass more than one round. Lock-free and thread-safe.
 */
final class RoundRobin implements LoadBalancer.Picker {

	/**
	 * The largest weight is scaled to this, so that weights which differ by a factor of a
	 * billion still count, and the arithmetic wraps of itself.
	 */
	private static final long FULL = 1L << 32;

	private static final long MASK = FULL - 1;

	/**
	 * The golden ratio of {@link #FULL}: multiples of it are evenly spread.
	 */
	private static final long GOLDEN = 0x9E3779B9L;

	private final LoadBalancer.Candidate[] candidates;

	private final long[] weights;

	private final AtomicLong sequence;

	/**
	 * Create a picker.
	 * @param candidates the candidates, at least one
	 * @param start where to begin, not negative; at random, so that clients which got the
	 * same list do not all begin with the same instance
	 */
	RoundRobin(List<? extends LoadBalancer.Candidate> candidates, int start) {
		this.candidates = candidates.toArray(LoadBalancer.Candidate[]::new);
		this.sequence = new AtomicLong(start);
		double largest = candidates.stream().mapToDouble(LoadBalancer.Candidate::weight).max().orElseThrow();
		this.weights = candidates.stream()
			.mapToLong((candidate) -> Math.max(1, Math.round(candidate.weight() / largest * FULL)))
			.toArray();
	}

	@Override
	public LoadBalancer.@Nullable Candidate pick(LoadBalancer.Request request) {
		int next = next();
		for (int i = 0; i < this.candidates.length; i++) {
			LoadBalancer.Candidate candidate = this.candidates[(next + i) % this.candidates.length];
			if (!request.tried(candidate)) {
				return candidate;
			}
		}
		return null;
	}

	private int next() {
		while (true) {
			long turn = this.sequence.getAndIncrement();
			int index = (int) (turn % this.weights.length);
			long round = turn / this.weights.length;
			// the offset keeps those of equal weight from being skipped in the same
			// rounds
			long position = (this.weights[index] * round + index * GOLDEN) & MASK;
			if (position >= FULL - this.weights[index]) {
				return index;
			}
		}
	}

}
