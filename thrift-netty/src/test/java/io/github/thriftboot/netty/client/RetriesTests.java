package io.github.thriftboot.netty.client;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import io.github.thriftboot.netty.protocol.ThriftMethod;
import io.github.thriftboot.netty.test.TestRuntime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Retries}.
 */
class RetriesTests {

	private static final ThriftMethod METHOD = TestRuntime.ECHO.method("add");

	private static final ThriftCallException UNSENT = new UnprocessedException("unsent", null, null);

	private static final ThriftCallException REJECTED = new UnprocessedException("rejected", "host:1");

	private static final ThriftCallException LOST = new ConnectionLostException("lost", null, null);

	private static final ThriftCallException TIMED_OUT = new CallTimeoutException("late", null, null);

	private final RetryBudget tenRetries = new RetryBudget(0, 1, 0);

	private final RetryBudget none = new RetryBudget(0, 0, 0);

	@Test
	void callThatWasNotSentGoesOnAtOnceAndForNothing() {
		ThriftCall call = call((policy) -> policy.maxAttempts(1));

		assertThat(delay(this.none, call, UNSENT, true)).isZero();
		assertThat(delay(this.none, call, UNSENT, true)).isZero();
		assertThat(delay(this.none, call, UNSENT, false)).isEqualTo(Retries.NEVER);
	}

	@Test
	void callThatWasRejectedGoesOnAfterAGrowingTimeWithinTheBudget() {
		ThriftCall call = call((policy) -> policy.maxAttempts(1));

		for (int i = 0; i < 10; i++) {
			assertThat(delay(this.tenRetries, call, REJECTED, true)).isEqualTo(millis(5L << Math.min(i, 5)));
		}
		assertThat(delay(this.tenRetries, call, REJECTED, true)).as("budget used up").isEqualTo(Retries.NEVER);
		assertThat(delay(new RetryBudget(0, 1, 0), call, REJECTED, false)).isEqualTo(Retries.NEVER);
	}

	@Test
	void callThatMayHaveRunGoesOnOnlyIfItIsIdempotent() {
		ThriftCall call = call((policy) -> policy.idempotent(true).maxAttempts(4));

		assertThat(delay(this.tenRetries, call((policy) -> policy), LOST, true)).isEqualTo(Retries.NEVER);
		assertThat(delay(this.tenRetries, call, LOST, true)).as("elsewhere").isZero();
		assertThat(delay(this.tenRetries, call, LOST, false)).as("at the same instance").isEqualTo(millis(10));
		assertThat(delay(this.none, call, LOST, true)).isEqualTo(Retries.NEVER);
		assertThat(delay(this.tenRetries, call, LOST, true)).as("no attempt left").isEqualTo(Retries.NEVER);
	}

	@Test
	void callWhoseTimeIsOverOrWhoseCallerGaveUpIsNotTriedAgain() {
		ThriftCall call = call((policy) -> policy.idempotent(true).maxAttempts(10));

		assertThat(delay(this.tenRetries, call, TIMED_OUT, true)).isEqualTo(Retries.NEVER);
		assertThat(delay(this.tenRetries, call, new CallCancelledException("given up", null, null), true))
			.isEqualTo(Retries.NEVER);
		assertThat(delay(this.tenRetries, call, new NoInstanceException("none", null, null), true))
			.isEqualTo(Retries.NEVER);
	}

	@ParameterizedTest
	@EnumSource(names = { "FAILFAST", "BROADCAST" })
	void thereIsOneAttemptAtAnInstance(ClusterMode cluster) {
		ThriftCall call = call((policy) -> policy.idempotent(true).cluster(cluster));

		assertThat(delay(this.tenRetries, call, UNSENT, true)).isEqualTo(Retries.NEVER);
		assertThat(delay(this.tenRetries, call, REJECTED, true)).isEqualTo(Retries.NEVER);
		assertThat(delay(this.tenRetries, call, LOST, true)).isEqualTo(Retries.NEVER);
		assertThat(retries(this.tenRetries).isFree(call, UNSENT)).isFalse();
	}

	@Test
	void attemptThatTakesTooLongIsLeftIfThereIsAnotherInstanceAndABudget() {
		Retries retries = retries(this.tenRetries);
		ThriftCall call = call((policy) -> policy.idempotent(true).maxAttempts(2));

		assertThat(retries.mayLeave(call, true, false, 0)).isFalse();
		assertThat(retries(this.none).mayLeave(call, true, true, 0)).isFalse();
		assertThat(retries(this.none).mayLeave(call, false, true, 0)).as("not sent").isTrue();
		assertThat(retries.mayLeave(call, true, true, 0)).isTrue();
		call.attempted(TIMED_OUT);
		assertThat(retries.mayLeave(call, true, true, 0)).as("no attempt left").isFalse();
	}

	private static long delay(RetryBudget budget, ThriftCall call, ThriftCallException failure, boolean untried) {
		call.attempted(failure);
		return retries(budget).delayNanos(call, failure, untried, 0);
	}

	private static Retries retries(RetryBudget budget) {
		return new Retries(budget, () -> 0);
	}

	private static long millis(long millis) {
		return TimeUnit.MILLISECONDS.toNanos(millis);
	}

	private static ThriftCall call(UnaryOperator<CallPolicy.Builder> change) {
		return new BlockingCall(null, METHOD, METHOD.name(), METHOD.emptyArgs(),
				change.apply(CallPolicy.builder(Duration.ofMinutes(1))).build());
	}

}
