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

	AsyncCall(CallDispatcher dispatcher, ThriftMethod method, String wireName, TBase<?, ?> args, CallPolicy policy,
			ReplyReader replies) {
		super(dispatcher, method, wireName, args, policy);
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
		Object value;
		try {
			value = this.replies.value(method(), reply());
			attemptSucceeded(value);
		}
		catch (TException | RuntimeException | Error ex) {
			attemptOver(ex);
			this.result.fail(ex);
			return;
		}
		this.result.end(value);
	}

	private final class Result extends CallFuture {

		@Override
		void giveUp(@Nullable Throwable cause) {
			AsyncCall.this.giveUp(cause);
		}

	}

}
