package io.github.thriftboot.client.autoconfigure;

import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.thriftboot.client.GuardedChannel;
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
 * @param breakers the circuit breakers, those of the application if it has any
 * @param instances tells where instances come from
 * @param extensions what beans change in channels
 */
record ConfiguredConnector(ThriftClientProperties properties, ConnectionPool pool, CircuitBreakerRegistry breakers,
		ClientInstances instances, ChannelExtensions extensions) implements ThriftClientConnector {

	@Override
	public GuardedChannel connect(String name, String service, ThriftServiceDescriptor descriptor) {
		checkMethods(name, descriptor.methods().keySet());
		try {
			descriptor.methods().keySet().forEach((method) -> checkPolicy(name, method));
			CircuitBreaker breaker = breaker(name);
			return new GuardedChannel(channel(name, service), breaker,
					(method) -> this.properties.policy(name, method.name()),
					this.properties.get(name, ThriftClientServiceProperties::getFallbackOnApplicationError));
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

	private void checkPolicy(String name, String method) {
		try {
			this.properties.policy(name, method);
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
		this.extensions.customize(name, builder);
		return builder.build();
	}

	private void applyBalancing(String name, BalancingOptions.Builder balancing) {
		this.extensions.applyDefaults(balancing);
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

	private @Nullable CircuitBreaker breaker(String name) {
		if (!this.properties.get(name, (own) -> own.getCircuitBreaker().getEnabled())) {
			return null;
		}
		return this.breakers.find(name).orElseGet(() -> this.breakers.circuitBreaker(name, breakerConfig(name)));
	}

	/**
	 * Configure a new breaker: as resilience4j is configured for this name or by default,
	 * except for the properties that are set.
	 */
	private CircuitBreakerConfig breakerConfig(String name) {
		CircuitBreakerConfig.Builder builder = CircuitBreakerConfig
			.from(this.breakers.getConfiguration(name).orElseGet(this.breakers::getDefaultConfig));
		applyToBreaker(name, ThriftCircuitBreakerProperties::getFailureRateThreshold, builder::failureRateThreshold);
		applyToBreaker(name, ThriftCircuitBreakerProperties::getSlowCallRateThreshold, builder::slowCallRateThreshold);
		applyToBreaker(name, ThriftCircuitBreakerProperties::getSlowCallDurationThreshold,
				builder::slowCallDurationThreshold);
		applyToBreaker(name, ThriftCircuitBreakerProperties::getSlidingWindowType, builder::slidingWindowType);
		applyToBreaker(name, ThriftCircuitBreakerProperties::getSlidingWindowSize, builder::slidingWindowSize);
		applyToBreaker(name, ThriftCircuitBreakerProperties::getMinimumNumberOfCalls, builder::minimumNumberOfCalls);
		applyToBreaker(name, ThriftCircuitBreakerProperties::getWaitDurationInOpenState,
				builder::waitDurationInOpenState);
		applyToBreaker(name, ThriftCircuitBreakerProperties::getPermittedNumberOfCallsInHalfOpenState,
				builder::permittedNumberOfCallsInHalfOpenState);
		return builder.build();
	}

	private <T> void applyToBreaker(String name, Function<ThriftCircuitBreakerProperties, @Nullable T> key,
			Consumer<T> target) {
		apply(name, (own) -> key.apply(own.getCircuitBreaker()), target);
	}

	private <T> void apply(String name, Function<ThriftClientServiceProperties, @Nullable T> key, Consumer<T> target) {
		T value = this.properties.find(name, key);
		if (value != null) {
			target.accept(value);
		}
	}

}
