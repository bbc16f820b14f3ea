package io.github.thriftboot.netty.server;

import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;

/**
 * Stands around the calls of a server, those of synchronous and of asynchronous handlers
 * alike: sees what is called with which arguments and headers, and how it ends. It may
 * change the outcome, fail the call, or answer it without the handler. Implementations
 * are called by many threads at once.
 * <p>
 * An interceptor runs on the thread of the handler. What it sets there, such as a
 * security context, it removes before it returns; the SLF4J {@code MDC} is put back by
 * the server. Where the server runs handlers on an event loop it must not block.
 */
@FunctionalInterface
public interface ThriftServerInterceptor {

	/**
	 * Intercept a call. An example that allows or forbids: <pre class="code">
	 * if (!allowed(call.context().headers())) {
	 *     throw new Forbidden();
	 * }
	 * return next.proceed(call);</pre>
	 * @param call the call
	 * @param next the interceptors behind this one, and the handler
	 * @return completes with the value that is answered, {@code null} for a void method,
	 * or fails with an exception. Declared exceptions reach the caller as they are,
	 * others as those of a handler do
	 * @throws Exception to fail the call
	 */
	CompletionStage<@Nullable Object> intercept(ServerInvocation call, Chain next) throws Exception;

	/**
	 * What comes after an interceptor.
	 */
	@FunctionalInterface
	interface Chain {

		/**
		 * Go on with a call, at most once.
		 * @param call the call
		 * @return the outcome, never an exception thrown: complete when the method
		 * returns if the handler is synchronous, else once the handler completes the
		 * call, on whatever thread it does so. A call that takes too long fails with a
		 * {@link java.util.concurrent.TimeoutException}
		 */
		CompletionStage<@Nullable Object> proceed(ServerInvocation call);

	}

}
