package io.github.thriftboot.benchmarks.echo;

import java.util.function.BiConsumer;
import java.util.function.LongFunction;

import io.github.thriftboot.benchmarks.BenchmarkCaller;
import io.github.thriftboot.benchmarks.WrongReplyException;
import org.jspecify.annotations.Nullable;

/**
 * A caller of a system with messages of its own, which must have {@code equals}.
 *
 * @param <T> what is sent and comes back
 */
public final class MessageCaller<T> implements BenchmarkCaller {

	private final LongFunction<T> request;

	private final Method<T> method;

	private final AsyncMethod<T> asyncMethod;

	/**
	 * Create a caller.
	 * @param request makes the message with an id, or sets the id of the one message
	 * @param method calls and waits
	 * @param asyncMethod calls without waiting
	 */
	public MessageCaller(LongFunction<T> request, Method<T> method, AsyncMethod<T> asyncMethod) {
		this.request = request;
		this.method = method;
		this.asyncMethod = asyncMethod;
	}

	@Override
	public void call(long id) throws Exception {
		T message = this.request.apply(id);
		T reply = this.method.call(message);
		if (!message.equals(reply)) {
			throw new WrongReplyException(message, reply);
		}
	}

	@Override
	public void callAsync(long id, Completion completion) {
		T message = this.request.apply(id);
		try {
			this.asyncMethod.call(message, (reply, failure) -> {
				if (failure != null) {
					completion.failed(failure);
				}
				else if (message.equals(reply)) {
					completion.succeeded();
				}
				else {
					completion.failed(new WrongReplyException(message, String.valueOf(reply)));
				}
			});
		}
		catch (Exception ex) {
			completion.failed(ex);
		}
	}

	/**
	 * Calls and waits.
	 *
	 * @param <T> what is sent and comes back
	 */
	@FunctionalInterface
	public interface Method<T> {

		/**
		 * Call and wait.
		 * @param message what to send
		 * @return what has come back
		 * @throws Exception if there is no reply
		 */
		T call(T message) throws Exception;

	}

	/**
	 * Calls without waiting.
	 *
	 * @param <T> what is sent and comes back
	 */
	@FunctionalInterface
	public interface AsyncMethod<T> {

		/**
		 * Call without waiting.
		 * @param message what to send
		 * @param outcome gets the reply or the failure, unless this method throws
		 * @throws Exception if the call cannot be made
		 */
		void call(T message, BiConsumer<@Nullable T, @Nullable Throwable> outcome) throws Exception;

	}

}
