package io.github.thriftboot.client;

import java.io.Serial;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import org.apache.thrift.transport.TTransportException;

/**
 * The circuit breaker of the client let the call not through, because too many of the
 * last ones failed or were slow. Nothing was sent. The cause is resilience4j's
 * {@link CallNotPermittedException}.
 */
public final class CircuitBreakerOpenException extends TTransportException {

	@Serial
	private static final long serialVersionUID = 1L;

	CircuitBreakerOpenException(CallNotPermittedException cause) {
		super(NOT_OPEN, cause.getMessage(), cause);
	}

	/**
	 * Leave the stack trace to the cause: refusing must be cheap when a service is down,
	 * and resilience4j can be told to leave it out.
	 */
	@Override
	public synchronized Throwable fillInStackTrace() {
		return this;
	}

}
