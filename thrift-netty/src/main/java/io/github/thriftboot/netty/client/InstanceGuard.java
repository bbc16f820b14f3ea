package io.github.thriftboot.netty.client;

import org.jspecify.annotations.Nullable;

/**
 * Watches the attempts that go to one instance and decides whether there may be more, as
 * a circuit breaker does. For each attempt that it admits, one of {@link #succeeded},
 * {@link #failed} and {@link #released} is called, exactly once. Must be thread-safe and
 * must not block.
 */
public interface InstanceGuard {

	/**
	 * Return how long the instance is to be left out of the balance. Asked when the list
	 * is made that calls choose from, not for each call.
	 * @return nanoseconds from now, 0 to let calls try it, {@link Long#MAX_VALUE} until
	 * the guard tells a change
	 */
	long nanosLeftOut();

	/**
	 * Ask for an attempt. When it is refused, the call goes to another instance.
	 * @return {@code true} if the instance may be called once
	 */
	boolean tryAcquire();

	/**
	 * Told that an attempt was answered.
	 * @param nanos how long it took, in nanoseconds
	 * @param value what the method returned, {@code null} for void and oneway methods
	 */
	void succeeded(long nanos, @Nullable Object value);

	/**
	 * Told that an attempt was not answered with a value.
	 * @param nanos how long it took, in nanoseconds
	 * @param failure what it ended with: an exception that the IDL declares, an error of
	 * the server, or what kept the answer away, the caller's mistakes included
	 */
	void failed(long nanos, Throwable failure);

	/**
	 * Told that an attempt was not made after all.
	 */
	void released();

	/**
	 * Told that the instance is no longer in the list, or that another process has
	 * started there, which gets a guard of its own. Attempts under way still end.
	 */
	void close();

}
