package io.github.thriftboot.server;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.stereotype.Component;

/**
 * Exports a bean as a Thrift service. The bean implements the {@code Iface} or the
 * {@code AsyncIface} that the Thrift compiler generated; it is called by many threads at
 * once. Calls go through the bean's proxy, if it has one.
 * <p>
 * On a class it makes the class a {@link Component}; on a {@code @Bean} method it exports
 * what the method returns, and takes precedence over an annotation of the class. A bean
 * that implements several services exports each of them; of services that extend each
 * other only the most derived one.
 */
@Target({ ElementType.TYPE, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Component
public @interface ThriftServer {

	/**
	 * Name of the service on the wire and in the registry. Not allowed on a bean that
	 * implements several services.
	 * @return the name, empty for the service name of the IDL
	 */
	String name() default "";

	/**
	 * Name of the {@link java.util.concurrent.Executor} bean that runs the handler's
	 * methods, or {@link ThriftExecutor#EVENT_LOOP}. Calls that it rejects are answered
	 * as not processed, so that clients may try another instance. A
	 * {@code ThreadPoolTaskExecutor} rejects all calls as soon as the context begins to
	 * close, unless it accepts tasks after that. Overridden by the property
	 * {@code thrift.server.service.<name>.executor}.
	 * @return the name of the bean, empty for the executor of the server
	 */
	String executor() default "";

}
