package io.github.thriftboot.netty.client;

import java.util.concurrent.TimeUnit;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DeadlineTimer}, with a clock that may overflow.
 */
class DeadlineTimerTests {

	private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

	private final MockTicker ticker = Ticker.newMockTicker();

	private final EmbeddedChannel loop = EmbeddedChannel.builder().ticker(this.ticker).build();

	private long start;

	private int sweeps;

	private Runnable onSweep = () -> {
	};

	private final DeadlineTimer timer = new DeadlineTimer(this.loop.eventLoop(), this::now, () -> {
		this.sweeps++;
		this.onSweep.run();
	});

	private long now() {
		return this.start + this.ticker.nanoTime();
	}

	@AfterEach
	void closeLoop() {
		this.loop.close();
	}

	@ParameterizedTest
	@ValueSource(longs = { 0, Long.MAX_VALUE, Long.MAX_VALUE - 15_000_000, Long.MIN_VALUE, -7_000_000 })
	void sweepRunsWhenTheFirstDeadlineHasPassed(long startNanos) {
		this.start = startNanos;
		this.timer.note(now() + 20 * MILLI);
		this.timer.note(now() + 10 * MILLI);
		this.timer.note(now() + 30 * MILLI);

		assertThat(this.timer.plan(false)).isTrue();
		assertThat(this.timer.plan(false)).as("early enough").isFalse();
		assertSweepsAfter(9, 0);
		assertSweepsAfter(1, 1);
		assertThat(this.timer.plan(false)).as("nothing is noted any more").isFalse();
		assertSweepsAfter(1_000, 1);
	}

	@Test
	void earlierDeadlineSetsTheTimerAnew() {
		this.timer.note(now() + 20 * MILLI);
		assertThat(this.timer.plan(false)).isTrue();

		this.timer.note(now() + 5 * MILLI);
		assertThat(this.timer.plan(false)).isTrue();

		assertSweepsAfter(5, 1);
		assertSweepsAfter(100, 1);
	}

	@Test
	void deadlineThatIsNotedDuringASweepIsPlannedLater() {
		this.onSweep = () -> this.timer.note(now() + 7 * MILLI);
		this.timer.note(now() - 5 * MILLI);

		assertThat(this.timer.plan(false)).isTrue();
		assertSweepsAfter(0, 1);
		assertThat(this.timer.plan(false)).isTrue();
		assertSweepsAfter(6, 1);
		assertSweepsAfter(1, 2);
	}

	@Test
	void queueIsLookedThroughEveryTenMilliseconds() {
		this.timer.note(now() + 1_000 * MILLI);

		for (int i = 1; i <= 5; i++) {
			assertThat(this.timer.plan(true)).isTrue();
			assertSweepsAfter(9, i - 1);
			assertSweepsAfter(1, i);
		}
	}

	private void assertSweepsAfter(long millis, int expected) {
		this.ticker.advance(millis, TimeUnit.MILLISECONDS);
		this.loop.runScheduledPendingTasks();
		assertThat(this.sweeps).isEqualTo(expected);
	}

}
