package io.github.thriftboot.netty.server;

import java.util.concurrent.TimeUnit;

import io.github.thriftboot.netty.server.AdaptiveLimit.MethodTimes;
import io.github.thriftboot.netty.server.SimulatedServer.Outcome;
import io.github.thriftboot.netty.server.SimulatedServer.SimulatedMethod;
import io.github.thriftboot.netty.test.TestRuntime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link AdaptiveLimit}. Time is simulated, and chance is the same each time.
 */
class AdaptiveLimitTests {

	@ParameterizedTest
	@CsvSource({ "2, 50", "8, 5", "20, 10", "50, 1", "200, 20" })
	void limitSettlesNearCapacityAndGoodputHoldsAtTenTimesTheLoad(int workers, int millis) {
		AdaptiveLimit limit = new AdaptiveLimit(1, 10_000);
		SimulatedServer server = new SimulatedServer(workers, limit);
		server.exponential(millis, 1);
		Outcome calm = server.run(0.8, 10);
		server.run(10, 2);

		Outcome over = server.run(10, 10);

		System.out.printf("%d workers, %d ms: at 0.8 %s; at 10 %s%n", workers, millis, calm, over);
		assertThat(over.averageLimit()).isBetween(workers * 1.0, workers * 2.0 + 1);
		assertThat(over.goodput()).isGreaterThan(0.93);
		assertThat(over.latency(99)).isLessThan(2 * calm.latency(99));
	}

	@Test
	void limitGrowsAsLongAsItIsUsedAndCallsTakeNoLonger() {
		AdaptiveLimit limit = new AdaptiveLimit(20, 10_000);
		SimulatedServer server = new SimulatedServer(2_000, limit);
		server.constant(50, 1);

		// 1,000 at once
		Outcome beginning = server.run(0.5, 3);
		Outcome later = server.run(0.5, 3);

		assertThat(beginning.rejected()).isPositive();
		assertThat(later.rejected()).isZero();
		assertThat(limit.limit()).isBetween(1_000, 2_500);
	}

	@Test
	void limitStaysWithinItsBounds() {
		AdaptiveLimit limit = new AdaptiveLimit(20, 100);
		SimulatedServer server = new SimulatedServer(2_000, limit);
		server.constant(5, 1);
		server.run(1, 2);
		assertThat(limit.limit()).isEqualTo(100);

		server = new SimulatedServer(1, limit);
		server.constant(5, 1);
		Outcome over = server.run(10, 60);

		assertThat(over.lowestLimit()).isEqualTo(20);
		assertThat(over.goodput()).isGreaterThan(0.99);
	}

	@Test
	void overloadDoesNotBecomeUsual() {
		AdaptiveLimit limit = new AdaptiveLimit(10, 10_000);
		SimulatedServer server = new SimulatedServer(10, limit);
		server.exponential(5, 1);
		server.run(0.5, 5);
		server.run(10, 10);

		// long enough for every average to be one of the overload
		for (int i = 0; i < 5; i++) {
			Outcome over = server.run(10, 30);
			assertThat(over.averageLimit()).isBetween(10.0, 21.0);
			assertThat(over.goodput()).isGreaterThan(0.97);
		}
	}

	@Test
	void serverThatStartsInOverloadFindsItsCapacity() {
		AdaptiveLimit limit = new AdaptiveLimit(20, 10_000);
		SimulatedServer server = new SimulatedServer(50, limit);
		server.exponential(10, 1);
		server.run(10, 2);

		Outcome over = server.run(10, 5);

		assertThat(over.averageLimit()).isBetween(50.0, 100.0);
		assertThat(over.goodput()).isGreaterThan(0.97);
	}

	@Test
	void limitThatIsTooHighByFarShrinksSoon() {
		AdaptiveLimit limit = new AdaptiveLimit(20, 10_000);
		SimulatedServer server = new SimulatedServer(200, limit);
		SimulatedMethod method = server.exponential(20, 1);
		server.run(0.9, 3);
		assertThat(limit.limit()).isGreaterThan(180);
		server = new SimulatedServer(20, limit, method);
		server.run(0.5, 1);

		server.run(10, 2);
		Outcome over = server.run(10, 3);

		assertThat(over.averageLimit()).isBetween(20.0, 60.0);
		assertThat(over.goodput()).isGreaterThan(0.97);
	}

	@Test
	void serviceThatBecomesSlowerGetsItsLimitBack() {
		AdaptiveLimit limit = new AdaptiveLimit(5, 10_000);
		SimulatedServer server = new SimulatedServer(100, limit);
		server.exponential(10, 1);
		server.run(0.5, 5);
		server.run(10, 5);

		server.slowness(3);
		server.run(10, 4);
		Outcome slow = server.run(10, 10);
		server.slowness(1);
		Outcome fast = server.run(10, 5);
		server.run(10, 20);
		Outcome later = server.run(10, 20);

		assertThat(slow.goodput()).isGreaterThan(0.97);
		assertThat(slow.averageLimit()).isBetween(90.0, 210.0);
		assertThat(fast.goodput()).isGreaterThan(0.97);
		assertThat(later.goodput()).isGreaterThan(0.97);
		assertThat(later.averageLimit()).isBetween(90.0, 210.0);
	}

	@Test
	void nothingIsRejectedAfterTheOverload() {
		AdaptiveLimit limit = new AdaptiveLimit(5, 10_000);
		SimulatedServer server = new SimulatedServer(20, limit);
		server.exponential(10, 1);
		server.run(0.5, 5);
		assertThat(server.run(10, 5).rejected()).isPositive();

		server.run(0.5, 0.5);
		assertThat(server.run(0.5, 10).rejected()).isLessThan(10);
	}

	@Test
	void callsWhileTheLimitIsNotUsedDoNotChangeIt() {
		AdaptiveLimit limit = new AdaptiveLimit(20, 10_000);
		MethodTimes times = limit.addMethod();
		long now = 0;
		for (int i = 0; i < 1_000; i++) {
			now += TimeUnit.MILLISECONDS.toNanos(1);
			times.onAnswer(20, now - TimeUnit.MILLISECONDS.toNanos(5), now);
		}
		int grown = limit.limit();
		assertThat(grown).isBetween(25, 40);

		for (int i = 0; i < 10_000; i++) {
			now += TimeUnit.MILLISECONDS.toNanos(1);
			times.onAnswer(5 + i % 6, now - TimeUnit.MILLISECONDS.toNanos((i < 5_000) ? 1 : 500), now);
			assertThat(limit.limit()).isEqualTo(grown);
		}
	}

	@Test
	void otherMixOfFastAndSlowMethodsIsNoOverload() {
		AdaptiveLimit limit = new AdaptiveLimit(20, 10_000);
		SimulatedServer server = new SimulatedServer(100, limit);
		SimulatedMethod fast = server.constant(1, 0.95);
		server.exponential(100, 0.05);
		server.run(0.8, 5);
		int before = limit.limit();
		assertThat(server.run(0.8, 3).rejected()).isZero();

		fast.share(0.01);
		Outcome slow = server.run(0.8, 5);

		assertThat(slow.rejected()).as("calls take 15 times as long on average").isZero();
		assertThat(slow.lowestLimit()).isGreaterThanOrEqualTo(before);
	}

	@Test
	void mixOfFastAndSlowMethodsSettlesNearCapacity() {
		AdaptiveLimit limit = new AdaptiveLimit(10, 10_000);
		SimulatedServer server = new SimulatedServer(20, limit);
		SimulatedMethod fast = server.exponential(1, 0.9);
		SimulatedMethod slow = server.exponential(100, 0.1);
		server.run(0.5, 5);
		server.run(10, 2);
		Outcome both = server.run(10, 20);
		fast.share(0.01);
		server.run(10, 2);
		Outcome slowOnly = server.run(10, 20);
		fast.share(1);
		slow.share(0);
		server.run(10, 1);
		Outcome fastOnly = server.run(10, 5);

		System.out.printf("mix: both %s; slow %s; fast %s%n", both, slowOnly, fastOnly);
		assertThat(both.goodput()).isGreaterThan(0.9);
		assertThat(both.averageLimit()).isBetween(20.0, 45.0);
		assertThat(slowOnly.goodput()).isGreaterThan(0.9);
		assertThat(slowOnly.averageLimit()).isBetween(20.0, 45.0);
		assertThat(fastOnly.goodput()).isGreaterThan(0.9);
		assertThat(fastOnly.averageLimit()).isBetween(20.0, 45.0);
	}

	@Test
	void methodThatIsFirstCalledInOverloadIsNoException() {
		AdaptiveLimit limit = new AdaptiveLimit(10, 10_000);
		SimulatedServer server = new SimulatedServer(20, limit);
		SimulatedMethod known = server.exponential(5, 1);
		server.run(0.5, 5);
		server.run(10, 2);

		known.share(0);
		server.exponential(20, 1);
		server.run(10, 15);
		Outcome over = server.run(10, 20);

		assertThat(over.goodput()).isGreaterThan(0.95);
		assertThat(over.averageLimit()).isBetween(20.0, 41.0);
	}

	@Test
	void lastPlacesAreForConnectionsWithFewCalls() {
		AdaptiveLimit limit = new AdaptiveLimit(64, 64);
		assertThat(limit.isFull(59, 59)).isFalse();
		assertThat(limit.isFull(60, 60)).isTrue();
		assertThat(limit.isFull(60, 3)).isFalse();
		assertThat(limit.isFull(63, 3)).isFalse();
		assertThat(limit.isFull(64, 0)).isTrue();
		AdaptiveLimit low = new AdaptiveLimit(4, 4);
		assertThat(low.isFull(3, 3)).isFalse();
		assertThat(low.isFull(4, 0)).isTrue();
	}

	@Test
	void timesComeFromManyThreads() throws Exception {
		AdaptiveLimit limit = new AdaptiveLimit(20, 1_000);
		MethodTimes[] times = { limit.addMethod(), limit.addMethod() };
		TestRuntime.runInThreads(4, (thread) -> {
			for (int i = 0; i < 200_000; i++) {
				long now = i * 10_000L;
				times[i % 2].onAnswer(limit.limit(), now - 1_000_000, now);
			}
		});
		assertThat(limit.limit()).isEqualTo(1_000);
	}

	@Test
	void boundsHaveToMakeSense() {
		assertThatIllegalArgumentException().isThrownBy(() -> ThriftServer.builder().adaptiveLimit(0, 10))
			.withMessage("adaptiveLimit: min 0 (expected: >= 1)");
		assertThatIllegalArgumentException().isThrownBy(() -> ThriftServer.builder().adaptiveLimit(10, 9))
			.withMessage("adaptiveLimit: max 9 (expected: >= min 10)");
	}

}
