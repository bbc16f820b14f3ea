package io.github.thriftboot.client.eureka;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import com.netflix.appinfo.AmazonInfo;
import com.netflix.appinfo.EurekaInstanceConfig;
import com.netflix.appinfo.InstanceInfo;
import com.netflix.appinfo.InstanceInfo.InstanceStatus;
import com.netflix.discovery.EurekaClient;
import com.netflix.discovery.EurekaClientConfig;
import com.netflix.discovery.shared.Application;
import com.netflix.discovery.shared.Applications;
import io.github.thriftboot.netty.client.InstanceSource;
import io.github.thriftboot.netty.client.ThriftInstance;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.cloud.client.discovery.event.HeartbeatEvent;
import org.springframework.cloud.netflix.eureka.EurekaClientConfigBean;
import org.springframework.cloud.netflix.eureka.serviceregistry.EurekaAutoServiceRegistration;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.MapPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.verifyNoInteractions;

class EurekaInstanceSourceTests {

	private static final Map<String, String> METADATA = Map.of("thrift-port", "9090", "thrift-services",
			"UserService,EchoService", "thrift-weight", "7");

	private final EurekaClient eurekaClient = mock(EurekaClient.class);

	private final EurekaAutoServiceRegistration registration = mock(EurekaAutoServiceRegistration.class);

	private final EurekaInstanceConfig instanceConfig = mock(EurekaInstanceConfig.class);

	private final EurekaClientConfigBean clientConfig = new EurekaClientConfigBean();

	private final GenericApplicationContext context = new GenericApplicationContext();

	private final List<List<ThriftInstance>> seen = new ArrayList<>();

	private EurekaInstanceSource source;

	@BeforeEach
	void createSource() {
		StaticListableBeanFactory beans = new StaticListableBeanFactory();
		beans.addBean("eurekaClient", this.eurekaClient);
		beans.addBean("registration", this.registration);
		beans.addBean("instanceConfig", this.instanceConfig);
		beans.addBean("clientConfig", this.clientConfig);
		this.source = new EurekaInstanceSource(this.context, beans.getBeanProvider(EurekaClient.class),
				beans.getBeanProvider(EurekaAutoServiceRegistration.class),
				beans.getBeanProvider(EurekaInstanceConfig.class), beans.getBeanProvider(EurekaClientConfig.class));
		given(this.registration.isRunning()).willReturn(true);
	}

	private void registered(InstanceInfo... instances) {
		given(this.eurekaClient.getApplications()).willReturn(registry(instances));
	}

	private static Applications registry(InstanceInfo... instances) {
		Applications registry = new Applications();
		for (InstanceInfo instance : instances) {
			Application application = registry.getRegisteredApplications(instance.getAppName());
			if (application == null) {
				application = new Application(instance.getAppName());
				registry.addApplication(application);
			}
			application.addInstance(instance);
		}
		registry.shuffleInstances(true);
		return registry;
	}

	private static InstanceInfo instance(String application, String host, Map<String, String> metadata) {
		return InstanceInfo.Builder.newBuilder()
			.setInstanceId(host)
			.setAppName(application)
			.setVIPAddress(application)
			.setHostName(host)
			.setIPAddr("10.0.0.1")
			.setStatus(InstanceStatus.UP)
			.setMetadata(metadata)
			.build();
	}

	@Test
	void readsInstancesThatAreUp() {
		InstanceInfo down = instance("user-app", "host2", METADATA);
		down.setStatusWithoutDirty(InstanceStatus.DOWN);
		InstanceInfo starting = instance("user-app", "host3", METADATA);
		starting.setStatusWithoutDirty(InstanceStatus.STARTING);
		registered(instance("user-app", "host1", METADATA), down, starting);
		this.source.start();
		this.source.subscribe("UserService", this.seen::add);
		assertThat(this.seen).containsExactly(List.of(ThriftInstance.of("host1", METADATA)));
		assertThat(this.seen.get(0).get(0).weight()).isEqualTo(7);
	}

	@Test
	void findsTheServiceInAnyApplicationOrInTheNamedOne() {
		registered(instance("one", "host1", METADATA), instance("two", "host2", METADATA),
				instance("web", "host3", Map.of()),
				instance("other", "host4", Map.of("thrift-port", "1", "thrift-services", "OtherService")));
		this.source.start();
		assertThat(hosts(this.source, "UserService")).containsExactly("host1", "host2");
		assertThat(hosts(this.source, "OtherService")).containsExactly("host4");
		assertThat(hosts(this.source.ofApplications(List.of("two")), "UserService")).containsExactly("host2");
		assertThat(hosts(this.source.ofApplications(List.of("none")), "UserService")).isEmpty();
	}

	@Test
	void instancesOfOtherRegionsBelongToThePool() {
		Applications own = registry(instance("app", "host1", METADATA));
		given(this.eurekaClient.getApplications()).willReturn(own);
		given(this.eurekaClient.getAllKnownRegions()).willReturn(Set.of("own", "other", "silent"));
		given(this.eurekaClient.getApplicationsForARegion("own")).willReturn(own);
		given(this.eurekaClient.getApplicationsForARegion("other"))
			.willReturn(registry(instance("app", "host2", METADATA), instance("far-app", "host3", METADATA)));
		this.source.start();
		assertThat(hosts(this.source, "UserService")).containsExactly("host1", "host2", "host3");
		assertThat(hosts(this.source.ofApplications(List.of("app")), "UserService")).containsExactly("host1", "host2");
		assertThat(hosts(this.source.ofApplications(List.of("far-app", "app")), "UserService")).hasSize(3);
	}

	@Test
	void amazonTellsTheZoneOfAnInstanceThatDoesNot() {
		registered(inAmazon("host1", METADATA), inAmazon("host2", Map.of("thrift-port", "9090", "zone", "mine")));
		this.source.start();
		this.source.ofApplications(List.of("app")).subscribe("UserService", this.seen::add);
		assertThat(this.seen.get(0)).extracting(ThriftInstance::zone).containsExactly("us-east-1c", "mine");
	}

	private static InstanceInfo inAmazon(String host, Map<String, String> metadata) {
		InstanceInfo instance = instance("app", host, metadata);
		return new InstanceInfo.Builder(instance)
			.setDataCenterInfo(AmazonInfo.Builder.newBuilder()
				.addMetadata(AmazonInfo.MetaDataKey.availabilityZone, "us-east-1c")
				.build())
			.build();
	}

	@Test
	void ownZoneIsThatOfTheRegistrationElseTheFirstOfTheRegion() {
		assertThat(this.source.zone()).isNull();
		this.clientConfig.setRegion("here");
		this.clientConfig.setAvailabilityZones(Map.of("here", "here-1,here-2", "there", "there-1"));
		assertThat(this.source.zone()).isEqualTo("here-1");
		given(this.instanceConfig.getMetadataMap()).willReturn(Map.of("zone", "mine"));
		assertThat(this.source.zone()).isEqualTo("mine");
		this.context.getEnvironment()
			.getPropertySources()
			.addFirst(new MapPropertySource("test", Map.of("spring.cloud.loadbalancer.zone", "balanced")));
		assertThat(this.source.zone()).isEqualTo("balanced");
		verifyNoInteractions(this.eurekaClient);
	}

	private static List<String> hosts(InstanceSource source, String service) {
		List<String> hosts = new ArrayList<>();
		source.subscribe(service, (instances) -> instances.forEach((instance) -> hosts.add(instance.host()))).close();
		return hosts;
	}

	@Test
	void heartbeatTellsChangesOnly() {
		registered(instance("user-app", "host1", METADATA), instance("user-app", "host2", METADATA));
		this.source.start();
		this.source.subscribe("UserService", this.seen::add);
		for (int i = 0; i < 20; i++) {
			// in another order each time
			registered(instance("user-app", "host1", METADATA), instance("user-app", "host2", METADATA));
			this.source.onHeartbeat(new HeartbeatEvent(this, i));
		}
		assertThat(this.seen).hasSize(1);
		registered(instance("user-app", "host2", METADATA));
		this.source.onHeartbeat(new HeartbeatEvent(this, "changed"));
		assertThat(this.seen).hasSize(2);
		assertThat(this.seen.get(1)).extracting(ThriftInstance::host).containsExactly("host2");
	}

	@Test
	void registryThatWasNotFetchedTellsNothing() {
		given(this.eurekaClient.getApplications()).willReturn(new Applications());
		this.source.start();
		this.source.subscribe("UserService", this.seen::add);
		assertThat(this.seen).isEmpty();
		registered();
		this.source.onHeartbeat(new HeartbeatEvent(this, 1));
		assertThat(this.seen).containsExactly(List.of());
	}

	@Test
	void failureTellsNothing() {
		registered(instance("user-app", "host1", METADATA));
		this.source.start();
		this.source.subscribe("UserService", this.seen::add);
		given(this.eurekaClient.getApplications()).willThrow(new IllegalStateException("down"));
		this.source.onHeartbeat(new HeartbeatEvent(this, 1));
		assertThat(this.seen).hasSize(1);
	}

	@Test
	void waitsUntilTheApplicationIsRegistered() {
		registered(instance("user-app", "host1", METADATA));
		given(this.registration.isRunning()).willReturn(false);
		this.source.subscribe("UserService", this.seen::add);
		this.source.start();
		this.source.onHeartbeat(new HeartbeatEvent(this, 1));
		this.source.onApplicationEvent(new ContextRefreshedEvent(new GenericApplicationContext()));
		assertThat(this.seen).isEmpty();
		verify(this.eurekaClient, never()).getApplications();
		this.source.onApplicationEvent(new ContextRefreshedEvent(this.context));
		assertThat(this.seen).hasSize(1);
	}

}
