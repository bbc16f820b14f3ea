package io.github.thriftboot.client;

import java.lang.invoke.MethodHandle;

import org.apache.thrift.async.AsyncMethodCallback;
import org.jspecify.annotations.Nullable;

import org.springframework.cglib.proxy.MethodInterceptor;

/**
 * The fallback of a client class: its own methods. The object is the proxy itself, so
 * when a method calls another one on {@code this}, it calls the proxy. A mark on the
 * thread tells such a call from one of the outside, and it runs the class's own method.
 * One for each client object; thread-safe.
 */
final class OwnFallback {

	private final ThreadLocal<@Nullable Boolean> answering = new ThreadLocal<>();

	/**
	 * Return what answers one method.
	 * @param method the method
	 * @return the fallback of the method, or {@code null} if the class leaves it out
	 */
	@Nullable MethodFallback forMethod(ClientMethod method) {
		MethodHandle body = method.body();
		if (body == null) {
			return null;
		}
		return (proxy, arguments, cause) -> {
			if (method.style() == ClientMethod.Style.CALLBACK) {
				leaveOnCompletion(arguments);
			}
			this.answering.set(true);
			try {
				return (Object) body.invokeExact(proxy, arguments);
			}
			finally {
				this.answering.remove();
			}
		};
	}

	/**
	 * Let calls from a fallback run the class's own method.
	 * @param method the method
	 * @param remote what calls the service
	 * @return calls the service, or the method itself
	 */
	MethodInterceptor intercept(ClientMethod method, MethodInterceptor remote) {
		MethodHandle body = method.body();
		return (proxy, javaMethod, arguments, methodProxy) -> {
			if (this.answering.get() == null) {
				return remote.intercept(proxy, javaMethod, arguments, methodProxy);
			}
			if (body == null) {
				throw new UnsupportedOperationException(
						method.declared().getName() + " was called by a fallback of its class, which leaves it out");
			}
			return (Object) body.invokeExact(proxy, arguments);
		};
	}

	/**
	 * See that the caller's callback, which a fallback may call before it returns, can
	 * make calls of its own to the service.
	 */
	@SuppressWarnings("unchecked")
	private void leaveOnCompletion(@Nullable Object[] arguments) {
		int last = arguments.length - 1;
		AsyncMethodCallback<Object> callback = (AsyncMethodCallback<Object>) arguments[last];
		if (callback != null) {
			arguments[last] = new AsyncMethodCallback<>() {

				@Override
				public void onComplete(Object value) {
					outside(() -> callback.onComplete(value));
				}

				@Override
				public void onError(Exception failure) {
					outside(() -> callback.onError(failure));
				}

			};
		}
	}

	private void outside(Runnable action) {
		Boolean mark = this.answering.get();
		this.answering.remove();
		try {
			action.run();
		}
		finally {
			if (mark != null) {
				this.answering.set(mark);
			}
		}
	}

}
