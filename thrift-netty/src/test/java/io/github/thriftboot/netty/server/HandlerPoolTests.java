package io.github.thriftboot.netty.server;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link HandlerPool}.
 */
class HandlerPoolTests {

	private final CountDownLatch release = new CountDownLatch(1);

	private HandlerPool pool = new HandlerPool(4, 3);

	@AfterEach
	void closePool() {
		this.release.countDown();
		this.pool.close();
	}

	@Test
	void callsThatBlockRunSideBySide() throws Exception {
		CyclicBarrier all = new CyclicBarrier(5);
		for (int i = 0; i < 4; i++) {
			this.pool.execute(() -> pass(all));
		}

		all.await(10, TimeUnit.SECONDS);
	}

	@Test
	void callsBeyondThreadsAndQueueAreRejected() {
		AtomicInteger ended = new AtomicInteger();
		for (int i = 0; i < 7; i++) {
			this.pool.execute(() -> {
				hold(this.release);
				ended.incrementAndGet();
			});
		}

		assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> this.pool.execute(() -> {
			throw new IllegalStateException("must not run");
		}));

		this.release.countDown();
		await().until(() -> ended.get() == 7);
		await().untilAsserted(() -> this.pool.execute(ended::incrementAndGet));
	}

	@Test
	void withoutQueueOnlyIdleThreadsTakeCalls() {
		this.pool = new HandlerPool(1, 0);
		this.pool.execute(() -> hold(this.release));

		assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> this.pool.execute(() -> {
		}));
	}

	@Test
	void callThatFailsStopsNoOther() {
		AtomicInteger ended = new AtomicInteger();
		Thread.UncaughtExceptionHandler handler = Thread.getDefaultUncaughtExceptionHandler();
		Thread.setDefaultUncaughtExceptionHandler((thread, ex) -> ended.incrementAndGet());
		try {
			for (int i = 0; i < 3; i++) {
				this.pool.execute(() -> {
					throw new AssertionError("on purpose");
				});
				this.pool.execute(ended::incrementAndGet);
			}
			await().dontCatchUncaughtExceptions().until(() -> ended.get() == 6);
		}
		finally {
			Thread.setDefaultUncaughtExceptionHandler(handler);
		}
	}

	@Test
	void everyCallOfManyThreadsRunsOnce() throws Exception {
		int threads = 4;
		int callsPerThread = 20_000;
		this.pool = new HandlerPool(3, threads * callsPerThread);
		Set<Integer> ran = ConcurrentHashMap.newKeySet();
		AtomicInteger runs = new AtomicInteger();
		for (int i = 0; i < threads; i++) {
			int first = i * callsPerThread;
			new Thread(() -> {
				for (int id = first; id < first + callsPerThread; id++) {
					int call = id;
					this.pool.execute(() -> {
						ran.add(call);
						runs.incrementAndGet();
					});
				}
			}).start();
		}

		await().atMost(Duration.ofSeconds(30)).until(() -> runs.get() >= threads * callsPerThread);
		assertThat(ran).hasSize(threads * callsPerThread);
		assertThat(runs).hasValue(threads * callsPerThread);
	}

	/**
	 * A thread that has just gone to sleep, or is about to, must not be taken for one
	 * that looks for calls.
	 */
	@Test
	void noCallIsForgottenWhileThreadsGoToSleep() throws Exception {
		for (int i = 0; i < 5_000; i++) {
			CountDownLatch done = new CountDownLatch(1);
			this.pool.execute(done::countDown);
			assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
			for (int pause = i % 40; pause > 0; pause--) {
				Thread.yield();
			}
		}
	}

	@Test
	void closeInterruptsWhatRunsAndHandsOutWhatWaits() throws Exception {
		this.pool = new HandlerPool(1, 2);
		CountDownLatch started = new CountDownLatch(1);
		CountDownLatch interrupted = new CountDownLatch(1);
		this.pool.execute(() -> {
			started.countDown();
			try {
				this.release.await();
			}
			catch (InterruptedException ex) {
				interrupted.countDown();
			}
		});
		assertThat(started.await(10, TimeUnit.SECONDS)).isTrue();
		Runnable waiting = () -> {
			throw new IllegalStateException("must not run");
		};
		this.pool.execute(waiting);

		assertThat(this.pool.close()).isEqualTo(List.of(waiting));

		assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
		assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> this.pool.execute(waiting));
	}

	private static void hold(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static void pass(CyclicBarrier barrier) {
		try {
			barrier.await();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

}
