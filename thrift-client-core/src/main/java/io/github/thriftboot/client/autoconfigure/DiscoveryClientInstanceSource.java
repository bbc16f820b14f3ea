package io.github.thriftboot.client.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.github.thriftboot.client.RegistryInstanceSource;
import io.github.thriftboot.netty.client.ThriftInstance;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.discovery.event.HeartbeatEvent;
import org.springframework.cloud.client.serviceregistry.AutoServiceRegistration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.Lifecycle;
import org.springframework.context.event.EventListener;

/**
 * Instances from any registry for which there is a Spring Cloud {@link DiscoveryClient},
 * read again at each of its heartbeats.
 */
final class DiscoveryClientInstanceSource extends RegistryInstanceSource {

	private final DiscoveryClient discoveryClient;

	private final ObjectProvider<AutoServiceRegistration> registrations;

	DiscoveryClientInstanceSource(ApplicationContext context, DiscoveryClient discoveryClient,
			ObjectProvider<AutoServiceRegistration> registrations) {
		super(context);
		this.discoveryClient = discoveryClient;
		this.registrations = registrations;
	}

	@Override
	protected boolean isRegistrationPending() {
		return this.registrations.stream()
			.anyMatch((registration) -> registration instanceof Lifecycle lifecycle && !lifecycle.isRunning());
	}

	@Override
	protected List<ThriftInstance> read(@Nullable String application) {
		List<String> applications = (application != null) ? List.of(application) : this.discoveryClient.getServices();
		List<ThriftInstance> instances = new ArrayList<>();
		for (String id : applications) {
			for (ServiceInstance registered : this.discoveryClient.getInstances(id)) {
				Map<String, String> metadata = registered.getMetadata();
				ThriftInstance instance = (metadata != null) ? ThriftInstance.of(registered.getHost(), metadata) : null;
				if (instance != null) {
					instances.add(instance);
				}
			}
		}
		return instances;
	}

	@EventListener
	void onHeartbeat(HeartbeatEvent event) {
		refresh();
	}

	@Override
	public String toString() {
		return this.discoveryClient.description();
	}

}
