package io.github.thriftboot.netty.server;

import java.util.List;

import io.github.thriftboot.netty.context.ThriftContext;
import io.github.thriftboot.netty.server.ThriftServerInterceptor.Chain;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What stands around the calls of a server. Put together once; what there is none of is
 * not even asked for.
 *
 * @param chain the interceptors and the handler, or {@code null} without interceptors
 * @param exceptionMappers the mappers, in the order in which they are asked
 * @param accessLog the access log, or {@code null} if there is none
 */
record ServerExtensions(@Nullable Chain chain, List<ThriftExceptionMapper> exceptionMappers,
		@Nullable AccessLog accessLog) {

	private static final Logger logger = LoggerFactory.getLogger(ServerExtensions.class);

	/**
	 * Ask the mappers for an exception.
	 * @param failure what a call failed with
	 * @param context the call
	 * @return what the caller gets, {@code failure} itself if no mapper knows it
	 */
	Throwable map(Throwable failure, ThriftContext context) {
		for (ThriftExceptionMapper mapper : this.exceptionMappers) {
			try {
				Throwable mapped = mapper.map(failure, context);
				if (mapped != null) {
					return mapped;
				}
			}
			catch (Throwable ex) {
				logger.error("{} failed", mapper.getClass().getName(), ex);
			}
		}
		return failure;
	}

}
