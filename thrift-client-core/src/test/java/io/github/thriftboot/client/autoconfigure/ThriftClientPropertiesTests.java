package io.github.thriftboot.client.autoconfigure;

import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.thriftboot.client.FallbackMode;
import io.github.thriftboot.client.autoconfigure.ThriftCircuitBreakerProperties.Scope;
import io.github.thriftboot.netty.client.CallPolicy;
import io.github.thriftboot.netty.client.ClusterMode;
import io.github.thriftboot.netty.protocol.ThriftProtocol;
import io.github.thriftboot.netty.protocol.ThriftTransport;
import io.github.thriftboot.test.Declined;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

class ThriftClientPropertiesTests {

	@Test
	void callsAreConfiguredForAllClientsForOneAndForAMethod() throws Exception {
		ThriftClientProperties properties = bind("""
				thrift.client:
				  retry: { max-attempts: 5, per-try-timeout: 70ms }
				  wait-for-instance: 500ms
				  service:
				    one:
				      retry: { max-attempts: 2 }
				      idempotent: true
				      hedging: { delay: 20ms }
				      method:
				        create: { idempotent: false, cluster: failsafe, wait-for-instance: 0s }
				        read: { cluster: forking, forks: 3, retry: { max-attempts: 4, per-try-timeout: 0s } }
				    two:
				      cluster: failfast
				      method: { find: { idempotent: true, hedging: { delay: 10ms, max-attempts: 4 } } }
				""", Map.of());

		CallPolicy.Builder all = CallPolicy.builder(Duration.ofSeconds(1))
			.maxAttempts(5)
			.perTryTimeout(Duration.ofMillis(70))
			.waitForInstance(Duration.ofMillis(500));
		assertThat(properties.policy("three", "find")).isEqualTo(all.build());
		CallPolicy one = all.build()
			.toBuilder()
			.maxAttempts(2)
			.idempotent(true)
			.hedging(Duration.ofMillis(20), 2)
			.build();
		assertThat(properties.policy("one", "find")).isEqualTo(one);
		assertThat(properties.policy("one", "create")).isEqualTo(
				one.toBuilder().idempotent(false).cluster(ClusterMode.FAILSAFE).waitForInstance(Duration.ZERO).build());
		assertThat(properties.policy("one", "read")).isEqualTo(
				one.toBuilder().cluster(ClusterMode.FORKING).forks(3).maxAttempts(4).perTryTimeout(null).build());
		assertThat(properties.policy("two", "FIND"))
			.isEqualTo(all.cluster(ClusterMode.FAILFAST).idempotent(true).hedging(Duration.ofMillis(10), 4).build());
		assertThat(new ThriftClientProperties().policy("any", "any")).isEqualTo(CallPolicy.of(Duration.ofSeconds(1)));
	}

	@Test
	void defaults() throws Exception {
		ThriftClientProperties properties = bind("", Map.of());
		assertThat(properties.getEventLoopThreads()).isZero();
		assertThat(values(properties, "any")).containsExactlyInAnyOrderEntriesOf(Map.ofEntries(
				Map.entry("timeout", Duration.ofSeconds(1)), Map.entry("connect-timeout", Duration.ofSeconds(1)),
				Map.entry("multiplexed", true), Map.entry("max-frame-size", DataSize.ofBytes(16_384_000)),
				Map.entry("max-container-length", 1_000_000), Map.entry("max-recursion-depth", 64),
				Map.entry("max-headers", 64), Map.entry("max-header-size", DataSize.ofKilobytes(8)),
				Map.entry("max-compression-ratio", 100), Map.entry("fallback-on-application-error", false),
				Map.entry("cluster", ClusterMode.FAILOVER), Map.entry("forks", 2), Map.entry("hedging.max-attempts", 2),
				Map.entry("retry.max-attempts", 3), Map.entry("wait-for-instance", Duration.ZERO),
				Map.entry("max-waiting-calls", 1_000), Map.entry("connections.min", 1), Map.entry("connections.max", 8),
				Map.entry("connections.max-shared", 1), Map.entry("connections.growth-threshold", 256),
				Map.entry("connections.pipelining", 1), Map.entry("connections.idle-timeout", Duration.ofMinutes(1)),
				Map.entry("connections.max-age", Duration.ZERO), Map.entry("connections.eager", false),
				Map.entry("heartbeat.interval", Duration.ofSeconds(15)),
				Map.entry("heartbeat.timeout", Duration.ofSeconds(5)),
				Map.entry("registry.empty-list-grace", Duration.ofMinutes(5)), Map.entry("ssl.verify-hostname", true),
				Map.entry("fallback", FallbackMode.ON_FAILURE), Map.entry("actives-wait", Duration.ZERO),
				Map.entry("actives-queue", 1000), Map.entry("circuit-breaker.enabled", true),
				Map.entry("circuit-breaker.scope", Scope.SERVICE)));
		assertThat(properties.limit("any", "any")).isNull();
	}

	@Test
	void allKeysCanBeSetForAllAndForOne() throws Exception {
		String keys = """
				timeout: 2s
				connect-timeout: 300ms
				transport: framed
				protocol: compact
				multiplexed: false
				max-frame-size: 1MB
				max-string-length: 2KB
				max-container-length: 11
				max-recursion-depth: 12
				max-headers: 13
				max-header-size: 2000B
				max-decompressed-size: 3MB
				max-compression-ratio: 14
				application: users, more-users
				addresses: [ "a:1", "b:2" ]
				fallback: force
				fallback-on-application-error: true
				actives: 15
				actives-wait: 16ms
				actives-queue: 17
				cluster: failsafe
				forks: 5
				hedging: { delay: 30ms, max-attempts: 6 }
				retry: { max-attempts: 7, per-try-timeout: 80ms }
				wait-for-instance: 9ms
				max-waiting-calls: 10
				connections:
				  min: 2
				  max: 3
				  max-shared: 5
				  growth-threshold: 6
				  pipelining: 4
				  idle-timeout: 7s
				  max-age: 8s
				  eager: true
				heartbeat: { interval: 9s, timeout: 10s }
				registry: { empty-list-grace: 1m }
				ssl: { enabled: false, bundle: my-bundle, verify-hostname: false }
				method: { whoAmI: { timeout: 50ms } }
				circuit-breaker:
				  enabled: false
				  scope: instance
				  record-exceptions: [ io.github.thriftboot.test.Declined ]
				  failure-rate-threshold: 10.5
				  slow-call-rate-threshold: 20
				  slow-call-duration-threshold: 3s
				  sliding-window-type: time-based
				  sliding-window-size: 30
				  minimum-number-of-calls: 5
				  wait-duration-in-open-state: 7s
				  permitted-number-of-calls-in-half-open-state: 2
				""";
		assertAll(bind("thrift:\n  client:\n" + keys.indent(4), Map.of()), "any");
		ThriftClientProperties forOne = bind("thrift:\n  client:\n    service:\n      one:\n" + keys.indent(8),
				Map.of());
		assertAll(forOne, "one");
		assertThat(forOne.policy("another", "whoAmI").timeout()).isEqualTo(Duration.ofSeconds(1));
	}

	private static void assertAll(ThriftClientProperties properties, String client) {
		assertThat(values(properties, client)).containsExactlyInAnyOrderEntriesOf(Map.ofEntries(
				Map.entry("timeout", Duration.ofSeconds(2)), Map.entry("connect-timeout", Duration.ofMillis(300)),
				Map.entry("transport", ThriftTransport.FRAMED), Map.entry("protocol", ThriftProtocol.COMPACT),
				Map.entry("multiplexed", false), Map.entry("max-frame-size", DataSize.ofMegabytes(1)),
				Map.entry("max-string-length", DataSize.ofKilobytes(2)), Map.entry("max-container-length", 11),
				Map.entry("max-recursion-depth", 12), Map.entry("max-headers", 13),
				Map.entry("max-header-size", DataSize.ofBytes(2000)),
				Map.entry("max-decompressed-size", DataSize.ofMegabytes(3)), Map.entry("max-compression-ratio", 14),
				Map.entry("application", List.of("users", "more-users")), Map.entry("addresses", List.of("a:1", "b:2")),
				Map.entry("fallback", FallbackMode.FORCE), Map.entry("actives", 15),
				Map.entry("actives-wait", Duration.ofMillis(16)), Map.entry("actives-queue", 17),
				Map.entry("fallback-on-application-error", true), Map.entry("cluster", ClusterMode.FAILSAFE),
				Map.entry("forks", 5), Map.entry("hedging.delay", Duration.ofMillis(30)),
				Map.entry("hedging.max-attempts", 6), Map.entry("retry.max-attempts", 7),
				Map.entry("retry.per-try-timeout", Duration.ofMillis(80)),
				Map.entry("wait-for-instance", Duration.ofMillis(9)), Map.entry("max-waiting-calls", 10),
				Map.entry("connections.max", 3), Map.entry("connections.min", 2),
				Map.entry("connections.max-shared", 5), Map.entry("connections.growth-threshold", 6),
				Map.entry("connections.idle-timeout", Duration.ofSeconds(7)),
				Map.entry("connections.max-age", Duration.ofSeconds(8)), Map.entry("connections.eager", true),
				Map.entry("heartbeat.interval", Duration.ofSeconds(9)),
				Map.entry("heartbeat.timeout", Duration.ofSeconds(10)), Map.entry("connections.pipelining", 4),
				Map.entry("registry.empty-list-grace", Duration.ofMinutes(1)), Map.entry("ssl.enabled", false),
				Map.entry("ssl.bundle", "my-bundle"), Map.entry("ssl.verify-hostname", false),
				Map.entry("circuit-breaker.enabled", false), Map.entry("circuit-breaker.scope", Scope.INSTANCE),
				Map.entry("circuit-breaker.record-exceptions", List.of(Declined.class)),
				Map.entry("circuit-breaker.failure-rate-threshold", 10.5f),
				Map.entry("circuit-breaker.slow-call-rate-threshold", 20f),
				Map.entry("circuit-breaker.slow-call-duration-threshold", Duration.ofSeconds(3)),
				Map.entry("circuit-breaker.sliding-window-type", SlidingWindowType.TIME_BASED),
				Map.entry("circuit-breaker.sliding-window-size", 30),
				Map.entry("circuit-breaker.minimum-number-of-calls", 5),
				Map.entry("circuit-breaker.wait-duration-in-open-state", Duration.ofSeconds(7)),
				Map.entry("circuit-breaker.permitted-number-of-calls-in-half-open-state", 2)));
		assertThat(properties.policy(client, "whoAmI").timeout()).isEqualTo(Duration.ofMillis(50));
		assertThat(properties.policy(client, "other").timeout()).isEqualTo(Duration.ofSeconds(2));
	}

	/**
	 * Return what applies to a client, without what is not set.
	 */
	private static Map<String, Object> values(ThriftClientProperties properties, String client) {
		Map<String, Function<ThriftClientServiceProperties, Object>> keys = new LinkedHashMap<>();
		keys.put("timeout", ThriftClientServiceProperties::getTimeout);
		keys.put("connect-timeout", ThriftClientServiceProperties::getConnectTimeout);
		keys.put("transport", ThriftClientServiceProperties::getTransport);
		keys.put("protocol", ThriftClientServiceProperties::getProtocol);
		keys.put("multiplexed", ThriftClientServiceProperties::getMultiplexed);
		keys.put("max-frame-size", ThriftClientServiceProperties::getMaxFrameSize);
		keys.put("max-string-length", ThriftClientServiceProperties::getMaxStringLength);
		keys.put("max-container-length", ThriftClientServiceProperties::getMaxContainerLength);
		keys.put("max-recursion-depth", ThriftClientServiceProperties::getMaxRecursionDepth);
		keys.put("max-headers", ThriftClientServiceProperties::getMaxHeaders);
		keys.put("max-header-size", ThriftClientServiceProperties::getMaxHeaderSize);
		keys.put("max-decompressed-size", ThriftClientServiceProperties::getMaxDecompressedSize);
		keys.put("max-compression-ratio", ThriftClientServiceProperties::getMaxCompressionRatio);
		keys.put("application", ThriftClientServiceProperties::getApplication);
		keys.put("addresses", ThriftClientServiceProperties::getAddresses);
		keys.put("fallback", ThriftClientServiceProperties::getFallback);
		keys.put("actives", ThriftClientServiceProperties::getActives);
		keys.put("actives-wait", ThriftClientServiceProperties::getActivesWait);
		keys.put("actives-queue", ThriftClientServiceProperties::getActivesQueue);
		keys.put("fallback-on-application-error", ThriftClientServiceProperties::getFallbackOnApplicationError);
		keys.put("cluster", ThriftClientServiceProperties::getCluster);
		keys.put("forks", ThriftClientServiceProperties::getForks);
		keys.put("hedging.delay", (own) -> own.getHedging().getDelay());
		keys.put("hedging.max-attempts", (own) -> own.getHedging().getMaxAttempts());
		keys.put("retry.max-attempts", (own) -> own.getRetry().getMaxAttempts());
		keys.put("retry.per-try-timeout", (own) -> own.getRetry().getPerTryTimeout());
		keys.put("wait-for-instance", ThriftClientServiceProperties::getWaitForInstance);
		keys.put("max-waiting-calls", ThriftClientServiceProperties::getMaxWaitingCalls);
		keys.put("connections.min", (own) -> own.getConnections().getMin());
		keys.put("connections.max", (own) -> own.getConnections().getMax());
		keys.put("connections.max-shared", (own) -> own.getConnections().getMaxShared());
		keys.put("connections.growth-threshold", (own) -> own.getConnections().getGrowthThreshold());
		keys.put("connections.idle-timeout", (own) -> own.getConnections().getIdleTimeout());
		keys.put("connections.max-age", (own) -> own.getConnections().getMaxAge());
		keys.put("connections.eager", (own) -> own.getConnections().getEager());
		keys.put("heartbeat.interval", (own) -> own.getHeartbeat().getInterval());
		keys.put("heartbeat.timeout", (own) -> own.getHeartbeat().getTimeout());
		keys.put("connections.pipelining", (own) -> own.getConnections().getPipelining());
		keys.put("registry.empty-list-grace", (own) -> own.getRegistry().getEmptyListGrace());
		keys.put("ssl.enabled", (own) -> own.getSsl().getEnabled());
		keys.put("ssl.bundle", (own) -> own.getSsl().getBundle());
		keys.put("ssl.verify-hostname", (own) -> own.getSsl().getVerifyHostname());
		Map<String, Function<ThriftCircuitBreakerProperties, Object>> breakerKeys = new LinkedHashMap<>();
		breakerKeys.put("enabled", ThriftCircuitBreakerProperties::getEnabled);
		breakerKeys.put("scope", ThriftCircuitBreakerProperties::getScope);
		breakerKeys.put("record-exceptions", ThriftCircuitBreakerProperties::getRecordExceptions);
		breakerKeys.put("failure-rate-threshold", ThriftCircuitBreakerProperties::getFailureRateThreshold);
		breakerKeys.put("slow-call-rate-threshold", ThriftCircuitBreakerProperties::getSlowCallRateThreshold);
		breakerKeys.put("slow-call-duration-threshold", ThriftCircuitBreakerProperties::getSlowCallDurationThreshold);
		breakerKeys.put("sliding-window-type", ThriftCircuitBreakerProperties::getSlidingWindowType);
		breakerKeys.put("sliding-window-size", ThriftCircuitBreakerProperties::getSlidingWindowSize);
		breakerKeys.put("minimum-number-of-calls", ThriftCircuitBreakerProperties::getMinimumNumberOfCalls);
		breakerKeys.put("wait-duration-in-open-state", ThriftCircuitBreakerProperties::getWaitDurationInOpenState);
		breakerKeys.put("permitted-number-of-calls-in-half-open-state",
				ThriftCircuitBreakerProperties::getPermittedNumberOfCallsInHalfOpenState);
		breakerKeys
			.forEach((name, key) -> keys.put("circuit-breaker." + name, (own) -> key.apply(own.getCircuitBreaker())));
		Map<String, Object> values = new LinkedHashMap<>();
		keys.forEach((name, key) -> {
			Object value = properties.find(client, key);
			if (value != null) {
				values.put(name, value);
			}
		});
		return values;
	}

	@Test
	void cacheOfTheRegistryIsForAllClients() throws Exception {
		ThriftRegistryCacheProperties defaults = bind("", Map.of()).getRegistryCache();
		assertThat(defaults.getFile()).isNull();
		assertThat(defaults.getMaxAge()).isEqualTo(Duration.ofDays(1));
		ThriftRegistryCacheProperties cache = bind("thrift.client.registry-cache: { file: some/file, max-age: 2h }",
				Map.of())
			.getRegistryCache();
		assertThat(cache.getFile()).isEqualTo(Path.of("some/file"));
		assertThat(cache.getMaxAge()).isEqualTo(Duration.ofHours(2));
	}

	@Test
	void environmentVariablesReachNamesInAnyCase() throws Exception {
		ThriftClientProperties properties = bind("thrift.client.service.UserService.timeout: 2s",
				Map.of("THRIFT_CLIENT_SERVICE_USERSERVICE_TIMEOUT", "3s", "THRIFT_CLIENT_SERVICE_ORDERS_TIMEOUT", "4s",
						"THRIFT_CLIENT_SERVICE_ORDERS_METHOD_FINDALL_TIMEOUT", "5s"));
		assertThat(properties.policy("UserService", "any").timeout()).isEqualTo(Duration.ofSeconds(3));
		assertThat(properties.policy("Orders", "any").timeout()).isEqualTo(Duration.ofSeconds(4));
		assertThat(properties.policy("Orders", "findAll").timeout()).isEqualTo(Duration.ofSeconds(5));
	}

	@Test
	void timeoutOfMethodGoesBeforeTimeoutOfService() throws Exception {
		ThriftClientProperties properties = bind("""
				thrift.client:
				  timeout: 1s
				  method: { slow: { timeout: 9s } }
				  service:
				    one:
				      timeout: 2s
				      method: { fast: { timeout: 10ms } }
				""", Map.of());
		assertThat(properties.policy("one", "fast").timeout()).isEqualTo(Duration.ofMillis(10));
		assertThat(properties.policy("one", "slow").timeout()).isEqualTo(Duration.ofSeconds(9));
		assertThat(properties.policy("one", "any").timeout()).isEqualTo(Duration.ofSeconds(2));
		assertThat(properties.policy("two", "fast").timeout()).isEqualTo(Duration.ofSeconds(1));
	}

	@Test
	void limitAndFallbackOfMethodGoBeforeThoseOfService() throws Exception {
		ThriftClientProperties properties = bind("""
				thrift.client:
				  actives: 7
				  service:
				    one:
				      actives: 5
				      fallback: force
				      method:
				        fast: { actives: 0, fallback: on-failure }
				        slow: { actives: 2, actives-wait: 3ms, actives-queue: 4 }
				""", Map.of());
		assertThat(properties.limit("two", "any").max()).isEqualTo(7);
		assertThat(properties.limit("one", "any").max()).isEqualTo(5);
		assertThat(properties.limit("one", "fast")).isNull();
		assertThat(properties.limit("one", "SLOW").max()).isEqualTo(2);
		assertThat(properties.limit("one", "slow").maxWait()).isEqualTo(Duration.ofMillis(3));
		assertThat(properties.limit("one", "slow").maxWaiting()).isEqualTo(4);
		assertThat(properties.fallback("two", "any")).isEqualTo(FallbackMode.ON_FAILURE);
		assertThat(properties.fallback("one", "any")).isEqualTo(FallbackMode.FORCE);
		assertThat(properties.fallback("one", "fast")).isEqualTo(FallbackMode.ON_FAILURE);
	}

	@Test
	@SuppressWarnings("unchecked")
	void metadataDescribesEachKeyAndTellsTheDefaults() throws Exception {
		Map<String, Object> metadata;
		try (InputStream in = getClass().getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
			// YAML contains JSON
			metadata = new Yaml().load(in);
		}
		List<Map<String, Object>> keys = (List<Map<String, Object>>) metadata.get("properties");
		assertThat(keys).hasSizeGreaterThan(20).allSatisfy((key) -> {
			assertThat(key.get("name")).asString().startsWith("thrift.client.");
			assertThat(key.get("description")).as("%s", key).asString().endsWith(".").doesNotMatch("(The|A|An) .*");
		});
		ThriftClientProperties defaults = new ThriftClientProperties();
		assertThat(keys).filteredOn((key) -> key.containsKey("defaultValue"))
			.hasSize(42)
			.filteredOn((key) -> !key.get("name").equals("thrift.client.enabled"))
			.allSatisfy((key) -> assertThat(defaultValue(defaults, key)).as("%s", key).isTrue());
	}

	/**
	 * Whether binding the default of the metadata changes nothing.
	 */
	private static boolean defaultValue(ThriftClientProperties defaults, Map<String, Object> key) throws Exception {
		ThriftClientProperties bound = bind(key.get("name") + ": " + key.get("defaultValue"), Map.of());
		return values(bound, "any").equals(values(defaults, "any"));
	}

	private static ThriftClientProperties bind(String yaml, Map<String, Object> environmentVariables) throws Exception {
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources()
			.replace(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, new SystemEnvironmentPropertySource(
					StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, environmentVariables));
		new YamlPropertySourceLoader().load("test", new ByteArrayResource(yaml.getBytes()))
			.forEach(environment.getPropertySources()::addLast);
		ConfigurationPropertySources.attach(environment);
		return Binder.get(environment)
			.bind("thrift.client", Bindable.of(ThriftClientProperties.class))
			.orElseGet(ThriftClientProperties::new);
	}

}
