package io.github.thriftboot.benchmarks;

/**
 * What a call carries there and back, and how long its handler takes.
 */
public enum Payload {

	/**
	 * One user, 201 bytes in Thrift's binary protocol.
	 */
	SMALL,

	/**
	 * A list of 20 users, about 4 KB.
	 */
	MEDIUM,

	/**
	 * 64 KiB in one binary field.
	 */
	LARGE,

	/**
	 * One user, answered after 5 ms.
	 */
	SLEEP_5(5),

	/**
	 * One user, answered after 20 ms.
	 */
	SLEEP_20(20);

	private final int handlerMillis;

	Payload() {
		this(0);
	}

	Payload(int handlerMillis) {
		this.handlerMillis = handlerMillis;
	}

	/**
	 * Return how long the handler takes.
	 * @return the time in milliseconds, 0 if it answers at once
	 */
	public int handlerMillis() {
		return this.handlerMillis;
	}

}
