package io.github.thriftboot.client;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.util.List;

import io.github.thriftboot.netty.protocol.ThriftMethod;
import org.jspecify.annotations.Nullable;

/**
 * One method of a client that goes to the service.
 *
 * @param declared the method of the generated interface
 * @param method what it is in the IDL
 * @param style how its caller gets the outcome
 * @param body what the client itself declares for it, which is its fallback, or
 * {@code null} if it declares none; takes the proxy and the arguments
 */
record ClientMethod(Method declared, ThriftMethod method, Style style, @Nullable MethodHandle body) {

	private static final MethodType INVOKER = MethodType.methodType(Object.class, Object.class, Object[].class);

	/**
	 * Prepare the call of this method on an object that implements the generated
	 * interface, so that nothing is looked up when it is made.
	 * @return takes the object and the arguments
	 */
	MethodHandle invoker() {
		Class<?> iface = this.declared.getDeclaringClass();
		try {
			return spread(MethodHandles.privateLookupIn(iface, MethodHandles.lookup()).unreflect(this.declared));
		}
		catch (IllegalAccessException ex) {
			throw new IllegalStateException("cannot call " + this.declared, ex);
		}
	}

	/**
	 * Prepare the call of a method's own body, past the proxy that overrides it.
	 * @param method a method with a body, of the proxied class or of an interface
	 * @param proxyClass the class of the proxy
	 * @return takes the proxy and the arguments
	 */
	static MethodHandle body(Method method, Class<?> proxyClass) {
		Class<?> declaring = method.getDeclaringClass();
		Class<?> caller = declaring.isInterface() ? declaring : proxyClass;
		try {
			return spread(
					MethodHandles.privateLookupIn(caller, MethodHandles.lookup()).unreflectSpecial(method, caller));
		}
		catch (IllegalAccessException ex) {
			throw new IllegalStateException("cannot call " + method, ex);
		}
	}

	private static MethodHandle spread(MethodHandle handle) {
		return handle.asSpreader(1, Object[].class, handle.type().parameterCount() - 1).asType(INVOKER);
	}

	/**
	 * How the caller of a method gets the outcome.
	 */
	enum Style {

		/**
		 * It waits, as with {@code Iface}.
		 */
		SYNC,

		/**
		 * Its last argument is a callback, as with {@code AsyncIface}.
		 */
		CALLBACK,

		/**
		 * It gets a future, as with {@code FutureIface}.
		 */
		FUTURE

	}

	/**
	 * The name and the parameters of a method: what tells it from others of its type.
	 *
	 * @param name the name
	 * @param parameters the types of the parameters
	 */
	record Signature(String name, List<Class<?>> parameters) {

		static Signature of(Method method) {
			return new Signature(method.getName(), List.of(method.getParameterTypes()));
		}

	}

}
