package io.github.thriftboot.netty.client;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * The checked options of a channel that say which instances its calls go to.
 *
 * @param loadBalancer spreads the calls
 * @param hashKey says which calls belong together
 * @param warmUp how long the weight of an instance grows after its start
 * @param zone the own zone, or {@code null} if there is none
 * @param zoneThreshold the least part of the own zone's instances that must be in use for
 * it to be preferred, in percent
 * @param outlierEjection when failing instances are left out
 * @param instanceFilter says which instances a call may go to, or {@code null} if all
 */
record BalancingOptions(LoadBalancer loadBalancer, HashKey hashKey, Duration warmUp, @Nullable String zone,
		int zoneThreshold, OutlierEjection outlierEjection, @Nullable InstanceFilter instanceFilter) {

	BalancingOptions {
		if (warmUp.isNegative()) {
			throw new IllegalArgumentException("warmUp: " + warmUp + " (expected: >= 0)");
		}
		if (zoneThreshold < 0 || zoneThreshold > 100) {
			throw new IllegalArgumentException("zoneThreshold: " + zoneThreshold + " (expected: 0 to 100)");
		}
	}

	BalancingOptions(ThriftChannel.Builder builder) {
		this(builder.loadBalancer, builder.hashKey, builder.warmUp, builder.zone, builder.zoneThreshold,
				builder.outlierEjection, builder.instanceFilter);
	}

}
