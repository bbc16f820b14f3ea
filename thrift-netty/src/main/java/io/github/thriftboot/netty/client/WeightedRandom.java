package io.github.thriftboot.netty.client;

import java.util.List;
import java.util.function.DoubleSupplier;

import org.jspecify.annotations.Nullable;

/**
 * Picks at random, in proportion to the weights. The first pick of a call takes
 * logarithmic time. Immutable and thread-safe.
 */
final class WeightedRandom implements LoadBalancer.Picker {

	private final LoadBalancer.Candidate[] candidates;

	/**
	 * The sum of the weights up to each candidate.
	 */
	private final double[] cumulative;

	private final DoubleSupplier random;

	/**
	 * Create a picker.
	 * @param candidates the candidates, at least one
	 * @param random makes numbers from 0 up to, not including, 1
	 */
	WeightedRandom(List<? extends LoadBalancer.Candidate> candidates, DoubleSupplier random) {
		this.candidates = candidates.toArray(LoadBalancer.Candidate[]::new);
		this.cumulative = new double[this.candidates.length];
		this.random = random;
		double sum = 0;
		for (int i = 0; i < this.candidates.length; i++) {
			sum += this.candidates[i].weight();
			this.cumulative[i] = sum;
		}
	}

	@Override
	public LoadBalancer.@Nullable Candidate pick(LoadBalancer.Request request) {
		LoadBalancer.Candidate candidate = this.candidates[draw()];
		return request.tried(candidate) ? pickUntried(request) : candidate;
	}

	/**
	 * Draw by weight among those that the call was not tried at.
	 */
	private LoadBalancer.@Nullable Candidate pickUntried(LoadBalancer.Request request) {
		LoadBalancer.Candidate picked = null;
		double sum = 0;
		for (LoadBalancer.Candidate candidate : this.candidates) {
			if (!request.tried(candidate)) {
				sum += candidate.weight();
				if (picked == null || this.random.getAsDouble() * sum < candidate.weight()) {
					picked = candidate;
				}
			}
		}
		return picked;
	}

	/**
	 * Return a candidate.
	 * @param index its index
	 * @return the candidate
	 */
	LoadBalancer.Candidate candidate(int index) {
		return this.candidates[index];
	}

	/**
	 * Return the number of candidates.
	 * @return at least 1
	 */
	int size() {
		return this.candidates.length;
	}

	/**
	 * Draw a candidate by weight.
	 * @return its index
	 */
	int draw() {
		int last = this.candidates.length - 1;
		return (last == 0) ? 0 : indexOf(this.random.getAsDouble() * this.cumulative[last]);
	}

	/**
	 * Draw another candidate by weight; there must be one.
	 * @param drawn the index of the candidate not to draw
	 * @return its index
	 */
	int drawOther(int drawn) {
		int last = this.candidates.length - 1;
		double before = (drawn == 0) ? 0 : this.cumulative[drawn - 1];
		double weight = this.cumulative[drawn] - before;
		double point = this.random.getAsDouble() * (this.cumulative[last] - weight);
		int other = indexOf((point < before) ? point : point + weight);
		if (other == drawn) {
			// what rounding can do at the borders
			other = (drawn == last) ? drawn - 1 : drawn + 1;
		}
		return other;
	}

	/**
	 * Find the first candidate whose cumulative weight is above a point.
	 */
	private int indexOf(double point) {
		int low = 0;
		int high = this.cumulative.length - 1;
		while (low < high) {
			int middle = (low + high) >>> 1;
			if (this.cumulative[middle] > point) {
				high = middle;
			}
			else {
				low = middle + 1;
			}
		}
		return low;
	}

}
