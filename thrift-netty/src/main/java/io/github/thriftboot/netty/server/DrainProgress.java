package io.github.thriftboot.netty.server;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Finds out when a server that stops has nothing to wait for any more: when no call is in
 * flight, and clients that were told have closed their connections. Thread-safe.
 */
final class DrainProgress {

	/**
	 * How long clients that were told to leave, and wait for nothing, may take to do so.
	 */
	private static final long LEAVE_TIMEOUT_MILLIS = 1_000;

	private final CallLimits calls;

	private final ScheduledExecutorService timer;

	/**
	 * Connections of clients that understand when they are told to leave.
	 */
	private final AtomicInteger clientsToTell = new AtomicInteger();

	private final AtomicBoolean waitingForClients = new AtomicBoolean();

	private final AtomicBoolean begun = new AtomicBoolean();

	private final CompletableFuture<Void> drained = new CompletableFuture<>();

	/**
	 * Create the progress of a server that does not stop yet.
	 * @param calls its calls
	 * @param timer its event loops
	 */
	DrainProgress(CallLimits calls, ScheduledExecutorService timer) {
		this.calls = calls;
		this.timer = timer;
	}

	/**
	 * Begin to drain.
	 * @return {@code false} if that has begun before
	 */
	boolean begin() {
		return this.begun.compareAndSet(false, true);
	}

	/**
	 * Whether the server stops.
	 * @return {@code true} since {@link #begin()}
	 */
	boolean isBegun() {
		return this.begun.get();
	}

	/**
	 * Return the end, which comes in any case.
	 * @param grace how long calls in flight may take
	 * @return completes when there is nothing to wait for, or the time is over
	 */
	CompletableFuture<Void> end(Duration grace) {
		return this.drained.completeOnTimeout(null, grace.toMillis(), TimeUnit.MILLISECONDS);
	}

	/**
	 * Look whether there is nothing to wait for. Clients that were told and have no call
	 * in flight need no longer to close their connections than a message takes.
	 */
	void look() {
		if (this.calls.inFlight() > 0) {
			return;
		}
		if (this.clientsToTell.get() == 0) {
			this.drained.complete(null);
		}
		else if (this.waitingForClients.compareAndSet(false, true)) {
			this.timer.schedule(() -> {
				this.waitingForClients.set(false);
				if (this.calls.inFlight() == 0) {
					this.drained.complete(null);
				}
			}, LEAVE_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
		}
	}

	/**
	 * Note that calls are over, their answers sent.
	 * @param count how many
	 */
	void callsEnded(int count) {
		if (this.calls.ended(count) && isBegun()) {
			look();
		}
	}

	/**
	 * Note that a client understands when it is told that the server stops.
	 */
	void clientAnnounced() {
		this.clientsToTell.incrementAndGet();
	}

	/**
	 * Note that such a client has gone.
	 */
	void clientLeft() {
		if (this.clientsToTell.decrementAndGet() == 0 && isBegun()) {
			look();
		}
	}

}
