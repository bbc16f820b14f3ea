package io.github.thriftboot.client;

import java.lang.reflect.Method;
import java.util.concurrent.CompletionException;

import io.github.thriftboot.netty.client.CallPolicy;
import io.github.thriftboot.netty.protocol.ThriftMethod;
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

	private final GuardedChannel channel;

	private final ThriftMethod method;

	private final CallPolicy policy;

	private final @Nullable MethodFallback fallback;

	AsyncMethodInterceptor(GuardedChannel channel, ThriftMethod method, @Nullable MethodFallback fallback) {
		this.channel = channel;
		this.method = method;
		this.policy = channel.policy(method);
		this.fallback = fallback;
	}

	@Override
	public @Nullable Object intercept(Object proxy, Method javaMethod, @Nullable Object[] arguments,
			MethodProxy methodProxy) {
		this.channel.callAsync(this.method, arguments, this.policy).whenComplete((value, failure) -> {
			SingleCallback callback = new SingleCallback(this.method, callback(arguments));
			if (failure == null) {
				callback.onComplete(value);
				return;
			}
			Throwable cause = (failure instanceof CompletionException && failure.getCause() != null)
					? failure.getCause() : failure;
			if (this.fallback != null && cause instanceof TException ex && this.channel.fallsBackOn(ex)) {
				answer(this.fallback, proxy, arguments, ex);
			}
			else {
				callback.fail(cause);
			}
		});
		return null;
	}

	private void answer(MethodFallback fallback, Object proxy, @Nullable Object[] arguments, TException cause) {
		SingleCallback callback = new SingleCallback(this.method, callback(arguments), cause);
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
