package io.github.thriftboot.netty.client;

import java.time.Duration;

import io.github.thriftboot.netty.client.Liveness.Verdict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Liveness}, at times around which the clock overflows, too.
 */
class LivenessTests {

	private static final Duration INTERVAL = Duration.ofSeconds(8);

	private static final Duration TIMEOUT = Duration.ofSeconds(3);

	private final Liveness liveness = new Liveness(ConnectionSettings.builder().heartbeat(INTERVAL, TIMEOUT).build());

	private long start;

	private void start(long now) {
		this.start = now;
		this.liveness.started(now);
	}

	private Verdict lookAfter(double seconds, long outgoing) {
		return this.liveness.look(at(seconds), outgoing);
	}

	private long at(double seconds) {
		return this.start + (long) (seconds * 1e9);
	}

	private double secondsToNextLook(double seconds) {
		return this.liveness.nanosToNextLook(at(seconds)) / 1e9;
	}

	@ParameterizedTest
	@ValueSource(longs = { 0, -1, Long.MAX_VALUE, Long.MAX_VALUE - 9_000_000_000L, Long.MIN_VALUE })
	void peerOfWhichNothingComesIsQuietAfterTheIntervalAndDeadAfterTheTimeout(long now) {
		start(now);

		assertThat(secondsToNextLook(0)).isEqualTo(2);
		assertThat(lookAfter(7.9, 0)).isEqualTo(Verdict.ALIVE);
		assertThat(secondsToNextLook(7.5)).isEqualTo(0.5);
		assertThat(lookAfter(8, 0)).isEqualTo(Verdict.QUIET);
		this.liveness.asked(at(8));
		assertThat(this.liveness.isAsked()).isTrue();
		assertThat(secondsToNextLook(8)).isEqualTo(2);
		assertThat(secondsToNextLook(10)).isEqualTo(1);
		assertThat(lookAfter(10.9, 0)).isEqualTo(Verdict.ALIVE);
		assertThat(lookAfter(11, 0)).as("before what has come meanwhile is read").isEqualTo(Verdict.ALIVE);
		assertThat(secondsToNextLook(11)).isEqualTo(0.01);
		assertThat(lookAfter(11.01, 0)).isEqualTo(Verdict.DEAD);
	}

	@ParameterizedTest
	@ValueSource(longs = { 0, Long.MAX_VALUE - 9_000_000_000L })
	void whateverComesProvesLife(long now) {
		start(now);
		int mark = this.liveness.mark();

		this.liveness.received();
		assertThat(this.liveness.mark()).isNotEqualTo(mark);
		assertThat(lookAfter(7, 0)).isEqualTo(Verdict.ALIVE);
		assertThat(lookAfter(14.9, 0)).isEqualTo(Verdict.ALIVE);
		assertThat(lookAfter(15, 0)).isEqualTo(Verdict.QUIET);
		this.liveness.asked(at(15));
		this.liveness.received();
		assertThat(this.liveness.isAsked()).isFalse();
		assertThat(lookAfter(18, 0)).isEqualTo(Verdict.ALIVE);
		assertThat(lookAfter(25.9, 0)).isEqualTo(Verdict.ALIVE);
		assertThat(lookAfter(26, 0)).isEqualTo(Verdict.QUIET);
	}

	@Test
	void whatComesBeforeTheLastLookProvesLife() {
		start(0);
		this.liveness.asked(at(8));
		assertThat(lookAfter(60, 0)).isEqualTo(Verdict.ALIVE);

		this.liveness.received();

		assertThat(lookAfter(60.01, 0)).isEqualTo(Verdict.ALIVE);
		assertThat(secondsToNextLook(60.01)).isEqualTo(2);
	}

	@Test
	void peerThatTakesWhatItIsSentLives() {
		start(0);

		assertThat(lookAfter(7, 5_000)).isEqualTo(Verdict.ALIVE);
		assertThat(lookAfter(8, 4_000)).isEqualTo(Verdict.ALIVE);
		assertThat(lookAfter(15, 9_000)).as("more is to be sent").isEqualTo(Verdict.ALIVE);
		assertThat(lookAfter(16, 9_000)).isEqualTo(Verdict.QUIET);
		this.liveness.asked(at(16));
		assertThat(lookAfter(19, 9_000)).isEqualTo(Verdict.ALIVE);
		assertThat(lookAfter(19.01, 8_999)).isEqualTo(Verdict.ALIVE);
		assertThat(lookAfter(20, 8_999)).isEqualTo(Verdict.ALIVE);
	}

	@Test
	void peerThatMayNotBeAskedYetIsLookedAtAgain() {
		start(0);

		assertThat(lookAfter(8, 0)).isEqualTo(Verdict.QUIET);
		assertThat(secondsToNextLook(8)).isEqualTo(2);
		this.liveness.used(at(9));
		assertThat(lookAfter(16.9, 0)).isEqualTo(Verdict.ALIVE);
		assertThat(lookAfter(17, 0)).isEqualTo(Verdict.QUIET);
	}

	@Test
	void newChannelBeginsAnew() {
		start(0);
		this.liveness.asked(at(8));
		assertThat(lookAfter(11, 70)).isEqualTo(Verdict.ALIVE);

		this.liveness.started(at(11));

		assertThat(this.liveness.isAsked()).isFalse();
		assertThat(lookAfter(12, 70)).isEqualTo(Verdict.ALIVE);
		assertThat(lookAfter(19, 70)).isEqualTo(Verdict.QUIET);
	}

	@Test
	void withoutAnIntervalNobodyIsAsked() {
		Liveness off = new Liveness(ConnectionSettings.builder().heartbeat(Duration.ZERO, TIMEOUT).build());
		off.started(0);

		assertThat(off.isOn()).isFalse();
		assertThat(off.look(Duration.ofDays(9).toNanos(), 0)).isEqualTo(Verdict.ALIVE);
		assertThat(off.nanosToNextLook(0)).isEqualTo(Long.MAX_VALUE);
	}

}
