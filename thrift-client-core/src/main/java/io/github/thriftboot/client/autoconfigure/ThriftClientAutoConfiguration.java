package io.github.thriftboot.client.autoconfigure;

import java.util.Set;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.thriftboot.client.EnableThriftClients;
import io.github.thriftboot.client.ThriftChannelCustomizer;
import io.github.thriftboot.client.ThriftClient;
import io.github.thriftboot.client.ThriftClientFactory;
import io.github.thriftboot.client.ThriftFallbackPostProcessor;
import io.github.thriftboot.netty.client.ConnectionPool;
import io.github.thriftboot.netty.client.InstanceFilter;
import io.github.thriftboot.netty.client.InstanceSource;
import io.github.thriftboot.netty.client.LoadBalancer;
import io.github.thriftboot.netty.client.ThriftChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.serviceregistry.AutoServiceRegistration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for Thrift clients. Finds
 * {@link ThriftClient} types in the packages of the application, unless
 * {@link EnableThriftClients} tells others.
 */
@AutoConfiguration(
		afterName = { "io.github.resilience4j.springboot.circuitbreaker.autoconfigure.CircuitBreakerAutoConfiguration",
				"io.github.resilience4j.springboot3.circuitbreaker.autoconfigure.CircuitBreakerAutoConfiguration",
				"org.springframework.cloud.client.CommonsClientAutoConfiguration",
				"org.springframework.cloud.client.discovery.composite.CompositeDiscoveryClientAutoConfiguration" })
@ConditionalOnClass({ ThriftChannel.class, CircuitBreakerRegistry.class })
@ConditionalOnBooleanProperty(name = "thrift.client.enabled", matchIfMissing = true)
@EnableConfigurationProperties(ThriftClientProperties.class)
public final class ThriftClientAutoConfiguration {

	private static final Logger logger = LoggerFactory.getLogger(ThriftClientAutoConfiguration.class);

	@Bean
	static ThriftFallbackPostProcessor thriftFallbackPostProcessor() {
		return new ThriftFallbackPostProcessor();
	}

	@Bean
	@ConditionalOnMissingBean
	ConnectionPool thriftConnectionPool(ThriftClientProperties properties) {
		return new ConnectionPool(properties.getEventLoopThreads());
	}

	@Bean
	@ConditionalOnProperty("thrift.client.registry-cache.file")
	InstanceCache thriftInstanceCache(ThriftClientProperties properties) {
		return InstanceCache.of(properties.getRegistryCache());
	}

	@Bean
	ConfiguredBreakers thriftCircuitBreakers(ThriftClientProperties properties,
			ObjectProvider<CircuitBreakerRegistry> registries, ApplicationEventPublisher events) {
		// a registry of our own is no bean, which would displace the user's
		return new ConfiguredBreakers(properties, registries.getIfUnique(CircuitBreakerRegistry::ofDefaults), events);
	}

	@Bean
	@ConditionalOnMissingBean
	ThriftClientFactory thriftClientFactory(ConfigurableListableBeanFactory beanFactory,
			ThriftClientProperties properties, ConnectionPool pool, ConfiguredBreakers breakers,
			ObjectProvider<InstanceSource> instances, ObjectProvider<InstanceCache> cache,
			ObjectProvider<LoadBalancer> loadBalancer, ObjectProvider<InstanceFilter> instanceFilter,
			ObjectProvider<ThriftChannelCustomizer> customizers, ObjectProvider<SslBundles> sslBundles) {
		ChannelExtensions extensions = new ChannelExtensions(loadBalancer.getIfAvailable(),
				instanceFilter.getIfAvailable(), customizers.orderedStream().toList());
		ClientInstances clientInstances = new ClientInstances(properties, instances.getIfAvailable(),
				cache.getIfAvailable());
		return new ThriftClientFactory(beanFactory, new ConfiguredConnector(properties, pool, breakers, clientInstances,
				extensions, new ClientSslBundles(sslBundles.getIfAvailable())));
	}

	@Bean
	SmartInitializingSingleton thriftClientNamesCheck(ThriftClientProperties properties, ThriftClientFactory factory) {
		return () -> {
			Set<String> names = factory.names();
			properties.getService()
				.keySet()
				.stream()
				.filter((key) -> names.stream().noneMatch((name) -> ThriftClientProperties.isSame(key, name)))
				.forEach((key) -> logger.warn("'thrift.client.service.{}' configures no Thrift client, those are: {}",
						key, names));
		};
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBean(name = "org.springframework.boot.autoconfigure.AutoConfigurationPackages")
	@ConditionalOnMissingBean(annotation = EnableThriftClients.class)
	@EnableThriftClients
	static class ScanConfiguration {

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(DiscoveryClient.class)
	@ConditionalOnBean(DiscoveryClient.class)
	@ConditionalOnMissingBean(InstanceSource.class)
	static class DiscoveryClientConfiguration {

		@Bean
		DiscoveryClientInstanceSource thriftInstanceSource(ApplicationContext context, DiscoveryClient discoveryClient,
				ObjectProvider<AutoServiceRegistration> registrations) {
			return new DiscoveryClientInstanceSource(context, discoveryClient, registrations);
		}

	}

}
