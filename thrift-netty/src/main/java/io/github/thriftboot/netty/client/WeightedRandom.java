package io.github.thriftboot.netty.client;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongUnaryOperator;

import org.jspecify.annotations.Nullable;

/**
 * Chooses among endpoints at random, in proportion to their weights. Those with weight 0
 * are chosen only if all have it. Choosing takes logarithmic time and allocates nothing.
 * Immutable and thread-safe.
 */
final class WeightedRandom {

	private final Endpoint[] endpoints;

	/**
	 * The sum of the weights up to each endpoint.
	 */
	private final long[] cumulative;

	/**
	 * Create a choice.
	 * @param endpoints the endpoints
	 * @param weights their weights, in the same order, none negative
	 */
	WeightedRandom(List<Endpoint> endpoints, List<Integer> weights) {
		boolean allZero = weights.stream().allMatch((weight) -> weight == 0);
		List<Endpoint> chosen = new ArrayList<>();
		long[] sums = new long[endpoints.size()];
		long sum = 0;
		for (int i = 0; i < sums.length; i++) {
			int weight = allZero ? 1 : weights.get(i);
			if (weight > 0) {
				sum += weight;
				sums[chosen.size()] = sum;
				chosen.add(endpoints.get(i));
			}
		}
		this.endpoints = chosen.toArray(Endpoint[]::new);
		this.cumulative = Arrays.copyOf(sums, this.endpoints.length);
	}

	/**
	 * Choose an endpoint.
	 * @param excluded endpoints that are not wanted
	 * @param random makes a number from 0 up to a bound
	 * @return the choice, or {@code null} if there is none
	 */
	@Nullable Endpoint choose(List<Endpoint> excluded, LongUnaryOperator random) {
		int count = this.endpoints.length;
		if (count == 0) {
			return null;
		}
		int start = (count == 1) ? 0 : indexOf(random.applyAsLong(this.cumulative[count - 1]));
		for (int i = 0; i < count; i++) {
			// from the choice on to its neighbours only if it was tried before
			Endpoint candidate = this.endpoints[(start + i) % count];
			if (!excluded.contains(candidate)) {
				return candidate;
			}
		}
		return null;
	}

	/**
	 * Find the first endpoint whose cumulative weight is above a point.
	 */
	private int indexOf(long point) {
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
