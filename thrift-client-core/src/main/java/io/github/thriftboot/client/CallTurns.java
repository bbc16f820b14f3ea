package io.github.thriftboot.client;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import io.github.thriftboot.netty.client.CallCancelledException;
import io.github.thriftboot.netty.client.CallPolicy;
import io.github.thriftboot.netty.client.ThriftChannel;
import io.github.thriftboot.netty.client.UnprocessedException;
import io.github.thriftboot.netty.context.ThriftContext;
import io.github.thriftboot.netty.protocol.ThriftMethod;
import org.apache.thrift.TException;
import org.jspecify.annotations.Nullable;

/**
 * Lets the calls of one method wait for their turn while as many are in flight as may be.
 * A turn comes with a permit of the limit, which whoever makes the call gives back.
 * Thread-safe.
 *
 * @param limit bounds the calls in flight
 * @param channel where the calls go
 * @param method the method
 * @param policy how its calls are made
 */
record CallTurns(CallLimit limit, ThriftChannel channel, ThriftMethod method, CallPolicy policy) {

	/**
	 * Wait for the turn of a call on this thread.
	 * @return how to make the call in the time that is left
	 * @throws TException if there is no turn, because the time is over, too many wait, or
	 * this thread is interrupted
	 */
	CallPolicy await() throws TException {
		long start = System.nanoTime();
		long nanos = waitNanos();
		if (nanos > 0 && this.channel.inEventLoop()) {
			throw new IllegalStateException(
					this.method + " was called on an event loop, which must not wait; call it from another thread");
		}
		try {
			if (nanos <= 0 || !this.limit.await(nanos)) {
				throw limitExceeded();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new CallCancelledException(this.method + " was given up by its caller", null, ex);
		}
		return rest(start);
	}

	/**
	 * How long a call may wait for its turn: no longer than it may take.
	 */
	private long waitNanos() {
		ThriftContext context = ThriftContext.current();
		long left = (context != null) ? context.nanosLeft() : Long.MAX_VALUE;
		return Math.min(this.limit.maxWaitNanos(), Math.min(this.policy.timeout().toNanos(), left));
	}

	private CallPolicy rest(long start) throws CallLimitExceededException {
		long left = this.policy.timeout().toNanos() - (System.nanoTime() - start);
		if (left <= 0) {
			this.limit.release();
			throw limitExceeded();
		}
		return this.policy.withTimeout(Duration.ofNanos(left));
	}

	private CallLimitExceededException limitExceeded() {
		return new CallLimitExceededException(this.method + " was not sent: " + this.limit.max()
				+ " calls of it are in flight, and there may be no more");
	}

	/**
	 * Start a call when it is its turn: on an event loop, as the thread that gives the
	 * permit has other things to do, but in the surroundings of this one.
	 * @param start starts the call in the time that is left
	 * @return completes as the call does, or fails if there is no turn. Whoever completes
	 * or cancels it gives the turn, or the call, up
	 */
	CompletableFuture<@Nullable Object> enqueue(Function<CallPolicy, CompletableFuture<@Nullable Object>> start) {
		long asked = System.nanoTime();
		long nanos = waitNanos();
		CompletableFuture<Boolean> turn = (nanos > 0) ? this.limit.enqueue() : null;
		if (turn == null) {
			return CompletableFuture.failedFuture(limitExceeded());
		}
		turn.completeOnTimeout(false, nanos, TimeUnit.NANOSECONDS);
		CallSurroundings surroundings = CallSurroundings.current();
		CompletableFuture<@Nullable Object> result = new CompletableFuture<>();
		turn.thenAcceptAsync((acquired) -> {
			if (!acquired) {
				result.completeExceptionally(limitExceeded());
			}
			else if (result.isDone()) {
				this.limit.release();
			}
			else {
				try {
					CallPolicy rest = rest(asked);
					follow(surroundings.call(() -> start.apply(rest)), result);
				}
				catch (Throwable ex) {
					result.completeExceptionally(ex);
				}
			}
		}, this.channel.eventLoop()).exceptionally((rejected) -> {
			// there are no event loops any more
			if (turn.getNow(false)) {
				this.limit.release();
			}
			result.completeExceptionally(new UnprocessedException(
					"the channel of " + this.channel.service() + " is closed", null, rejected));
			return null;
		});
		result.whenComplete((value, failure) -> turn.complete(false));
		return result;
	}

	private static void follow(CompletableFuture<@Nullable Object> call, CompletableFuture<@Nullable Object> result) {
		call.whenComplete((value, failure) -> GuardedMethod.complete(result, value, failure));
		// changes nothing unless the caller has cancelled
		result.whenComplete((value, failure) -> call.cancel(false));
	}

}
