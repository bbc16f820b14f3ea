package io.github.thriftboot.netty.client;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.github.thriftboot.netty.client.Lifespan.Verdict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Lifespan}.
 */
class LifespanTests {

	private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

	@ParameterizedTest
	@ValueSource(longs = { 0, Long.MAX_VALUE - 5 * 1_000_000_000L, Long.MIN_VALUE })
	void connectionWithoutCallsIsIdle(long start) {
		Lifespan lifespan = lifespan(Duration.ofSeconds(8), Duration.ZERO, 0.5);
		lifespan.started(start, 1);

		assertThat(lifespan.nanosToNextLook(start)).isEqualTo(2 * SECOND);
		assertThat(lifespan.look(start + 7 * SECOND, 2, false)).as("a call").isEqualTo(Verdict.KEEP);
		assertThat(lifespan.look(start + 10 * SECOND, 2, true)).as("under way").isEqualTo(Verdict.KEEP);
		assertThat(lifespan.look(start + 18 * SECOND - 1, 2, false)).isEqualTo(Verdict.KEEP);
		assertThat(lifespan.nanosToNextLook(start + 18 * SECOND - 1_000_000)).isEqualTo(1_000_000);
		assertThat(lifespan.look(start + 18 * SECOND, 2, false)).isEqualTo(Verdict.IDLE);
		assertThat(lifespan.nanosToNextLook(start + 18 * SECOND)).as("one that is kept").isEqualTo(2 * SECOND);
	}

	@Test
	void pingIsNoCall() {
		Lifespan lifespan = lifespan(Duration.ofSeconds(8), Duration.ZERO, 0.5);
		lifespan.started(0, 1);

		lifespan.ignore(2);

		assertThat(lifespan.look(8 * SECOND, 2, false)).isEqualTo(Verdict.IDLE);
	}

	@ParameterizedTest
	@CsvSource({ "0, 90", "0.5, 100", "1, 110" })
	void connectionAgesWithJitter(double random, long seconds) {
		Lifespan lifespan = lifespan(Duration.ZERO, Duration.ofSeconds(100), random);
		long start = Long.MAX_VALUE - 50 * SECOND;
		lifespan.started(start, 1);

		assertThat(lifespan.nanosToNextLook(start)).isEqualTo(seconds * SECOND);
		assertThat(lifespan.look(start + seconds * SECOND - 1, 1, true)).isEqualTo(Verdict.KEEP);
		assertThat(lifespan.look(start + seconds * SECOND, 1, true)).isEqualTo(Verdict.OLD);
		lifespan.postpone(start + seconds * SECOND);
		assertThat(lifespan.nanosToNextLook(start + seconds * SECOND)).isEqualTo(10 * SECOND);
		assertThat(lifespan.look(start + (seconds + 10) * SECOND, 1, true)).isEqualTo(Verdict.OLD);
	}

	@Test
	void connectionLivesForEverWithoutTimes() {
		Lifespan lifespan = lifespan(Duration.ZERO, Duration.ZERO, 0.5);
		lifespan.started(0, 1);

		assertThat(lifespan.look(Duration.ofDays(10_000).toNanos(), 1, false)).isEqualTo(Verdict.KEEP);
		assertThat(lifespan.nanosToNextLook(0)).isEqualTo(Long.MAX_VALUE);
	}

	private static Lifespan lifespan(Duration idle, Duration age, double random) {
		return new Lifespan(ConnectionSettings.builder().idleTimeout(idle).maxAge(age).build(), () -> random);
	}

}
