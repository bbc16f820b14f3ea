package io.github.thriftboot.client;

import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.thriftboot.netty.client.CallPolicy;
import io.github.thriftboot.netty.client.ClusterMode;
import io.github.thriftboot.netty.client.ThriftChannel;
import io.github.thriftboot.netty.protocol.ThriftMethod;
import org.apache.thrift.TBase;
import org.apache.thrift.TException;
import org.jspecify.annotations.Nullable;

/**
 * A channel behind a circuit breaker: what all proxies of one client call through. Each
 * permission of the breaker is given back exactly once, as a success, as a failure, or
 * released. Thread-safe.
 */
public final class GuardedChannel implements AutoCloseable {

	private final ThriftChannel channel;

	private final @Nullable CircuitBreaker breaker;

	private final Function<ThriftMethod, CallPolicy> policies;

	private final boolean fallbackOnApplicationError;

	/**
	 * Put a channel behind a breaker.
	 * @param channel the channel, closed with this object
	 * @param breaker the breaker, or {@code null} for none
	 * @param policies tells once for each method how its calls are made
	 * @param fallbackOnApplicationError whether the fallback also answers when the
	 * service answered with an error
	 */
	public GuardedChannel(ThriftChannel channel, @Nullable CircuitBreaker breaker,
			Function<ThriftMethod, CallPolicy> policies, boolean fallbackOnApplicationError) {
		this.channel = channel;
		this.breaker = breaker;
		this.policies = policies;
		this.fallbackOnApplicationError = fallbackOnApplicationError;
	}

	String service() {
		return this.channel.service();
	}

	/**
	 * Return how the calls of a method go through the channel. That failures are ignored
	 * is not for the channel to do, because the breaker must count them.
	 * @param method the method
	 * @return the policy
	 */
	CallPolicy policy(ThriftMethod method) {
		CallPolicy policy = this.policies.apply(method);
		return (policy.cluster() == ClusterMode.FAILSAFE) ? policy.toBuilder().cluster(ClusterMode.FAILOVER).build()
				: policy;
	}

	/**
	 * Return what answers a method that has no fallback.
	 * @param method the method
	 * @return an answer that ignores the failure, or {@code null} if the caller is told
	 */
	@Nullable MethodFallback failsafe(ClientMethod method) {
		boolean failsafe = this.policies.apply(method.method()).cluster() == ClusterMode.FAILSAFE;
		return failsafe ? new FailsafeFallback(this.channel, method) : null;
	}

	/**
	 * Whether a call that failed like this is answered by the fallback, if there is one.
	 * @param failure what the call failed with
	 * @return {@code true} if the fallback is to run
	 */
	boolean fallsBackOn(TException failure) {
		return switch (CallOutcome.of(failure)) {
			case UNREACHABLE, NOT_TRIED -> true;
			case APPLICATION_ERROR -> this.fallbackOnApplicationError;
			case DECLARED_EXCEPTION, CALLER -> false;
		};
	}

	/**
	 * Call a method and wait for its outcome.
	 * @param method the method
	 * @param arguments the Java arguments
	 * @param policy how to make the call
	 * @return the value, {@code null} for void and oneway methods
	 * @throws TException what the channel failed with, or
	 * {@link CircuitBreakerOpenException}
	 */
	@Nullable Object call(ThriftMethod method, @Nullable Object[] arguments, CallPolicy policy) throws TException {
		TBase<?, ?> args = method.args(arguments);
		CircuitBreaker breaker = this.breaker;
		if (breaker == null) {
			return this.channel.call(method, args, policy);
		}
		long start = acquirePermission(breaker);
		Object value;
		try {
			value = this.channel.call(method, args, policy);
		}
		catch (Throwable ex) {
			recordFailure(breaker, start, ex);
			throw ex;
		}
		recordReply(breaker, start, value);
		return value;
	}

	/**
	 * Call a method without waiting.
	 * @param method the method
	 * @param arguments the Java arguments; further ones are ignored
	 * @param policy how to make the call
	 * @return completes with what {@link #call} returns or throws, on an event loop or on
	 * this thread
	 */
	CompletableFuture<@Nullable Object> callAsync(ThriftMethod method, @Nullable Object[] arguments,
			CallPolicy policy) {
		TBase<?, ?> args = method.args(arguments);
		CircuitBreaker breaker = this.breaker;
		if (breaker == null) {
			return this.channel.callAsync(method, args, policy);
		}
		long start;
		try {
			start = acquirePermission(breaker);
		}
		catch (CircuitBreakerOpenException ex) {
			return CompletableFuture.failedFuture(ex);
		}
		CompletableFuture<@Nullable Object> future;
		try {
			future = this.channel.callAsync(method, args, policy);
		}
		catch (Throwable ex) {
			recordFailure(breaker, start, ex);
			throw ex;
		}
		CompletableFuture<@Nullable Object> recorded = future.whenComplete((value, failure) -> {
			if (failure != null) {
				recordFailure(breaker, start, failure);
			}
			else {
				recordReply(breaker, start, value);
			}
		});
		// changes nothing unless the caller has cancelled
		recorded.whenComplete((value, failure) -> future.cancel(false));
		return recorded;
	}

	private static long acquirePermission(CircuitBreaker breaker) throws CircuitBreakerOpenException {
		try {
			breaker.acquirePermission();
		}
		catch (CallNotPermittedException ex) {
			throw new CircuitBreakerOpenException(ex);
		}
		return breaker.getCurrentTimestamp();
	}

	private static void recordReply(CircuitBreaker breaker, long start, @Nullable Object value) {
		breaker.onResult(breaker.getCurrentTimestamp() - start, breaker.getTimestampUnit(), value);
	}

	private static void recordFailure(CircuitBreaker breaker, long start, Throwable failure) {
		long duration = breaker.getCurrentTimestamp() - start;
		switch (CallOutcome.of(failure)) {
			case DECLARED_EXCEPTION -> breaker.onSuccess(duration, breaker.getTimestampUnit());
			case UNREACHABLE, APPLICATION_ERROR -> breaker.onError(duration, breaker.getTimestampUnit(), failure);
			case NOT_TRIED, CALLER -> breaker.releasePermission();
		}
	}

	/**
	 * Close the channel: later calls fail at once.
	 */
	@Override
	public void close() {
		this.channel.close();
	}

}
