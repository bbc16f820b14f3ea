package io.github.thriftboot.netty.client;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;

import io.github.thriftboot.netty.client.TestCandidate.Call;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link WeightedRandom}.
 */
class WeightedRandomTests {

	private static final int PICKS = 100_000;

	private final SplittableRandom random = new SplittableRandom(20261122);

	@Test
	void ratesOfASecondAttemptFollowTheWeightsOfTheOthers() {
		List<TestCandidate> candidates = TestCandidate.list(5, 1, 3, 6);
		WeightedRandom picker = new WeightedRandom(candidates, this.random::nextDouble);
		Call call = Call.triedAt(candidates.get(3));
		int[] counts = new int[4];
		for (int i = 0; i < PICKS; i++) {
			counts[candidates.indexOf(picker.pick(call))]++;
		}

		ChiSquared.assertShares(counts, 5, 1, 3, 0);
	}

	@Test
	void otherOneIsDrawnByWeight() {
		WeightedRandom picker = new WeightedRandom(TestCandidate.list(5, 1, 3, 6), this.random::nextDouble);
		for (int drawn = 0; drawn < 4; drawn++) {
			int[] counts = new int[4];
			for (int i = 0; i < PICKS; i++) {
				counts[picker.drawOther(drawn)]++;
			}

			double[] weights = { 5, 1, 3, 6 };
			weights[drawn] = 0;
			ChiSquared.assertShares(counts, weights);
		}
	}

	@Test
	void extremeNumbersStayInBounds() {
		for (DoubleSupplier extreme : List.<DoubleSupplier>of(() -> 0, () -> Math.nextDown(1.0))) {
			for (double[] weights : new double[][] { { 0.01, 1e9 }, { 1e9, 0.01 }, { 1, 1, 1 }, { 0.1, 0.2, 0.3 } }) {
				WeightedRandom picker = new WeightedRandom(TestCandidate.list(weights), extreme);
				for (int drawn = 0; drawn < weights.length; drawn++) {
					assertThat(picker.draw()).isBetween(0, weights.length - 1);
					assertThat(picker.drawOther(drawn)).isBetween(0, weights.length - 1).isNotEqualTo(drawn);
				}
			}
		}
	}

}
