package io.github.thriftboot.netty.client;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import io.github.thriftboot.netty.transport.CoalescedTask;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The calls that wait for an instance, in the order in which they came. A call that ends
 * meanwhile gives its place to the next one that needs it. Thread-safe.
 */
final class WaitingCalls {

	private static final Logger logger = LoggerFactory.getLogger(WaitingCalls.class);

	private final int max;

	private final EventExecutor timer;

	private final BooleanSupplier reachable;

	private final BiConsumer<ThriftCall, @Nullable ThriftCallException> dispatcher;

	private final CoalescedTask dispatchTask;

	/**
	 * Guarded by itself.
	 */
	private final Queue<Entry> queue = new ArrayDeque<>();

	/**
	 * The size of the queue, for threads that only look whether there is anything.
	 */
	private volatile int size;

	/**
	 * Guarded by the queue.
	 */
	private @Nullable Future<?> expiry;

	private long expiryAt;

	private boolean closed;

	/**
	 * Create an empty queue.
	 * @param max the most calls that wait
	 * @param timer runs what has to wait
	 * @param reachable tells whether any instance can be reached
	 * @param dispatcher sends a call, given what its last attempt failed with; may add it
	 * again
	 */
	WaitingCalls(int max, EventExecutor timer, BooleanSupplier reachable,
			BiConsumer<ThriftCall, @Nullable ThriftCallException> dispatcher) {
		this.max = max;
		this.timer = timer;
		this.reachable = reachable;
		this.dispatcher = dispatcher;
		this.dispatchTask = new CoalescedTask(timer, this::dispatch);
	}

	/**
	 * Whether a call waits, or waited until lately.
	 * @return {@code false} if there is nobody to wait behind
	 */
	boolean isAny() {
		return this.size > 0;
	}

	/**
	 * Let a call wait.
	 * @param call the call; it is at no instance
	 * @param failure what it fails with when it has waited for long enough
	 * @return {@code false} if too many calls wait, or this one has waited for long
	 * enough
	 */
	boolean add(ThriftCall call, ThriftCallException failure) {
		long now = now();
		long waitNanos = call.waitNanosLeft(System.nanoTime());
		synchronized (this.queue) {
			if (this.queue.size() >= this.max) {
				this.queue.removeIf((entry) -> entry.call.isDone());
			}
			if (this.closed || waitNanos <= 0 || this.queue.size() >= this.max) {
				this.size = this.queue.size();
				return false;
			}
			if (!expireAt(now + waitNanos, now)) {
				return false;
			}
			this.queue.add(new Entry(call, failure, now + waitNanos));
			this.size = this.queue.size();
			return true;
		}
	}

	private long now() {
		return this.timer.ticker().nanoTime();
	}

	/**
	 * Plan to look for calls that have waited for long enough. Under the lock.
	 * @return {@code false} if the connection pool is closed
	 */
	private boolean expireAt(long time, long now) {
		if (this.expiry != null) {
			if (this.expiryAt - time <= 0) {
				return true;
			}
			this.expiry.cancel(false);
		}
		this.expiryAt = time;
		try {
			this.expiry = this.timer.schedule(this::expire, Math.max(0, time - now), TimeUnit.NANOSECONDS)
				.addListener(this::onTimerEnd);
			return true;
		}
		catch (RejectedExecutionException ex) {
			this.expiry = null;
			return false;
		}
	}

	private void onTimerEnd(Future<?> ended) {
		if (ended.isCancelled() && this.timer.isShuttingDown()) {
			close(null);
		}
	}

	private void expire() {
		List<Entry> expired = new ArrayList<>();
		synchronized (this.queue) {
			this.expiry = null;
			long now = now();
			long next = Long.MAX_VALUE;
			for (Iterator<Entry> entries = this.queue.iterator(); entries.hasNext();) {
				Entry entry = entries.next();
				if (entry.call.isDone() || entry.until - now <= 0) {
					entries.remove();
					expired.add(entry);
				}
				else {
					next = Math.min(next, entry.until - now);
				}
			}
			this.size = this.queue.size();
			if (next != Long.MAX_VALUE) {
				expireAt(now + next, now);
			}
		}
		expired.forEach((entry) -> entry.call.fail(entry.failure));
	}

	/**
	 * See that the calls are sent, because the instances have changed.
	 */
	void wake() {
		if (!isAny()) {
			return;
		}
		try {
			this.dispatchTask.signal();
		}
		catch (RejectedExecutionException ex) {
			logger.debug("Calls that wait for an instance end with the connection pool");
		}
	}

	/**
	 * Send the calls, the oldest first; those that there is still no instance for come
	 * back.
	 */
	private void dispatch() {
		for (int i = this.size; i > 0 && this.reachable.getAsBoolean(); i--) {
			Entry entry;
			synchronized (this.queue) {
				entry = this.queue.poll();
			}
			if (entry != null && !entry.call.isDone()) {
				this.dispatcher.accept(entry.call,
						(entry.failure instanceof NoInstanceException) ? null : entry.failure);
			}
			synchronized (this.queue) {
				// not earlier, or a call that is made meanwhile would go first
				this.size = this.queue.size();
			}
		}
	}

	/**
	 * End all calls; no more may wait.
	 * @param failure makes what they fail with, or {@code null} for what they would have
	 * failed with later
	 */
	void close(@Nullable Supplier<ThriftCallException> failure) {
		List<Entry> left;
		synchronized (this.queue) {
			this.closed = true;
			left = List.copyOf(this.queue);
			this.queue.clear();
			this.size = 0;
			if (this.expiry != null) {
				this.expiry.cancel(false);
				this.expiry = null;
			}
		}
		left.forEach((entry) -> entry.call.fail((failure != null) ? failure.get() : entry.failure));
	}

	/**
	 * A call that waits.
	 *
	 * @param call the call
	 * @param failure what it fails with at the end
	 * @param until when that is, by the clock of the timer, in nanoseconds
	 */
	private record Entry(ThriftCall call, ThriftCallException failure, long until) {
	}

}
