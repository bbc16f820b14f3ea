package io.github.thriftboot.client;

import java.io.Serial;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

import org.apache.thrift.TException;

/**
 * Carries what an interceptor has failed with past the fallback, which answers for the
 * service only. No caller sees it.
 */
final class InterceptionException extends RuntimeException {

	@Serial
	private static final long serialVersionUID = 1L;

	InterceptionException(Throwable failure) {
		super(null, failure, false, false);
	}

	/**
	 * Return what to throw to a caller that waits.
	 * @return what the interceptor has failed with, wrapped if no method declares it
	 */
	Throwable undeclared() {
		Throwable failure = Objects.requireNonNull(getCause());
		return (failure instanceof TException || failure instanceof RuntimeException || failure instanceof Error)
				? failure : new UndeclaredThrowableException(failure);
	}

	/**
	 * Return what made a future fail, without what futures put around it.
	 * @param failure what a future has failed with
	 * @return the cause, still carried past the fallback if an interceptor has failed
	 */
	static Throwable cause(Throwable failure) {
		Throwable cause = failure;
		while ((cause instanceof CompletionException || cause instanceof ExecutionException)
				&& cause.getCause() != null) {
			cause = cause.getCause();
		}
		return cause;
	}

	/**
	 * Return what to tell a caller that does not wait.
	 * @param cause what {@link #cause} has returned
	 * @return the cause, or what the interceptor has failed with
	 */
	static Throwable unwrap(Throwable cause) {
		return (cause instanceof InterceptionException interception) ? Objects.requireNonNull(interception.getCause())
				: cause;
	}

}
