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
	 * Time for a whole call, attempts at several instances included.
	 */
	private @Nullable Duration timeout;

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
	 * Whether the fallback also answers when the service answered with an error of its
	 * own or with something that cannot be used.
	 */
	private @Nullable Boolean fallbackOnApplicationError;

	/**
	 * Whether running a method twice does what running it once does, so that a call that
	 * may have run is tried again when its connection is lost.
	 */
	private @Nullable Boolean idempotent;

	/**
	 * Whether a call that did not run is tried at the next instance.
	 */
	private @Nullable Boolean failover;

	/**
	 * Methods that differ from the others, by their name in the IDL.
	 */
	private final Map<String, ThriftMethodProperties> method = new LinkedHashMap<>();

	@NestedConfigurationProperty
	private final ThriftRetryProperties retry = new ThriftRetryProperties();

	@NestedConfigurationProperty
	private final ThriftConnectionProperties connections = new ThriftConnectionProperties();

	@NestedConfigurationProperty
	private final ThriftRegistryProperties registry = new ThriftRegistryProperties();

	@NestedConfigurationProperty
	private final ThriftCircuitBreakerProperties circuitBreaker = new ThriftCircuitBreakerProperties();

	public @Nullable Duration getTimeout() {
		return this.timeout;
	}

	public void setTimeout(@Nullable Duration timeout) {
		this.timeout = timeout;
	}

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

	public @Nullable Boolean getFallbackOnApplicationError() {
		return this.fallbackOnApplicationError;
	}

	public void setFallbackOnApplicationError(@Nullable Boolean fallbackOnApplicationError) {
		this.fallbackOnApplicationError = fallbackOnApplicationError;
	}

	public @Nullable Boolean getIdempotent() {
		return this.idempotent;
	}

	public void setIdempotent(@Nullable Boolean idempotent) {
		this.idempotent = idempotent;
	}

	public @Nullable Boolean getFailover() {
		return this.failover;
	}

	public void setFailover(@Nullable Boolean failover) {
		this.failover = failover;
	}

	public Map<String, ThriftMethodProperties> getMethod() {
		return this.method;
	}

	public ThriftRetryProperties getRetry() {
		return this.retry;
	}

	public ThriftConnectionProperties getConnections() {
		return this.connections;
	}

	public ThriftRegistryProperties getRegistry() {
		return this.registry;
	}

	public ThriftCircuitBreakerProperties getCircuitBreaker() {
		return this.circuitBreaker;
	}

}
