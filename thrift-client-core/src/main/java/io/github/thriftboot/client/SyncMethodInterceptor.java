package io.github.thriftboot.client;

import java.lang.reflect.Method;

import io.github.thriftboot.netty.client.CallPolicy;
import io.github.thriftboot.netty.protocol.ThriftMethod;
import org.apache.thrift.TException;
import org.jspecify.annotations.Nullable;

import org.springframework.cglib.proxy.MethodInterceptor;
import org.springframework.cglib.proxy.MethodProxy;

/**
 * A method of {@code Iface}: calls the service and waits, and lets the fallback answer if
 * there is no usable answer.
 */
final class SyncMethodInterceptor implements MethodInterceptor {

	private final GuardedChannel channel;

	private final ThriftMethod method;

	private final CallPolicy policy;

	private final @Nullable MethodFallback fallback;

	SyncMethodInterceptor(GuardedChannel channel, ThriftMethod method, @Nullable MethodFallback fallback) {
		this.channel = channel;
		this.method = method;
		this.policy = channel.policy(method);
		this.fallback = fallback;
	}

	@Override
	public @Nullable Object intercept(Object proxy, Method javaMethod, @Nullable Object[] arguments,
			MethodProxy methodProxy) throws Throwable {
		try {
			return this.channel.call(this.method, arguments, this.policy);
		}
		catch (TException ex) {
			if (this.fallback == null || !this.channel.fallsBackOn(ex)) {
				throw ex;
			}
			return answer(this.fallback, proxy, arguments, ex);
		}
	}

	private static @Nullable Object answer(MethodFallback fallback, Object proxy, @Nullable Object[] arguments,
			TException cause) throws Throwable {
		try {
			return fallback.answer(proxy, arguments, cause);
		}
		catch (Throwable ex) {
			MethodFallback.suppress(ex, cause);
			throw ex;
		}
	}

}
