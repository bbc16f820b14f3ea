package io.github.thriftboot.netty.client;

import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

/**
 * The future of a call, as its caller gets it. Whoever completes or cancels it gives the
 * call up; only the runtime ends it without.
 */
abstract class CallFuture extends CompletableFuture<@Nullable Object> {

	/**
	 * The caller does not want the call any more.
	 * @param cause why, may be {@code null}
	 */
	abstract void giveUp(@Nullable Throwable cause);

	/**
	 * Complete with the value of the call.
	 * @param value the value
	 */
	void end(@Nullable Object value) {
		super.complete(value);
	}

	/**
	 * Complete with what the call has failed with.
	 * @param failure the failure
	 */
	void fail(Throwable failure) {
		super.completeExceptionally(failure);
	}

	@Override
	public boolean complete(@Nullable Object value) {
		boolean first = super.complete(value);
		giveUp(null);
		return first;
	}

	@Override
	public boolean completeExceptionally(Throwable failure) {
		boolean first = super.completeExceptionally(failure);
		giveUp(failure);
		return first;
	}

	@Override
	public boolean cancel(boolean mayInterruptIfRunning) {
		boolean first = super.cancel(mayInterruptIfRunning);
		giveUp(null);
		return first;
	}

	@Override
	public <U> CompletableFuture<U> newIncompleteFuture() {
		return new CompletableFuture<>();
	}

}
