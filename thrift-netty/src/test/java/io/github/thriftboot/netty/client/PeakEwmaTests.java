package io.github.thriftboot.netty.client;

import java.util.concurrent.TimeUnit;

import io.github.thriftboot.netty.test.TestRuntime;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PeakEwma}.
 */
class PeakEwmaTests {

	private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

	private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

	private static final Percentage ABOUT = Percentage.withPercentage(0.2);

	private final PeakEwma latency = new PeakEwma();

	@ParameterizedTest
	@ValueSource(longs = { 0, 123_456_789_012L, -5_000_000_000L, Long.MAX_VALUE - 2_000_000_000L, Long.MIN_VALUE })
	void peaksCountAtOnceAndAreForgottenOverTime(long start) {
		assertThat(this.latency.value(start)).isZero();

		this.latency.observe(3 * MILLI, start);
		assertThat(this.latency.value(start)).isCloseTo(3 * MILLI, ABOUT);
		this.latency.observe(100 * MILLI, start);
		assertThat(this.latency.value(start)).isCloseTo(100 * MILLI, ABOUT);
		this.latency.observe(2 * MILLI, start);
		assertThat(this.latency.value(start)).isCloseTo(100 * MILLI, ABOUT);

		// one decay later
		this.latency.observe(MILLI, start + 10 * SECOND);
		assertThat(this.latency.value(start + 10 * SECOND)).isCloseTo((long) ((99 / Math.E + 1) * MILLI), ABOUT);
	}

	@Test
	void averageFadesWithoutAnswers() {
		this.latency.observe(SECOND, 0);

		assertThat(this.latency.value(10 * SECOND)).isCloseTo((long) (SECOND / Math.E), ABOUT);
		assertThat(this.latency.value(1_000 * SECOND)).isZero();
	}

	@Test
	void manyAnswersAMillisecondCountByTheirTime() {
		this.latency.observe(101 * MILLI, 0);
		for (long now = 0; now < 10 * SECOND; now += MILLI / 20) {
			this.latency.observe(MILLI, now);
		}

		assertThat(this.latency.value(10 * SECOND)).isCloseTo((long) ((100 / Math.E + 1) * MILLI), ABOUT);
	}

	@Test
	void clocksOfThreadsThatDifferDoNoHarm() {
		this.latency.observe(5 * MILLI, 10 * SECOND);
		this.latency.observe(4 * MILLI, 9 * SECOND);

		assertThat(this.latency.value(8 * SECOND)).isCloseTo(5 * MILLI, ABOUT);
	}

	@Test
	void threadsDoNotDisturbEachOther() throws Exception {
		TestRuntime.runInThreads(4, (thread) -> {
			for (int i = 0; i < 100_000; i++) {
				this.latency.observe(MILLI + i % 100, i * MILLI);
				assertThat(this.latency.value(i * MILLI)).isBetween(0L, MILLI + 101);
			}
		});
	}

}
