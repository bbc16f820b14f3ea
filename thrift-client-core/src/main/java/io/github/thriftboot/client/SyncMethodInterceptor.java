package io.github.thriftboot.client;

import java.lang.reflect.Method;

import org.apache.thrift.TException;
import org.jspecify.annotations.Nullable;

import org.springframework.cglib.proxy.MethodInterceptor;
import org.springframework.cglib.proxy.MethodProxy;

/**
 * A method of {@code Iface}: calls the service and waits, and lets the fallback answer if
 * there is no usable answer.
 */
final class SyncMethodInterceptor implements MethodInterceptor {

	private final MethodCaller method;

	private final @Nullable MethodFallback fallback;

	SyncMethodInterceptor(MethodCaller method, @Nullable MethodFallback fallback) {
		this.method = method;
		this.fallback = fallback;
	}

	@Override
	public @Nullable Object intercept(Object proxy, Method javaMethod, @Nullable Object[] arguments,
			MethodProxy methodProxy) throws Throwable {
		try {
			return this.method.call(arguments);
		}
		catch (TException ex) {
			if (this.fallback == null || !this.method.fallsBackOn(ex)) {
				throw ex;
			}
			return answer(this.fallback, proxy, arguments, ex);
		}
		catch (InterceptionException ex) {
			throw ex.undeclared();
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
