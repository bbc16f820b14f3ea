package io.github.thriftboot.client;

import java.util.List;
import java.util.concurrent.TimeUnit;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import org.apache.thrift.TBase;
import org.jspecify.annotations.Nullable;

/**
 * A circuit breaker that is told what became of calls: each permission is given back
 * exactly once, as a success, as a failure, or released. Thread-safe.
 */
public final class CallBreaker {

	private final CircuitBreaker breaker;

	private final List<Class<?>> recordedExceptions;

	/**
	 * Tell a breaker of calls.
	 * @param breaker the breaker
	 * @param recordedExceptions exceptions declared in the IDL that are failures; all
	 * others are successes
	 * @throws IllegalArgumentException if one is none that an IDL declares
	 */
	public CallBreaker(CircuitBreaker breaker, List<? extends Class<?>> recordedExceptions) {
		for (Class<?> type : recordedExceptions) {
			if (!TBase.class.isAssignableFrom(type) || !Throwable.class.isAssignableFrom(type)) {
				throw new IllegalArgumentException("circuit-breaker.record-exceptions: " + type.getName()
						+ " (expected: exceptions that the IDL declares; others are recorded anyway)");
			}
		}
		this.breaker = breaker;
		this.recordedExceptions = List.copyOf(recordedExceptions);
	}

	CircuitBreaker breaker() {
		return this.breaker;
	}

	/**
	 * Ask for a call.
	 * @return when it began, by the clock of the breaker
	 * @throws CircuitBreakerOpenException if the breaker does not permit it
	 */
	long acquire() throws CircuitBreakerOpenException {
		try {
			this.breaker.acquirePermission();
		}
		catch (CallNotPermittedException ex) {
			throw new CircuitBreakerOpenException(ex);
		}
		return this.breaker.getCurrentTimestamp();
	}

	/**
	 * Record the end of a call.
	 * @param start what {@link #acquire()} has returned
	 * @param value what the call has returned
	 * @param failure what it has failed with, {@code null} if it has not
	 */
	void record(long start, @Nullable Object value, @Nullable Throwable failure) {
		record(this.breaker.getCurrentTimestamp() - start, this.breaker.getTimestampUnit(), value, failure);
	}

	void record(long duration, TimeUnit unit, @Nullable Object value, @Nullable Throwable failure) {
		if (failure == null) {
			this.breaker.onResult(duration, unit, value);
			return;
		}
		switch (CallOutcome.of(failure)) {
			case DECLARED_EXCEPTION -> {
				if (this.recordedExceptions.stream().anyMatch((type) -> type.isInstance(failure))) {
					this.breaker.onError(duration, unit, failure);
				}
				else {
					this.breaker.onSuccess(duration, unit);
				}
			}
			case UNREACHABLE, APPLICATION_ERROR -> this.breaker.onError(duration, unit, failure);
			case NOT_TRIED, CALLER -> this.breaker.releasePermission();
		}
	}

}
