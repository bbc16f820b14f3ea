package io.github.thriftboot.netty.server;

import java.util.concurrent.TimeUnit;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ArrivalClock}.
 */
class ArrivalClockTests {

	private final MockTicker ticker = Ticker.newMockTicker();

	private final EmbeddedChannel loop = EmbeddedChannel.builder().ticker(this.ticker).build();

	private long start;

	private long now() {
		return this.start + this.ticker.nanoTime();
	}

	private void pass(long millis) {
		this.ticker.advance(millis, TimeUnit.MILLISECONDS);
	}

	@AfterEach
	void closeLoop() {
		this.loop.close();
	}

	@ParameterizedTest
	@ValueSource(longs = { 0, Long.MAX_VALUE - 1_000_000_000L })
	void whatALoopReadsThatIsThereHasArrivedNow(long startNanos) {
		this.start = startNanos;
		ArrivalClock clock = new ArrivalClock(this.loop.eventLoop(), this::now);

		for (int i = 0; i < 40; i++) {
			pass(100);
			this.loop.runScheduledPendingTasks();
			assertThat(clock.arrival()).isEqualTo(now());
		}
		pass(1_000);
		assertThat(clock.arrival()).as("late by less than counts").isEqualTo(now());
	}

	@ParameterizedTest
	@ValueSource(longs = { 0, Long.MAX_VALUE - 5_000_000_000L })
	void whatALoopReadsThatWasAwayMayHaveArrivedBefore(long startNanos) {
		this.start = startNanos;
		ArrivalClock clock = new ArrivalClock(this.loop.eventLoop(), this::now);
		pass(500);
		this.loop.runScheduledPendingTasks();
		long before = now();

		pass(10_000);
		assertThat(clock.arrival()).as("sockets first").isEqualTo(before);
		this.loop.runScheduledPendingTasks();
		while (clock.arrival() == before) {
			// until the tick after the first one
			pass(100);
			this.loop.runScheduledPendingTasks();
			assertThat(now() - before).isLessThan(TimeUnit.MILLISECONDS.toNanos(11_000));
		}

		assertThat(clock.arrival()).isEqualTo(now());
	}

}
