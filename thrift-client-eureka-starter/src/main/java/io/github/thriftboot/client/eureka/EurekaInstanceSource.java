package io.github.thriftboot.client.eureka;

import java.util.ArrayList;
import java.util.List;

import com.netflix.appinfo.InstanceInfo;
import com.netflix.appinfo.InstanceInfo.InstanceStatus;
import com.netflix.discovery.EurekaClient;
import com.netflix.discovery.shared.Application;
import com.netflix.discovery.shared.Applications;
import io.github.thriftboot.client.RegistryInstanceSource;
import io.github.thriftboot.netty.client.ThriftInstance;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.cloud.client.discovery.event.HeartbeatEvent;
import org.springframework.cloud.netflix.eureka.serviceregistry.EurekaAutoServiceRegistration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.event.EventListener;

/**
 * Instances from Eureka: those that are UP, under the host name or address that they
 * registered. Read from the Eureka client's own copy of the registry, each time that it
 * was fetched; when it cannot be fetched nothing changes.
 * <p>
 * Follows Spring's {@link HeartbeatEvent} and not the Eureka client's own events, because
 * a refresh of the application replaces that client together with its listeners.
 */
final class EurekaInstanceSource extends RegistryInstanceSource {

	private final ObjectProvider<EurekaClient> eurekaClient;

	private final ObjectProvider<EurekaAutoServiceRegistration> registration;

	private volatile boolean fetched;

	/**
	 * Create a source.
	 * @param context the context of the application
	 * @param eurekaClient asked for when the registry is read and no earlier, because
	 * making the client fixes what the application will register
	 * @param registration registers the application
	 */
	EurekaInstanceSource(ApplicationContext context, ObjectProvider<EurekaClient> eurekaClient,
			ObjectProvider<EurekaAutoServiceRegistration> registration) {
		super(context);
		this.eurekaClient = eurekaClient;
		this.registration = registration;
	}

	@Override
	protected boolean isRegistrationPending() {
		return this.registration.stream().anyMatch((lifecycle) -> !lifecycle.isRunning());
	}

	@EventListener
	void onHeartbeat(HeartbeatEvent event) {
		this.fetched = true;
		refresh();
	}

	@Override
	protected @Nullable List<ThriftInstance> read(@Nullable String application) {
		Applications registry = this.eurekaClient.getObject().getApplications();
		if (registry.getRegisteredApplications().isEmpty() && !this.fetched) {
			// the Eureka client has an empty registry of its own before it has fetched
			// one
			return null;
		}
		List<ThriftInstance> instances = new ArrayList<>();
		if (application != null) {
			// the name by which Spring Cloud knows an application
			add(instances, registry.getInstancesByVirtualHostName(application));
		}
		else {
			for (Application registered : registry.getRegisteredApplications()) {
				add(instances, registered.getInstances());
			}
		}
		return instances;
	}

	private static void add(List<ThriftInstance> instances, List<InstanceInfo> registered) {
		for (InstanceInfo info : registered) {
			if (info.getStatus() == InstanceStatus.UP) {
				ThriftInstance instance = ThriftInstance.of(info.getHostName(), info.getMetadata());
				if (instance != null) {
					instances.add(instance);
				}
			}
		}
	}

	@Override
	public String toString() {
		return "Eureka";
	}

}
