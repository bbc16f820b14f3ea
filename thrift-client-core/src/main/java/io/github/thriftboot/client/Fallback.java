package io.github.thriftboot.client;

import java.lang.invoke.MethodHandle;

import org.apache.thrift.TException;
import org.jspecify.annotations.Nullable;

/**
 * Where a client's answers come from when the service has none: an object that implements
 * the generated interface.
 *
 * @param type the type of the object
 * @param source gives the object for a failed call
 */
record Fallback(Class<?> type, ThriftFallbackFactory<?> source) {

	/**
	 * Return what answers one method.
	 * @param method the method
	 * @return the fallback of the method, or {@code null} if the object does not have it,
	 * as when it implements {@code Iface} and the method is one of {@code AsyncIface}
	 */
	@Nullable MethodFallback forMethod(ClientMethod method) {
		if (!method.declared().getDeclaringClass().isAssignableFrom(this.type)) {
			return null;
		}
		MethodHandle invoker = method.invoker();
		return (proxy, arguments, cause) -> (Object) invoker.invokeExact(target(cause), arguments);
	}

	private Object target(TException cause) throws TException {
		Object target = this.source.create(cause);
		if (target == null) {
			throw cause;
		}
		return target;
	}

}
