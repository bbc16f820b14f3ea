package io.github.thriftboot.benchmarks;

import java.util.Arrays;

/**
 * What is asked of every system: a column of the report.
 */
public enum Workload {

	/**
	 * Small calls by 16 callers that wait.
	 */
	SMALL_16("small-16", "small, 16 callers", Kind.CLOSED, Payload.SMALL, 16, 1),

	/**
	 * Small calls by 64 callers that wait.
	 */
	SMALL_64("small-64", "small, 64 callers", Kind.CLOSED, Payload.SMALL, 64, 1),

	/**
	 * Small calls by one caller that waits.
	 */
	SMALL_1("small-1", "small, 1 caller", Kind.CLOSED, Payload.SMALL, 1, 1),

	/**
	 * Small calls, 128 in flight on one connection.
	 */
	FLIGHT_1X128("flight-1x128", "small, 128 in flight, 1 connection", Kind.IN_FLIGHT, Payload.SMALL, 128, 1),

	/**
	 * Small calls, 128 in flight on each of two connections.
	 */
	FLIGHT_2X128("flight-2x128", "small, 128 in flight × 2 connections", Kind.IN_FLIGHT, Payload.SMALL, 256, 2),

	/**
	 * Medium calls by 16 callers that wait.
	 */
	MEDIUM_16("medium-16", "4 KB, 16 callers", Kind.CLOSED, Payload.MEDIUM, 16, 1),

	/**
	 * Large calls by 16 callers that wait.
	 */
	LARGE_16("large-16", "64 KiB, 16 callers", Kind.CLOSED, Payload.LARGE, 16, 1),

	/**
	 * Small calls by 256 callers that wait for a handler that takes 5 ms.
	 */
	WAIT_256("wait-256", "5 ms handler, 256 callers", Kind.CLOSED, Payload.SLEEP_5, 256, 1),

	/**
	 * Small calls at a fixed rate, most to a fast handler and some to one that takes 20
	 * ms; what counts is how long the fast ones take.
	 */
	MIXED("mixed", "4,000/s, 5 % take 20 ms: p99 of the others", Kind.OPEN, Payload.SMALL, 4_000, 1);

	private final String key;

	private final String title;

	private final Kind kind;

	private final Payload payload;

	private final int amount;

	private final int connections;

	Workload(String key, String title, Kind kind, Payload payload, int amount, int connections) {
		this.key = key;
		this.title = title;
		this.kind = kind;
		this.payload = payload;
		this.amount = amount;
		this.connections = connections;
	}

	/**
	 * Find a workload.
	 * @param key the key of a workload
	 * @return the workload
	 * @throws IllegalArgumentException if there is none
	 */
	public static Workload of(String key) {
		return Arrays.stream(values())
			.filter((workload) -> workload.key.equals(key))
			.findAny()
			.orElseThrow(() -> new IllegalArgumentException("workload: " + key + " (expected: one of "
					+ Arrays.stream(values()).map(Workload::key).toList() + ")"));
	}

	/**
	 * Return the name on the command line.
	 * @return the key
	 */
	public String key() {
		return this.key;
	}

	/**
	 * Return what the report calls it.
	 * @return the title
	 */
	public String title() {
		return this.title;
	}

	/**
	 * Return how calls are made.
	 * @return the kind
	 */
	public Kind kind() {
		return this.kind;
	}

	/**
	 * Return what calls carry, in {@link #MIXED} the fast ones.
	 * @return the payload
	 */
	public Payload payload() {
		return this.payload;
	}

	/**
	 * Return the amount of load.
	 * @return the callers, the calls in flight, or the calls in a second
	 */
	public int amount() {
		return this.amount;
	}

	/**
	 * Return the number of connections that callers share.
	 * @return the number
	 */
	public int connections() {
		return this.connections;
	}

	/**
	 * Return what the handlers do.
	 * @return the load of the handlers
	 */
	public HandlerLoad handlerLoad() {
		return (this == WAIT_256 || this == MIXED) ? HandlerLoad.WAIT : HandlerLoad.COMPUTE;
	}

	/**
	 * Whether a system can do it.
	 * @param asynchronous whether its callers can go on before the reply is there
	 * @return {@code false} if it cannot
	 */
	public boolean suits(boolean asynchronous) {
		return asynchronous || this.kind != Kind.IN_FLIGHT;
	}

	/**
	 * How calls are made.
	 */
	public enum Kind {

		/**
		 * Each caller waits for its reply before it calls again.
		 */
		CLOSED,

		/**
		 * Each reply causes the next call; nobody waits.
		 */
		IN_FLIGHT,

		/**
		 * Calls come at a fixed rate, whatever becomes of earlier ones.
		 */
		OPEN

	}

}
