package io.github.thriftboot.netty.client;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

import com.sun.management.ThreadMXBean;
import io.github.thriftboot.netty.client.LoadBalancer.Candidate;
import io.github.thriftboot.netty.client.LoadBalancer.Picker;
import io.github.thriftboot.netty.client.TestCandidate.Call;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What holds for all load balancers in {@link StandardLoadBalancer}.
 */
class StandardLoadBalancerTests {

	private static final int PICKS = 100_000;

	private final SplittableRandom random = new SplittableRandom(20261121);

	@ParameterizedTest
	@EnumSource
	void sharesFollowTheWeights(StandardLoadBalancer balancer) {
		assertShares(balancer, 1, 2, 7);
		assertShares(balancer, 7, 1, 2);
		assertShares(balancer, 100, 100, 100, 100);
		assertShares(balancer, Integer.MAX_VALUE, 1_000_000_000, Integer.MAX_VALUE);
		assertShares(balancer, 100, 100, 1, 33.3);
		assertShares(balancer, 5);
	}

	@ParameterizedTest
	@EnumSource
	void thousandInstancesGetTheirShares(StandardLoadBalancer balancer) {
		assertShares(balancer, IntStream.range(0, 1_000).mapToDouble((i) -> 50 + i % 3).toArray());
		assertShares(balancer, IntStream.range(0, 1_000).mapToDouble((i) -> (i == 500) ? 5_000 : 10).toArray());
	}

	@ParameterizedTest
	@EnumSource
	void billionHidesOne(StandardLoadBalancer balancer) {
		List<TestCandidate> candidates = TestCandidate.list(1, 1_000_000_000, 1);

		assertThat(TestCandidate.counts(seeded(balancer, candidates), candidates, PICKS)[1]).isGreaterThan(PICKS - 2);
	}

	@ParameterizedTest
	@EnumSource
	void instanceThatWasTriedIsNotPickedAgain(StandardLoadBalancer balancer) {
		List<TestCandidate> candidates = TestCandidate.list(1, 1_000, 2, 1);
		for (Object key : new Object[] { null, "key" }) {
			Picker picker = seeded(balancer, candidates);
			for (int i = 0; i < 200; i++) {
				Set<Candidate> picked = new HashSet<>();
				Call call = new Call(key, new ArrayList<>());
				for (int attempt = 0; attempt < candidates.size(); attempt++) {
					Candidate candidate = picker.pick(call);
					assertThat(picked.add(candidate)).isTrue();
					call.triedAt().add(candidate);
				}
				assertThat(picked).hasSameElementsAs(candidates);
				assertThat(picker.pick(call)).isNull();
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void onlyInstanceIsPickedUnlessTried(StandardLoadBalancer balancer) {
		for (double weight : new double[] { 0.01, 1, Integer.MAX_VALUE }) {
			List<TestCandidate> candidates = TestCandidate.list(weight);
			Picker picker = balancer.picker(candidates);
			for (int i = 0; i < 100; i++) {
				assertThat(picker.pick(Call.NEW)).isSameAs(candidates.get(0));
				assertThat(picker.pick(Call.triedAt(candidates.get(0)))).isNull();
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void pickAllocatesNothing(StandardLoadBalancer balancer) {
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		Picker picker = balancer.picker(TestCandidate.list(3, 2, 1, 100, 5));
		Call call = new Call("key", List.of());
		for (int i = 0; i < 1_000; i++) {
			picker.pick(call);
			picker.pick(Call.NEW);
		}

		long before = threads.getCurrentThreadAllocatedBytes();
		for (int i = 0; i < 10_000; i++) {
			picker.pick(call);
			picker.pick(Call.NEW);
		}
		long allocated = threads.getCurrentThreadAllocatedBytes() - before;

		assertThat(allocated).as("bytes for 20,000 picks").isLessThan(20_000);
	}

	@ParameterizedTest
	@CsvSource({ "weighted-random,WEIGHTED_RANDOM", "Round-Robin,ROUND_ROBIN", "least-active,LEAST_ACTIVE",
			"P2C-EWMA,P2C_EWMA", "consistent-hash,CONSISTENT_HASH" })
	void keysAreThoseOfTheConfiguration(String key, StandardLoadBalancer balancer) {
		assertThat(StandardLoadBalancer.ofKey(key)).isEqualTo(balancer);
		assertThat(balancer.key()).isEqualToIgnoringCase(key);
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "", "random", "round_robin" })
	void otherKeysNameNone(String key) {
		assertThat(StandardLoadBalancer.ofKey(key)).isNull();
	}

	@Test
	void onlyOneLooksAtLatencies() {
		assertThat(StandardLoadBalancer.values()).filteredOn(LoadBalancer::usesLatency)
			.containsExactly(StandardLoadBalancer.P2C_EWMA);
	}

	private void assertShares(StandardLoadBalancer balancer, double... weights) {
		List<TestCandidate> candidates = TestCandidate.list(weights);
		ChiSquared.assertShares(TestCandidate.counts(seeded(balancer, candidates), candidates, PICKS), weights);
	}

	/**
	 * Make a picker that picks the same each time the test runs.
	 */
	private Picker seeded(StandardLoadBalancer balancer, List<TestCandidate> candidates) {
		return switch (balancer) {
			case WEIGHTED_RANDOM -> new WeightedRandom(candidates, this.random::nextDouble);
			case ROUND_ROBIN -> new RoundRobin(candidates, this.random.nextInt(Integer.MAX_VALUE));
			case LEAST_ACTIVE -> new LeastActive(candidates, this.random::nextDouble);
			case P2C_EWMA -> new PowerOfTwoChoices(candidates, this.random::nextDouble);
			case CONSISTENT_HASH -> new ConsistentHash(candidates, this.random::nextDouble);
		};
	}

}
