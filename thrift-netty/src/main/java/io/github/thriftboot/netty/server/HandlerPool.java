package io.github.thriftboot.netty.server;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.thriftboot.netty.transport.AdaptiveSpin;
import io.netty.util.concurrent.DefaultThreadFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that run handlers, and the bounded queues in front of them: one for each
 * connection. Connections take turns, so that one with many calls delays no other by more
 * than a call. Thread-safe.
 * <p>
 * Requests come in bursts, and to wake a thread costs more than a short handler takes. So
 * no thread is woken while another one is on its way: it takes what has come meanwhile,
 * and wakes the next thread if there is more than it can take at once. A burst of short
 * calls is done by few threads, while calls that block get one each.
 */
final class HandlerPool {

	private static final Logger logger = LoggerFactory.getLogger(HandlerPool.class);

	private static final long KEEP_ALIVE_SECONDS = 60;

	/**
	 * Part of the threads that a connection may always use, and part of the threads and
	 * of the places that is kept free for connections which use less.
	 */
	private static final int SHARES = 16;

	/**
	 * Of fewer threads none is kept free.
	 */
	private static final int LEAST_TO_SHARE = 8;

	/**
	 * Connections with calls that wait, in the order of their turns.
	 */
	private final Queue<Lane> ready = new ConcurrentLinkedQueue<>();

	/**
	 * Those of them that wait until more threads are free.
	 */
	private final Queue<Lane> parked = new ConcurrentLinkedQueue<>();

	/**
	 * Calls that wait or run.
	 */
	private final AtomicInteger outstanding = new AtomicInteger();

	/**
	 * Threads that run calls or look for them.
	 */
	private final AtomicInteger awake = new AtomicInteger();

	/**
	 * Threads beyond this number are for connections that use few.
	 */
	private final int forAll;

	private final int share;

	private final int maxOutstanding;

	/**
	 * Whether a thread is on its way to the queues.
	 */
	private final AtomicBoolean waking = new AtomicBoolean();

	/**
	 * Whether a thread that has nothing to do still looks for calls.
	 */
	private final AtomicBoolean looking = new AtomicBoolean();

	private final AdaptiveSpin spin = new AdaptiveSpin();

	private final Runnable work = this::work;

	/**
	 * Its own queue never holds more than one wake-up.
	 */
	private final ThreadPoolExecutor threads;

	private volatile boolean closed;

	/**
	 * Create a pool.
	 * @param threads the most threads
	 * @param queueCapacity the most calls that wait while all threads are busy
	 */
	HandlerPool(int threads, int queueCapacity) {
		this.maxOutstanding = (int) Math.min((long) threads + queueCapacity, Integer.MAX_VALUE);
		this.share = Math.max(1, threads / SHARES);
		this.forAll = threads - ((threads < LEAST_TO_SHARE) ? 0 : this.share);
		// daemons: a handler that outlives the grace period must not keep the process
		// alive
		this.threads = new ThreadPoolExecutor(threads, threads, KEEP_ALIVE_SECONDS, TimeUnit.SECONDS,
				new LinkedBlockingQueue<>(), new DefaultThreadFactory("thrift-handler", true));
		this.threads.allowCoreThreadTimeOut(true);
	}

	/**
	 * Take a place for a call. The last places are for connections that have few calls.
	 * @param calls how many calls its connection has, this one included
	 * @return {@code false} if all threads are busy and the places are taken; otherwise
	 * {@link #run} has to follow, at once or later
	 */
	boolean admit(int calls) {
		int limit = (calls > this.share) ? this.maxOutstanding - this.maxOutstanding / SHARES : this.maxOutstanding;
		if (this.outstanding.incrementAndGet() > limit) {
			this.outstanding.decrementAndGet();
			return false;
		}
		return true;
	}

	/**
	 * Run a call that has a place, after those that the same connection has waiting. It
	 * is rejected if the pool is closed before it runs.
	 * @param lane the calls of its connection
	 * @param call the call
	 * @throws RejectedExecutionException if there is no thread and none can be started;
	 * then the call will not run
	 */
	void run(Lane lane, Call call) {
		lane.calls.add(call);
		if (lane.waiting.getAndIncrement() == 0) {
			this.ready.add(lane);
			// a connection whose calls wait already has a thread coming, or none is free
			if (!this.looking.get() && !wakeOne() && this.awake.get() == 0 && lane.calls.remove(call)) {
				// its place is free again when its turn comes
				throw new RejectedExecutionException("no thread can be started");
			}
		}
		if (this.closed) {
			lane.reject();
		}
	}

	private boolean wakeOne() {
		if (this.waking.get() || !this.waking.compareAndSet(false, true)) {
			return true;
		}
		try {
			this.threads.execute(this.work);
			return true;
		}
		catch (RejectedExecutionException ex) {
			// closed meanwhile: what waits is rejected
			return true;
		}
		catch (Throwable ex) {
			// such as no native thread left: the next call tries again
			logger.error("Handler thread cannot be started", ex);
			this.waking.set(false);
			return false;
		}
	}

	private void work() {
		this.awake.incrementAndGet();
		// cleared before looking: what comes from now on may need another thread
		this.waking.set(false);
		try {
			for (Lane lane = next(); lane != null; lane = nextOrLook()) {
				runFirst(lane);
			}
		}
		finally {
			// a thread that parked a connection meanwhile has still counted this one
			if (this.awake.decrementAndGet() < this.forAll && !this.parked.isEmpty()) {
				wakeOne();
			}
		}
	}

	private void runFirst(Lane lane) {
		Call call = lane.calls.poll();
		lane.running.incrementAndGet();
		if (lane.waiting.decrementAndGet() > 0) {
			this.ready.add(lane);
		}
		if (!this.ready.isEmpty()) {
			wakeOne();
		}
		if (this.closed) {
			// close() has not seen it while it was in no queue
			lane.reject();
		}
		try {
			if (call != null) {
				call.run();
			}
		}
		finally {
			lane.running.decrementAndGet();
			this.outstanding.decrementAndGet();
		}
	}

	/**
	 * Return the connection whose turn it is. The last free threads pass over those that
	 * use many.
	 */
	private @Nullable Lane next() {
		if (this.closed) {
			return null;
		}
		boolean anyone = this.awake.get() <= this.forAll;
		if (anyone) {
			Lane lane = this.parked.poll();
			if (lane != null) {
				this.ready.add(lane);
			}
		}
		Lane lane = this.ready.poll();
		while (lane != null && !anyone && lane.running.get() >= this.share) {
			this.parked.add(lane);
			lane = this.ready.poll();
		}
		return lane;
	}

	/**
	 * Look for a call for a moment before the thread goes to sleep; one thread at a time
	 * does so. While it looks, nobody wakes another one.
	 */
	private @Nullable Lane nextOrLook() {
		Lane lane = next();
		if (lane != null || this.looking.get() || !this.looking.compareAndSet(false, true)) {
			return lane;
		}
		int looks = this.spin.looks();
		int looked = 0;
		while (looked < looks && lane == null) {
			Thread.yield();
			lane = next();
			looked++;
		}
		this.looking.set(false);
		if (lane != null) {
			this.spin.found(looked);
			return lane;
		}
		if (looks > 0) {
			this.spin.missed();
		}
		// again, because whoever put one in meanwhile has woken nobody
		return next();
	}

	/**
	 * Close the pool: interrupt calls that run, reject those that wait or come later.
	 */
	void close() {
		this.closed = true;
		this.threads.shutdownNow();
		rejectAll(this.ready);
		rejectAll(this.parked);
	}

	private static void rejectAll(Queue<Lane> lanes) {
		for (Lane lane = lanes.poll(); lane != null; lane = lanes.poll()) {
			lane.reject();
		}
	}

	/**
	 * A call that waits or runs.
	 */
	interface Call extends Runnable {

		/**
		 * The call will not run.
		 * @param reason why, one of the reasons of the protocol
		 */
		void reject(String reason);

	}

	/**
	 * The calls of one connection that wait for a thread. It is in one of the queues of
	 * lanes, or in the hands of a thread, as long as there are any.
	 */
	static final class Lane {

		private final Queue<Call> calls = new ConcurrentLinkedQueue<>();

		private final AtomicInteger waiting = new AtomicInteger();

		private final AtomicInteger running = new AtomicInteger();

		private void reject() {
			for (Call call = this.calls.poll(); call != null; call = this.calls.poll()) {
				call.reject("draining");
			}
		}

	}

}
