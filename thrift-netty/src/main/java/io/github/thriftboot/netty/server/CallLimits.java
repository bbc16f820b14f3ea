package io.github.thriftboot.netty.server;

import java.util.concurrent.atomic.AtomicInteger;

import io.github.thriftboot.netty.server.ServiceRouter.Route;
import org.jspecify.annotations.Nullable;

/**
 * The calls in a server, and how many there may be. Thread-safe.
 */
final class CallLimits {

	private final int max;

	private final int maxPerConnection;

	private final @Nullable AdaptiveLimit adaptive;

	private final RequestMemory memory;

	private final AtomicInteger inFlight = new AtomicInteger();

	/**
	 * Create limits.
	 * @param max the most calls in the server
	 * @param maxPerConnection the most calls of a connection
	 * @param adaptive the limit that the server finds out itself, or {@code null}
	 * @param memory the memory for their requests
	 */
	CallLimits(int max, int maxPerConnection, @Nullable AdaptiveLimit adaptive, RequestMemory memory) {
		this.max = max;
		this.maxPerConnection = maxPerConnection;
		this.adaptive = adaptive;
		this.memory = memory;
	}

	/**
	 * Return how many calls may be in the server now.
	 * @return the number, which changes if there is an adaptive limit
	 */
	int present() {
		return (this.adaptive != null) ? Math.min(this.adaptive.limit(), this.max) : this.max;
	}

	/**
	 * Return how many calls are in the server.
	 * @return the number
	 */
	int inFlight() {
		return this.inFlight.get();
	}

	/**
	 * Return the memory for requests.
	 * @return that of all connections together
	 */
	RequestMemory memory() {
		return this.memory;
	}

	/**
	 * Ask for another call. If it may come, its method counts it from now on, the server
	 * from {@link #started()} on.
	 * @param route what it calls
	 * @param callsOfConnection how many calls its connection has already
	 * @return {@code null}, or the reason why it is rejected, one of those of the
	 * protocol
	 */
	@Nullable String excess(Route route, int callsOfConnection) {
		if (callsOfConnection >= this.maxPerConnection) {
			return "limit";
		}
		int calls = this.inFlight.get();
		if (calls >= this.max || (this.adaptive != null && this.adaptive.isFull(calls, callsOfConnection))) {
			return "overloaded";
		}
		CallLimit limit = route.limit();
		return (limit != null && !limit.enter()) ? "limit" : null;
	}

	/**
	 * Note that there is another call.
	 */
	void started() {
		this.inFlight.incrementAndGet();
	}

	/**
	 * Note that calls are over, their answers sent.
	 * @param count how many
	 * @return {@code true} if there is none left
	 */
	boolean ended(int count) {
		return this.inFlight.addAndGet(-count) == 0;
	}

}
