package io.github.thriftboot.netty.client;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * The checked options of a channel that say which instances its calls go to. Immutable.
 *
 * @param loadBalancer spreads the calls
 * @param hashKey says which calls belong together
 * @param warmUp how long the weight of an instance grows after its start
 * @param zone the own zone, or {@code null} if there is none
 * @param zoneThreshold the least part of the own zone's instances that must be in use for
 * it to be preferred, in percent
 * @param outlierEjection when failing instances are left out
 * @param instanceFilter says which instances a call may go to, or {@code null} if all
 * @param instanceGuards makes the guards of instances, or {@code null} for none
 */
public record BalancingOptions(LoadBalancer loadBalancer, HashKey hashKey, Duration warmUp, @Nullable String zone,
		int zoneThreshold, OutlierEjection outlierEjection, @Nullable InstanceFilter instanceFilter,
		@Nullable InstanceGuardFactory instanceGuards) {

	/**
	 * Create options.
	 * @throws IllegalArgumentException if a value is out of range
	 */
	public BalancingOptions {
		if (warmUp.isNegative()) {
			throw new IllegalArgumentException("warmUp: " + warmUp + " (expected: >= 0)");
		}
		if (zoneThreshold < 0 || zoneThreshold > 100) {
			throw new IllegalArgumentException("zoneThreshold: " + zoneThreshold + " (expected: 0 to 100)");
		}
	}

	/**
	 * Builds {@link BalancingOptions}. Not thread-safe.
	 */
	public static final class Builder {

		private LoadBalancer loadBalancer = StandardLoadBalancer.WEIGHTED_RANDOM;

		private HashKey hashKey = HashKey.argument(0);

		private Duration warmUp = Duration.ZERO;

		private @Nullable String zone;

		private int zoneThreshold = 70;

		private OutlierEjection outlierEjection = OutlierEjection.DEFAULT;

		private @Nullable InstanceFilter instanceFilter;

		private @Nullable InstanceGuardFactory instanceGuards;

		Builder() {
		}

		/**
		 * Set how calls are spread over the instances.
		 * @param loadBalancer {@link StandardLoadBalancer#WEIGHTED_RANDOM} by default
		 * @return this builder
		 */
		public Builder loadBalancer(LoadBalancer loadBalancer) {
			this.loadBalancer = loadBalancer;
			return this;
		}

		/**
		 * Set which calls belong together, for
		 * {@link StandardLoadBalancer#CONSISTENT_HASH}.
		 * @param hashKey the key of a call, its first argument by default
		 * @return this builder
		 */
		public Builder hashKey(HashKey hashKey) {
			this.hashKey = hashKey;
			return this;
		}

		/**
		 * Set how long it takes until an instance that has just started gets its full
		 * share of the calls. Until then its weight grows in proportion to the time since
		 * its start, from a hundredth. Instances that do not tell when they started have
		 * their full share at once.
		 * <p>
		 * There is no warm-up by default, as in Envoy and gRPC: shares follow the weights
		 * from the first moment, and while a new version is rolled out, the old instances
		 * that are left do not have to carry the load of the new ones. Who comes from
		 * Dubbo, where it is 10 minutes by default, sets that; one or two minutes suffice
		 * for most JVMs to compile what is hot.
		 * @param warmUp the time, 0 by default
		 * @return this builder
		 */
		public Builder warmUp(Duration warmUp) {
			this.warmUp = warmUp;
			return this;
		}

		/**
		 * Set the zone that this process is in. Instances that tell the same zone in
		 * their metadata ({@code zone}) are preferred as long as enough of them are in
		 * use, see {@link #zoneThreshold(int)}.
		 * @param zone the name of the zone, or {@code null}, the default, to prefer none
		 * @return this builder
		 */
		public Builder zone(@Nullable String zone) {
			this.zone = zone;
			return this;
		}

		/**
		 * Set how many of the instances of the own zone must be connected and not left
		 * out for failures for their zone to be preferred. With fewer, calls go to all
		 * zones alike, so that those that are left do not have to carry the load of the
		 * whole zone. Envoy spills over at about the same measure: with its
		 * overprovisioning factor of 1.4, below 72 % of healthy hosts. A call that was
		 * tried at all instances of the own zone goes to another one in any case.
		 * @param percent the part in percent, 70 by default; 0 stays in the zone as long
		 * as one is left
		 * @return this builder
		 */
		public Builder zoneThreshold(int percent) {
			this.zoneThreshold = percent;
			return this;
		}

		/**
		 * Set when an instance is left out although it is connected.
		 * @param outlierEjection {@link OutlierEjection#DEFAULT} by default
		 * @return this builder
		 */
		public Builder outlierEjection(OutlierEjection outlierEjection) {
			this.outlierEjection = outlierEjection;
			return this;
		}

		/**
		 * Set which instances a call may go to.
		 * @param instanceFilter the filter, or {@code null}, the default, for all
		 * instances
		 * @return this builder
		 */
		public Builder instanceFilter(@Nullable InstanceFilter instanceFilter) {
			this.instanceFilter = instanceFilter;
			return this;
		}

		/**
		 * Set what decides about the attempts that go to an instance.
		 * @param instanceGuards makes a guard for each instance, or {@code null}, the
		 * default, for none
		 * @return this builder
		 */
		public Builder instanceGuards(@Nullable InstanceGuardFactory instanceGuards) {
			this.instanceGuards = instanceGuards;
			return this;
		}

		BalancingOptions build() {
			return new BalancingOptions(this.loadBalancer, this.hashKey, this.warmUp, this.zone, this.zoneThreshold,
					this.outlierEjection, this.instanceFilter, this.instanceGuards);
		}

	}

}
