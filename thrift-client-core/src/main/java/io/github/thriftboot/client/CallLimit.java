package io.github.thriftboot.client;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

/**
 * Bounds the calls of a method that are in flight, whichever clients of that name make
 * them. A call over the limit may wait for another one to end: first come, first served,
 * and no more of them than may wait. Each permit that is acquired is given back once.
 * Thread-safe.
 */
public final class CallLimit {

	private final int max;

	private final long maxWaitNanos;

	private final int maxWaiting;

	private final AtomicInteger free;

	private final AtomicInteger waiting = new AtomicInteger();

	/**
	 * Those who wait; each gets {@code true} with a permit, or {@code false} when it
	 * waits no longer.
	 */
	private final Queue<CompletableFuture<Boolean>> queue = new ConcurrentLinkedQueue<>();

	/**
	 * Create a limit.
	 * @param max the most calls in flight
	 * @param maxWait how long a call may wait, 0 for not at all
	 * @param maxWaiting the most calls that wait
	 * @throws IllegalArgumentException if a value is out of range
	 */
	public CallLimit(int max, Duration maxWait, int maxWaiting) {
		if (max < 1) {
			throw new IllegalArgumentException("actives: " + max + " (expected: >= 0)");
		}
		if (maxWait.isNegative()) {
			throw new IllegalArgumentException("actives-wait: " + maxWait + " (expected: >= 0)");
		}
		if (maxWaiting < 1) {
			throw new IllegalArgumentException("actives-queue: " + maxWaiting + " (expected: >= 1)");
		}
		this.max = max;
		this.maxWaitNanos = maxWait.toNanos();
		this.maxWaiting = maxWaiting;
		this.free = new AtomicInteger(max);
	}

	/**
	 * Return the limit.
	 * @return the most calls in flight
	 */
	public int max() {
		return this.max;
	}

	/**
	 * Return how long a call may wait.
	 * @return the time, 0 for not at all
	 */
	public Duration maxWait() {
		return Duration.ofNanos(this.maxWaitNanos);
	}

	long maxWaitNanos() {
		return this.maxWaitNanos;
	}

	/**
	 * Return how many calls may wait at once.
	 * @return the most calls that wait
	 */
	public int maxWaiting() {
		return this.maxWaiting;
	}

	/**
	 * Return how many calls are in flight.
	 * @return the present number
	 */
	public int inFlight() {
		return this.max - this.free.get();
	}

	/**
	 * Return how many calls wait for another one to end.
	 * @return the present number
	 */
	public int waiting() {
		return this.waiting.get();
	}

	/**
	 * Take a permit if there is one.
	 * @return {@code false} if as many calls are in flight as may be
	 */
	boolean tryAcquire() {
		int present = this.free.get();
		while (present > 0) {
			int witness = this.free.compareAndExchange(present, present - 1);
			if (witness == present) {
				return true;
			}
			present = witness;
		}
		return false;
	}

	/**
	 * Give a permit back: to the call that has waited longest, if one does.
	 */
	void release() {
		do {
			for (CompletableFuture<Boolean> next = this.queue.poll(); next != null; next = this.queue.poll()) {
				if (next.complete(true)) {
					return;
				}
			}
			this.free.incrementAndGet();
			// who has come meanwhile found no permit, and was not found here
		}
		while (!this.queue.isEmpty() && tryAcquire());
	}

	/**
	 * Wait for a permit on this thread.
	 * @param nanos how long
	 * @return {@code true} with a permit, {@code false} if none came in time or too many
	 * wait already
	 * @throws InterruptedException if this thread is interrupted; it has no permit then
	 */
	boolean await(long nanos) throws InterruptedException {
		CompletableFuture<Boolean> turn = enqueue();
		if (turn == null) {
			return false;
		}
		try {
			return turn.get(nanos, TimeUnit.NANOSECONDS);
		}
		catch (TimeoutException ex) {
			return !turn.complete(false);
		}
		catch (InterruptedException ex) {
			if (!turn.complete(false)) {
				release();
			}
			throw ex;
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Wait for a permit without a thread.
	 * @return completes with {@code true} and a permit, on the thread of a call that has
	 * ended; whoever waits no longer completes it with {@code false}. {@code null} if too
	 * many wait already
	 */
	@Nullable CompletableFuture<Boolean> enqueue() {
		if (this.waiting.incrementAndGet() > this.maxWaiting) {
			this.waiting.decrementAndGet();
			return null;
		}
		CompletableFuture<Boolean> turn = new CompletableFuture<>();
		turn.whenComplete((acquired, failure) -> {
			this.waiting.decrementAndGet();
			if (!acquired) {
				this.queue.remove(turn);
			}
		});
		this.queue.add(turn);
		// a permit may have come back before this one was in the queue
		if (tryAcquire()) {
			release();
		}
		return turn;
	}

}
