package io.github.thriftboot.client.autoconfigure;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import io.github.thriftboot.client.EchoServer;
import io.github.thriftboot.client.ImportThriftClients;
import io.github.thriftboot.client.ThriftClientFactory;
import io.github.thriftboot.netty.client.InstanceSource;
import io.github.thriftboot.netty.client.NoInstanceException;
import io.github.thriftboot.netty.client.ThriftInstance;
import io.github.thriftboot.test.EchoService;
import org.apache.thrift.TException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.client.DefaultServiceInstance;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.discovery.event.HeartbeatEvent;
import org.springframework.cloud.client.serviceregistry.AutoServiceRegistration;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Instances from a Spring Cloud {@link DiscoveryClient}.
 */
@ExtendWith(OutputCaptureExtension.class)
class DiscoveryClientInstanceSourceTests {

	private static final Map<String, String> USER_METADATA = Map.of("thrift-port", "9090", "thrift-services",
			"EchoService,UserService", "thrift-weight", "7");

	private final TestDiscoveryClient discovery = new TestDiscoveryClient();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ThriftClientAutoConfiguration.class))
		.withPropertyValues("thrift.client.timeout=10s")
		.withBean(DiscoveryClient.class, () -> this.discovery);

	@Test
	void isUsedWhenThereIsADiscoveryClient() {
		this.runner.run((context) -> assertThat(context).hasSingleBean(InstanceSource.class)
			.hasSingleBean(DiscoveryClientInstanceSource.class));
	}

	@Test
	void backsOff() {
		InstanceSource source = InstanceSource.of(List.of());
		this.runner.withBean(InstanceSource.class, () -> source)
			.run((context) -> assertThat(context.getBean(InstanceSource.class)).isSameAs(source));
		this.runner.withClassLoader(new FilteredClassLoader(DiscoveryClient.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(InstanceSource.class));
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(ThriftClientAutoConfiguration.class))
			.run((context) -> assertThat(context).doesNotHaveBean(InstanceSource.class));
	}

	@Test
	void clientFollowsTheRegistry() {
		try (EchoServer first = new EchoServer("first", 0); EchoServer second = new EchoServer("second", 0)) {
			this.discovery.register("user-app", "localhost", first.metadata("EchoService"));
			this.runner.withUserConfiguration(ClientConfiguration.class).run((context) -> {
				EchoService.Iface client = context.getBean(EchoService.Iface.class);
				assertThat(client.whoAmI()).isEqualTo("first");
				this.discovery.applications.clear();
				this.discovery.register("user-app", "localhost", second.metadata("EchoService"));
				assertThat(client.whoAmI()).isEqualTo("first");
				context.publishEvent(new HeartbeatEvent(this, 1));
				assertThat(client.whoAmI()).isEqualTo("second");
			});
		}
	}

	@Test
	void registryIsNotReadBeforeApplicationsUsuallyRegister() {
		this.runner.withUserConfiguration(ClientConfiguration.class).withBean(Registration.class).run((context) -> {
			assertThat(context.getBean(Registration.class).readsBefore).isZero();
			assertThat(this.discovery.reads).hasValue(1);
			context.publishEvent(new HeartbeatEvent(this, 1));
			assertThat(this.discovery.reads).hasValue(2);
		});
	}

	@Test
	void registryIsNotReadBeforeApplicationHasRegistered() {
		this.runner.withUserConfiguration(ClientConfiguration.class).withBean(LateRegistration.class).run((context) -> {
			Registration registration = context.getBean(LateRegistration.class);
			assertThat(registration.readsBefore).isZero();
			assertThat(this.discovery.reads).hasValue(1);
		});
	}

	@Test
	void listenerGetsEachChangeOnce() {
		this.discovery.register("user-app", "host1", USER_METADATA);
		withSource((source) -> {
			List<List<ThriftInstance>> seen = new ArrayList<>();
			InstanceSource.Subscription subscription = source.subscribe("EchoService", seen::add);
			assertThat(seen).containsExactly(List.of(ThriftInstance.of("host1", USER_METADATA)));
			source.onHeartbeat(new HeartbeatEvent(this, 1));
			assertThat(seen).hasSize(1);
			this.discovery.register("user-app", "host0", USER_METADATA);
			source.onHeartbeat(new HeartbeatEvent(this, 2));
			assertThat(seen).hasSize(2);
			assertThat(seen.get(1)).extracting(ThriftInstance::host).containsExactly("host0", "host1");
			this.discovery.applications.clear();
			source.onHeartbeat(new HeartbeatEvent(this, 3));
			assertThat(seen).hasSize(3);
			assertThat(seen.get(2)).isEmpty();
			subscription.close();
			this.discovery.register("user-app", "host0", USER_METADATA);
			source.onHeartbeat(new HeartbeatEvent(this, 4));
			assertThat(seen).hasSize(3);
		});
	}

	@Test
	void onlyInstancesOfTheServiceCount() {
		this.discovery.register("user-app", "host1", USER_METADATA);
		this.discovery.register("order-app", "host2", Map.of("thrift-port", "1", "thrift-services", "OrderService"));
		this.discovery.register("web-app", "host3", Map.of());
		this.discovery.register("null-app", "host4", null);
		withSource((source) -> {
			assertThat(hosts(source, "UserService")).containsExactly("host1");
			assertThat(hosts(source, "OrderService")).containsExactly("host2");
			assertThat(hosts(source, "NoService")).isEmpty();
			assertThat(hosts(source.ofApplications(List.of("user-app")), "UserService")).containsExactly("host1");
			assertThat(hosts(source.ofApplications(List.of("order-app")), "UserService")).isEmpty();
		});
	}

	@Test
	void severalNamedApplicationsAreOnePool() {
		this.discovery.register("app-one", "host1", USER_METADATA);
		this.discovery.register("app-two", "host2", USER_METADATA);
		this.discovery.register("app-two", "host1", USER_METADATA);
		this.discovery.register("app-three", "host3", USER_METADATA);
		withSource((source) -> {
			assertThat(hosts(source, "UserService")).containsExactly("host1", "host2", "host3");
			assertThat(hosts(source.ofApplications(List.of("app-one", "app-two")), "UserService"))
				.containsExactly("host1", "host2");
			assertThat(hosts(source.ofApplications(List.of("app-one", "none")), "UserService"))
				.containsExactly("host1");
			assertThat(hosts(source.ofApplications(List.of()), "UserService")).hasSize(3);
		});
	}

	@Test
	void namedApplicationNeedNotListItsServices() {
		this.discovery.register("user-app", "host1", Map.of("thrift-port", "1"));
		withSource((source) -> {
			assertThat(hosts(source, "UserService")).isEmpty();
			assertThat(hosts(source.ofApplications(List.of("user-app")), "UserService")).containsExactly("host1");
		});
	}

	@Test
	void clientsOfOneServiceMayCallDifferentApplications() {
		try (EchoServer first = new EchoServer("first", 0); EchoServer second = new EchoServer("second", 0)) {
			this.discovery.register("app-one", "localhost", first.metadata("EchoService"));
			this.discovery.register("app-two", "localhost", second.metadata("EchoService"));
			this.runner
				.withPropertyValues("thrift.client.service.one.application=app-one",
						"thrift.client.service.two.application=app-two")
				.run((context) -> {
					ThriftClientFactory factory = context.getBean(ThriftClientFactory.class);
					assertThat(factory.create(EchoService.Iface.class, "one").whoAmI()).isEqualTo("first");
					assertThat(factory.create(EchoService.Iface.class, "two").whoAmI()).isEqualTo("second");
				});
		}
	}

	@Test
	void failureKeepsTheLastListAndIsToldOnce(CapturedOutput output) {
		this.discovery.register("user-app", "host1", USER_METADATA);
		withSource((source) -> {
			List<List<ThriftInstance>> seen = new ArrayList<>();
			source.subscribe("EchoService", seen::add);
			this.discovery.failure = new IllegalStateException("registry is down");
			source.onHeartbeat(new HeartbeatEvent(this, 1));
			source.onHeartbeat(new HeartbeatEvent(this, 2));
			List<List<ThriftInstance>> late = new ArrayList<>();
			source.subscribe("UserService", late::add);
			assertThat(seen).hasSize(1);
			assertThat(late).isEmpty();
			assertThat(output).containsOnlyOnce("Test registry cannot be read; the last known instances stay in use");
			this.discovery.failure = null;
			source.onHeartbeat(new HeartbeatEvent(this, 3));
			assertThat(seen).hasSize(1);
			assertThat(late).hasSize(1);
		});
	}

	@Test
	void registryThatIsDownAtStartDoesNotEndTheStart() {
		try (EchoServer server = new EchoServer()) {
			this.discovery.failure = new IllegalStateException("registry is down");
			this.runner.withUserConfiguration(ClientConfiguration.class).run((context) -> {
				assertThat(context).hasNotFailed();
				EchoService.Iface client = context.getBean(EchoService.Iface.class);
				assertThatExceptionOfType(NoInstanceException.class).isThrownBy(client::whoAmI);
				this.discovery.failure = null;
				this.discovery.register("user-app", "localhost", server.metadata("EchoService"));
				context.publishEvent(new HeartbeatEvent(this, 1));
				await().untilAsserted(() -> assertThat(client.whoAmI()).isEqualTo("echo"));
			});
		}
	}

	@Test
	void clientMayCallSeveralApplicationsAsOnePool() {
		try (EchoServer first = new EchoServer("first", 0); EchoServer second = new EchoServer("second", 0)) {
			this.discovery.register("app-one", "localhost", first.metadata("EchoService"));
			this.discovery.register("app-two", "localhost", second.metadata("EchoService"));
			this.discovery.register("app-three", "localhost", Map.of("thrift-port", "1"));
			this.runner.withUserConfiguration(ClientConfiguration.class)
				.withPropertyValues("thrift.client.application=app-one,app-two")
				.run((context) -> assertThat(answers(context.getBean(EchoService.Iface.class)))
					.containsExactlyInAnyOrder("first", "second"));
		}
	}

	@Test
	void zoneIsThatOfSpringCloudUnlessThereIsAnother() {
		try (EchoServer first = new EchoServer("first", 0); EchoServer second = new EchoServer("second", 0)) {
			this.discovery.register("app", "localhost", inZone("a", first));
			this.discovery.register("app", "localhost", inZone("b", second));
			ApplicationContextRunner inZone = this.runner.withUserConfiguration(ClientConfiguration.class)
				.withPropertyValues("spring.cloud.loadbalancer.zone=a");
			inZone.run((context) -> assertThat(answers(context.getBean(EchoService.Iface.class)))
				.containsExactly("first"));
			inZone.withPropertyValues("thrift.client.service.EchoService.zone=b")
				.run((context) -> assertThat(answers(context.getBean(EchoService.Iface.class)))
					.containsExactly("second"));
			inZone.withPropertyValues("thrift.client.zone=")
				.run((context) -> assertThat(answers(context.getBean(EchoService.Iface.class))).hasSize(2));
		}
	}

	private static Map<String, String> inZone(String zone, EchoServer server) {
		Map<String, String> metadata = new HashMap<>(server.metadata("EchoService"));
		metadata.put("zone", zone);
		return metadata;
	}

	private static Set<String> answers(EchoService.Iface client) throws TException {
		Set<String> answers = new HashSet<>();
		for (int i = 0; i < 50; i++) {
			answers.add(client.whoAmI());
		}
		return answers;
	}

	@Test
	void instancesOfTheLastRunAreCalledUntilTheRegistryAnswers(@TempDir Path directory, CapturedOutput output) {
		ApplicationContextRunner keeping = this.runner.withUserConfiguration(ClientConfiguration.class)
			.withPropertyValues("thrift.client.registry-cache.file=" + directory.resolve("instances"));
		try (EchoServer first = new EchoServer("first", 0); EchoServer second = new EchoServer("second", 0)) {
			this.discovery.register("app", "localhost", first.metadata("EchoService"));
			keeping.run((context) -> assertThat(context.getBean(EchoService.Iface.class).whoAmI()).isEqualTo("first"));
			assertThat(directory.resolve("instances")).exists();

			this.discovery.failure = new IllegalStateException("registry is down");
			keeping.run((context) -> {
				EchoService.Iface client = context.getBean(EchoService.Iface.class);
				assertThat(client.whoAmI()).isEqualTo("first");
				assertThat(output).contains("until the registry answers");
				this.discovery.failure = null;
				this.discovery.applications.clear();
				this.discovery.register("app", "localhost", second.metadata("EchoService"));
				context.publishEvent(new HeartbeatEvent(this, 1));
				assertThat(client.whoAmI()).isEqualTo("second");
			});
		}
	}

	@Test
	void nothingIsKeptByDefault() {
		this.runner.run((context) -> assertThat(context).doesNotHaveBean(InstanceCache.class));
	}

	private static List<String> hosts(InstanceSource source, String service) {
		List<String> hosts = new ArrayList<>();
		source.subscribe(service, (instances) -> instances.forEach((instance) -> hosts.add(instance.host()))).close();
		return hosts;
	}

	private void withSource(Consumer<DiscoveryClientInstanceSource> test) {
		DiscoveryClientInstanceSource source = new DiscoveryClientInstanceSource(new GenericApplicationContext(),
				this.discovery, new StaticListableBeanFactory().getBeanProvider(AutoServiceRegistration.class));
		source.start();
		test.accept(source);
		source.stop();
	}

	@Configuration(proxyBeanMethods = false)
	@ImportThriftClients(EchoService.Iface.class)
	static class ClientConfiguration {

	}

	/**
	 * Where the registration of Spring Cloud has its place.
	 */
	static class Registration implements SmartLifecycle {

		private final TestDiscoveryClient discovery;

		private int readsBefore = -1;

		Registration(DiscoveryClient discovery) {
			this.discovery = (TestDiscoveryClient) discovery;
		}

		@Override
		public void start() {
			this.readsBefore = this.discovery.reads.get();
		}

		@Override
		public void stop() {
		}

		@Override
		public boolean isRunning() {
			return this.readsBefore >= 0;
		}

		@Override
		public int getPhase() {
			return 0;
		}

	}

	/**
	 * Registers when the web server has its port.
	 */
	static class LateRegistration extends Registration implements AutoServiceRegistration {

		LateRegistration(DiscoveryClient discovery) {
			super(discovery);
		}

		@Override
		public int getPhase() {
			return DEFAULT_PHASE;
		}

	}

	static class TestDiscoveryClient implements DiscoveryClient {

		private final Map<String, List<ServiceInstance>> applications = new ConcurrentHashMap<>();

		private final AtomicInteger reads = new AtomicInteger();

		private volatile RuntimeException failure;

		void register(String application, String host, Map<String, String> metadata) {
			List<ServiceInstance> instances = this.applications.computeIfAbsent(application,
					(key) -> new ArrayList<>());
			instances.add(new DefaultServiceInstance(application + host, application, host, 80, false, metadata));
		}

		@Override
		public String description() {
			return "Test registry";
		}

		@Override
		public List<ServiceInstance> getInstances(String serviceId) {
			if (this.failure != null) {
				throw this.failure;
			}
			return this.applications.getOrDefault(serviceId, List.of());
		}

		@Override
		public List<String> getServices() {
			this.reads.incrementAndGet();
			if (this.failure != null) {
				throw this.failure;
			}
			return List.copyOf(this.applications.keySet());
		}

	}

}
