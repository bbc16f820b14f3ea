package io.github.thriftboot.netty.protocol;

import java.util.concurrent.atomic.AtomicReferenceArray;

import org.jspecify.annotations.Nullable;

/**
 * Keeps some protocol objects for further use, because their windows are large. Threads
 * spread over the places by their ids; a thread whose place is empty goes without. So it
 * serves platform and virtual threads alike, and its memory is bounded. Thread-safe.
 */
final class ProtocolPool {

	/**
	 * More than the threads that run at a time, because the ids of those that do may
	 * share a place.
	 */
	private static final int PLACES = Integer.highestOneBit(8 * Runtime.getRuntime().availableProcessors());

	/**
	 * References in one cache line; each place has its own.
	 */
	private static final int STRIDE = 16;

	private final AtomicReferenceArray<@Nullable ByteBufProtocol> places = new AtomicReferenceArray<>(PLACES * STRIDE);

	/**
	 * Take an object out.
	 * @return the object, or {@code null} if there is none at this thread's place
	 */
	@Nullable ByteBufProtocol take() {
		int place = place();
		return (this.places.getPlain(place) != null) ? this.places.getAndSet(place, null) : null;
	}

	/**
	 * Put an object in that worked without an exception.
	 * @param protocol the object
	 */
	void giveBack(ByteBufProtocol protocol) {
		this.places.setRelease(place(), protocol);
	}

	private static int place() {
		return ((int) Thread.currentThread().getId() & (PLACES - 1)) * STRIDE;
	}

}
