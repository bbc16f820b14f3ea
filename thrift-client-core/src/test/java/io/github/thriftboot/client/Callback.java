package io.github.thriftboot.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import org.apache.thrift.async.AsyncMethodCallback;

/**
 * A callback that keeps its outcome and counts how often it was called.
 *
 * @param <T> the type of the value
 */
final class Callback<T> implements AsyncMethodCallback<T> {

	private final CompletableFuture<T> outcome = new CompletableFuture<>();

	private final AtomicInteger calls = new AtomicInteger();

	private final Consumer<T> onComplete;

	Callback() {
		this((value) -> {
		});
	}

	Callback(Consumer<T> onComplete) {
		this.onComplete = onComplete;
	}

	@Override
	public void onComplete(T value) {
		this.calls.incrementAndGet();
		this.outcome.complete(value);
		this.onComplete.accept(value);
	}

	@Override
	public void onError(Exception failure) {
		this.calls.incrementAndGet();
		this.outcome.completeExceptionally(failure);
	}

	T get() throws Exception {
		return this.outcome.get(15, TimeUnit.SECONDS);
	}

	Throwable failure() {
		return this.outcome.handle((value, failure) -> failure).orTimeout(15, TimeUnit.SECONDS).join();
	}

	boolean isCalled() {
		return this.outcome.isDone();
	}

	int calls() {
		return this.calls.get();
	}

}
