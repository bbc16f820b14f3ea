package io.github.thriftboot.client.autoconfigure;

import java.time.Duration;

import io.github.thriftboot.client.FallbackMode;
import io.github.thriftboot.netty.client.ClusterMode;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.NestedConfigurationProperty;

/**
 * How calls are made: what can be set for all services, for one, and for one method. A
 * superclass, because these keys have no prefix of their own.
 */
public abstract sealed class ThriftCallProperties permits ThriftMessageProperties, ThriftMethodProperties {

	/**
	 * Time for a whole call, attempts at several instances included.
	 */
	private @Nullable Duration timeout;

	/**
	 * Whether running a method twice does what running it once does, so that a call that
	 * may have run is tried again.
	 */
	private @Nullable Boolean idempotent;

	/**
	 * What a call does with the instances. FORKING is for idempotent methods.
	 */
	private @Nullable ClusterMode cluster;

	/**
	 * Number of instances that a call goes to at once with FORKING.
	 */
	private @Nullable Integer forks;

	/**
	 * Time that a call waits for an instance while none can be reached. 0 to fail at
	 * once.
	 */
	private @Nullable Duration waitForInstance;

	/**
	 * When the fallback answers: when the service does not, or always, without a call.
	 */
	private @Nullable FallbackMode fallback;

	/**
	 * Maximum number of calls of each method that are in flight. Unlimited by default,
	 * and if it is 0.
	 */
	private @Nullable Integer actives;

	/**
	 * Time for which a call over the limit of calls in flight waits for another one to
	 * end.
	 */
	private @Nullable Duration activesWait;

	/**
	 * Maximum number of calls of a method that wait for another one to end.
	 */
	private @Nullable Integer activesQueue;

	@NestedConfigurationProperty
	private final ThriftHedgingProperties hedging = new ThriftHedgingProperties();

	ThriftCallProperties() {
	}

	/**
	 * Return when calls are tried again.
	 * @return the properties with prefix {@code retry}
	 */
	public abstract ThriftAttemptProperties getRetry();

	public @Nullable FallbackMode getFallback() {
		return this.fallback;
	}

	public void setFallback(@Nullable FallbackMode fallback) {
		this.fallback = fallback;
	}

	public @Nullable Integer getActives() {
		return this.actives;
	}

	public void setActives(@Nullable Integer actives) {
		this.actives = actives;
	}

	public @Nullable Duration getActivesWait() {
		return this.activesWait;
	}

	public void setActivesWait(@Nullable Duration activesWait) {
		this.activesWait = activesWait;
	}

	public @Nullable Integer getActivesQueue() {
		return this.activesQueue;
	}

	public void setActivesQueue(@Nullable Integer activesQueue) {
		this.activesQueue = activesQueue;
	}

	public @Nullable Duration getTimeout() {
		return this.timeout;
	}

	public void setTimeout(@Nullable Duration timeout) {
		this.timeout = timeout;
	}

	public @Nullable Boolean getIdempotent() {
		return this.idempotent;
	}

	public void setIdempotent(@Nullable Boolean idempotent) {
		this.idempotent = idempotent;
	}

	public @Nullable ClusterMode getCluster() {
		return this.cluster;
	}

	public void setCluster(@Nullable ClusterMode cluster) {
		this.cluster = cluster;
	}

	public @Nullable Integer getForks() {
		return this.forks;
	}

	public void setForks(@Nullable Integer forks) {
		this.forks = forks;
	}

	public @Nullable Duration getWaitForInstance() {
		return this.waitForInstance;
	}

	public void setWaitForInstance(@Nullable Duration waitForInstance) {
		this.waitForInstance = waitForInstance;
	}

	public ThriftHedgingProperties getHedging() {
		return this.hedging;
	}

}
