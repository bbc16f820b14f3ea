package io.github.thriftboot.server.eureka;

import java.util.Map;

import io.github.thriftboot.netty.registry.InstanceMetadata;
import io.github.thriftboot.server.ThriftServerLifecycle;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.cloud.client.discovery.event.InstancePreRegisteredEvent;
import org.springframework.cloud.netflix.eureka.serviceregistry.EurekaRegistration;
import org.springframework.context.ApplicationListener;

/**
 * Writes what the Thrift server exports into the Eureka registration, just before the
 * application registers. The server is bound by then, so that already the first
 * registration tells the real port.
 */
final class EurekaMetadataContributor implements ApplicationListener<InstancePreRegisteredEvent> {

	private final ThriftServerLifecycle lifecycle;

	private final ObjectProvider<EurekaRegistration> registration;

	EurekaMetadataContributor(ThriftServerLifecycle lifecycle, ObjectProvider<EurekaRegistration> registration) {
		this.lifecycle = lifecycle;
		this.registration = registration;
	}

	@Override
	public void onApplicationEvent(InstancePreRegisteredEvent event) {
		InstanceMetadata metadata = this.lifecycle.metadata();
		// asked for no earlier: what it holds is frozen when it is first used
		EurekaRegistration registration = this.registration.getIfUnique();
		// a child context may register an application of its own
		if (metadata == null || registration == null || event.getRegistration() != registration) {
			return;
		}
		Map<String, String> entries = metadata.toMap();
		registration.getMetadata().putAll(entries);
		// the instance was made from that map, and is sent as it is, if something used
		// the Eureka client before
		registration.getApplicationInfoManager().registerAppMetadata(entries);
	}

}
