package io.github.thriftboot.client;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Declares a client of a Thrift service, which becomes a bean. It is found in the
 * packages of the application, or in those of {@link EnableThriftClients}.
 * <p>
 * The usual form is an interface that extends the generated {@code Iface} or
 * {@code AsyncIface}; inject it, or the generated interface:
 *
 * <pre>
 * &#64;ThriftClient(fallback = UserFallback.class)
 * interface UserClient extends UserService.Iface {
 * }
 * </pre>
 *
 * A default method of such an interface that overrides a method of the IDL is the
 * fallback of that method; any other default method just runs.
 * <p>
 * The callbacks and the fallbacks of an {@code AsyncIface} run on an event loop, which
 * must not be blocked: not by a call of a client with {@code Iface} either.
 * <p>
 * The short form is a class that is its own fallback. Its constructor gets its arguments
 * injected. It may be abstract: a method left out has no fallback. In the body of a
 * fallback, calls on {@code this} run the class's own methods, never the remote ones, as
 * long as they are made on the thread that runs the fallback:
 *
 * <pre>
 * &#64;ThriftClient
 * class AuthClient implements AuthService.Iface {
 *
 *     &#64;Override
 *     public boolean allowed(String user) {
 *         return false;
 *     }
 *
 * }
 * </pre>
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface ThriftClient {

	/**
	 * The name of the client: its key in the configuration below
	 * {@code thrift.client.service} and the name of its circuit breaker. Two clients of
	 * one service need two names. Default is {@link #service()}.
	 * @return the name, or an empty string for the default
	 */
	String name() default "";

	/**
	 * The name of the service on the wire and in the registry. Default is the name in the
	 * IDL.
	 * @return the service, or an empty string for the default
	 */
	String service() default "";

	/**
	 * The class that answers when the service cannot. It implements the same generated
	 * interface as the client. It may be a bean; if it is none, it is created with
	 * constructor injection. Default is the {@link ThriftFallback} bean of the service,
	 * if there is one.
	 * @return the class, or {@code void} for the default
	 */
	Class<?> fallback() default void.class;

	/**
	 * The {@link ThriftFallbackFactory} to use instead of a {@link #fallback()}.
	 * @return the class, or {@code void} for the default
	 */
	Class<?> fallbackFactory() default void.class;

}
