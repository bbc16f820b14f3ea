package io.github.thriftboot.netty.client;

import java.util.List;
import java.util.SplittableRandom;

import io.github.thriftboot.netty.client.TestCandidate.Call;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LeastActive}.
 */
class LeastActiveTests {

	private final SplittableRandom random = new SplittableRandom(20261123);

	private final List<TestCandidate> candidates = TestCandidate.list(1, 2, 7, 100);

	private final LeastActive picker = new LeastActive(this.candidates, this.random::nextDouble);

	@Test
	void fewestCallsWin() {
		setCalls(3, 1, 2, 5);

		assertThat(this.picker.pick(Call.NEW)).isSameAs(this.candidates.get(1));
		assertThat(this.picker.pick(Call.triedAt(this.candidates.get(1)))).isSameAs(this.candidates.get(2));
	}

	@Test
	void weightDecidesAmongThoseWithEquallyFew() {
		setCalls(4, 4, 4, 5);

		ChiSquared.assertShares(TestCandidate.counts(this.picker, this.candidates, 100_000), 1, 2, 7, 0);
	}

	@Test
	void largestNumberOfCallsIsANumberToo() {
		setCalls(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE);

		assertThat(this.picker.pick(Call.NEW)).isNotNull();
	}

	@Test
	void callsThatDoNotEndAreSpreadEvenly() {
		for (int i = 0; i < 400; i++) {
			((TestCandidate) this.picker.pick(Call.NEW)).callsInFlight++;
		}

		assertThat(this.candidates).extracting(TestCandidate::callsInFlight).containsOnly(100);
	}

	private void setCalls(int... calls) {
		for (int i = 0; i < calls.length; i++) {
			this.candidates.get(i).callsInFlight = calls[i];
		}
	}

}
