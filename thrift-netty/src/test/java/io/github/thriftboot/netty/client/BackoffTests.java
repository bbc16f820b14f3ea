package io.github.thriftboot.netty.client;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Backoff}.
 */
class BackoffTests {

	@ParameterizedTest
	@MethodSource("randoms")
	void attemptsAreAtMostTwoSecondsApartInTheFirstHalfMinute(DoubleSupplier random) {
		Backoff backoff = new Backoff(random);

		long time = 0;
		int attempts = 0;
		while (time < 30_000) {
			long delay = backoff.nextDelayMillis();
			assertThat(delay).isBetween(25L, 2_000L);
			time += delay;
			attempts++;
		}
		assertThat(attempts).isBetween(15, 60);
	}

	@ParameterizedTest
	@MethodSource("randoms")
	void attemptsAreAtMostTenAMinuteLater(DoubleSupplier random) {
		Backoff backoff = new Backoff(random);
		long time = 0;
		while (time < 30_000) {
			time += backoff.nextDelayMillis();
		}

		List<Long> attempts = new ArrayList<>();
		for (int i = 0; i < 1_000; i++) {
			long delay = backoff.nextDelayMillis();
			assertThat(delay).isBetween(6_000L, 10_000L);
			time += delay;
			attempts.add(time);
		}
		for (int i = 10; i < attempts.size(); i++) {
			assertThat(attempts.get(i) - attempts.get(i - 10)).as("eleven attempts").isGreaterThanOrEqualTo(60_000);
		}
	}

	static Stream<DoubleSupplier> randoms() {
		return Stream.of(() -> 0, () -> 0.5, () -> Math.nextDown(1.0), new Random(1)::nextDouble);
	}

	@Test
	void delaysGrowFromShortToLong() {
		Backoff backoff = new Backoff(() -> 0.5);

		assertThat(Stream.generate(backoff::nextDelayMillis).limit(8)).isSorted()
			.startsWith(37L, 75L)
			.endsWith(1_500L, 1_500L);
	}

	@Test
	void delaysAreJittered() {
		Random random = new Random(2);

		assertThat(Stream.generate(() -> {
			Backoff backoff = new Backoff(random::nextDouble);
			return Stream.generate(backoff::nextDelayMillis).limit(6).mapToLong(Long::longValue).sum();
		}).limit(100).distinct()).hasSizeGreaterThan(80);
	}

	@Test
	void resetStartsAgain() {
		Backoff backoff = new Backoff(() -> 0);
		for (int i = 0; i < 100; i++) {
			backoff.nextDelayMillis();
		}

		backoff.reset();

		assertThat(backoff.nextDelayMillis()).isEqualTo(25);
		assertThat(backoff.nextDelayMillis()).isEqualTo(50);
	}

}
