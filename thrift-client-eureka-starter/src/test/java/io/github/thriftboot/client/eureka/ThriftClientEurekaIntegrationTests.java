package io.github.thriftboot.client.eureka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.github.thriftboot.client.ThriftClient;
import io.github.thriftboot.netty.client.NoInstanceException;
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
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.util.TestSocketUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Consumers with a real Eureka server that comes and goes. Providers are real servers,
 * registered over Eureka's own REST interface.
 */
class ThriftClientEurekaIntegrationTests {

	private final int eurekaPort = TestSocketUtils.findAvailableTcpPort();

	private final String eurekaUrl = TestEureka.url(this.eurekaPort);

	private final List<TestProvider> providers = new ArrayList<>();

	private TestEureka eureka;

	private ConfigurableApplicationContext consumer;

	@BeforeEach
	void startEureka() {
		this.eureka = new TestEureka(this.eurekaPort);
	}

	@AfterEach
	void stopAll() {
		if (this.consumer != null) {
			this.consumer.close();
		}
		this.eureka.close();
		this.providers.forEach(TestProvider::close);
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

	private TestProvider startProvider(String name) {
		TestProvider provider = new TestProvider(name);
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
		TestProvider first = startProvider("first");
		first.registerIn(this.eureka);
		EchoService.Iface client = startConsumer();
		// known as soon as the application has started
		assertThat(client.whoAmI()).isEqualTo("first");
		startProvider("second").registerIn(this.eureka);
		eventually().until(() -> client.whoAmI().equals("second"));
		this.eureka.deregister("first");
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
		startProvider("late").registerIn(this.eureka);
		eventually().until(() -> client.whoAmI().equals("late"));
	}

	@Test
	void callsGoOnWhileEurekaIsDownAndAfterItCameBackEmpty() throws Exception {
		TestProvider provider = startProvider("steady");
		provider.registerIn(this.eureka);
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
		provider.registerIn(this.eureka);
		startProvider("new").registerIn(this.eureka);
		eventually().until(() -> client.whoAmI().equals("new"));
		eventually().until(() -> client.whoAmI().equals("steady"));
	}

	@Test
	void clientFollowsAfterRefresh() throws Exception {
		startProvider("first").registerIn(this.eureka);
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
		startProvider("second").registerIn(this.eureka);
		eventually().until(() -> client.whoAmI().equals("second"));
		eventually().until(() -> isRegistered("consumer"));
	}

	@Test
	void webApplicationOnAnyPortRegistersItsRealPort() throws Exception {
		startProvider("first").registerIn(this.eureka);
		this.consumer = runConsumer(WebApplicationType.SERVLET, "--server.port=0");
		assertThat(this.consumer.getBean(EchoClient.class).whoAmI()).isEqualTo("first");
		int port = ((WebServerApplicationContext) this.consumer).getWebServer().getPort();
		eventually()
			.until(() -> this.eureka.application("consumer").contains("{\"$\":" + port + ",\"@enabled\":\"true\"}"));
	}

	private boolean isRegistered(String application) {
		return this.eureka.application(application).contains("\"status\":\"UP\"");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Consumer {

	}

	@ThriftClient
	interface EchoClient extends EchoService.Iface {

	}

}
