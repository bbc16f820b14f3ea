package io.github.thriftboot.netty.client;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

import io.github.thriftboot.netty.client.LoadBalancer.Candidate;
import io.github.thriftboot.netty.client.TestCandidate.Call;
import io.github.thriftboot.netty.test.TestRuntime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RoundRobin}.
 */
class RoundRobinTests {

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 2, 1_000_000_007, Integer.MAX_VALUE })
	void equalWeightsGiveAPlainRoundRobin(int start) {
		List<TestCandidate> candidates = TestCandidate.list(7, 7, 7);
		RoundRobin picker = new RoundRobin(candidates, start);

		for (int i = 0; i < 30; i++) {
			assertThat(picker.pick(Call.NEW)).isSameAs(candidates.get((int) (((long) start + i) % 3)));
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 5, 123_456_789 })
	void everyPartOfTheSequenceHasTheSharesOfTheWeights(int start) {
		double[] weights = { 1, 2, 7 };
		List<TestCandidate> candidates = TestCandidate.list(weights);
		RoundRobin picker = new RoundRobin(candidates, start);

		for (int part = 0; part < 1_000; part++) {
			int[] counts = TestCandidate.counts(picker, candidates, 10);
			for (int i = 0; i < counts.length; i++) {
				assertThat((double) counts[i]).as("in ten picks").isBetween(weights[i] - 1, weights[i] + 1);
			}
		}
	}

	@Test
	void sharesAreExactInTheLongRun() {
		double[] weights = { 3, 1_000_000, 999_999, 250_000 };
		List<TestCandidate> candidates = TestCandidate.list(weights);

		int[] counts = TestCandidate.counts(new RoundRobin(candidates, 17), candidates, 1_000_000);

		double sum = Arrays.stream(weights).sum();
		for (int i = 0; i < weights.length; i++) {
			assertThat((double) counts[i]).isBetween(1e6 * weights[i] / sum - 3, 1e6 * weights[i] / sum + 3);
		}
	}

	@Test
	void lightOnesAreSpreadBetweenTheHeavyOnes() {
		// one of weight 10 and twenty of weight 1: without an offset those would come all
		// at once
		double[] weights = IntStream.range(0, 21).mapToDouble((i) -> (i == 0) ? 10 : 1).toArray();
		List<TestCandidate> candidates = TestCandidate.list(weights);
		RoundRobin picker = new RoundRobin(candidates, 0);
		int run = 0;
		int longest = 0;
		for (int i = 0; i < 3_000; i++) {
			run = (picker.pick(Call.NEW) == candidates.get(0)) ? 0 : run + 1;
			longest = Math.max(longest, run);
		}

		assertThat(longest).as("longest run of light ones").isLessThanOrEqualTo(6);
	}

	@Test
	void nextOneInTurnIsPickedInsteadOfATriedOne() {
		List<TestCandidate> candidates = TestCandidate.list(1, 1, 1);
		RoundRobin picker = new RoundRobin(candidates, 0);

		assertThat(picker.pick(Call.triedAt(candidates.get(0)))).isSameAs(candidates.get(1));
		assertThat(picker.pick(Call.triedAt(candidates.get(1), candidates.get(2)))).isSameAs(candidates.get(0));
	}

	@Test
	void threadsTakeTurnsTogether() throws Exception {
		List<TestCandidate> candidates = TestCandidate.list(1, 1, 1, 1);
		RoundRobin picker = new RoundRobin(candidates, 0);
		Map<Candidate, Integer> counts = new ConcurrentHashMap<>();

		TestRuntime.runInThreads(4, (thread) -> {
			Map<Candidate, Integer> own = new HashMap<>();
			for (int i = 0; i < 10_000; i++) {
				own.merge(picker.pick(Call.NEW), 1, Integer::sum);
			}
			own.forEach((candidate, count) -> counts.merge(candidate, count, Integer::sum));
		});

		assertThat(new ArrayList<>(counts.values())).containsExactly(10_000, 10_000, 10_000, 10_000);
	}

}
