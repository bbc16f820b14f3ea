package io.github.thriftboot.client;

import org.apache.thrift.TException;
import org.jspecify.annotations.Nullable;

/**
 * Answers one method in place of the service. Thread-safe.
 */
@FunctionalInterface
interface MethodFallback {

	/**
	 * Answer a call.
	 * @param proxy the client that was called
	 * @param arguments the arguments of the call
	 * @param cause why the call failed
	 * @return the answer, {@code null} for void methods
	 * @throws Throwable what the fallback throws, or the cause if there is no fallback
	 * for it
	 */
	@Nullable Object answer(Object proxy, @Nullable Object[] arguments, TException cause) throws Throwable;

	/**
	 * Keep the original failure with what a fallback has failed with.
	 * @param failure what the fallback failed with
	 * @param cause why the call failed
	 */
	static void suppress(Throwable failure, TException cause) {
		// a fallback may well throw the cause itself, which must not suppress itself
		if (failure != cause) {
			failure.addSuppressed(cause);
		}
	}

}
