package io.github.thriftboot.netty.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

import io.github.thriftboot.netty.protocol.ThriftMethod;
import io.github.thriftboot.netty.test.TestRuntime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PendingCalls}.
 */
class PendingCallsTests {

	@ParameterizedTest
	@ValueSource(ints = { 1, Integer.MAX_VALUE - 999, -1000, -5, 0 })
	void everyReplyFindsItsCallWhateverTheFirstId(int firstId) {
		Random random = new Random(firstId);
		PendingCalls pending = new PendingCalls(firstId);
		Map<Integer, ThriftCall> outstanding = new LinkedHashMap<>();
		Set<Integer> used = new HashSet<>();
		for (int i = 0; i < 5_000; i++) {
			int id = pending.nextId();
			assertThat(id).isNotZero();
			assertThat(used.add(id)).as("id %d is given once", id).isTrue();
			ThriftCall call = call();
			pending.put(id, call);
			outstanding.put(id, call);
			if (outstanding.size() >= 100) {
				Integer answered = List.copyOf(outstanding.keySet()).get(random.nextInt(100));
				assertThat(pending.remove(answered)).isSameAs(outstanding.remove(answered));
				assertThat(pending.remove(answered)).as("second reply").isNull();
			}
			assertThat(pending.waiting()).isEqualTo(outstanding.size());
		}
		outstanding.forEach((id, call) -> assertThat(pending.remove(id)).isSameAs(call));
		assertThat(pending.waiting()).isZero();
	}

	@Test
	void counterThatComesUponParkedCallsLeavesTheirIdsOut() {
		PendingCalls pending = new PendingCalls(Integer.MAX_VALUE - 250);
		// room for all, so that the ids ahead of the counter have places
		List<Integer> earlier = new ArrayList<>();
		for (int i = 0; i < 200; i++) {
			earlier.add(pending.nextId());
			pending.put(earlier.get(i), call());
		}
		earlier.forEach(pending::remove);
		int ahead = pending.nextId() + 1;
		Map<Integer, ThriftCall> parked = new LinkedHashMap<>();
		for (int i = 0; i < 100; i++) {
			parked.put(ahead + i, call());
			pending.put(ahead + i, parked.get(ahead + i));
		}

		Map<Integer, ThriftCall> calls = new LinkedHashMap<>();
		for (int i = 0; i < 1_000; i++) {
			int id = pending.nextId();
			assertThat(parked).doesNotContainKey(id);
			assertThat(id).isNotZero();
			assertThat(calls.put(id, call())).as("id %d is given once", id).isNull();
			pending.put(id, calls.get(id));
		}

		calls.forEach((id, call) -> assertThat(pending.remove(id)).isSameAs(call));
		parked.forEach((id, call) -> assertThat(pending.remove(id)).isSameAs(call));
		assertThat(pending.waiting()).isZero();
	}

	@Test
	void idThatIsFarAwayButSharesAPlaceIsNotMistaken() {
		PendingCalls pending = new PendingCalls(1);
		int id = pending.nextId();
		pending.put(id, call());

		for (int bit = 6; bit < 32; bit++) {
			assertThat(pending.remove(id ^ 1 << bit)).isNull();
		}
		assertThat(pending.remove(id)).isNotNull();
	}

	@Test
	void abandonedIdIsNotGivenAgainUntilItsReplyComes() {
		PendingCalls pending = new PendingCalls(1);
		ThriftCall slow = call();
		int slowId = pending.nextId();
		pending.put(slowId, slow);
		pending.put(pending.nextId(), call());
		pending.abandonIf((call) -> call == slow);

		assertThat(pending.waiting()).isOne();
		assertThat(pending.abandoned()).isOne();
		for (int i = 0; i < 500; i++) {
			int id = pending.nextId();
			// the place of the abandoned id is never given to another one
			assertThat(id & 63).isNotEqualTo(slowId & 63);
			pending.put(id, call());
			pending.remove(id);
		}
		assertThat(pending.remove(slowId)).as("late reply").isNull();
		assertThat(pending.abandoned()).isZero();
		assertThat(pending.waiting()).isOne();
	}

	@Test
	void anyNumberOfCallsMayWait() {
		PendingCalls pending = new PendingCalls(-50_000);
		Map<Integer, ThriftCall> calls = new LinkedHashMap<>();
		for (int i = 0; i < 100_000; i++) {
			ThriftCall call = call();
			int id = pending.nextId();
			pending.put(id, call);
			calls.put(id, call);
		}

		assertThat(pending.waiting()).isEqualTo(100_000);
		calls.forEach((id, call) -> assertThat(pending.remove(id)).isSameAs(call));
	}

	@Test
	void clearTakesOutEveryCallAndForgetsTheAbandonedOnes() {
		PendingCalls pending = new PendingCalls(1);
		List<ThriftCall> calls = new ArrayList<>();
		for (int i = 0; i < 200; i++) {
			calls.add(call());
			pending.put(pending.nextId(), calls.get(i));
		}
		ThriftCall abandoned = calls.remove(17);
		pending.abandonIf((call) -> call == abandoned);
		List<ThriftCall> cleared = new ArrayList<>();

		pending.clear(cleared::add);

		assertThat(cleared).containsExactlyInAnyOrderElementsOf(calls);
		assertThat(pending.waiting()).isZero();
		assertThat(pending.abandoned()).isZero();
		assertThat(pending.nextId()).as("ids go on").isEqualTo(201);
	}

	private static ThriftCall call() {
		ThriftMethod method = TestRuntime.ECHO.method("whoAmI");
		return new BlockingCall(null, method, method.name(), method.emptyArgs(), CallPolicy.of(Duration.ZERO));
	}

}
