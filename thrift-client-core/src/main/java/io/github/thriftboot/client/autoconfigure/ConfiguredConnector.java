package io.github.thriftboot.client.autoconfigure;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;

import io.github.thriftboot.client.CallBreaker;
import io.github.thriftboot.client.GuardedChannel;
import io.github.thriftboot.client.MethodOptions;
import io.github.thriftboot.client.ThriftClientConfigurationException;
import io.github.thriftboot.client.ThriftClientConnector;
import io.github.thriftboot.netty.client.BalancingOptions;
import io.github.thriftboot.netty.client.ConnectionPool;
import io.github.thriftboot.netty.client.ConnectionSettings;
import io.github.thriftboot.netty.client.HashKey;
import io.github.thriftboot.netty.client.ThriftChannel;
import io.github.thriftboot.netty.protocol.MessageLimits;
import io.github.thriftboot.netty.protocol.ThriftServiceDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * Opens the channels of clients as {@link ThriftClientProperties} say.
 *
 * @param properties the configuration of all clients
 * @param pool the connections
 * @param breakers the circuit breakers
 * @param instances tells where instances come from
 * @param extensions what beans change in channels
 * @param ssl the TLS of clients
 */
record ConfiguredConnector(ThriftClientProperties properties, ConnectionPool pool, ConfiguredBreakers breakers,
		ClientInstances instances, ChannelExtensions extensions,
		ClientSslBundles ssl) implements ThriftClientConnector {

	@Override
	public GuardedChannel connect(String name, String service, ThriftServiceDescriptor descriptor) {
		checkMethods(name, descriptor.methods().keySet());
		try {
			// of the methods that are not called, too, so that mistakes are found at the
			// start
			Map<String, MethodOptions> options = new ConcurrentHashMap<>();
			descriptor.methods().keySet().forEach((method) -> options.put(method, options(name, method)));
			return new GuardedChannel(channel(name, service),
					(method) -> options.computeIfAbsent(method.name(), (key) -> options(name, key)));
		}
		catch (IllegalArgumentException ex) {
			throw new ThriftClientConfigurationException(
					"Thrift client '" + name + "' cannot be configured: " + ex.getMessage(),
					"Correct the property below 'thrift.client.service." + name + "' or below 'thrift.client'.", ex);
		}
	}

	private void checkMethods(String name, Set<String> methods) {
		this.properties.getService().forEach((client, own) -> {
			if (!ThriftClientProperties.isSame(client, name)) {
				return;
			}
			for (String method : own.getMethod().keySet()) {
				if (methods.stream().noneMatch((known) -> ThriftClientProperties.isSame(method, known))) {
					throw new ThriftClientConfigurationException(
							"Property 'thrift.client.service." + client + ".method." + method
									+ "' names no method of Thrift client '" + name + "'.",
							"Use a name of the IDL: " + methods.stream().sorted().toList() + ".");
				}
			}
		});
	}

	private MethodOptions options(String name, String method) {
		CallBreaker breaker = this.breakers.forCalls(name, method);
		try {
			return new MethodOptions(this.properties.policy(name, method), breaker, this.properties.limit(name, method),
					this.properties.fallback(name, method),
					this.properties.get(name, ThriftClientServiceProperties::getFallbackOnApplicationError));
		}
		catch (IllegalArgumentException ex) {
			throw new IllegalArgumentException("method " + method + ": " + ex.getMessage(), ex);
		}
	}

	private ThriftChannel channel(String name, String service) {
		ThriftChannel.Builder builder = ThriftChannel.builder(this.pool, service, this.instances.source(name, service))
			.timeout(this.properties.get(name, ThriftClientServiceProperties::getTimeout))
			.connectTimeout(this.properties.get(name, ThriftClientServiceProperties::getConnectTimeout))
			.transport(this.properties.find(name, ThriftClientServiceProperties::getTransport))
			.protocol(this.properties.find(name, ThriftClientServiceProperties::getProtocol))
			.multiplexed(this.properties.get(name, ThriftClientServiceProperties::getMultiplexed))
			.limits((limits) -> applyLimits(name, limits))
			.connections((connections) -> applyConnections(name, connections))
			.retryBudget(this.properties.get(name, (own) -> own.getRetry().getBudgetShare()),
					this.properties.get(name, (own) -> own.getRetry().getBudgetPerSecond()))
			.maxWaitingCalls(this.properties.get(name, ThriftClientServiceProperties::getMaxWaitingCalls))
			.emptyListGrace(this.properties.get(name, (own) -> own.getRegistry().getEmptyListGrace()));
		builder.balancing((balancing) -> applyBalancing(name, balancing));
		this.ssl.apply(name, this.properties, builder);
		this.extensions.customize(name, builder);
		return builder.build();
	}

	private void applyBalancing(String name, BalancingOptions.Builder balancing) {
		this.extensions.applyDefaults(balancing);
		balancing.instanceGuards(this.breakers.forInstances(name));
		apply(name, ThriftClientServiceProperties::getLoadBalancer, balancing::loadBalancer);
		apply(name, ThriftClientServiceProperties::getHashHeader,
				(header) -> balancing.hashKey(HashKey.header(header)));
		apply(name, ThriftClientServiceProperties::getWarmUp, balancing::warmUp);
		balancing.zone(this.instances.zone(name));
		apply(name, ThriftClientServiceProperties::getZoneThreshold, balancing::zoneThreshold);
	}

	void applyConnections(String name, ConnectionSettings.Builder connections) {
		apply(name, (own) -> own.getConnections().getMin(), connections::min);
		apply(name, (own) -> own.getConnections().getMax(), connections::max);
		apply(name, (own) -> own.getConnections().getMaxShared(), connections::maxShared);
		apply(name, (own) -> own.getConnections().getGrowthThreshold(), connections::growthThreshold);
		apply(name, (own) -> own.getConnections().getPipelining(), connections::pipelining);
		apply(name, (own) -> own.getConnections().getIdleTimeout(), connections::idleTimeout);
		apply(name, (own) -> own.getConnections().getMaxAge(), connections::maxAge);
		apply(name, (own) -> own.getConnections().getEager(), connections::eager);
		connections.heartbeat(this.properties.get(name, (own) -> own.getHeartbeat().getInterval()),
				this.properties.get(name, (own) -> own.getHeartbeat().getTimeout()));
	}

	void applyLimits(String name, MessageLimits.Builder limits) {
		apply(name, ThriftClientServiceProperties::getMaxFrameSize, (size) -> limits.maxFrameSize(size.toBytes()));
		apply(name, ThriftClientServiceProperties::getMaxStringLength,
				(size) -> limits.maxStringLength(size.toBytes()));
		apply(name, ThriftClientServiceProperties::getMaxContainerLength, limits::maxContainerLength);
		apply(name, ThriftClientServiceProperties::getMaxRecursionDepth, limits::maxRecursionDepth);
		apply(name, ThriftClientServiceProperties::getMaxHeaders, limits::maxHeaders);
		apply(name, ThriftClientServiceProperties::getMaxHeaderSize, (size) -> limits.maxHeaderSize(size.toBytes()));
		apply(name, ThriftClientServiceProperties::getMaxDecompressedSize,
				(size) -> limits.maxDecompressedSize(size.toBytes()));
		apply(name, ThriftClientServiceProperties::getMaxCompressionRatio, limits::maxCompressionRatio);
	}

	private <T> void apply(String name, Function<ThriftClientServiceProperties, @Nullable T> key, Consumer<T> target) {
		T value = this.properties.find(name, key);
		if (value != null) {
			target.accept(value);
		}
	}

}
