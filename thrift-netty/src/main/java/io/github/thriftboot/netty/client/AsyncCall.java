package io.github.thriftboot.netty.client;

import java.util.concurrent.CompletableFuture;

import io.github.thriftboot.netty.protocol.ThriftMethod;
import org.apache.thrift.TBase;
import org.apache.thrift.TException;
import org.jspecify.annotations.Nullable;

/**
 * A call whose caller goes on and gets a future.
 */
final class AsyncCall extends ThriftCall {

	private final ReplyReader replies;

	private final Result result = new Result();

	AsyncCall(ThriftChannel channel, ThriftMethod method, String wireName, TBase<?, ?> args, CallPolicy policy,
			ReplyReader replies) {
		super(channel, method, wireName, args, policy);
		this.replies = replies;
	}

	/**
	 * Return the future of the value. Whoever completes or cancels it gives the call up.
	 * @return the future
	 */
	CompletableFuture<@Nullable Object> result() {
		return this.result;
	}

	@Override
	void onOutcome() {
		try {
			this.result.end(this.replies.value(method(), reply()));
		}
		catch (TException | RuntimeException | Error ex) {
			this.result.fail(ex);
		}
	}

	private final class Result extends CompletableFuture<@Nullable Object> {

		void end(@Nullable Object value) {
			super.complete(value);
		}

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

}
