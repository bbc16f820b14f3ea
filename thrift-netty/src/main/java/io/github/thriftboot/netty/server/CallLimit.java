package io.github.thriftboot.netty.server;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many calls of a method may be in the server at once. Thread-safe.
 */
final class CallLimit {

	private final int limit;

	private final AtomicInteger calls = new AtomicInteger();

	CallLimit(int limit) {
		this.limit = limit;
	}

	/**
	 * Let a call in.
	 * @return {@code false} if there are enough; otherwise {@link #leave()} has to follow
	 */
	boolean enter() {
		if (this.calls.incrementAndGet() <= this.limit) {
			return true;
		}
		this.calls.decrementAndGet();
		return false;
	}

	/**
	 * A call that was let in has ended.
	 */
	void leave() {
		this.calls.decrementAndGet();
	}

	int calls() {
		return this.calls.get();
	}

}
