package io.github.thriftboot.client;

import java.util.concurrent.CompletableFuture;

import io.github.thriftboot.netty.client.ThriftChannel;
import org.apache.thrift.TException;
import org.apache.thrift.async.AsyncMethodCallback;
import org.jspecify.annotations.Nullable;

/**
 * Answers with nothing in place of a service that gave no answer, for methods that are
 * called as failsafe and have no other fallback. It comes after the circuit breaker,
 * which counts the failure.
 *
 * @param channel logs the failure
 * @param method the method
 */
record FailsafeFallback(ThriftChannel channel, ClientMethod method) implements MethodFallback {

	@Override
	public @Nullable Object answer(Object proxy, @Nullable Object[] arguments, TException cause) throws TException {
		switch (CallOutcome.of(cause)) {
			case UNREACHABLE, NOT_TRIED -> {
			}
			// an answer, even if it is not a good one
			default -> throw cause;
		}
		Object answer = this.channel.failsafeAnswer(this.method.method(), cause);
		return switch (this.method.style()) {
			case SYNC -> answer;
			case FUTURE -> CompletableFuture.completedFuture(answer);
			case CALLBACK -> {
				callback(arguments).onComplete(answer);
				yield null;
			}
		};
	}

	@SuppressWarnings("unchecked")
	private static AsyncMethodCallback<@Nullable Object> callback(@Nullable Object[] arguments) {
		Object last = arguments[arguments.length - 1];
		if (last == null) {
			throw new IllegalArgumentException("no callback");
		}
		return (AsyncMethodCallback<@Nullable Object>) last;
	}

}
