package io.github.thriftboot.server.eureka;

import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import com.netflix.appinfo.InstanceInfo;
import com.netflix.discovery.EurekaClient;
import io.github.thriftboot.netty.registry.InstanceMetadata;
import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.server.ThriftServer;
import io.github.thriftboot.server.ThriftServerLifecycle;
import io.github.thriftboot.server.autoconfigure.ThriftServerCustomizer;
import io.github.thriftboot.test.EchoService;
import org.apache.thrift.TException;
import org.apache.thrift.protocol.TBinaryProtocol;
import org.apache.thrift.transport.TSocket;
import org.apache.thrift.transport.layered.TFramedTransport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.context.refresh.ContextRefresher;
import org.springframework.cloud.netflix.eureka.server.EnableEurekaServer;
import org.springframework.cloud.netflix.eureka.server.event.EurekaInstanceRegisteredEvent;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.http.MediaType;
import org.springframework.test.util.TestSocketUtils;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.awaitility.Awaitility.await;

/**
 * Integration tests of providers that register in a real Eureka server.
 */
@ExtendWith(OutputCaptureExtension.class)
class ThriftServerEurekaIntegrationTests {

	private static ConfigurableApplicationContext eureka;

	private static String eurekaUrl;

	@BeforeAll
	static void startEureka() {
		int port = TestSocketUtils.findAvailableTcpPort();
		eurekaUrl = "http://localhost:" + port + "/eureka/";
		eureka = new SpringApplicationBuilder(EurekaServer.class).run("--server.port=" + port,
				"--eureka.instance.hostname=localhost", "--eureka.client.service-url.defaultZone=" + eurekaUrl,
				"--eureka.client.register-with-eureka=false", "--eureka.client.fetch-registry=false",
				"--eureka.server.enable-self-preservation=false", "--eureka.server.use-read-only-response-cache=false",
				// an answer made while somebody registers is kept without that
				// registration
				"--eureka.server.response-cache-auto-expiration-in-seconds=1", "--thrift.server.enabled=false");
	}

	@AfterAll
	static void stopEureka() {
		eureka.close();
	}

	private static ConfigurableApplicationContext run(String name, WebApplicationType type, Class<?> application,
			String... arguments) {
		String[] all = Arrays.copyOf(arguments, arguments.length + 6);
		all[arguments.length] = "--spring.application.name=" + name;
		all[arguments.length + 1] = "--eureka.client.service-url.defaultZone=" + eurekaUrl;
		all[arguments.length + 2] = "--eureka.client.jersey.enabled=false";
		all[arguments.length + 3] = "--eureka.instance.prefer-ip-address=true";
		all[arguments.length + 4] = "--thrift.server.port=0";
		all[arguments.length + 5] = "--thrift.server.weight=7";
		return new SpringApplicationBuilder(application).web(type).run(all);
	}

	private static int port(ConfigurableApplicationContext context) {
		return context.getEnvironment().getRequiredProperty("local.thrift.server.port", Integer.class);
	}

	/**
	 * Ask the Eureka server over HTTP.
	 * @param name the name of an application
	 * @return its instances, empty if there are none
	 */
	@SuppressWarnings("unchecked")
	private static List<Map<String, Object>> instances(String name) {
		try {
			Map<String, Object> answer = RestClient.create(eurekaUrl)
				.get()
				.uri("apps/{name}", name)
				.accept(MediaType.APPLICATION_JSON)
				.retrieve()
				.body(Map.class);
			return (List<Map<String, Object>>) ((Map<String, Object>) answer.get("application")).get("instance");
		}
		catch (HttpClientErrorException.NotFound ex) {
			return List.of();
		}
	}

	private static boolean isUp(String name) {
		return instances(name).stream().anyMatch((instance) -> "UP".equals(instance.get("status")));
	}

	@SuppressWarnings("unchecked")
	private static InstanceMetadata metadata(Map<String, Object> instance) {
		return InstanceMetadata.parse((Map<String, String>) instance.get("metadata"));
	}

	private static List<InstanceInfo> registrations(String name) {
		return eureka.getBean(EurekaServer.class).registrations.stream()
			.filter((instance) -> instance.getAppName().equalsIgnoreCase(name))
			.toList();
	}

	private static int add(int port) throws TException {
		try (TSocket socket = new TSocket("localhost", port, 5_000); TFramedTransport transport = framed(socket)) {
			return new EchoService.Client(new TBinaryProtocol(transport)).add(1, 2);
		}
	}

	private static TFramedTransport framed(TSocket socket) throws TException {
		TFramedTransport transport = new TFramedTransport(socket);
		transport.open();
		return transport;
	}

	private static void assertFirstRegistrationIsComplete(ConfigurableApplicationContext context, String name) {
		await().until(() -> isUp(name));
		assertThat(instances(name)).singleElement().satisfies((instance) -> {
			InstanceMetadata metadata = metadata(instance);
			assertThat(metadata).isEqualTo(context.getBean(ThriftServerLifecycle.class).metadata());
			assertThat(metadata.port()).isEqualTo(port(context)).isPositive();
			assertThat(metadata.services()).containsExactly("EchoService");
			assertThat(metadata.weight()).isEqualTo(7);
		});
		assertThat(registrations(name)).allSatisfy((instance) -> assertThat(instance.getMetadata())
			.containsEntry("thrift-port", Integer.toString(port(context)))
			.containsEntry("thrift-services", "EchoService")
			.containsEntry("thrift-weight", "7")
			.containsEntry("thrift-transport", "header")
			.containsEntry("thrift-protocol", "binary")
			.containsEntry("thrift-ssl", "false")
			.containsKey("thrift-started"));
	}

	@Test
	void firstRegistrationOfApplicationWithoutWebServerIsComplete() {
		try (ConfigurableApplicationContext context = run("non-web", WebApplicationType.NONE, Provider.class)) {
			assertFirstRegistrationIsComplete(context, "non-web");
		}
	}

	@Test
	void firstRegistrationOfWebApplicationIsComplete() {
		try (ConfigurableApplicationContext context = run("web", WebApplicationType.SERVLET, Provider.class,
				"--server.port=0")) {
			assertFirstRegistrationIsComplete(context, "web");
		}
	}

	@Test
	void firstRegistrationIsCompleteWithoutRefreshScope() {
		try (ConfigurableApplicationContext context = run("no-refresh", WebApplicationType.NONE, Provider.class,
				"--eureka.client.refresh.enable=false")) {
			assertFirstRegistrationIsComplete(context, "no-refresh");
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void firstRegistrationIsCompleteIfSomethingUsesEurekaEarly(boolean refreshScope) {
		String name = "early-" + refreshScope;
		try (ConfigurableApplicationContext context = run(name, WebApplicationType.NONE, EarlyUser.class,
				"--eureka.client.refresh.enable=" + refreshScope)) {
			assertFirstRegistrationIsComplete(context, name);
		}
	}

	@Test
	void twoInstancesOnOneHostDoNotReplaceEachOther() {
		try (ConfigurableApplicationContext first = run("pair", WebApplicationType.NONE, Provider.class);
				ConfigurableApplicationContext second = run("pair", WebApplicationType.NONE, Provider.class)) {
			await()
				.untilAsserted(() -> assertThat(instances("pair")).extracting((instance) -> metadata(instance).port())
					.containsExactlyInAnyOrder(port(first), port(second)));
		}
	}

	@Test
	void refreshKeepsTheRegistration() {
		try (ConfigurableApplicationContext context = run("refreshed", WebApplicationType.NONE, Provider.class)) {
			await().until(() -> isUp("refreshed"));
			int registrations = registrations("refreshed").size();
			context.getEnvironment().getSystemProperties().put("thriftboot.test.changed", "true");
			context.getBean(ContextRefresher.class).refresh();
			await().until(() -> registrations("refreshed").size() > registrations && isUp("refreshed"));
			assertFirstRegistrationIsComplete(context, "refreshed");
		}
		finally {
			System.clearProperty("thriftboot.test.changed");
		}
	}

	@Test
	void instanceThatEurekaForgetsRegistersAgainAtItsNextRenewal() {
		try (ConfigurableApplicationContext context = run("forgotten", WebApplicationType.NONE, Provider.class,
				"--eureka.instance.lease-renewal-interval-in-seconds=1")) {
			await().until(() -> isUp("forgotten"));
			RestClient.create(eurekaUrl)
				.delete()
				.uri("apps/forgotten/{id}", instances("forgotten").get(0).get("instanceId"))
				.retrieve()
				.toBodilessEntity();
			await().until(() -> registrations("forgotten").size() == 2);
			assertFirstRegistrationIsComplete(context, "forgotten");
		}
	}

	@Test
	void instanceIsOutOfEurekaBeforeServerStops() {
		ConfigurableApplicationContext context = run("leaving", WebApplicationType.NONE, Leaving.class);
		int port = port(context);
		StopObserver observer = context.getBean(StopObserver.class);
		observer.port = port;
		await().until(() -> isUp("leaving"));
		context.close();
		assertThat(observer.answerAfterDeregistration).isEqualTo(3);
		await().until(() -> instances("leaving").isEmpty());
		assertThatException().isThrownBy(() -> add(port));
	}

	@Test
	void instanceTakenOutByHandIsDownAndComesBackWithItsNewPort() {
		// Eureka's client tells two changes at once, then one for each half of this time
		try (ConfigurableApplicationContext context = run("by-hand", WebApplicationType.NONE, Provider.class,
				"--eureka.client.instance-info-replication-interval-seconds=1")) {
			ThriftServerLifecycle lifecycle = context.getBean(ThriftServerLifecycle.class);
			await().until(() -> isUp("by-hand"));

			lifecycle.takeOut();

			await().until(() -> !isUp("by-hand"));
			assertThat(context.isActive()).isTrue();
			lifecycle.putBack();
			await().until(() -> isUp("by-hand"));
			await()
				.untilAsserted(() -> assertThat(metadata(instances("by-hand").get(0))).isEqualTo(lifecycle.metadata()));
			assertThat(instances("by-hand")).hasSize(1);
		}
	}

	@Test
	void serverStartsServesAndStopsWithoutEureka() throws Exception {
		int unused = TestSocketUtils.findAvailableTcpPort();
		int port;
		try (ConfigurableApplicationContext context = run("lonely", WebApplicationType.NONE, Provider.class,
				"--eureka.client.service-url.defaultZone=http://localhost:" + unused + "/eureka/")) {
			port = port(context);
			assertThat(add(port)).isEqualTo(3);
		}
		assertThatException().isThrownBy(() -> add(port));
		await().until(() -> Thread.getAllStackTraces()
			.keySet()
			.stream()
			.noneMatch((thread) -> thread.getName().startsWith("thrift-server-")));
	}

	@Test
	void missingWebServerIsExplained(CapturedOutput output) {
		assertThatException().isThrownBy(() -> run("no-server", WebApplicationType.SERVLET, Provider.class,
				"--spring.autoconfigure.exclude=org.springframework.boot.tomcat.autoconfigure.servlet."
						+ "TomcatServletWebServerAutoConfiguration"));
		assertThat(output).contains("APPLICATION FAILED TO START", "libthrift depends on jakarta.servlet",
				"<exclusion>");
		assertThat(instances("no-server")).isEmpty();
	}

	@Test
	void failedStartRegistersNothing() throws Exception {
		try (ServerSocket other = new ServerSocket(0)) {
			assertThatException().isThrownBy(() -> run("failing", WebApplicationType.NONE, Failing.class,
					"--failing.port=" + other.getLocalPort()));
		}
		assertThat(registrations("failing")).isEmpty();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableEurekaServer
	static class EurekaServer {

		private final List<InstanceInfo> registrations = new CopyOnWriteArrayList<>();

		@EventListener
		void registered(EurekaInstanceRegisteredEvent event) {
			if (!event.isReplication()) {
				this.registrations.add(event.getInstanceInfo());
			}
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Provider {

		@Bean
		@ThriftServer
		EchoHandler echoHandler() {
			return new EchoHandler();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class EarlyUser extends Provider {

		/**
		 * Fixes id, port and metadata of the instance before the server is bound.
		 */
		@Bean
		String earlyUser(EurekaClient client) {
			return client.getApplications().toString();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Failing extends Provider {

		@Bean
		ThriftServerCustomizer portInUse(Environment environment) {
			return (builder) -> builder
				.address(new InetSocketAddress(environment.getRequiredProperty("failing.port", Integer.class)));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Leaving extends Provider {

		@Bean
		StopObserver stopObserver() {
			return new StopObserver();
		}

	}

	/**
	 * Stops after Eureka's registration and before the Thrift server. It waits until the
	 * registry has no instance that is up, then calls the server.
	 */
	static class StopObserver implements SmartLifecycle {

		private volatile int port;

		private volatile boolean running;

		private volatile int answerAfterDeregistration;

		@Override
		public void start() {
			this.running = true;
		}

		@Override
		public void stop() {
			await().until(() -> !isUp("leaving"));
			try {
				this.answerAfterDeregistration = add(this.port);
			}
			catch (TException ex) {
				throw new IllegalStateException(ex);
			}
			finally {
				this.running = false;
			}
		}

		@Override
		public boolean isRunning() {
			return this.running;
		}

		@Override
		public int getPhase() {
			return ThriftServerLifecycle.PHASE + 1;
		}

	}

}
