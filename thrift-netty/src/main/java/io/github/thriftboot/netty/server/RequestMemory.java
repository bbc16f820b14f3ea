package io.github.thriftboot.netty.server;

import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

/**
 * How much memory the requests of calls take that wait or run: of a server, and within
 * that of each connection. Thread-safe.
 * <p>
 * A request that is alone gets what it needs, so that a small heap refuses no message
 * that the limits of messages allow.
 */
final class RequestMemory {

	private final @Nullable RequestMemory server;

	private final long limit;

	private final AtomicLong taken = new AtomicLong();

	/**
	 * Create the memory of a server.
	 * @param limit the most bytes
	 */
	RequestMemory(long limit) {
		this(null, limit);
	}

	private RequestMemory(@Nullable RequestMemory server, long limit) {
		this.server = server;
		this.limit = limit;
	}

	/**
	 * Create the memory of a connection: half of all, so that no peer shuts the others
	 * out.
	 * @return memory within this one
	 */
	RequestMemory ofConnection() {
		return new RequestMemory(this, this.limit / 2);
	}

	/**
	 * Take memory for a request.
	 * @param held the bytes that the request has already
	 * @param more the bytes that it needs besides
	 * @return {@code false} if there is not enough; otherwise {@link #giveBack} has to
	 * follow
	 */
	boolean take(long held, long more) {
		long all = this.taken.addAndGet(more);
		boolean enough = all <= this.limit || all == held + more;
		if (enough && (this.server == null || this.server.take(held, more))) {
			return true;
		}
		this.taken.addAndGet(-more);
		return false;
	}

	/**
	 * Give memory back.
	 * @param bytes what was taken
	 */
	void giveBack(long bytes) {
		this.taken.addAndGet(-bytes);
		if (this.server != null) {
			this.server.giveBack(bytes);
		}
	}

	/**
	 * Return how much is taken.
	 * @return the number of bytes
	 */
	long taken() {
		return this.taken.get();
	}

}
