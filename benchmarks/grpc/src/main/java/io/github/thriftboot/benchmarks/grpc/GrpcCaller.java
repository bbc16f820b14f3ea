package io.github.thriftboot.benchmarks.grpc;

import java.util.function.BiConsumer;
import java.util.function.LongFunction;
import java.util.function.UnaryOperator;

import io.github.thriftboot.benchmarks.BenchmarkCaller;
import io.github.thriftboot.benchmarks.WrongReplyException;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;

/**
 * Calls one method. A message cannot be changed: for each call a copy is made that shares
 * all but the id.
 *
 * @param <T> what is sent and comes back
 */
final class GrpcCaller<T> implements BenchmarkCaller {

	private final LongFunction<T> request;

	private final UnaryOperator<T> method;

	private final BiConsumer<T, StreamObserver<T>> asyncMethod;

	GrpcCaller(LongFunction<T> request, UnaryOperator<T> method, BiConsumer<T, StreamObserver<T>> asyncMethod) {
		this.request = request;
		this.method = method;
		this.asyncMethod = asyncMethod;
	}

	@Override
	public void call(long id) {
		T message = this.request.apply(id);
		T reply = this.method.apply(message);
		if (!message.equals(reply)) {
			throw new WrongReplyException(message, reply);
		}
	}

	@Override
	public void callAsync(long id, Completion completion) {
		T message = this.request.apply(id);
		this.asyncMethod.accept(message, new StreamObserver<>() {

			private @Nullable T reply;

			@Override
			public void onNext(T value) {
				this.reply = value;
			}

			@Override
			public void onError(Throwable failure) {
				completion.failed(failure);
			}

			@Override
			public void onCompleted() {
				if (message.equals(this.reply)) {
					completion.succeeded();
				}
				else {
					completion.failed(new WrongReplyException(message, String.valueOf(this.reply)));
				}
			}

		});
	}

}
