package io.github.thriftboot.netty.client;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.github.thriftboot.netty.protocol.ThriftMethod;
import io.github.thriftboot.netty.test.LogCapture;
import io.github.thriftboot.netty.test.TestRuntime;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Failsafe}.
 */
class FailsafeTests {

	private static final ThriftMethod ADD = TestRuntime.ECHO.method("add");

	/**
	 * Near where it overflows.
	 */
	private final AtomicLong nanoTime = new AtomicLong(Long.MAX_VALUE - TimeUnit.MILLISECONDS.toNanos(1_500));

	private final Failsafe failsafe = new Failsafe(this.nanoTime::get);

	@Test
	void answersWithWhatStandsForNothing() {
		try (LogCapture log = new LogCapture(Failsafe.class)) {
			assertThat(this.failsafe.answer(ADD, failure())).isEqualTo(0);
			assertThat(this.failsafe.answer(TestRuntime.ECHO.method("echo"), failure())).isNull();
			assertThat(this.failsafe.answer(TestRuntime.ECHO.method("nothing"), failure())).isNull();
			assertThat(this.failsafe.answer(TestRuntime.ECHO.method("note"), failure())).isNull();
			assertThat(log.lines()).hasSize(1);
		}
	}

	@Test
	void tellsOfOneFailureASecond() {
		try (LogCapture log = new LogCapture(Failsafe.class)) {
			for (int i = 0; i < 25; i++) {
				this.failsafe.answer(ADD, failure());
				this.nanoTime.addAndGet(TimeUnit.MILLISECONDS.toNanos(100));
			}

			assertThat(log.lines()).hasSize(3)
				.allSatisfy((line) -> assertThat(line).startsWith("WARN EchoService:add got no answer")
					.endsWith("NoInstanceException: on purpose"));
			assertThat(log.lines().get(0)).doesNotContain("other calls");
			assertThat(log.lines().get(2)).contains("9 other calls");
		}
	}

	@Test
	void coversOnlyWhatIsNoAnswerAndNotWantedByTheCaller() {
		assertThat(Failsafe.covers(failure())).isTrue();
		assertThat(Failsafe.covers(new CallTimeoutException("late", null, null))).isTrue();
		assertThat(Failsafe.covers(new CallCancelledException("given up", null, null))).isFalse();
		assertThat(Failsafe.covers(new IllegalStateException())).isFalse();
	}

	private static ThriftCallException failure() {
		return new NoInstanceException("on purpose", null, null);
	}

}
