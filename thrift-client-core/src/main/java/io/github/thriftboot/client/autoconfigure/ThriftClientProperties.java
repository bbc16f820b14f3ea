package io.github.thriftboot.client.autoconfigure;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

import io.github.thriftboot.client.CallLimit;
import io.github.thriftboot.client.FallbackMode;
import io.github.thriftboot.netty.client.CallPolicy;
import io.github.thriftboot.netty.client.ClusterMode;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.util.unit.DataSize;

/**
 * Configuration properties for Thrift clients: those for all services, and below
 * {@code service.<name>} those that differ for one.
 */
@ConfigurationProperties("thrift.client")
public final class ThriftClientProperties extends ThriftClientServiceProperties {

	/**
	 * Number of threads that read and write the connections of all clients. 0 for one a
	 * core.
	 */
	private int eventLoopThreads;

	/**
	 * Services that differ from the others, by the name of the client.
	 */
	private final Map<String, ThriftClientServiceProperties> service = new LinkedHashMap<>();

	@NestedConfigurationProperty
	private final ThriftRegistryCacheProperties registryCache = new ThriftRegistryCacheProperties();

	/**
	 * Create properties with the values that apply to what is not configured.
	 */
	public ThriftClientProperties() {
		setTimeout(Duration.ofSeconds(1));
		setConnectTimeout(Duration.ofSeconds(1));
		setMultiplexed(true);
		setMaxFrameSize(DataSize.ofBytes(16_384_000));
		setMaxContainerLength(1_000_000);
		setMaxRecursionDepth(64);
		setMaxHeaders(64);
		setMaxHeaderSize(DataSize.ofKilobytes(8));
		setMaxCompressionRatio(100);
		setFallback(FallbackMode.ON_FAILURE);
		setFallbackOnApplicationError(false);
		setActivesWait(Duration.ZERO);
		setActivesQueue(1_000);
		setIdempotent(false);
		setCluster(ClusterMode.FAILOVER);
		setForks(2);
		setWaitForInstance(Duration.ZERO);
		setMaxWaitingCalls(1_000);
		setWarmUp(Duration.ZERO);
		setZoneThreshold(70);
		getRetry().setMaxAttempts(3);
		getHedging().setMaxAttempts(2);
		getRetry().setBudgetShare(0.1);
		getRetry().setBudgetPerSecond(10.0);
		setConnectionDefaults();
		getSsl().setVerifyHostname(true);
		getRegistry().setEmptyListGrace(Duration.ofMinutes(5));
		getCircuitBreaker().setEnabled(true);
		getCircuitBreaker().setScope(ThriftCircuitBreakerProperties.Scope.SERVICE);
	}

	private void setConnectionDefaults() {
		ThriftConnectionProperties connections = getConnections();
		connections.setMin(1);
		connections.setMax(8);
		connections.setMaxShared(1);
		connections.setGrowthThreshold(256);
		connections.setPipelining(1);
		connections.setIdleTimeout(Duration.ofMinutes(1));
		connections.setMaxAge(Duration.ZERO);
		connections.setEager(false);
		getHeartbeat().setInterval(Duration.ofSeconds(15));
		getHeartbeat().setTimeout(Duration.ofSeconds(5));
	}

	public int getEventLoopThreads() {
		return this.eventLoopThreads;
	}

	public void setEventLoopThreads(int eventLoopThreads) {
		this.eventLoopThreads = eventLoopThreads;
	}

	public Map<String, ThriftClientServiceProperties> getService() {
		return this.service;
	}

	public ThriftRegistryCacheProperties getRegistryCache() {
		return this.registryCache;
	}

	/**
	 * Return what is configured for a client: for its service, else for all.
	 * @param <T> the type of the value
	 * @param client the name of the client
	 * @param key reads the value
	 * @return the value, or {@code null} if it is not configured
	 */
	<T> @Nullable T find(String client, Function<ThriftClientServiceProperties, @Nullable T> key) {
		ThriftClientServiceProperties own = entry(this.service, client);
		T value = (own != null) ? key.apply(own) : null;
		return (value != null) ? value : key.apply(this);
	}

	/**
	 * Return what is configured for a client where there is a default.
	 * @param <T> the type of the value
	 * @param client the name of the client
	 * @param key reads the value
	 * @return the value
	 */
	<T> T get(String client, Function<ThriftClientServiceProperties, @Nullable T> key) {
		T value = find(client, key);
		if (value == null) {
			throw new IllegalArgumentException("a property without which there is no client was set to nothing");
		}
		return value;
	}

	/**
	 * Return how the calls of a method are made: as configured for the method, else for
	 * its client, else for all.
	 * @param client the name of the client
	 * @param method the name of the method
	 * @return the policy
	 */
	CallPolicy policy(String client, String method) {
		return CallPolicy.builder(ofMethod(client, method, ThriftCallProperties::getTimeout))
			.cluster(ofMethod(client, method, ThriftCallProperties::getCluster))
			.idempotent(ofMethod(client, method, ThriftCallProperties::getIdempotent))
			.maxAttempts(ofMethod(client, method, (calls) -> calls.getRetry().getMaxAttempts()))
			.perTryTimeout(timeOfMethod(client, method, (calls) -> calls.getRetry().getPerTryTimeout()))
			.hedging(timeOfMethod(client, method, (calls) -> calls.getHedging().getDelay()),
					ofMethod(client, method, (calls) -> calls.getHedging().getMaxAttempts()))
			.forks(ofMethod(client, method, ThriftCallProperties::getForks))
			.waitForInstance(ofMethod(client, method, ThriftCallProperties::getWaitForInstance))
			.build();
	}

	/**
	 * Return what bounds the calls of a method.
	 * @param client the name of the client
	 * @param method the name of the method
	 * @return a new limit, or {@code null} if there is none
	 */
	@Nullable CallLimit limit(String client, String method) {
		Integer actives = findOfMethod(client, method, ThriftCallProperties::getActives);
		if (actives == null || actives == 0) {
			return null;
		}
		return new CallLimit(actives, ofMethod(client, method, ThriftCallProperties::getActivesWait),
				ofMethod(client, method, ThriftCallProperties::getActivesQueue));
	}

	/**
	 * Return when the fallback of a method answers.
	 * @param client the name of the client
	 * @param method the name of the method
	 * @return the mode
	 */
	FallbackMode fallback(String client, String method) {
		return ofMethod(client, method, ThriftCallProperties::getFallback);
	}

	/**
	 * Return a time that there may be none of.
	 */
	private @Nullable Duration timeOfMethod(String client, String method,
			Function<ThriftCallProperties, @Nullable Duration> key) {
		Duration time = findOfMethod(client, method, key);
		return (time == null || time.isZero()) ? null : time;
	}

	private <T> T ofMethod(String client, String method, Function<ThriftCallProperties, @Nullable T> key) {
		T value = findOfMethod(client, method, key);
		return (value != null) ? value : get(client, key::apply);
	}

	private <T> @Nullable T findOfMethod(String client, String method,
			Function<ThriftCallProperties, @Nullable T> key) {
		T value = find(client, (properties) -> {
			ThriftMethodProperties own = entry(properties.getMethod(), method);
			return (own != null) ? key.apply(own) : null;
		});
		return (value != null) ? value : find(client, key::apply);
	}

	/**
	 * Return the name of the property that holds the addresses of a client.
	 * @param client the name of the client
	 * @return the name of the property, with the service as it is written there
	 */
	String addressesProperty(String client) {
		for (Map.Entry<String, ThriftClientServiceProperties> entry : this.service.entrySet()) {
			if (isSame(entry.getKey(), client) && entry.getValue().getAddresses() != null) {
				return "thrift.client.service." + entry.getKey() + ".addresses";
			}
		}
		return "thrift.client.addresses";
	}

	/**
	 * Find an entry by its name, as it is written, else as environment variables write
	 * it, which know neither case nor punctuation.
	 */
	private static <V> @Nullable V entry(Map<String, V> entries, String name) {
		V exact = entries.get(name);
		if (exact != null) {
			return exact;
		}
		for (Map.Entry<String, V> entry : entries.entrySet()) {
			if (isSame(entry.getKey(), name)) {
				return entry.getValue();
			}
		}
		return null;
	}

	/**
	 * Whether a configuration key stands for a name.
	 * @param key the key
	 * @param name the name of a client or of a method
	 * @return {@code true} if they differ at most in case and punctuation
	 */
	static boolean isSame(String key, String name) {
		// asked for each key of each method, so it makes no strings
		int keyAt = next(key, 0);
		int nameAt = next(name, 0);
		while (keyAt < key.length() && nameAt < name.length()) {
			if (Character.toLowerCase(key.charAt(keyAt)) != Character.toLowerCase(name.charAt(nameAt))) {
				return false;
			}
			keyAt = next(key, keyAt + 1);
			nameAt = next(name, nameAt + 1);
		}
		return keyAt == key.length() && nameAt == name.length();
	}

	private static int next(String name, int from) {
		int position = from;
		while (position < name.length() && !isAlphanumeric(name.charAt(position))) {
			position++;
		}
		return position;
	}

	private static boolean isAlphanumeric(char character) {
		return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z')
				|| (character >= '0' && character <= '9');
	}

}
