package io.github.thriftboot.netty.client;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import io.github.thriftboot.netty.client.TestCandidate.Call;
import io.github.thriftboot.test.Packet;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ConsistentHash}. Addresses and keys are fixed, and so is where they
 * lie on the ring.
 */
class ConsistentHashTests {

	private static final int KEYS = 100_000;

	@Test
	void keysAreSharedByWeight() {
		assertShares(0.1, 100, 100, 100);
		assertShares(0.1, 1, 1);
		assertShares(0.3, 1, 2, 7);
		assertShares(0.6, IntStream.range(0, 1_000).mapToDouble((i) -> 1).toArray());
	}

	private static void assertShares(double tolerance, double... weights) {
		List<TestCandidate> candidates = TestCandidate.list(weights);
		ConsistentHash picker = picker(candidates);
		double sum = 0;
		int[] counts = new int[weights.length];
		for (int i = 0; i < KEYS; i++) {
			counts[candidates.indexOf(pick(picker, "user-" + i))]++;
		}
		for (double weight : weights) {
			sum += weight;
		}
		for (int i = 0; i < weights.length; i++) {
			double expected = KEYS * weights[i] / sum;
			assertThat((double) counts[i]).isBetween(expected * (1 - tolerance), expected * (1 + tolerance));
		}
	}

	@Test
	void instanceThatGoesLosesItsKeysOnly() {
		List<TestCandidate> all = TestCandidate.list(1, 1, 1, 1, 1);
		List<TestCandidate> left = new ArrayList<>(all);
		TestCandidate gone = left.remove(2);
		ConsistentHash before = picker(all);
		ConsistentHash after = picker(left);

		for (int i = 0; i < 10_000; i++) {
			LoadBalancer.Candidate old = pick(before, i);
			if (old != gone) {
				assertThat(pick(after, i)).isSameAs(old);
			}
			else {
				// where a call goes that was tried there
				assertThat(pick(after, i)).isSameAs(before.pick(new Call(i, List.of(gone))));
			}
		}
	}

	@Test
	void instanceThatGrowsGetsKeysOnly() {
		List<TestCandidate> cold = new ArrayList<>(TestCandidate.list(100, 100, 1));
		List<TestCandidate> warm = new ArrayList<>(cold);
		TestCandidate grown = new TestCandidate(cold.get(2).instance().host(), 100);
		warm.set(2, grown);
		ConsistentHash before = picker(cold);
		ConsistentHash after = picker(warm);

		int moved = 0;
		for (int i = 0; i < 10_000; i++) {
			LoadBalancer.Candidate present = pick(after, i);
			if (present == grown) {
				moved++;
			}
			else {
				assertThat(present).isSameAs(pick(before, i));
			}
		}
		assertThat(moved).isBetween(2_500, 4_000);
	}

	@Test
	void orderOfTheListDoesNotMatter() {
		List<TestCandidate> candidates = TestCandidate.list(1, 3, 2, 1, 1, 1, 1);
		List<TestCandidate> shuffled = new ArrayList<>(candidates);
		Collections.shuffle(shuffled, new Random(1));
		ConsistentHash first = picker(candidates);
		ConsistentHash second = picker(shuffled);

		for (int i = 0; i < 10_000; i++) {
			assertThat(pick(first, i)).isSameAs(pick(second, i));
		}
	}

	@Test
	void keysThatAreEqualByValueGoToTheSameInstance() {
		ConsistentHash picker = picker(TestCandidate.list(1, 1, 1, 1, 1, 1, 1));

		assertThat(pick(picker, new StringBuilder("key"))).isSameAs(pick(picker, "key"));
		assertThat(pick(picker, "key".getBytes())).isSameAs(pick(picker, "key".getBytes()));
		assertThat(pick(picker, ByteBuffer.wrap("key".getBytes())))
			.isSameAs(pick(picker, ByteBuffer.wrap("key".getBytes())));
		assertThat(pick(picker, TimeUnit.DAYS)).isSameAs(pick(picker, "DAYS"));
		assertThat(pick(picker, new Packet().setNonce(5))).isSameAs(pick(picker, new Packet().setNonce(5)));
	}

	@Test
	void keysNextToEachOtherAreSpread() {
		List<TestCandidate> candidates = TestCandidate.list(1, 1, 1, 1);
		ConsistentHash picker = picker(candidates);
		int[] counts = new int[4];
		for (long key = 1_000_000; key < 1_000_400; key++) {
			counts[candidates.indexOf(pick(picker, key))]++;
		}

		assertThat(counts).satisfies((all) -> {
			for (int count : all) {
				assertThat(count).isBetween(50, 150);
			}
		});
	}

	private static ConsistentHash picker(List<TestCandidate> candidates) {
		return new ConsistentHash(candidates, new Random(2)::nextDouble);
	}

	private static LoadBalancer.Candidate pick(ConsistentHash picker, Object key) {
		return picker.pick(new Call(key, List.of()));
	}

}
