package io.github.thriftboot.server;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says where a method of a {@link ThriftServer @ThriftServer} bean runs, if not where the
 * others do. It stands at the method that implements the service.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface ThriftExecutor {

	/**
	 * The name that stands for the event loop which has read the request, here, in
	 * {@link ThriftServer#executor()} and in properties. Only for methods that never
	 * block: while one runs, all connections of its event loop wait.
	 */
	String EVENT_LOOP = "event-loop";

	/**
	 * Name of the {@link java.util.concurrent.Executor} bean that runs the method, or
	 * {@link #EVENT_LOOP}.
	 * @return the name
	 */
	String value();

}
