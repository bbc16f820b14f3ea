package io.github.thriftboot.netty.client;

/**
 * What a call does with the instances of its service, and with their failures.
 */
public enum ClusterMode {

	/**
	 * One instance, and the next one as long as the call certainly did not run, or may
	 * run twice.
	 */
	FAILOVER,

	/**
	 * One attempt at one instance, whatever the failure.
	 */
	FAILFAST,

	/**
	 * As {@link #FAILOVER}, but a call that gets no answer returns {@code null}, 0 or
	 * {@code false} instead of failing, and at most one of them a second is logged. For
	 * what may get lost, such as audit records. Answers of the service, errors included,
	 * are told.
	 */
	FAILSAFE,

	/**
	 * Several instances at once; the first usable answer wins, the other attempts are
	 * given up. Only for idempotent methods.
	 */
	FORKING,

	/**
	 * Every instance that can be reached, once. Fails if one of them fails.
	 */
	BROADCAST;

	/**
	 * Whether an attempt that failed may be followed by another one.
	 * @return {@code false} if each instance gets at most one attempt
	 */
	boolean retries() {
		return this != FAILFAST && this != BROADCAST;
	}

}
