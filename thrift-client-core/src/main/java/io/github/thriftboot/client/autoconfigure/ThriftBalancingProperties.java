package io.github.thriftboot.client.autoconfigure;

import java.time.Duration;

import io.github.thriftboot.netty.client.StandardLoadBalancer;
import org.jspecify.annotations.Nullable;

/**
 * How the calls of a client are spread over the instances. A superclass, because these
 * keys have no prefix of their own.
 */
public abstract sealed class ThriftBalancingProperties extends ThriftMessageProperties
		permits ThriftClientServiceProperties {

	/**
	 * How calls are spread over the instances.
	 */
	private @Nullable StandardLoadBalancer loadBalancer;

	/**
	 * Header whose value tells which calls go to the same instance with consistent-hash,
	 * instead of their first argument.
	 */
	private @Nullable String hashHeader;

	/**
	 * Time until an instance that has just started gets its full share of the calls.
	 */
	private @Nullable Duration warmUp;

	/**
	 * Zone of this application; instances that tell the same zone are preferred. That of
	 * the registry by default, none if it is empty.
	 */
	private @Nullable String zone;

	/**
	 * Part of the instances of the zone, in percent, that must be in use for the zone to
	 * be preferred.
	 */
	private @Nullable Integer zoneThreshold;

	public @Nullable StandardLoadBalancer getLoadBalancer() {
		return this.loadBalancer;
	}

	public void setLoadBalancer(@Nullable StandardLoadBalancer loadBalancer) {
		this.loadBalancer = loadBalancer;
	}

	public @Nullable String getHashHeader() {
		return this.hashHeader;
	}

	public void setHashHeader(@Nullable String hashHeader) {
		this.hashHeader = hashHeader;
	}

	public @Nullable Duration getWarmUp() {
		return this.warmUp;
	}

	public void setWarmUp(@Nullable Duration warmUp) {
		this.warmUp = warmUp;
	}

	public @Nullable String getZone() {
		return this.zone;
	}

	public void setZone(@Nullable String zone) {
		this.zone = zone;
	}

	public @Nullable Integer getZoneThreshold() {
		return this.zoneThreshold;
	}

	public void setZoneThreshold(@Nullable Integer zoneThreshold) {
		this.zoneThreshold = zoneThreshold;
	}

}
