package io.github.thriftboot.client;

import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;

import io.github.thriftboot.netty.protocol.ThriftMethod;
import org.apache.thrift.TException;
import org.jspecify.annotations.Nullable;

/**
 * Calls one method, in each of the ways in which a client may be called. Thread-safe.
 */
interface MethodCaller {

	/**
	 * Return the method.
	 * @return the method as the IDL has it
	 */
	ThriftMethod method();

	/**
	 * Whether a call that failed like this is answered by the fallback, if there is one.
	 * @param failure what the call failed with
	 * @return {@code true} if the fallback is to run
	 */
	boolean fallsBackOn(TException failure);

	/**
	 * Call the method and wait for its outcome.
	 * @param arguments the Java arguments
	 * @return the value, {@code null} for void and oneway methods
	 * @throws TException what the channel failed with, or
	 * {@link CircuitBreakerOpenException}, {@link CallLimitExceededException} or
	 * {@link ForcedFallbackException}
	 * @throws InterceptionException if an interceptor failed
	 */
	@Nullable Object call(@Nullable Object[] arguments) throws TException;

	/**
	 * Call the method without waiting.
	 * @param arguments the Java arguments; further ones are ignored
	 * @return completes with what {@link #call} returns or throws, on an event loop or on
	 * this thread. Whoever completes or cancels it gives the call up
	 */
	CompletableFuture<@Nullable Object> callAsync(@Nullable Object[] arguments);

	/**
	 * Call the method without waiting, for somebody who cannot give up the call.
	 * @param arguments the Java arguments; further ones are ignored
	 * @param answer gets what {@link #call} returns or throws, on an event loop or on
	 * this thread
	 */
	default void callAsync(@Nullable Object[] arguments, BiConsumer<@Nullable Object, @Nullable Throwable> answer) {
		callAsync(arguments).whenComplete(answer);
	}

}
