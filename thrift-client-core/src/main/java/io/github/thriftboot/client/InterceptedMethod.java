package io.github.thriftboot.client;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

import io.github.thriftboot.netty.client.CallCancelledException;
import io.github.thriftboot.netty.protocol.ThriftMethod;
import org.apache.thrift.TException;
import org.jspecify.annotations.Nullable;

/**
 * Calls one method through the interceptors. Thread-safe.
 *
 * @param client the name of the client
 * @param guarded makes the call
 * @param interceptors stand around it
 */
record InterceptedMethod(String client, GuardedMethod guarded, Interceptors interceptors) implements MethodCaller {

	@Override
	public ThriftMethod method() {
		return this.guarded.method();
	}

	@Override
	public boolean fallsBackOn(TException failure) {
		return this.guarded.fallsBackOn(failure);
	}

	@Override
	public @Nullable Object call(@Nullable Object[] arguments) throws TException {
		ClientInvocation call = new ClientInvocation(this.client, this.guarded, arguments, Thread.currentThread());
		try {
			return this.interceptors.chain().proceed(call).toCompletableFuture().get();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new CallCancelledException(method() + " was given up by its caller", null, ex);
		}
		catch (ExecutionException | CancellationException ex) {
			Throwable cause = InterceptionException.cause(ex);
			if (call.hasFailedWith(cause) && cause instanceof TException failure) {
				throw failure;
			}
			throw new InterceptionException(cause);
		}
		finally {
			call.giveUp();
		}
	}

	@Override
	public CompletableFuture<@Nullable Object> callAsync(@Nullable Object[] arguments) {
		ClientInvocation call = new ClientInvocation(this.client, this.guarded, arguments, null);
		CompletableFuture<@Nullable Object> result = new CompletableFuture<>();
		this.interceptors.chain().proceed(call).whenComplete((value, failure) -> {
			if (failure == null) {
				result.complete(value);
				return;
			}
			Throwable cause = InterceptionException.cause(failure);
			result.completeExceptionally(call.hasFailedWith(cause) ? cause : new InterceptionException(cause));
		});
		result.whenComplete((value, failure) -> call.giveUp());
		return result;
	}

}
