package io.github.thriftboot.client;

import java.lang.reflect.Method;

import org.apache.thrift.TException;
import org.apache.thrift.async.AsyncMethodCallback;
import org.jspecify.annotations.Nullable;

import org.springframework.cglib.proxy.MethodInterceptor;
import org.springframework.cglib.proxy.MethodProxy;

/**
 * A method of {@code AsyncIface}: calls the service without waiting, and lets the
 * fallback answer if there is no usable answer. The last argument is the callback.
 */
final class AsyncMethodInterceptor implements MethodInterceptor {

	private final MethodCaller method;

	private final @Nullable MethodFallback fallback;

	AsyncMethodInterceptor(MethodCaller method, @Nullable MethodFallback fallback) {
		this.method = method;
		this.fallback = fallback;
	}

	@Override
	public @Nullable Object intercept(Object proxy, Method javaMethod, @Nullable Object[] arguments,
			MethodProxy methodProxy) {
		this.method.callAsync(arguments, (value, failure) -> {
			SingleCallback callback = new SingleCallback(this.method.method(), callback(arguments));
			if (failure == null) {
				callback.onComplete(value);
				return;
			}
			Throwable cause = InterceptionException.cause(failure);
			if (this.fallback != null && cause instanceof TException ex && this.method.fallsBackOn(ex)) {
				answer(this.fallback, proxy, arguments, ex);
			}
			else {
				callback.fail(InterceptionException.unwrap(cause));
			}
		});
		return null;
	}

	private void answer(MethodFallback fallback, Object proxy, @Nullable Object[] arguments, TException cause) {
		SingleCallback callback = new SingleCallback(this.method.method(), callback(arguments), cause);
		@Nullable Object[] fallbackArguments = arguments.clone();
		fallbackArguments[arguments.length - 1] = callback;
		try {
			fallback.answer(proxy, fallbackArguments, cause);
		}
		catch (Throwable ex) {
			callback.fail(ex);
		}
	}

	@SuppressWarnings("unchecked")
	private static @Nullable AsyncMethodCallback<Object> callback(@Nullable Object[] arguments) {
		return (AsyncMethodCallback<Object>) arguments[arguments.length - 1];
	}

}
