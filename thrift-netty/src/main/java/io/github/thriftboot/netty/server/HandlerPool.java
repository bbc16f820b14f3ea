package io.github.thriftboot.netty.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.thriftboot.netty.transport.AdaptiveSpin;
import io.netty.util.concurrent.DefaultThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * The threads that run handlers, and the bounded queue in front of them. Thread-safe.
 * <p>
 * Requests come in bursts, and to wake a thread costs more than a short handler takes. So
 * no thread is woken while another one is on its way: it takes what has come meanwhile,
 * and wakes the next thread if there is more than it can take at once. A burst of short
 * calls is done by few threads, while calls that block get one each.
 */
final class HandlerPool implements Executor {

	private static final long KEEP_ALIVE_SECONDS = 60;

	/**
	 * Part of the threads that a connection may always use, and part of the threads and
	 * of the queue that is kept free for connections which use less.
	 */
	private static final int SHARES = 16;

	/**
	 * Of fewer threads none is kept free.
	 */
	private static final int LEAST_TO_SHARE = 8;

	private final Queue<Runnable> queue = new ConcurrentLinkedQueue<>();

	/**
	 * Calls that wait, here or at their connection, or run.
	 */
	private final AtomicInteger outstanding = new AtomicInteger();

	/**
	 * Those of them that wait at their connection.
	 */
	private final AtomicInteger heldBack = new AtomicInteger();

	/**
	 * Calls from which on few threads are left.
	 */
	private final int busyFrom;

	private final int share;

	private final int maxOutstanding;

	/**
	 * Whether a thread is on its way to the queue.
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
		this.busyFrom = threads - ((threads < LEAST_TO_SHARE) ? 0 : this.share);
		// daemons: a handler that outlives the grace period must not keep the process
		// alive
		this.threads = new ThreadPoolExecutor(threads, threads, KEEP_ALIVE_SECONDS, TimeUnit.SECONDS,
				new LinkedBlockingQueue<>(), new DefaultThreadFactory("thrift-handler", true));
		this.threads.allowCoreThreadTimeOut(true);
	}

	/**
	 * Run a call on one of the threads.
	 * @param call the call
	 * @throws RejectedExecutionException if all threads are busy and the queue is full,
	 * or the pool is closed; then the call will not run
	 */
	@Override
	public void execute(Runnable call) {
		if (!admit(1)) {
			throw new RejectedExecutionException("all handler threads are busy, and the queue is full");
		}
		run(call);
	}

	/**
	 * Take a place for a call. The last places are for connections that have few calls.
	 * @param calls how many calls its connection has, this one included
	 * @return {@code false} if all threads are busy and the queue is full; otherwise
	 * {@link #run} has to follow, at once or after {@link #holdBack}
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
	 * Run a call that has a place.
	 * @param call the call
	 * @throws RejectedExecutionException if the pool is closed; then the call will not
	 * run
	 */
	void run(Runnable call) {
		this.queue.add(call);
		if (!this.closed && !this.looking.get()) {
			wakeOne();
		}
		if (this.closed && this.queue.remove(call)) {
			throw new RejectedExecutionException("the pool is closed");
		}
	}

	/**
	 * Note that calls which have a place wait elsewhere, or wait there no more.
	 * @param count how many more of them
	 */
	void holdBack(int count) {
		this.heldBack.addAndGet(count);
	}

	/**
	 * Whether a connection has enough calls here, for the time being. While there are
	 * threads it may have any number; then those left are for connections that have few.
	 * @param calls the number of its calls, a new one included
	 * @param heldBack how many of them are held back now: 1 if the new one is, else 0
	 * @return {@code true} if the new one should wait for one of the others
	 */
	boolean isEnough(int calls, int heldBack) {
		return calls > this.share && this.outstanding.get() - this.heldBack.get() + heldBack > this.busyFrom;
	}

	private void wakeOne() {
		if (!this.waking.get() && this.waking.compareAndSet(false, true)) {
			try {
				this.threads.execute(this.work);
			}
			catch (RejectedExecutionException ex) {
				// closed meanwhile: what waits is handed out by close()
				this.waking.set(false);
			}
			catch (Throwable ex) {
				// such as no native thread left: the next call tries again
				this.waking.set(false);
				throw ex;
			}
		}
	}

	private void work() {
		// cleared first: what comes from now on may need another thread
		this.waking.set(false);
		for (Runnable call = next(); call != null; call = nextOrLook()) {
			if (!this.queue.isEmpty()) {
				wakeOne();
			}
			try {
				call.run();
			}
			finally {
				this.outstanding.decrementAndGet();
			}
		}
	}

	private @Nullable Runnable next() {
		// what waits when the pool is closed is handed out by close()
		return this.closed ? null : this.queue.poll();
	}

	/**
	 * Look for a call for a moment before the thread goes to sleep; one thread at a time
	 * does so. While it looks, nobody wakes another one.
	 */
	private @Nullable Runnable nextOrLook() {
		Runnable call = next();
		if (call != null || this.looking.get() || !this.looking.compareAndSet(false, true)) {
			return call;
		}
		int looks = this.spin.looks();
		int looked = 0;
		while (looked < looks && call == null) {
			Thread.yield();
			call = next();
			looked++;
		}
		this.looking.set(false);
		if (call != null) {
			this.spin.found(looked);
			return call;
		}
		if (looks > 0) {
			this.spin.missed();
		}
		// again, because whoever put one in meanwhile has woken nobody
		return next();
	}

	/**
	 * Close the pool: interrupt calls that run, and start none any more.
	 * @return the calls that were waiting
	 */
	List<Runnable> close() {
		this.closed = true;
		this.threads.shutdownNow();
		List<Runnable> waiting = new ArrayList<>();
		for (Runnable call = this.queue.poll(); call != null; call = this.queue.poll()) {
			waiting.add(call);
		}
		return waiting;
	}

}
