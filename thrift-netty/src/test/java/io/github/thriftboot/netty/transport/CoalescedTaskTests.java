package io.github.thriftboot.netty.transport;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link CoalescedTask}.
 */
class CoalescedTaskTests {

	private final Queue<Runnable> scheduled = new ArrayDeque<>();

	private final AtomicInteger runs = new AtomicInteger();

	@Test
	void signalsBeforeTheTaskStartsShareOneRun() {
		CoalescedTask task = new CoalescedTask(this.scheduled::add, this.runs::incrementAndGet);

		for (int i = 0; i < 1_000; i++) {
			task.signal();
		}
		assertThat(this.scheduled).hasSize(1);
		this.scheduled.remove().run();

		assertThat(this.runs).hasValue(1);
	}

	@Test
	void signalWhileTheTaskRunsLeadsToAnotherRun() {
		Runnable[] again = new Runnable[1];
		CoalescedTask task = new CoalescedTask(this.scheduled::add, () -> {
			if (this.runs.getAndIncrement() == 0) {
				again[0].run();
			}
		});
		again[0] = task::signal;

		task.signal();
		this.scheduled.remove().run();
		assertThat(this.scheduled).hasSize(1);
		this.scheduled.remove().run();

		assertThat(this.runs).hasValue(2);
		assertThat(this.scheduled).isEmpty();
	}

	@Test
	void signalAfterATaskThatFailedLeadsToAnotherRun() {
		CoalescedTask task = new CoalescedTask(this.scheduled::add, () -> {
			throw new IllegalStateException("run " + this.runs.incrementAndGet());
		});

		for (int i = 0; i < 2; i++) {
			task.signal();
			assertThatExceptionOfType(IllegalStateException.class).isThrownBy(this.scheduled.remove()::run);
		}

		assertThat(this.runs).hasValue(2);
	}

	@Test
	void everySignalToAnExecutorThatIsShutDownIsRejected() {
		CoalescedTask task = new CoalescedTask((command) -> {
			throw new RejectedExecutionException("shut down");
		}, this.runs::incrementAndGet);

		for (int i = 0; i < 3; i++) {
			assertThatExceptionOfType(RejectedExecutionException.class).as("signal %d", i).isThrownBy(task::signal);
		}
	}

	@Test
	void noSignalIsLostUnderContention() throws Exception {
		int threads = 8;
		int signals = 50_000;
		Queue<Integer> work = new ConcurrentLinkedQueue<>();
		AtomicInteger done = new AtomicInteger();
		ExecutorService loop = Executors.newSingleThreadExecutor();
		ExecutorService callers = Executors.newFixedThreadPool(threads);
		try {
			CoalescedTask task = new CoalescedTask(loop, () -> {
				this.runs.incrementAndGet();
				while (work.poll() != null) {
					done.incrementAndGet();
				}
			});
			CountDownLatch start = new CountDownLatch(1);
			for (int i = 0; i < threads; i++) {
				callers.submit(() -> {
					start.await();
					for (int j = 0; j < signals; j++) {
						work.add(j);
						task.signal();
					}
					return null;
				});
			}
			start.countDown();

			await().untilAsserted(() -> assertThat(done).hasValue(threads * signals));
			assertThat(this.runs.get()).isBetween(1, threads * signals);
		}
		finally {
			callers.shutdownNow();
			loop.shutdownNow();
		}
	}

}
