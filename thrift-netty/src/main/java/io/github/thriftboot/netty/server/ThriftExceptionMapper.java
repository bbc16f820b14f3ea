package io.github.thriftboot.netty.server;

import io.github.thriftboot.netty.context.ThriftContext;
import org.jspecify.annotations.Nullable;

/**
 * Says what callers get for an exception that the IDL does not declare, and that would
 * otherwise be answered as an internal error without any text. It is asked for whatever a
 * handler or an interceptor fails with. Implementations are called by many threads at
 * once.
 */
@FunctionalInterface
public interface ThriftExceptionMapper {

	/**
	 * Map an exception.
	 * @param failure what a call failed with, not declared by its method
	 * @param call the call
	 * @return an exception that the method declares, or a
	 * {@link org.apache.thrift.TApplicationException}, whose type and text reach the
	 * caller; {@code null} to leave the exception to others. Anything else is an internal
	 * error
	 */
	@Nullable Throwable map(Throwable failure, ThriftContext call);

}
