package io.github.thriftboot.client;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.context.annotation.Import;

/**
 * Declares clients that need no interface of their own.
 *
 * <pre>
 * &#64;ImportThriftClients({ UserService.Iface.class, AuthService.AsyncIface.class })
 * </pre>
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Import(ThriftClientRegistrar.class)
public @interface ImportThriftClients {

	/**
	 * The clients: generated {@code Iface} or {@code AsyncIface} interfaces, or
	 * {@link ThriftClient} types.
	 * @return the types of the beans
	 */
	Class<?>[] value();

}
