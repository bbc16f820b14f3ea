package io.github.thriftboot.client.autoconfigure;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.github.thriftboot.netty.protocol.ThriftProtocol;
import io.github.thriftboot.netty.protocol.ThriftTransport;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.NestedConfigurationProperty;

/**
 * Configuration properties that can be set for all services and for each. What is not set
 * for a service is as for all.
 */
public sealed class ThriftClientServiceProperties extends ThriftBalancingProperties permits ThriftClientProperties {

	/**
	 * Time for one attempt to connect.
	 */
	private @Nullable Duration connectTimeout;

	/**
	 * How messages are wrapped. What an instance tells in the registry by default, else
	 * header.
	 */
	private @Nullable ThriftTransport transport;

	/**
	 * How messages are encoded. What an instance tells in the registry by default, else
	 * binary.
	 */
	private @Nullable ThriftProtocol protocol;

	/**
	 * Whether method names carry the name of the service, which a server with several
	 * services on its port needs.
	 */
	private @Nullable Boolean multiplexed;

	/**
	 * Names of applications in the registry, whose instances are used as one pool. By
	 * default any application that exports the service.
	 */
	private @Nullable List<String> application;

	/**
	 * Addresses of the instances, each as host:port, an IPv6 address in brackets. They
	 * are used instead of a registry; an empty list stands for the registry.
	 */
	private @Nullable List<String> addresses;

	/**
	 * Maximum number of calls that wait for an instance at once.
	 */
	private @Nullable Integer maxWaitingCalls;

	/**
	 * Whether the fallback also answers when the service answered with an error of its
	 * own or with something that cannot be used.
	 */
	private @Nullable Boolean fallbackOnApplicationError;

	/**
	 * Methods that differ from the others, by their name in the IDL.
	 */
	private final Map<String, ThriftMethodProperties> method = new LinkedHashMap<>();

	@NestedConfigurationProperty
	private final ThriftRetryProperties retry = new ThriftRetryProperties();

	@NestedConfigurationProperty
	private final ThriftConnectionProperties connections = new ThriftConnectionProperties();

	@NestedConfigurationProperty
	private final ThriftHeartbeatProperties heartbeat = new ThriftHeartbeatProperties();

	@NestedConfigurationProperty
	private final ThriftSslProperties ssl = new ThriftSslProperties();

	@NestedConfigurationProperty
	private final ThriftRegistryProperties registry = new ThriftRegistryProperties();

	@NestedConfigurationProperty
	private final ThriftCircuitBreakerProperties circuitBreaker = new ThriftCircuitBreakerProperties();

	public @Nullable Duration getConnectTimeout() {
		return this.connectTimeout;
	}

	public void setConnectTimeout(@Nullable Duration connectTimeout) {
		this.connectTimeout = connectTimeout;
	}

	public @Nullable ThriftTransport getTransport() {
		return this.transport;
	}

	public void setTransport(@Nullable ThriftTransport transport) {
		this.transport = transport;
	}

	public @Nullable ThriftProtocol getProtocol() {
		return this.protocol;
	}

	public void setProtocol(@Nullable ThriftProtocol protocol) {
		this.protocol = protocol;
	}

	public @Nullable Boolean getMultiplexed() {
		return this.multiplexed;
	}

	public void setMultiplexed(@Nullable Boolean multiplexed) {
		this.multiplexed = multiplexed;
	}

	public @Nullable List<String> getApplication() {
		return this.application;
	}

	public void setApplication(@Nullable List<String> application) {
		this.application = application;
	}

	public @Nullable List<String> getAddresses() {
		return this.addresses;
	}

	public void setAddresses(@Nullable List<String> addresses) {
		this.addresses = addresses;
	}

	public @Nullable Integer getMaxWaitingCalls() {
		return this.maxWaitingCalls;
	}

	public void setMaxWaitingCalls(@Nullable Integer maxWaitingCalls) {
		this.maxWaitingCalls = maxWaitingCalls;
	}

	public @Nullable Boolean getFallbackOnApplicationError() {
		return this.fallbackOnApplicationError;
	}

	public void setFallbackOnApplicationError(@Nullable Boolean fallbackOnApplicationError) {
		this.fallbackOnApplicationError = fallbackOnApplicationError;
	}

	public Map<String, ThriftMethodProperties> getMethod() {
		return this.method;
	}

	@Override
	public ThriftRetryProperties getRetry() {
		return this.retry;
	}

	public ThriftConnectionProperties getConnections() {
		return this.connections;
	}

	public ThriftHeartbeatProperties getHeartbeat() {
		return this.heartbeat;
	}

	public ThriftSslProperties getSsl() {
		return this.ssl;
	}

	public ThriftRegistryProperties getRegistry() {
		return this.registry;
	}

	public ThriftCircuitBreakerProperties getCircuitBreaker() {
		return this.circuitBreaker;
	}

}
