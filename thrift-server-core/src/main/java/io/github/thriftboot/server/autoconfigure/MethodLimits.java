package io.github.thriftboot.server.autoconfigure;

import java.util.List;
import java.util.Map;

import io.github.thriftboot.netty.server.ThriftServer;
import io.github.thriftboot.server.autoconfigure.ThriftServiceDiscoverer.ServiceBean;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * Applies {@code executes} of methods to the builder of the server. Names match in any
 * case, because environment variables know none; those of unknown methods are refused
 * where their executors are found.
 *
 * @param configured the properties by service
 */
record MethodLimits(Map<String, ThriftServerServiceProperties> configured) {

	/**
	 * Set the limits of the methods that are exported.
	 * @param services the services that are exported
	 * @param builder the builder
	 * @throws InvalidConfigurationPropertyValueException if a limit is out of range
	 */
	void apply(List<ServiceBean> services, ThriftServer.Builder builder) {
		for (ServiceBean service : services) {
			this.configured.forEach((name, properties) -> {
				if (name.equalsIgnoreCase(service.name())) {
					apply(service, properties, builder);
				}
			});
		}
	}

	private static void apply(ServiceBean service, ThriftServerServiceProperties properties,
			ThriftServer.Builder builder) {
		properties.getMethod().forEach((name, method) -> {
			Integer executes = method.getExecutes();
			if (executes == null) {
				return;
			}
			ThriftServerProperties.requireAtLeastOne("service." + service.name() + ".method." + name + ".executes",
					executes);
			service.descriptor()
				.methods()
				.keySet()
				.stream()
				.filter(name::equalsIgnoreCase)
				.forEach((found) -> builder.executes(service.name(), found, executes));
		});
	}

}
