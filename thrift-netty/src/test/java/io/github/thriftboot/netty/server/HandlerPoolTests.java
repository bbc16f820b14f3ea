package io.github.thriftboot.netty.server;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link HandlerPool}.
 */
class HandlerPoolTests {

	private final CountDownLatch release = new CountDownLatch(1);

	private final HandlerPool.Lane lane = new HandlerPool.Lane();

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
			execute(() -> pass(all));
		}

		all.await(10, TimeUnit.SECONDS);
	}

	@Test
	void callsBeyondThreadsAndQueueAreRejected() {
		AtomicInteger ended = new AtomicInteger();
		for (int i = 0; i < 7; i++) {
			execute(() -> {
				hold(this.release);
				ended.incrementAndGet();
			});
		}

		assertThat(this.pool.admit(8)).isFalse();

		this.release.countDown();
		await().until(() -> ended.get() == 7);
		await().until(() -> this.pool.admit(1));
	}

	@Test
	void withoutQueueOnlyIdleThreadsTakeCalls() {
		this.pool = new HandlerPool(1, 0);
		execute(() -> hold(this.release));

		assertThat(this.pool.admit(1)).isFalse();
	}

	@Test
	void callThatFailsStopsNoOther() {
		AtomicInteger ended = new AtomicInteger();
		Thread.UncaughtExceptionHandler handler = Thread.getDefaultUncaughtExceptionHandler();
		Thread.setDefaultUncaughtExceptionHandler((thread, ex) -> ended.incrementAndGet());
		try {
			for (int i = 0; i < 3; i++) {
				execute(() -> {
					throw new AssertionError("on purpose");
				});
				execute(ended::incrementAndGet);
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
					execute(() -> {
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
			execute(done::countDown);
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
		execute(() -> {
			started.countDown();
			try {
				this.release.await();
			}
			catch (InterruptedException ex) {
				interrupted.countDown();
			}
		});
		assertThat(started.await(10, TimeUnit.SECONDS)).isTrue();
		RejectedCall waiting = new RejectedCall();
		run(waiting);

		this.pool.close();

		assertThat(waiting.reasons).containsExactly("draining");
		assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
		RejectedCall late = new RejectedCall();
		run(late);
		assertThat(late.reasons).containsExactly("draining");
	}

	/**
	 * A thread that has a call of the connection in its hands must not hide the others.
	 */
	@Test
	void everyCallRunsOrIsRejectedWhileThePoolCloses() throws Exception {
		for (int i = 0; i < 200; i++) {
			HandlerPool closing = new HandlerPool(2, 100_000);
			AtomicInteger ended = new AtomicInteger();
			CountDownLatch some = new CountDownLatch(50);
			Thread caller = new Thread(() -> {
				HandlerPool.Lane lane = new HandlerPool.Lane();
				for (int call = 0; call < 1_000; call++) {
					closing.admit(1);
					closing.run(lane, new CountedCall(() -> {
					}, ended));
					some.countDown();
				}
			});
			caller.start();
			some.await();
			closing.close();
			caller.join();
			atOnce().until(() -> ended.get() == 1_000);
		}
	}

	@Test
	void connectionsTakeTurns() {
		this.pool = new HandlerPool(1, 100);
		List<String> order = new CopyOnWriteArrayList<>();
		execute(() -> hold(this.release));
		HandlerPool.Lane greedy = new HandlerPool.Lane();
		HandlerPool.Lane modest = new HandlerPool.Lane();
		for (int i = 0; i < 50; i++) {
			run(greedy, () -> order.add("greedy"));
		}
		run(modest, () -> order.add("modest"));
		run(modest, () -> order.add("modest"));

		this.release.countDown();

		await().until(() -> order.size() == 52);
		assertThat(order.subList(0, 5)).containsExactly("greedy", "modest", "greedy", "modest", "greedy");
	}

	@Test
	void callsOfOneConnectionStartInTheirOrder() {
		this.pool = new HandlerPool(1, 1_000);
		List<Integer> order = new CopyOnWriteArrayList<>();
		for (int i = 0; i < 1_000; i++) {
			int number = i;
			execute(() -> order.add(number));
		}

		await().until(() -> order.size() == 1_000);
		assertThat(order).isSorted();
	}

	@Test
	void lastThreadsAreForConnectionsThatUseFew() throws Exception {
		this.pool = new HandlerPool(32, 100);
		AtomicInteger greedyRuns = new AtomicInteger();
		HandlerPool.Lane greedy = new HandlerPool.Lane();
		for (int i = 0; i < 40; i++) {
			run(greedy, () -> {
				greedyRuns.incrementAndGet();
				hold(this.release);
			});
		}
		await().until(() -> greedyRuns.get() == 30);
		CountDownLatch others = new CountDownLatch(2);
		HandlerPool.Lane modest = new HandlerPool.Lane();
		for (int i = 0; i < 2; i++) {
			run(modest, () -> {
				others.countDown();
				hold(this.release);
			});
		}

		assertThat(others.await(10, TimeUnit.SECONDS)).isTrue();
		assertThat(greedyRuns).hasValue(30);

		this.release.countDown();
		await().until(() -> greedyRuns.get() == 40);
	}

	@Test
	void connectionThatWaitsForThreadsIsNotForgotten() {
		this.pool = new HandlerPool(8, 100_000);
		AtomicInteger runs = new AtomicInteger();
		List<HandlerPool.Lane> lanes = Stream.generate(HandlerPool.Lane::new).limit(3).toList();
		for (int i = 0; i < 3_000; i++) {
			HandlerPool.Lane lane = lanes.get(i % 3);
			for (int call = 0; call < 20; call++) {
				run(lane, runs::incrementAndGet);
			}
			int expected = (i + 1) * 20;
			if (i % 10 == 0) {
				atOnce().until(() -> runs.get() == expected);
			}
		}

		await().until(() -> runs.get() == 60_000);
	}

	/**
	 * Wait for what happens soon and often.
	 */
	private static ConditionFactory atOnce() {
		return await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1));
	}

	private void execute(Runnable task) {
		run(this.lane, task);
	}

	private void run(HandlerPool.Lane lane, Runnable task) {
		assertThat(this.pool.admit(1)).isTrue();
		this.pool.run(lane, new CountedCall(task, new AtomicInteger()));
	}

	private void run(HandlerPool.Call call) {
		this.pool.admit(1);
		this.pool.run(this.lane, call);
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

	private record CountedCall(Runnable task, AtomicInteger ended) implements HandlerPool.Call {

		@Override
		public void run() {
			this.task.run();
			this.ended.incrementAndGet();
		}

		@Override
		public void reject(String reason) {
			this.ended.incrementAndGet();
		}

	}

	private static final class RejectedCall implements HandlerPool.Call {

		private final List<String> reasons = new CopyOnWriteArrayList<>();

		@Override
		public void run() {
			throw new IllegalStateException("must not run");
		}

		@Override
		public void reject(String reason) {
			this.reasons.add(reason);
		}

	}

}
