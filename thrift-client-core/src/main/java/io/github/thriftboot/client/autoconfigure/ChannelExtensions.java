package io.github.thriftboot.client.autoconfigure;

import java.util.List;

import io.github.thriftboot.client.ThriftChannelCustomizer;
import io.github.thriftboot.netty.client.BalancingOptions;
import io.github.thriftboot.netty.client.InstanceFilter;
import io.github.thriftboot.netty.client.LoadBalancer;
import io.github.thriftboot.netty.client.ThriftChannel;
import org.jspecify.annotations.Nullable;

/**
 * What beans of the application change in channels.
 *
 * @param loadBalancer the load balancer of clients that configure none, or {@code null}
 * @param instanceFilter tells which instances a call may go to, or {@code null} for all
 * @param customizers called last, in this order
 */
record ChannelExtensions(@Nullable LoadBalancer loadBalancer, @Nullable InstanceFilter instanceFilter,
		List<ThriftChannelCustomizer> customizers) {

	/**
	 * Apply what properties go before.
	 * @param balancing the builder of the balancing of a channel
	 */
	void applyDefaults(BalancingOptions.Builder balancing) {
		if (this.loadBalancer != null) {
			balancing.loadBalancer(this.loadBalancer);
		}
		balancing.instanceFilter(this.instanceFilter);
	}

	/**
	 * Apply what goes before properties.
	 * @param client the name of the client
	 * @param builder the builder of its channel
	 */
	void customize(String client, ThriftChannel.Builder builder) {
		this.customizers.forEach((customizer) -> customizer.customize(client, builder));
	}

}
