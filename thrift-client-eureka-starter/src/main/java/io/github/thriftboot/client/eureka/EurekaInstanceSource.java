package io.github.thriftboot.client.eureka;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import com.netflix.appinfo.AmazonInfo;
import com.netflix.appinfo.EurekaInstanceConfig;
import com.netflix.appinfo.InstanceInfo;
import com.netflix.appinfo.InstanceInfo.InstanceStatus;
import com.netflix.discovery.EurekaClient;
import com.netflix.discovery.EurekaClientConfig;
import com.netflix.discovery.shared.Application;
import com.netflix.discovery.shared.Applications;
import io.github.thriftboot.client.RegistryInstanceSource;
import io.github.thriftboot.netty.client.ThriftInstance;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.cloud.client.discovery.event.HeartbeatEvent;
import org.springframework.cloud.netflix.eureka.EurekaClientConfigBean;
import org.springframework.cloud.netflix.eureka.serviceregistry.EurekaAutoServiceRegistration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.event.EventListener;

/**
 * Instances from Eureka: those that are UP, under the host name or address that they
 * registered, those of remote regions included that the Eureka client fetches. Read from
 * the Eureka client's own copy of the registry, each time that it was fetched; when it
 * cannot be fetched nothing changes.
 * <p>
 * Follows Spring's {@link HeartbeatEvent} and not the Eureka client's own events, because
 * a refresh of the application replaces that client together with its listeners.
 */
final class EurekaInstanceSource extends RegistryInstanceSource {

	private final ObjectProvider<EurekaClient> eurekaClient;

	private final ObjectProvider<EurekaAutoServiceRegistration> registration;

	private final ObjectProvider<EurekaInstanceConfig> instanceConfig;

	private final ObjectProvider<EurekaClientConfig> clientConfig;

	private volatile boolean fetched;

	/**
	 * Create a source.
	 * @param context the context of the application
	 * @param eurekaClient asked for when the registry is read and no earlier, because
	 * making the client fixes what the application will register
	 * @param registration registers the application
	 * @param instanceConfig what the application tells of itself
	 * @param clientConfig how Eureka is used
	 */
	EurekaInstanceSource(ApplicationContext context, ObjectProvider<EurekaClient> eurekaClient,
			ObjectProvider<EurekaAutoServiceRegistration> registration,
			ObjectProvider<EurekaInstanceConfig> instanceConfig, ObjectProvider<EurekaClientConfig> clientConfig) {
		super(context);
		this.eurekaClient = eurekaClient;
		this.registration = registration;
		this.instanceConfig = instanceConfig;
		this.clientConfig = clientConfig;
	}

	/**
	 * Return the zone as Spring Cloud's own load balancer finds it: in the metadata of
	 * the application, else the first availability zone of its region.
	 */
	@Override
	public @Nullable String zone() {
		String zone = super.zone();
		EurekaInstanceConfig instance = this.instanceConfig.getIfUnique();
		if (zone == null && instance != null && instance.getMetadataMap() != null) {
			zone = instance.getMetadataMap().get("zone");
		}
		EurekaClientConfig client = this.clientConfig.getIfUnique();
		if (zone == null && client != null) {
			String[] zones = client.getAvailabilityZones(client.getRegion());
			// what Eureka says if nothing is configured is no zone of anybody
			zone = (zones.length > 0 && !EurekaClientConfigBean.DEFAULT_ZONE.equals(zones[0])) ? zones[0] : null;
		}
		return zone;
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
		EurekaClient client = this.eurekaClient.getObject();
		Applications own = client.getApplications();
		if (own.getRegisteredApplications().isEmpty() && !this.fetched) {
			// the Eureka client has an empty registry of its own before it has fetched
			// one
			return null;
		}
		List<ThriftInstance> instances = new ArrayList<>();
		add(instances, own, application);
		for (String region : client.getAllKnownRegions()) {
			Applications other = client.getApplicationsForARegion(region);
			if (other != null && other != own) {
				add(instances, other, application);
			}
		}
		return instances;
	}

	private static void add(List<ThriftInstance> instances, Applications registry, @Nullable String application) {
		if (application != null) {
			// the name by which Spring Cloud knows an application
			add(instances, registry.getInstancesByVirtualHostName(application));
		}
		else {
			for (Application registered : registry.getRegisteredApplications()) {
				add(instances, registered.getInstances());
			}
		}
	}

	private static void add(List<ThriftInstance> instances, List<InstanceInfo> registered) {
		for (InstanceInfo info : registered) {
			if (info.getStatus() == InstanceStatus.UP) {
				ThriftInstance instance = ThriftInstance.of(info.getHostName(), metadata(info));
				if (instance != null) {
					instances.add(instance);
				}
			}
		}
	}

	/**
	 * Amazon tells the zone of its instances, unless their own metadata does.
	 */
	private static Map<String, String> metadata(InstanceInfo info) {
		Map<String, String> metadata = info.getMetadata();
		String zone = (info.getDataCenterInfo() instanceof AmazonInfo amazon)
				? amazon.get(AmazonInfo.MetaDataKey.availabilityZone) : null;
		if (zone != null && !metadata.containsKey("zone")) {
			metadata = new HashMap<>(metadata);
			metadata.put("zone", zone);
		}
		return metadata;
	}

	@Override
	public String toString() {
		return "Eureka";
	}

}
