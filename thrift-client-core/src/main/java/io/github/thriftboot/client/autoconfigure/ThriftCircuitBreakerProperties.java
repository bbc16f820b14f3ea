package io.github.thriftboot.client.autoconfigure;

import java.time.Duration;
import java.util.List;

import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import org.jspecify.annotations.Nullable;

/**
 * Circuit breaker of a client. What is not set is as resilience4j is configured for the
 * name of the client, or by default.
 */
public final class ThriftCircuitBreakerProperties {

	/**
	 * Whether calls go through a circuit breaker.
	 */
	private @Nullable Boolean enabled;

	/**
	 * What has a breaker of its own: the service, each of its methods or each of its
	 * instances.
	 */
	private @Nullable Scope scope;

	/**
	 * Exceptions declared in the IDL that count as failures; all others of them are
	 * successes.
	 */
	private @Nullable List<Class<?>> recordExceptions;

	/**
	 * Percentage of failed calls from which on the breaker opens.
	 */
	private @Nullable Float failureRateThreshold;

	/**
	 * Percentage of slow calls from which on the breaker opens.
	 */
	private @Nullable Float slowCallRateThreshold;

	/**
	 * Duration from which on a call is slow.
	 */
	private @Nullable Duration slowCallDurationThreshold;

	/**
	 * Whether the breaker looks at a number of calls or at a time.
	 */
	private @Nullable SlidingWindowType slidingWindowType;

	/**
	 * Number of calls, or of seconds, that the breaker looks at.
	 */
	private @Nullable Integer slidingWindowSize;

	/**
	 * Number of calls before which the breaker does not open.
	 */
	private @Nullable Integer minimumNumberOfCalls;

	/**
	 * Time for which an open breaker lets no call through.
	 */
	private @Nullable Duration waitDurationInOpenState;

	/**
	 * Number of calls that a half-open breaker lets through to see whether the service is
	 * back.
	 */
	private @Nullable Integer permittedNumberOfCallsInHalfOpenState;

	public @Nullable Boolean getEnabled() {
		return this.enabled;
	}

	public void setEnabled(@Nullable Boolean enabled) {
		this.enabled = enabled;
	}

	public @Nullable Scope getScope() {
		return this.scope;
	}

	public void setScope(@Nullable Scope scope) {
		this.scope = scope;
	}

	public @Nullable List<Class<?>> getRecordExceptions() {
		return this.recordExceptions;
	}

	public void setRecordExceptions(@Nullable List<Class<?>> recordExceptions) {
		this.recordExceptions = recordExceptions;
	}

	public @Nullable Float getFailureRateThreshold() {
		return this.failureRateThreshold;
	}

	public void setFailureRateThreshold(@Nullable Float failureRateThreshold) {
		this.failureRateThreshold = failureRateThreshold;
	}

	public @Nullable Float getSlowCallRateThreshold() {
		return this.slowCallRateThreshold;
	}

	public void setSlowCallRateThreshold(@Nullable Float slowCallRateThreshold) {
		this.slowCallRateThreshold = slowCallRateThreshold;
	}

	public @Nullable Duration getSlowCallDurationThreshold() {
		return this.slowCallDurationThreshold;
	}

	public void setSlowCallDurationThreshold(@Nullable Duration slowCallDurationThreshold) {
		this.slowCallDurationThreshold = slowCallDurationThreshold;
	}

	public @Nullable SlidingWindowType getSlidingWindowType() {
		return this.slidingWindowType;
	}

	public void setSlidingWindowType(@Nullable SlidingWindowType slidingWindowType) {
		this.slidingWindowType = slidingWindowType;
	}

	public @Nullable Integer getSlidingWindowSize() {
		return this.slidingWindowSize;
	}

	public void setSlidingWindowSize(@Nullable Integer slidingWindowSize) {
		this.slidingWindowSize = slidingWindowSize;
	}

	public @Nullable Integer getMinimumNumberOfCalls() {
		return this.minimumNumberOfCalls;
	}

	public void setMinimumNumberOfCalls(@Nullable Integer minimumNumberOfCalls) {
		this.minimumNumberOfCalls = minimumNumberOfCalls;
	}

	public @Nullable Duration getWaitDurationInOpenState() {
		return this.waitDurationInOpenState;
	}

	public void setWaitDurationInOpenState(@Nullable Duration waitDurationInOpenState) {
		this.waitDurationInOpenState = waitDurationInOpenState;
	}

	public @Nullable Integer getPermittedNumberOfCallsInHalfOpenState() {
		return this.permittedNumberOfCallsInHalfOpenState;
	}

	public void setPermittedNumberOfCallsInHalfOpenState(@Nullable Integer permittedNumberOfCallsInHalfOpenState) {
		this.permittedNumberOfCallsInHalfOpenState = permittedNumberOfCallsInHalfOpenState;
	}

	/**
	 * What has a breaker of its own.
	 */
	public enum Scope {

		/**
		 * The service: one breaker for all calls of a client.
		 */
		SERVICE,

		/**
		 * Each method.
		 */
		METHOD,

		/**
		 * Each instance, which is out of the balance while its breaker is open.
		 */
		INSTANCE

	}

}
