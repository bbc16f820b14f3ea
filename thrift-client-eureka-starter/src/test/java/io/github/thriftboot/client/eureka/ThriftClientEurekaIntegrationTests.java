package io.github.thriftboot.client.eureka;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.github.thriftboot.client.ThriftClient;
import io.github.thriftboot.netty.client.NoInstanceException;
import io.github.thriftboot.netty.protocol.ThriftServiceDescriptor;
import io.github.thriftboot.netty.registry.InstanceMetadata;
import io.github.thriftboot.netty.server.ThriftServer;
import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.test.EchoService;
import org.apache.thrift.TException;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.cloud.context.refresh.ContextRefresher;
import org.springframework.cloud.netflix.eureka.server.EnableEurekaServer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.MediaType;
import org.springframework.test.util.TestSocketUtils;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Consumers with a real Eureka server that comes and goes. Providers are real servers,
 * registered over Eureka's own REST interface.
 */
class ThriftClientEurekaIntegrationTests {

	private final int eurekaPort = TestSocketUtils.findAvailableTcpPort();

	private final String eurekaUrl = "http://localhost:" + this.eurekaPort + "/eureka/";

	private final List<Provider> providers = new ArrayList<>();

	private ConfigurableApplicationContext eureka;

	private ConfigurableApplicationContext consumer;

	@BeforeEach
	void startEureka() {
		this.eureka = new SpringApplicationBuilder(EurekaServer.class).run("--server.port=" + this.eurekaPort,
				"--eureka.instance.hostname=localhost", "--eureka.client.service-url.defaultZone=" + this.eurekaUrl,
				"--eureka.client.register-with-eureka=false", "--eureka.client.fetch-registry=false",
				"--eureka.server.enable-self-preservation=false", "--eureka.server.use-read-only-response-cache=false",
				"--thrift.client.enabled=false");
	}

	@AfterEach
	void stopAll() {
		if (this.consumer != null) {
			this.consumer.close();
		}
		this.eureka.close();
		this.providers.forEach(Provider::close);
	}

	private EchoService.Iface startConsumer(String... arguments) {
		this.consumer = runConsumer(WebApplicationType.NONE, arguments);
		return this.consumer.getBean(EchoClient.class);
	}

	private ConfigurableApplicationContext runConsumer(WebApplicationType type, String... arguments) {
		List<String> all = new ArrayList<>(List.of("--spring.application.name=consumer",
				"--eureka.client.service-url.defaultZone=" + this.eurekaUrl, "--eureka.client.jersey.enabled=false",
				"--eureka.client.registry-fetch-interval-seconds=1", "--thrift.client.timeout=10s",
				"--eureka.instance.lease-renewal-interval-in-seconds=1"));
		all.addAll(List.of(arguments));
		return new SpringApplicationBuilder(Consumer.class).web(type).run(all.toArray(String[]::new));
	}

	private Provider startProvider(String name) {
		Provider provider = new Provider(name);
		this.providers.add(provider);
		return provider;
	}

	/**
	 * Wait as long as a consumer may need to see a change.
	 */
	private static ConditionFactory eventually() {
		return await().atMost(Duration.ofSeconds(30)).ignoreExceptionsInstanceOf(TException.class);
	}

	@Test
	void clientFindsItsServiceAndFollowsTheRegistry() throws Exception {
		Provider first = startProvider("first");
		first.register();
		EchoService.Iface client = startConsumer();
		// known as soon as the application has started
		assertThat(client.whoAmI()).isEqualTo("first");
		startProvider("second").register();
		eventually().until(() -> client.whoAmI().equals("second"));
		first.deregister();
		eventually().until(() -> this.consumer.getBean(EurekaInstanceSource.class).read(null).size() == 1);
		for (int i = 0; i < 50; i++) {
			assertThat(client.whoAmI()).isEqualTo("second");
		}
	}

	@Test
	void contextStartsWhileEurekaIsDown() throws Exception {
		this.eureka.close();
		EchoService.Iface client = startConsumer();
		assertThatExceptionOfType(NoInstanceException.class).isThrownBy(client::whoAmI);
		startEureka();
		startProvider("late").register();
		eventually().until(() -> client.whoAmI().equals("late"));
	}

	@Test
	void callsGoOnWhileEurekaIsDownAndAfterItCameBackEmpty() throws Exception {
		Provider provider = startProvider("steady");
		provider.register();
		EchoService.Iface client = startConsumer();
		assertThat(client.whoAmI()).isEqualTo("steady");
		this.eureka.close();
		// a few fetches fail
		await().during(Duration.ofSeconds(4))
			.atMost(Duration.ofSeconds(10))
			.until(() -> client.whoAmI().equals("steady"));
		startEureka();
		eventually().until(() -> this.consumer.getBean(EurekaInstanceSource.class).read(null).isEmpty());
		assertThat(client.whoAmI()).isEqualTo("steady");
		provider.register();
		startProvider("new").register();
		eventually().until(() -> client.whoAmI().equals("new"));
		eventually().until(() -> client.whoAmI().equals("steady"));
	}

	@Test
	void clientFollowsAfterRefresh() throws Exception {
		startProvider("first").register();
		EchoService.Iface client = startConsumer();
		assertThat(client.whoAmI()).isEqualTo("first");
		eventually().until(() -> isRegistered("consumer"));
		this.consumer.getEnvironment().getSystemProperties().put("thriftboot.test.changed", "true");
		try {
			this.consumer.getBean(ContextRefresher.class).refresh();
		}
		finally {
			System.clearProperty("thriftboot.test.changed");
		}
		startProvider("second").register();
		eventually().until(() -> client.whoAmI().equals("second"));
		eventually().until(() -> isRegistered("consumer"));
	}

	@Test
	void webApplicationOnAnyPortRegistersItsRealPort() throws Exception {
		startProvider("first").register();
		this.consumer = runConsumer(WebApplicationType.SERVLET, "--server.port=0");
		assertThat(this.consumer.getBean(EchoClient.class).whoAmI()).isEqualTo("first");
		int port = ((WebServerApplicationContext) this.consumer).getWebServer().getPort();
		eventually().until(() -> eureka("apps/consumer").contains("{\"$\":" + port + ",\"@enabled\":\"true\"}"));
	}

	private String eureka(String path) {
		return RestClient.create(this.eurekaUrl)
			.get()
			.uri(path)
			.accept(MediaType.APPLICATION_JSON)
			.retrieve()
			.body(String.class);
	}

	private boolean isRegistered(String application) {
		try {
			return eureka("apps/" + application).contains("\"status\":\"UP\"");
		}
		catch (HttpClientErrorException.NotFound ex) {
			return false;
		}
	}

	/**
	 * A server of the test service, registered as another language would do it.
	 */
	private final class Provider {

		private final String name;

		private final ThriftServer server;

		Provider(String name) {
			this.name = name;
			this.server = ThriftServer.builder()
				.address(new InetSocketAddress("localhost", 0))
				.service("EchoService", ThriftServiceDescriptor.of(EchoService.class), new EchoHandler(name))
				.eventLoopThreads(1)
				.build();
			this.server.bind().join();
			this.server.start();
		}

		void register() {
			Map<String, String> metadata = new InstanceMetadata(this.server.port(), Set.of("EchoService"), 100, null,
					null, 1)
				.toMap();
			Map<String, Object> instance = Map.of("instanceId", this.name, "hostName", "localhost", "app", "ECHO-APP",
					"ipAddr", "127.0.0.1", "vipAddress", "echo-app", "status", "UP", "port",
					Map.of("$", 8080, "@enabled", "true"), "dataCenterInfo",
					Map.of("@class", "com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo", "name", "MyOwn"),
					"metadata", metadata);
			RestClient.create(ThriftClientEurekaIntegrationTests.this.eurekaUrl)
				.post()
				.uri("apps/ECHO-APP")
				.contentType(MediaType.APPLICATION_JSON)
				.body(Map.of("instance", instance))
				.retrieve()
				.toBodilessEntity();
		}

		void deregister() {
			RestClient.create(ThriftClientEurekaIntegrationTests.this.eurekaUrl)
				.delete()
				.uri("apps/ECHO-APP/{id}", this.name)
				.retrieve()
				.toBodilessEntity();
		}

		void close() {
			this.server.shutdown(Duration.ZERO).join();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableEurekaServer
	static class EurekaServer {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Consumer {

	}

	@ThriftClient
	interface EchoClient extends EchoService.Iface {

	}

}
