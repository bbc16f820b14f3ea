package io.github.thriftboot.client;

import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;

import io.github.thriftboot.netty.client.CallPolicy;
import io.github.thriftboot.netty.client.ClusterMode;
import io.github.thriftboot.netty.client.ThriftChannel;
import io.github.thriftboot.netty.protocol.ThriftMethod;
import org.apache.thrift.TBase;
import org.apache.thrift.TException;
import org.jspecify.annotations.Nullable;

/**
 * Calls one method: first the limit of calls in flight, then the circuit breaker, then
 * the channel. What the first two give is given back exactly once, however the call ends.
 * Thread-safe.
 */
final class GuardedMethod implements MethodCaller {

	private final ThriftChannel channel;

	private final ThriftMethod method;

	private final CallPolicy policy;

	private final @Nullable CallBreaker breaker;

	private final @Nullable CallTurns turns;

	private final boolean forced;

	private final boolean fallbackOnApplicationError;

	private final boolean failsafe;

	GuardedMethod(ThriftChannel channel, ThriftMethod method, MethodOptions options) {
		this.channel = channel;
		this.method = method;
		this.failsafe = options.policy().cluster() == ClusterMode.FAILSAFE;
		// that failures are ignored is not for the channel to do: the breaker counts them
		this.policy = this.failsafe ? options.policy().toBuilder().cluster(ClusterMode.FAILOVER).build()
				: options.policy();
		this.breaker = options.breaker();
		this.turns = (options.limit() != null) ? new CallTurns(options.limit(), channel, method, this.policy) : null;
		this.forced = options.fallback() == FallbackMode.FORCE;
		this.fallbackOnApplicationError = options.fallbackOnApplicationError();
	}

	@Override
	public ThriftMethod method() {
		return this.method;
	}

	/**
	 * Return the name of the service.
	 * @return the name on the wire
	 */
	String service() {
		return this.channel.service();
	}

	/**
	 * Whether only the fallback answers, so that there must be one.
	 * @return {@code true} if no call is made
	 */
	boolean isForced() {
		return this.forced;
	}

	/**
	 * Return what answers if there is no fallback.
	 * @param caller the method as it is called
	 * @return an answer that ignores the failure, or {@code null} if the caller is told
	 */
	@Nullable MethodFallback failsafe(ClientMethod caller) {
		return this.failsafe ? new FailsafeFallback(this.channel, caller) : null;
	}

	@Override
	public boolean fallsBackOn(TException failure) {
		return switch (CallOutcome.of(failure)) {
			case UNREACHABLE, NOT_TRIED -> true;
			case APPLICATION_ERROR -> this.fallbackOnApplicationError;
			case DECLARED_EXCEPTION, CALLER -> false;
		};
	}

	@Override
	public @Nullable Object call(@Nullable Object[] arguments) throws TException {
		if (this.forced) {
			throw new ForcedFallbackException(this.method);
		}
		TBase<?, ?> args = this.method.args(arguments);
		CallTurns calls = this.turns;
		if (calls == null) {
			return callThroughBreaker(args, this.policy);
		}
		CallPolicy rest = calls.limit().tryAcquire() ? this.policy : calls.await();
		try {
			return callThroughBreaker(args, rest);
		}
		finally {
			calls.limit().release();
		}
	}

	private @Nullable Object callThroughBreaker(TBase<?, ?> args, CallPolicy rest) throws TException {
		CallBreaker calls = this.breaker;
		if (calls == null) {
			return this.channel.call(this.method, args, rest);
		}
		long start = calls.acquire();
		Object value;
		try {
			value = this.channel.call(this.method, args, rest);
		}
		catch (Throwable ex) {
			calls.record(start, null, ex);
			throw ex;
		}
		calls.record(start, value, null);
		return value;
	}

	@Override
	public CompletableFuture<@Nullable Object> callAsync(@Nullable Object[] arguments) {
		if (this.forced) {
			return CompletableFuture.failedFuture(new ForcedFallbackException(this.method));
		}
		TBase<?, ?> args = this.method.args(arguments);
		CallTurns calls = this.turns;
		if (calls == null || calls.limit().tryAcquire()) {
			return start(args, this.policy);
		}
		return calls.enqueue((rest) -> start(args, rest));
	}

	@Override
	public void callAsync(@Nullable Object[] arguments, BiConsumer<@Nullable Object, @Nullable Throwable> answer) {
		if (this.forced || this.turns != null) {
			callAsync(arguments).whenComplete(answer);
		}
		else {
			start(this.method.args(arguments), this.policy, answer);
		}
	}

	private CompletableFuture<@Nullable Object> start(TBase<?, ?> args, CallPolicy rest) {
		if (this.breaker == null && this.turns == null) {
			return this.channel.callAsync(this.method, args, rest);
		}
		// a stage of its own, because a stage that is cancelled does not run what it is
		// for
		CompletableFuture<@Nullable Object> result = new CompletableFuture<>();
		CompletableFuture<@Nullable Object> call = start(args, rest,
				(value, failure) -> complete(result, value, failure));
		// changes nothing unless the caller has cancelled
		result.whenComplete((value, failure) -> call.cancel(false));
		return result;
	}

	/**
	 * Start a call that has its permit, and see that it gives back what it has.
	 */
	private CompletableFuture<@Nullable Object> start(TBase<?, ?> args, CallPolicy rest,
			BiConsumer<@Nullable Object, @Nullable Throwable> answer) {
		CallBreaker calls = this.breaker;
		long start;
		try {
			start = (calls != null) ? calls.acquire() : 0;
		}
		catch (CircuitBreakerOpenException ex) {
			releasePermit();
			return CompletableFuture.<@Nullable Object>failedFuture(ex).whenComplete(answer);
		}
		CompletableFuture<@Nullable Object> future;
		try {
			future = this.channel.callAsync(this.method, args, rest);
		}
		catch (Throwable ex) {
			ended(start, null, ex);
			throw ex;
		}
		future.whenComplete((value, failure) -> {
			ended(start, value, failure);
			answer.accept(value, failure);
		});
		return future;
	}

	/**
	 * Complete one future with what another one has ended with.
	 */
	static void complete(CompletableFuture<@Nullable Object> result, @Nullable Object value,
			@Nullable Throwable failure) {
		if (failure != null) {
			result.completeExceptionally(failure);
		}
		else {
			result.complete(value);
		}
	}

	private void ended(long start, @Nullable Object value, @Nullable Throwable failure) {
		try {
			if (this.breaker != null) {
				this.breaker.record(start, value, failure);
			}
		}
		finally {
			releasePermit();
		}
	}

	private void releasePermit() {
		if (this.turns != null) {
			this.turns.limit().release();
		}
	}

}
