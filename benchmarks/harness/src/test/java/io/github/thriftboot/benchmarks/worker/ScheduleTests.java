package io.github.thriftboot.benchmarks.worker;

import java.util.stream.LongStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Schedule}.
 */
class ScheduleTests {

	private final Schedule schedule = new Schedule(1_000, 4_000);

	@Test
	void callsAreEquallyFarApart() {
		assertThat(this.schedule.intendedNanos(0)).isEqualTo(1_000);
		assertThat(this.schedule.intendedNanos(1)).isEqualTo(251_000);
		assertThat(this.schedule.intendedNanos(4_000)).isEqualTo(1_000_001_000);
	}

	@Test
	void oneInTwentyIsSlow() {
		long slow = LongStream.range(0, 100_000).filter(this.schedule::isSlow).count();
		assertThat(slow).isBetween(4_800L, 5_200L);
	}

	@Test
	void doesNotWaitForThePast() {
		assertThat(this.schedule.await(1)).isEqualTo(251_000);
	}

}
