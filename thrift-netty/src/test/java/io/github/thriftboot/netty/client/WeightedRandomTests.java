package io.github.thriftboot.netty.client;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

import io.github.thriftboot.netty.test.TestRuntime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link WeightedRandom}.
 */
class WeightedRandomTests {

	private static final int DRAWS = 100_000;

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	private final SplittableRandom random = new SplittableRandom(20261121);

	@Test
	void sharesFollowTheWeights() {
		assertShares(1, 2, 7);
		assertShares(100, 100, 100, 100);
		assertShares(Integer.MAX_VALUE, 1_000_000_000, Integer.MAX_VALUE);
		assertShares(5);
	}

	@Test
	void zeroIsNeverChosenBesideAnotherWeight() {
		assertShares(0, 3, 0, 0, 1, 0);
	}

	@Test
	void onlyZerosAreChosenEqually() {
		assertShares(counts(0, 0, 0), 1, 1, 1);
	}

	@Test
	void thousandEndpointsAreAllChosen() {
		int[] weights = IntStream.range(0, 1_000).map((i) -> 50 + i % 3).toArray();

		assertShares(weights);
	}

	@Test
	void excludedEndpointsAreNotChosen() {
		List<Endpoint> endpoints = endpoints(4);
		WeightedRandom choice = new WeightedRandom(endpoints, List.of(1, 0, 1000, 2));

		for (int i = 0; i < 1_000; i++) {
			assertThat(choose(choice, List.of(endpoints.get(2)))).isIn(endpoints.get(0), endpoints.get(3));
		}
		assertThat(choose(choice, List.of(endpoints.get(0), endpoints.get(2)))).isSameAs(endpoints.get(3));
		assertThat(choose(choice, endpoints)).isNull();
	}

	@Test
	void nothingIsChosenFromNothing() {
		assertThat(choose(new WeightedRandom(List.of(), List.of()), List.of())).isNull();
	}

	@Test
	void onlyEndpointIsChosenUnlessExcluded() {
		List<Endpoint> endpoints = endpoints(1);

		for (int weight : new int[] { 0, 1, Integer.MAX_VALUE }) {
			WeightedRandom choice = new WeightedRandom(endpoints, List.of(weight));
			assertThat(choose(choice, List.of())).isSameAs(endpoints.get(0));
			assertThat(choose(choice, endpoints)).isNull();
		}
	}

	private void assertShares(int... weights) {
		assertShares(counts(weights), weights);
	}

	/**
	 * A chi-squared test at a level of one in a million; the seed is fixed.
	 */
	private static void assertShares(int[] counts, int... weights) {
		double total = Arrays.stream(weights).mapToDouble((weight) -> weight).sum();
		double chiSquared = 0;
		int degrees = -1;
		for (int i = 0; i < weights.length; i++) {
			if (weights[i] == 0) {
				assertThat(counts[i]).as("weight 0").isZero();
				continue;
			}
			double expected = DRAWS * weights[i] / total;
			chiSquared += (counts[i] - expected) * (counts[i] - expected) / expected;
			degrees++;
		}
		// the Wilson-Hilferty approximation of the quantile
		double quantile = degrees * Math
			.pow(1 - 2.0 / (9 * Math.max(1, degrees)) + 4.753 * Math.sqrt(2.0 / (9 * Math.max(1, degrees))), 3);
		assertThat(chiSquared).as("chi squared of %d degrees", degrees).isLessThanOrEqualTo(quantile);
	}

	private int[] counts(int... weights) {
		List<Endpoint> endpoints = endpoints(weights.length);
		Map<Endpoint, Integer> index = new HashMap<>();
		endpoints.forEach((endpoint) -> index.put(endpoint, index.size()));
		WeightedRandom choice = new WeightedRandom(endpoints, Arrays.stream(weights).boxed().toList());
		int[] counts = new int[weights.length];
		for (int i = 0; i < DRAWS; i++) {
			counts[index.get(choose(choice, List.of()))]++;
		}
		return counts;
	}

	private Endpoint choose(WeightedRandom choice, List<Endpoint> excluded) {
		return choice.choose(excluded, this.random::nextLong);
	}

	private List<Endpoint> endpoints(int count) {
		ConnectionPool pool = this.runtime.pool();
		List<Endpoint> endpoints = new ArrayList<>();
		ChannelOptions options = new ChannelOptions(
				ThriftChannel.builder(pool, "EchoService", InstanceSource.of(Collections.emptyList())));
		for (int i = 0; i < count; i++) {
			endpoints.add(new Endpoint(options.key(ThriftInstance.of("localhost", 1 + i)), pool));
		}
		return endpoints;
	}

}
