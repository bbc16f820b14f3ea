package io.github.thriftboot.netty.client;

import java.util.List;
import java.util.SplittableRandom;

import io.github.thriftboot.netty.client.TestCandidate.Call;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PowerOfTwoChoices}.
 */
class PowerOfTwoChoicesTests {

	private static final int PICKS = 30_000;

	private final SplittableRandom random = new SplittableRandom(20261124);

	private final List<TestCandidate> candidates = TestCandidate.list(1, 1, 1);

	private final PowerOfTwoChoices picker = new PowerOfTwoChoices(this.candidates, this.random::nextDouble);

	@Test
	void slowestIsNeverTheBetterOfTwo() {
		set(0, 2_000_000, 0);
		set(1, 1_000_000, 0);
		set(2, 3_000_000, 0);

		// each pair is drawn equally often
		ChiSquared.assertShares(TestCandidate.counts(this.picker, this.candidates, PICKS), 1, 2, 0);
	}

	@Test
	void callsUnderWayMultiplyTheLatency() {
		set(0, 1_000_000, 5);
		set(1, 2_000_000, 1);
		set(2, 5_000_000, 0);

		ChiSquared.assertShares(TestCandidate.counts(this.picker, this.candidates, PICKS), 0, 2, 1);
	}

	@Test
	void oneCallFindsOutAnUnknownInstance() {
		set(0, 1_000_000, 10);
		set(1, 1_000_000, 10);
		set(2, 0, 0);
		ChiSquared.assertShares(TestCandidate.counts(this.picker, this.candidates, PICKS), 1, 1, 4);

		set(2, 0, 1);

		ChiSquared.assertShares(TestCandidate.counts(this.picker, this.candidates, PICKS), 1, 1, 0);
	}

	@Test
	void unknownInstancesShareTheFirstCalls() {
		for (int i = 0; i < 300; i++) {
			((TestCandidate) this.picker.pick(Call.NEW)).callsInFlight++;
		}

		assertThat(this.candidates).extracting(TestCandidate::callsInFlight)
			.allSatisfy((calls) -> assertThat(calls).isBetween(95, 105));
	}

	@Test
	void weightDecidesWhatIsDrawn() {
		List<TestCandidate> weighted = TestCandidate.list(1, 2, 7);
		PowerOfTwoChoices byWeight = new PowerOfTwoChoices(weighted, this.random::nextDouble);
		weighted.get(2).latencyNanos = 1;

		int[] counts = TestCandidate.counts(byWeight, weighted, PICKS);

		// the slow one never; the others when drawn with it, or first
		double first = 0.1 * 7 / 9 + 0.7 * 1 / 3 + 0.1 * 2 / 9;
		double second = 0.2 * 7 / 8 + 0.7 * 2 / 3 + 0.2 * 1 / 8;
		ChiSquared.assertShares(counts, first, second, 0);
	}

	private void set(int index, long latencyNanos, int callsInFlight) {
		this.candidates.get(index).latencyNanos = latencyNanos;
		this.candidates.get(index).callsInFlight = callsInFlight;
	}

}
