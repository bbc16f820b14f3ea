package io.github.thriftboot.client;

import java.lang.reflect.Method;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import org.apache.thrift.TException;
import org.jspecify.annotations.Nullable;

import org.springframework.cglib.proxy.MethodInterceptor;
import org.springframework.cglib.proxy.MethodProxy;

/**
 * A method of {@code FutureIface}: calls the service without waiting, and lets the
 * fallback answer if there is no usable answer. Who cancels the future gives the call up.
 */
final class FutureMethodInterceptor implements MethodInterceptor {

	private final MethodCaller method;

	private final @Nullable MethodFallback fallback;

	FutureMethodInterceptor(MethodCaller method, @Nullable MethodFallback fallback) {
		this.method = method;
		this.fallback = fallback;
	}

	@Override
	public Object intercept(Object proxy, Method javaMethod, @Nullable Object[] arguments, MethodProxy methodProxy) {
		CompletableFuture<@Nullable Object> call = this.method.callAsync(arguments);
		CompletableFuture<@Nullable Object> result = new CompletableFuture<>();
		call.whenComplete((value, failure) -> {
			if (failure == null) {
				result.complete(value);
				return;
			}
			Throwable cause = InterceptionException.cause(failure);
			if (this.fallback != null && cause instanceof TException ex && this.method.fallsBackOn(ex)) {
				answer(this.fallback, proxy, arguments, ex, result);
			}
			else {
				result.completeExceptionally(InterceptionException.unwrap(cause));
			}
		});
		// changes nothing unless the caller has cancelled
		result.whenComplete((value, failure) -> call.cancel(false));
		return result;
	}

	private static void answer(MethodFallback fallback, Object proxy, @Nullable Object[] arguments, TException cause,
			CompletableFuture<@Nullable Object> result) {
		try {
			Object answer = fallback.answer(proxy, arguments, cause);
			if (!(answer instanceof CompletionStage<?> stage)) {
				throw cause;
			}
			stage.whenComplete((value, failure) -> {
				if (failure != null) {
					MethodFallback.suppress(failure, cause);
					result.completeExceptionally(failure);
				}
				else {
					result.complete(value);
				}
			});
		}
		catch (Throwable ex) {
			MethodFallback.suppress(ex, cause);
			result.completeExceptionally(ex);
		}
	}

}
