package io.github.thriftboot.client;

import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;

/**
 * Stands around the calls of all clients, whether they wait or not: sees what is called
 * with which arguments, adds headers, and sees how the call ends before a fallback
 * answers. It may change the outcome, fail the call, or answer it without the service.
 * Beans of this type are called in their order, the first one outermost, by many threads
 * at once.
 * <p>
 * What an interceptor fails with reaches the caller as it is: it is not tried again, no
 * circuit breaker learns of it and no fallback answers. A fallback does answer when an
 * interceptor passes on what the call itself has failed with.
 * <p>
 * An interceptor that makes Thrift calls itself is called for those as well; see
 * {@link ClientInvocation#client()}.
 */
@FunctionalInterface
public interface ThriftClientInterceptor {

	/**
	 * Intercept a call. An example that adds a header: <pre class="code">
	 * call.header("tenant", Tenants.current());
	 * return next.proceed(call);</pre>
	 * @param call the call
	 * @param next the interceptors behind this one, and the call through the circuit
	 * breaker
	 * @return completes with the value that the caller gets, {@code null} for a void
	 * method, or fails with an exception. A caller that waits does so until it completes,
	 * so who waits for something else here bounds the time for that
	 * @throws Exception to fail the call. Callers that wait get a checked exception that
	 * is no {@link org.apache.thrift.TException} inside an
	 * {@link java.lang.reflect.UndeclaredThrowableException}
	 */
	CompletionStage<@Nullable Object> intercept(ClientInvocation call, Chain next) throws Exception;

	/**
	 * What comes after an interceptor.
	 */
	@FunctionalInterface
	interface Chain {

		/**
		 * Go on with a call. Each time is a call of its own, and its timeout begins here.
		 * @param call the call
		 * @return the outcome, never an exception thrown: complete when the method
		 * returns if the caller waits and this is its thread, else completed on an event
		 * loop, where nothing may block
		 */
		CompletionStage<@Nullable Object> proceed(ClientInvocation call);

	}

}
