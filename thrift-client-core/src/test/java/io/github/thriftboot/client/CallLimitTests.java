package io.github.thriftboot.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.thriftboot.netty.test.TestRuntime;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class CallLimitTests {

	private final CallLimit limit = new CallLimit(2, Duration.ofSeconds(20), 3);

	@Test
	void thereAreAsManyPermitsAsConfigured() {
		assertThat(this.limit.tryAcquire()).isTrue();
		assertThat(this.limit.tryAcquire()).isTrue();
		assertThat(this.limit.tryAcquire()).isFalse();
		assertThat(this.limit.inFlight()).isEqualTo(2);

		this.limit.release();
		assertThat(this.limit.tryAcquire()).isTrue();
		assertThat(this.limit.tryAcquire()).isFalse();
	}

	@Test
	void whoHasWaitedLongestIsNext() {
		takeAll();
		CompletableFuture<Boolean> first = this.limit.enqueue();
		CompletableFuture<Boolean> second = this.limit.enqueue();
		CompletableFuture<Boolean> third = this.limit.enqueue();
		assertThat(this.limit.waiting()).isEqualTo(3);

		this.limit.release();
		assertThat(first).isCompletedWithValue(true);
		assertThat(this.limit.tryAcquire()).as("nobody overtakes").isFalse();

		second.complete(false);
		this.limit.release();
		assertThat(third).isCompletedWithValue(true);
		assertThat(this.limit.waiting()).isZero();
		assertThat(this.limit.inFlight()).isEqualTo(2);
	}

	@Test
	void noMoreThanConfiguredWait() {
		takeAll();
		List<CompletableFuture<Boolean>> waiting = new ArrayList<>();
		for (int i = 0; i < 3; i++) {
			waiting.add(this.limit.enqueue());
		}
		assertThat(this.limit.enqueue()).isNull();

		waiting.get(1).complete(false);
		assertThat(this.limit.enqueue()).isNotNull();
	}

	@Test
	void permitThatIsFreeEndsTheWaitAtOnce() {
		assertThat(this.limit.enqueue()).isCompletedWithValue(true);
		assertThat(this.limit.inFlight()).isEqualTo(1);
		assertThat(this.limit.waiting()).isZero();
	}

	@Test
	void waitEndsWithItsTime() throws Exception {
		takeAll();

		assertThat(this.limit.await(TimeUnit.MILLISECONDS.toNanos(20))).isFalse();
		assertThat(this.limit.waiting()).isZero();

		this.limit.release();
		assertThat(this.limit.inFlight()).isEqualTo(1);
	}

	@Test
	void interruptEndsTheWait() {
		takeAll();
		Thread.currentThread().interrupt();

		assertThatExceptionOfType(InterruptedException.class)
			.isThrownBy(() -> this.limit.await(TimeUnit.SECONDS.toNanos(20)));
		assertThat(this.limit.waiting()).isZero();
		this.limit.release();
		this.limit.release();
		assertThat(this.limit.inFlight()).isZero();
	}

	@Test
	void permitsAreNeitherLostNorDoubledWhateverTheThreadsDo() throws Exception {
		CallLimit few = new CallLimit(3, Duration.ofSeconds(20), 100);
		AtomicInteger running = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		AtomicInteger ran = new AtomicInteger();
		TestRuntime.runInThreads(16, (thread) -> {
			ThreadLocalRandom random = ThreadLocalRandom.current();
			for (int i = 0; i < 2_000; i++) {
				if (random.nextInt(50) == 0) {
					Thread.currentThread().interrupt();
				}
				try {
					// short waits, so that many end just when their permit comes
					if (few.tryAcquire() || few.await(random.nextInt(200_000))) {
						most.accumulateAndGet(running.incrementAndGet(), Math::max);
						ran.incrementAndGet();
						Thread.yield();
						running.decrementAndGet();
						few.release();
					}
				}
				catch (InterruptedException ex) {
					// has no permit
				}
			}
		});

		assertThat(few.inFlight()).isZero();
		assertThat(few.waiting()).isZero();
		assertThat(most).hasValueLessThanOrEqualTo(3);
		assertThat(ran).hasValueGreaterThan(1_000);
	}

	@Test
	void valuesOutOfRange() {
		assertThatIllegalArgumentException().isThrownBy(() -> new CallLimit(-1, Duration.ZERO, 1))
			.withMessage("actives: -1 (expected: >= 0)");
		assertThatIllegalArgumentException().isThrownBy(() -> new CallLimit(1, Duration.ofMillis(-1), 1))
			.withMessage("actives-wait: PT-0.001S (expected: >= 0)");
		assertThatIllegalArgumentException().isThrownBy(() -> new CallLimit(1, Duration.ZERO, 0))
			.withMessage("actives-queue: 0 (expected: >= 1)");
	}

	private void takeAll() {
		while (this.limit.tryAcquire()) {
			// the next
		}
	}

}
