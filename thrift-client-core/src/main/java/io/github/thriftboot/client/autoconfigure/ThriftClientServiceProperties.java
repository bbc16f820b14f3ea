package io.github.thriftboot.client.autoconfigure;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.github.thriftboot.netty.client.StandardLoadBalancer;
import io.github.thriftboot.netty.protocol.ThriftProtocol;
import io.github.thriftboot.netty.protocol.ThriftTransport;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.util.unit.DataSize;

/**
 * Configuration properties that can be set for all services and for each. What is not set
 * for a service is as for all.
 */
public class ThriftClientServiceProperties {

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
	 * Maximum size of a frame, header included, in both directions.
	 */
	private @Nullable DataSize maxFrameSize;

	/**
	 * Maximum length of a string or binary value in a reply. As 'max-frame-size' if not
	 * set.
	 */
	private @Nullable DataSize maxStringLength;

	/**
	 * Maximum number of elements of a list, set or map in a reply.
	 */
	private @Nullable Integer maxContainerLength;

	/**
	 * Maximum number of structs inside each other in a reply. At most 1000.
	 */
	private @Nullable Integer maxRecursionDepth;

	/**
	 * Maximum number of headers of a message, in both directions. 8 to 10000.
	 */
	private @Nullable Integer maxHeaders;

	/**
	 * Maximum size of all headers of a message, in both directions. 1KB to 255KB.
	 */
	private @Nullable DataSize maxHeaderSize;

	/**
	 * Maximum size of a compressed reply once it is decompressed. As 'max-frame-size' if
	 * not set.
	 */
	private @Nullable DataSize maxDecompressedSize;

	/**
	 * Maximum size of a compressed reply once it is decompressed, as a multiple of its
	 * compressed size. Up to 1MB any multiple is accepted.
	 */
	private @Nullable Integer maxCompressionRatio;

	/**
	 * Name of the application in the registry. By default any application that exports
	 * the service.
	 */
	private @Nullable String application;

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
	 * Zone of this application; instances that tell the same zone are preferred.
	 */
	private @Nullable String zone;

	/**
	 * Part of the instances of the zone, in percent, that must be in use for the zone to
	 * be preferred.
	 */
	private @Nullable Integer zoneThreshold;

	/**
	 * Methods that differ from the others, by their name in the IDL.
	 */
	private final Map<String, Method> method = new LinkedHashMap<>();

	private final Retry retry = new Retry();

	private final Connections connections = new Connections();

	private final Registry registry = new Registry();

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

	public @Nullable DataSize getMaxFrameSize() {
		return this.maxFrameSize;
	}

	public void setMaxFrameSize(@Nullable DataSize maxFrameSize) {
		this.maxFrameSize = maxFrameSize;
	}

	public @Nullable DataSize getMaxStringLength() {
		return this.maxStringLength;
	}

	public void setMaxStringLength(@Nullable DataSize maxStringLength) {
		this.maxStringLength = maxStringLength;
	}

	public @Nullable Integer getMaxContainerLength() {
		return this.maxContainerLength;
	}

	public void setMaxContainerLength(@Nullable Integer maxContainerLength) {
		this.maxContainerLength = maxContainerLength;
	}

	public @Nullable Integer getMaxRecursionDepth() {
		return this.maxRecursionDepth;
	}

	public void setMaxRecursionDepth(@Nullable Integer maxRecursionDepth) {
		this.maxRecursionDepth = maxRecursionDepth;
	}

	public @Nullable Integer getMaxHeaders() {
		return this.maxHeaders;
	}

	public void setMaxHeaders(@Nullable Integer maxHeaders) {
		this.maxHeaders = maxHeaders;
	}

	public @Nullable DataSize getMaxHeaderSize() {
		return this.maxHeaderSize;
	}

	public void setMaxHeaderSize(@Nullable DataSize maxHeaderSize) {
		this.maxHeaderSize = maxHeaderSize;
	}

	public @Nullable DataSize getMaxDecompressedSize() {
		return this.maxDecompressedSize;
	}

	public void setMaxDecompressedSize(@Nullable DataSize maxDecompressedSize) {
		this.maxDecompressedSize = maxDecompressedSize;
	}

	public @Nullable Integer getMaxCompressionRatio() {
		return this.maxCompressionRatio;
	}

	public void setMaxCompressionRatio(@Nullable Integer maxCompressionRatio) {
		this.maxCompressionRatio = maxCompressionRatio;
	}

	public @Nullable String getApplication() {
		return this.application;
	}

	public void setApplication(@Nullable String application) {
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

	public Map<String, Method> getMethod() {
		return this.method;
	}

	public Retry getRetry() {
		return this.retry;
	}

	public Connections getConnections() {
		return this.connections;
	}

	public Registry getRegistry() {
		return this.registry;
	}

	public ThriftCircuitBreakerProperties getCircuitBreaker() {
		return this.circuitBreaker;
	}

	/**
	 * Properties of a method.
	 */
	public static class Method {

		/**
		 * Time for a whole call of the method.
		 */
		private @Nullable Duration timeout;

		/**
		 * Whether running the method twice does what running it once does.
		 */
		private @Nullable Boolean idempotent;

		public @Nullable Boolean getIdempotent() {
			return this.idempotent;
		}

		public void setIdempotent(@Nullable Boolean idempotent) {
			this.idempotent = idempotent;
		}

		public @Nullable Duration getTimeout() {
			return this.timeout;
		}

		public void setTimeout(@Nullable Duration timeout) {
			this.timeout = timeout;
		}

	}

	/**
	 * When calls are tried again.
	 */
	public static class Retry {

		/**
		 * Most attempts of a call that may have run, the first one included.
		 */
		private @Nullable Integer maxAttempts;

		/**
		 * Retries that each call allows, as a share: 0.2 is one for five calls. Calls
		 * that no server has seen are not counted.
		 */
		private @Nullable Double budgetShare;

		/**
		 * Retries that each second allows besides.
		 */
		private @Nullable Double budgetPerSecond;

		public @Nullable Integer getMaxAttempts() {
			return this.maxAttempts;
		}

		public void setMaxAttempts(@Nullable Integer maxAttempts) {
			this.maxAttempts = maxAttempts;
		}

		public @Nullable Double getBudgetShare() {
			return this.budgetShare;
		}

		public void setBudgetShare(@Nullable Double budgetShare) {
			this.budgetShare = budgetShare;
		}

		public @Nullable Double getBudgetPerSecond() {
			return this.budgetPerSecond;
		}

		public void setBudgetPerSecond(@Nullable Double budgetPerSecond) {
			this.budgetPerSecond = budgetPerSecond;
		}

	}

	/**
	 * Connections to instances that answer in the order of the requests; others need one.
	 */
	public static class Connections {

		/**
		 * Maximum number of connections to an instance that answers in order.
		 */
		private @Nullable Integer max;

		/**
		 * Maximum number of calls in flight on a connection to an instance that answers
		 * in order.
		 */
		private @Nullable Integer pipelining;

		public @Nullable Integer getMax() {
			return this.max;
		}

		public void setMax(@Nullable Integer max) {
			this.max = max;
		}

		public @Nullable Integer getPipelining() {
			return this.pipelining;
		}

		public void setPipelining(@Nullable Integer pipelining) {
			this.pipelining = pipelining;
		}

	}

	/**
	 * How far the registry is believed.
	 */
	public static class Registry {

		/**
		 * Time for which the last instances are kept when the registry has none any more
		 * while there are connections to them.
		 */
		private @Nullable Duration emptyListGrace;

		public @Nullable Duration getEmptyListGrace() {
			return this.emptyListGrace;
		}

		public void setEmptyListGrace(@Nullable Duration emptyListGrace) {
			this.emptyListGrace = emptyListGrace;
		}

	}

}
