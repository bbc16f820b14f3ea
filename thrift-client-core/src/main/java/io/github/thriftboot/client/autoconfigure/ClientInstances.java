package io.github.thriftboot.client.autoconfigure;

import java.util.List;

import io.github.thriftboot.client.RegistryInstanceSource;
import io.github.thriftboot.client.ThriftClientConfigurationException;
import io.github.thriftboot.netty.client.InstanceSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says where clients find the instances of their services: at the addresses of the
 * configuration, else in the registry.
 *
 * @param properties the configuration of all clients
 * @param registry tells the instances of clients without addresses, or {@code null}
 * @param cache keeps what the registry tells, or {@code null}
 */
record ClientInstances(ThriftClientProperties properties, @Nullable InstanceSource registry,
		@Nullable InstanceCache cache) {

	private static final Logger logger = LoggerFactory.getLogger(ClientInstances.class);

	/**
	 * Find the source of a client.
	 * @param name the name of the client
	 * @param service the name of its service
	 * @return tells the instances
	 * @throws ThriftClientConfigurationException if there is none
	 */
	InstanceSource source(String name, String service) {
		List<String> addresses = this.properties.find(name, ThriftClientServiceProperties::getAddresses);
		if (addresses != null && !addresses.isEmpty()) {
			InstanceSource source = InstanceSource
				.of(StaticAddresses.parse(this.properties.addressesProperty(name), addresses));
			logger.info("Thrift client '{}' calls service {} at {}", name, service, addresses);
			return source;
		}
		if (this.registry == null) {
			throw new ThriftClientConfigurationException(
					"Thrift client '" + name + "' does not know where service " + service
							+ " is: it has no addresses, and there is no registry.",
					"Set 'thrift.client.service." + name + ".addresses', or add a registry: "
							+ "'thrift-client-eureka-starter', a starter with a Spring Cloud DiscoveryClient, or a "
							+ "bean of type InstanceSource.");
		}
		List<String> applications = this.properties.find(name, ThriftClientServiceProperties::getApplication);
		if (applications == null || applications.isEmpty()) {
			logger.info("Thrift client '{}' finds service {} in {}", name, service, this.registry);
			return kept(this.registry, List.of());
		}
		if (!(this.registry instanceof RegistryInstanceSource limited)) {
			throw new ThriftClientConfigurationException(
					"Thrift client '" + name + "' is to call application '" + String.join(",", applications) + "', but "
							+ this.registry.getClass().getName() + " knows no applications.",
					"Remove the property 'application' of this client, or let that class extend "
							+ "RegistryInstanceSource.");
		}
		logger.info("Thrift client '{}' finds service {} of application '{}' in {}", name, service,
				String.join(",", applications), this.registry);
		return kept(limited.ofApplications(applications), applications);
	}

	private InstanceSource kept(InstanceSource source, List<String> applications) {
		return (this.cache != null) ? this.cache.keeping(source, applications) : source;
	}

	/**
	 * Find the zone that a client prefers: that of the configuration, else that of the
	 * registry.
	 * @param name the name of the client
	 * @return the name of the zone, or {@code null} if it prefers none, as with an empty
	 * name in the configuration
	 */
	@Nullable String zone(String name) {
		String zone = this.properties.find(name, ThriftClientServiceProperties::getZone);
		if (zone == null && this.registry instanceof RegistryInstanceSource source) {
			zone = source.zone();
		}
		return (zone == null || zone.isBlank()) ? null : zone.trim();
	}

}
