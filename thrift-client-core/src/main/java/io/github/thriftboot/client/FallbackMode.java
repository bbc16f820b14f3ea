package io.github.thriftboot.client;

/**
 * When the fallback answers.
 */
public enum FallbackMode {

	/**
	 * When the service does not.
	 */
	ON_FAILURE,

	/**
	 * Always: no call leaves, and neither the circuit breaker nor a limit hears of it.
	 * For services that do not exist yet, or that are to be left alone for a while.
	 */
	FORCE

}
