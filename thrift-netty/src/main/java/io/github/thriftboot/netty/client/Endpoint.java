package io.github.thriftboot.netty.client;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

import io.github.thriftboot.netty.protocol.MessageCodec;
import io.github.thriftboot.netty.protocol.ThriftTransport;
import io.github.thriftboot.netty.tls.TlsException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One address to which calls are sent: a queue that callers put calls into, and the
 * connections that take them out. A peer that answers out of order has one connection, on
 * which any number of calls are in flight. A peer that answers in order gets more of them
 * as calls wait, each with a bounded number of calls. Thread-safe.
 */
final class Endpoint {

	private static final Logger logger = LoggerFactory.getLogger(Endpoint.class);

	/**
	 * Bounds what callers can pile up on a peer that takes nothing.
	 */
	private static final int MAX_OUTSTANDING = 65_536;

	/**
	 * Bounds the memory of calls that a peer does not take, so that one which never reads
	 * does not use up what all others need.
	 */
	static final long MAX_WAITING_BYTES = Math.min(256L << 20, Runtime.getRuntime().maxMemory() / 8);

	/**
	 * Smaller calls are bounded by their number.
	 */
	private static final int SMALL_BYTES = 1024;

	private final Key key;

	private final ConnectionPool pool;

	private final MessageCodec codec;

	private final Queue<ThriftCall> queue = new ConcurrentLinkedQueue<>();

	private final AtomicInteger outstanding = new AtomicInteger();

	private final LongAdder droppedReplies = new LongAdder();

	/**
	 * The size of the calls in the queue, without small ones.
	 */
	private final AtomicLong waitingBytes = new AtomicLong();

	private final List<Runnable> statusListeners = new CopyOnWriteArrayList<>();

	private final Pings pings = new Pings();

	private final ConnectionGroup connections;

	/**
	 * Whether there may be several connections although the peer answers out of order.
	 */
	private final boolean shared;

	private volatile boolean ordered;

	private volatile boolean answered;

	private volatile Status status = Status.UP;

	/**
	 * {@code null} unless a load balancer looks at it.
	 */
	private volatile @Nullable PeakEwma latency;

	private volatile @Nullable Throwable lastFailure;

	private volatile boolean closed;

	Endpoint(Key key, ConnectionPool pool) {
		this.key = key;
		this.pool = pool;
		this.codec = pool.codec(key.options().limits());
		this.ordered = key.options().transport() != ThriftTransport.HEADER;
		this.shared = key.options().settings().maxShared() > 1;
		this.connections = new ConnectionGroup(this);
		if (key.options().settings().eager()) {
			this.connections.primary().open();
		}
	}

	Key key() {
		return this.key;
	}

	ConnectionOptions options() {
		return this.key.options();
	}

	ConnectionPool pool() {
		return this.pool;
	}

	MessageCodec codec() {
		return this.codec;
	}

	Pings pings() {
		return this.pings;
	}

	String address() {
		return ThriftInstance.address(this.key.host(), this.key.port());
	}

	Status status() {
		return this.status;
	}

	/**
	 * Whether calls may be sent here.
	 * @return {@code false} while it is down
	 */
	boolean isReachable() {
		return this.status != Status.DOWN;
	}

	/**
	 * Return why the endpoint is down.
	 * @return the last failure to connect, or {@code null}
	 */
	@Nullable Throwable lastFailure() {
		return this.lastFailure;
	}

	/**
	 * Return how many calls are here, in the queue or sent.
	 * @return the present number
	 */
	int callsInFlight() {
		return this.outstanding.get();
	}

	/**
	 * Measure latencies from now on.
	 */
	void measureLatency() {
		if (this.latency == null) {
			this.latency = new PeakEwma();
		}
	}

	/**
	 * Return how long answers take at present.
	 * @return nanoseconds, 0 if that is not known
	 */
	long latencyNanos() {
		PeakEwma measured = this.latency;
		return (measured != null) ? measured.value(System.nanoTime()) : 0;
	}

	/**
	 * Note how long a call has taken, or was waited for in vain.
	 * @param call the call
	 */
	void observeLatency(ThriftCall call) {
		PeakEwma measured = this.latency;
		if (measured != null) {
			long now = System.nanoTime();
			measured.observe(now - call.attemptNanos(), now);
		}
	}

	/**
	 * Note that a call has left this endpoint, and that it was not answered in time if
	 * its deadline has passed.
	 * @param call the call
	 * @param now the present {@link System#nanoTime()}
	 */
	void leftUnanswered(ThriftCall call, long now) {
		if (call.nanosLeft(now) <= 0) {
			leftUnanswered(call);
		}
		else {
			left(call);
		}
	}

	/**
	 * Note that a call has left this endpoint because it was not answered in time.
	 * @param call the call
	 */
	void leftUnanswered(ThriftCall call) {
		left(call);
		observeLatency(call);
		call.notAnswered(this, false);
	}

	/**
	 * Whether a connection is open.
	 * @return {@code true} if at least one is
	 */
	boolean isConnected() {
		return this.connections.isAnyReady();
	}

	void addStatusListener(Runnable listener) {
		this.statusListeners.add(listener);
	}

	void removeStatusListener(Runnable listener) {
		this.statusListeners.remove(listener);
	}

	/**
	 * Send a call. Its arguments are encoded for this endpoint.
	 * @param call the call
	 */
	void send(ThriftCall call) {
		call.enters(this);
		if (this.outstanding.incrementAndGet() > MAX_OUTSTANDING) {
			left(call);
			call.attemptFailed(unprocessed("too many calls in flight: " + MAX_OUTSTANDING, null));
			return;
		}
		if (!reserve(call)) {
			left(call);
			call.attemptFailed(unprocessed("too many bytes wait to be sent: " + this.waitingBytes, null));
			return;
		}
		this.queue.add(call);
		// looked at after the call is in the queue: who closes the endpoint or sees it go
		// down empties the queue after telling so
		if (this.status == Status.DOWN || this.closed) {
			failQueued();
			return;
		}
		try {
			wake();
		}
		catch (RejectedExecutionException ex) {
			this.closed = true;
			failQueued();
		}
	}

	/**
	 * Reserve memory for a call that is going to wait. A single one may be as large as it
	 * likes.
	 */
	private boolean reserve(ThriftCall call) {
		int size = call.bodySize();
		if (size <= SMALL_BYTES) {
			return true;
		}
		long waiting = this.waitingBytes.addAndGet(size);
		if (waiting > MAX_WAITING_BYTES && waiting > size) {
			this.waitingBytes.addAndGet(-size);
			return false;
		}
		call.startsWaiting();
		return true;
	}

	private void waitsNoLonger(ThriftCall call) {
		// told twice of a call that a connection takes while it is swept
		if (call.bodySize() > SMALL_BYTES && call.stopsWaiting()) {
			this.waitingBytes.addAndGet(-call.bodySize());
		}
	}

	private void wake() {
		if (isSpread()) {
			this.connections.wake();
		}
		else {
			this.connections.primary().wake();
		}
	}

	/**
	 * See that queued calls are taken, because the connection that should have done so
	 * closes.
	 */
	void wakeForQueued() {
		if (hasQueued() && !this.closed) {
			wake();
		}
	}

	/**
	 * Whether calls may be spread over several connections.
	 * @return {@code false} if one connection takes them all
	 */
	boolean isSpread() {
		return this.ordered || this.shared;
	}

	/**
	 * Return how many calls a connection may have in flight.
	 * @return the limit
	 */
	int callsPerConnection() {
		return this.ordered ? options().settings().pipelining() : Integer.MAX_VALUE;
	}

	/**
	 * Return how many calls in flight are as much as a connection should have while there
	 * may be others.
	 * @return the number
	 */
	int comfortableLoad() {
		ConnectionSettings settings = options().settings();
		return this.ordered ? settings.pipelining() : settings.growthThreshold();
	}

	boolean isOrdered() {
		return this.ordered;
	}

	/**
	 * Whether a reply has ever come from this address.
	 * @return {@code true} if peer and options fit together
	 */
	boolean hasAnswered() {
		return this.answered;
	}

	/**
	 * Whether a peer that does not answer a ping on a new connection is better left
	 * alone: it has answered pings before, or it has never answered anything, or it has
	 * told of answering out of order, which it does with its threads busy, too.
	 * @return {@code false} if it has answered nothing but calls, in their order, or
	 * cannot be asked
	 */
	boolean isWorthAsking() {
		return this.pings.answered() || (this.pings.allowed() && !(this.answered && this.ordered));
	}

	/**
	 * Learn from a reply whether the peer answers in order.
	 * @param outOfOrder whether it told that it does not have to
	 */
	void onReply(boolean outOfOrder) {
		if (!this.answered) {
			this.answered = true;
		}
		if (options().transport() == ThriftTransport.HEADER && this.ordered == outOfOrder) {
			this.ordered = !outOfOrder;
			logger.debug("{} answers {}", address(), outOfOrder ? "out of order" : "in order");
		}
	}

	@Nullable ThriftCall poll() {
		ThriftCall call = this.queue.poll();
		if (call != null) {
			waitsNoLonger(call);
		}
		return call;
	}

	boolean hasQueued() {
		return !this.queue.isEmpty();
	}

	/**
	 * Note that a call has left this endpoint, whatever became of it. What is noted twice
	 * counts once: a call may end in the queue while a connection takes it.
	 * @param call the call
	 */
	void left(ThriftCall call) {
		if (call.leaves(this)) {
			this.outstanding.decrementAndGet();
		}
	}

	/**
	 * End the queued calls whose deadline has passed, drop those that are over, and send
	 * those elsewhere that wait for longer than an attempt may take.
	 * @param now the present {@link System#nanoTime()}
	 */
	void sweepQueue(long now) {
		List<ThriftCall> leaving = new ArrayList<>();
		this.queue.removeIf((call) -> {
			boolean over = call.isDone() || call.nanosLeft(now) <= 0;
			if (over) {
				waitsNoLonger(call);
				call.timeOut();
				leftUnanswered(call, now);
			}
			else if (call.leavesLateAttempt(false, now)) {
				leaving.add(call);
			}
			return over;
		});
		for (ThriftCall call : leaving) {
			// unless another connection has just taken it
			if (this.queue.remove(call)) {
				waitsNoLonger(call);
				leftUnanswered(call);
				call.leave(unprocessed("not sent within the time of an attempt", null));
			}
		}
	}

	/**
	 * Return how many replies came that nobody waited for any more.
	 * @return the number since the endpoint was made
	 */
	long droppedReplies() {
		return this.droppedReplies.sum();
	}

	/**
	 * Note a reply that nobody waits for.
	 */
	void replyDropped() {
		this.droppedReplies.increment();
	}

	/**
	 * Change the status, told by the primary connection.
	 * @param newStatus the status
	 * @param failure why, or {@code null}
	 */
	void statusChanged(Status newStatus, @Nullable Throwable failure) {
		if (failure != null) {
			this.lastFailure = failure;
		}
		Status oldStatus = this.status;
		if (oldStatus == newStatus || this.closed) {
			return;
		}
		this.status = newStatus;
		logger.debug("{} {} -> {} ({})", address(), oldStatus, newStatus, String.valueOf(failure));
		if (newStatus == Status.DOWN && failure instanceof TlsException) {
			logger.warn("{} cannot be called: {}", address(), failure.getMessage());
		}
		this.statusListeners.forEach(Runnable::run);
		if (newStatus == Status.DOWN) {
			failQueued();
		}
	}

	private void failQueued() {
		for (ThriftCall call = poll(); call != null; call = poll()) {
			left(call);
			call.attemptFailed(unprocessed(this.closed ? "endpoint is closed" : "not connected", this.lastFailure));
		}
	}

	UnprocessedException unprocessed(String reason, @Nullable Throwable cause) {
		String detail = (cause != null) ? ": " + cause.getMessage() : "";
		return new UnprocessedException(address() + ": " + reason + detail, address(), cause);
	}

	/**
	 * Make the failure of a call that the server has not processed.
	 * @param reason what the server says
	 * @return a new exception
	 */
	UnprocessedException rejected(String reason) {
		return new UnprocessedException(address() + ": " + reason, address());
	}

	/**
	 * Try to connect now instead of later, because the registry tells of a new start.
	 */
	void retryNow() {
		this.pings.onNewProcess();
		this.connections.primary().retryNow();
	}

	/**
	 * Close: queued calls go elsewhere, calls in flight may still be answered until the
	 * pool is closed too.
	 */
	void close() {
		this.closed = true;
		failQueued();
		this.connections.close();
	}

	/**
	 * What the balance needs to know of an endpoint.
	 */
	enum Status {

		/**
		 * Connected, or never tried.
		 */
		UP,

		/**
		 * Its connection was lost, the first attempt to get it back is under way.
		 */
		RECOVERING,

		/**
		 * Cannot be reached; attempts go on in the background.
		 */
		DOWN

	}

	/**
	 * What makes two endpoints the same.
	 *
	 * @param host the host, as that of an instance
	 * @param port the port, 0 for a Unix socket
	 * @param options how to connect
	 */
	record Key(String host, int port, ConnectionOptions options) {

		@Nullable Path unixSocket() {
			return ThriftInstance.unixSocket(this.host, this.port);
		}

		/**
		 * Return whose certificate the peer must have in TLS.
		 * @return the host; a Unix socket leads to this one
		 */
		String certifiedHost() {
			return (unixSocket() != null) ? "localhost" : this.host;
		}

	}

}
