package io.github.thriftboot.netty.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.github.thriftboot.netty.protocol.ThriftMethod;
import io.github.thriftboot.netty.test.TestRuntime;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link WaitingCalls}, with a clock of their own.
 */
class WaitingCallsTests {

	private static final ThriftMethod METHOD = TestRuntime.ECHO.method("add");

	private static final int NONE_PLANNED = -1;

	private final MockTicker ticker = Ticker.newMockTicker();

	private final EmbeddedChannel timer = EmbeddedChannel.builder().ticker(this.ticker).build();

	private final List<ThriftCall> dispatched = new ArrayList<>();

	private boolean reachable;

	private final WaitingCalls waiting = new WaitingCalls(3, this.timer.eventLoop(), () -> this.reachable,
			(call, failure) -> this.dispatched.add(call));

	@AfterEach
	void nothingIsPlannedAfterTheEnd() {
		this.waiting.close(null);

		assertThat(this.timer.runScheduledPendingTasks()).isEqualTo(NONE_PLANNED);
		this.timer.close();
	}

	@Test
	void callsAreSentInTheirOrder() {
		List<ThriftCall> calls = List.of(waitingCall(1_000), waitingCall(10), waitingCall(100));

		this.waiting.wake();
		this.timer.runPendingTasks();
		assertThat(this.dispatched).as("nothing can be reached").isEmpty();
		this.reachable = true;
		this.waiting.wake();
		this.timer.runPendingTasks();

		assertThat(this.dispatched).isEqualTo(calls);
		assertThat(this.waiting.isAny()).isFalse();
		advance(Duration.ofSeconds(2));
		assertThat(calls).noneMatch(ThriftCall::isDone);
	}

	@Test
	void callsEndWhenTheyHaveWaitedForLongEnough() {
		ThriftCall longer = waitingCall(10_000);
		ThriftCall shorter = waitingCall(5_000);

		advance(Duration.ofMillis(4_900));
		assertThat(List.of(longer, shorter)).noneMatch(ThriftCall::isDone);
		advance(Duration.ofMillis(200));
		assertThat(shorter.isDone()).isTrue();
		assertThat(longer.isDone()).isFalse();
		advance(Duration.ofSeconds(5));

		assertThat(longer.isDone()).isTrue();
		assertThat(this.waiting.isAny()).isFalse();
	}

	@Test
	void callThatIsOverGivesItsPlaceToAnother() {
		ThriftCall first = waitingCall(10_000);
		waitingCall(10_000);
		waitingCall(10_000);
		assertThat(add(call(10_000))).as("one too many").isFalse();

		first.giveUp(null);

		assertThat(add(call(10_000))).isTrue();
		assertThat(add(call(10_000))).isFalse();
		this.reachable = true;
		this.waiting.wake();
		this.timer.runPendingTasks();
		assertThat(this.dispatched).hasSize(3).doesNotContain(first);
	}

	@Test
	void callThatHasWaitedForLongEnoughDoesNotWaitAgain() {
		assertThat(add(call(0))).isFalse();
		assertThat(this.waiting.isAny()).isFalse();
	}

	@Test
	void callsThatComeBackAreNotSentInCircles() {
		WaitingCalls[] again = new WaitingCalls[1];
		again[0] = new WaitingCalls(3, this.timer.eventLoop(), () -> true, (call, failure) -> {
			this.dispatched.add(call);
			again[0].add(call, failure());
		});
		List<ThriftCall> calls = List.of(call(10_000), call(10_000));
		calls.forEach((call) -> again[0].add(call, failure()));

		again[0].wake();
		this.timer.runPendingTasks();

		assertThat(this.dispatched).isEqualTo(calls);
		assertThat(again[0].isAny()).isTrue();
		again[0].close(null);
		assertThat(calls).allMatch(ThriftCall::isDone);
		assertThat(again[0].add(call(10_000), failure())).as("closed").isFalse();
	}

	private ThriftCall waitingCall(int millis) {
		ThriftCall call = call(millis);
		assertThat(add(call)).isTrue();
		return call;
	}

	private boolean add(ThriftCall call) {
		return this.waiting.add(call, failure());
	}

	private static NoInstanceException failure() {
		return new NoInstanceException("none", null, null);
	}

	private static ThriftCall call(int millis) {
		return new BlockingCall(null, METHOD, METHOD.name(), METHOD.emptyArgs(),
				CallPolicy.builder(Duration.ofMinutes(1)).waitForInstance(Duration.ofMillis(millis)).build());
	}

	private void advance(Duration time) {
		this.ticker.advance(time.toNanos(), TimeUnit.NANOSECONDS);
		this.timer.runScheduledPendingTasks();
	}

}
