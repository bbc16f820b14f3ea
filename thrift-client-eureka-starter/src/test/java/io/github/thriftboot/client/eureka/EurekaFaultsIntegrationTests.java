package io.github.thriftboot.client.eureka;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.github.thriftboot.client.eureka.ThriftClientEurekaIntegrationTests.Consumer;
import io.github.thriftboot.client.eureka.ThriftClientEurekaIntegrationTests.EchoClient;
import io.github.thriftboot.netty.client.NoInstanceException;
import io.github.thriftboot.netty.client.ThriftInstance;
import io.github.thriftboot.test.EchoService;
import org.apache.thrift.TException;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.util.TestSocketUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Consumers of a real Eureka server that is slow, answers nonsense, forgets instances or
 * lists dead ones.
 */
class EurekaFaultsIntegrationTests {

	private static final String EMPTY = """
			{"applications":{"versions__delta":"1","apps__hashcode":"","application":[]}}""";

	private static TestEureka eureka;

	private static int eurekaPort;

	private final List<TestProvider> providers = new ArrayList<>();

	private EurekaProxy proxy;

	private ConfigurableApplicationContext consumer;

	@BeforeAll
	static void startEureka() {
		eurekaPort = TestSocketUtils.findAvailableTcpPort();
		eureka = new TestEureka(eurekaPort);
	}

	@AfterAll
	static void stopEureka() {
		eureka.close();
	}

	@BeforeEach
	void startProxy() throws Exception {
		this.proxy = new EurekaProxy(eurekaPort);
	}

	@AfterEach
	void stopAll() {
		if (this.consumer != null) {
			this.consumer.close();
		}
		this.proxy.close();
		this.providers.forEach((provider) -> {
			provider.deregisterFrom(eureka);
			provider.close();
		});
	}

	private TestProvider startProvider(String name) {
		TestProvider provider = new TestProvider(name);
		this.providers.add(provider);
		return provider;
	}

	private EchoService.Iface startConsumer(String... arguments) {
		List<String> all = new ArrayList<>(List.of("--spring.application.name=consumer",
				"--eureka.client.service-url.defaultZone=" + TestEureka.url(this.proxy.port()),
				"--eureka.client.jersey.enabled=false", "--eureka.client.registry-fetch-interval-seconds=1",
				"--eureka.client.register-with-eureka=false", "--thrift.client.timeout=10s"));
		all.addAll(List.of(arguments));
		this.consumer = new SpringApplicationBuilder(Consumer.class).web(WebApplicationType.NONE)
			.run(all.toArray(String[]::new));
		return this.consumer.getBean(EchoClient.class);
	}

	/**
	 * Return how many instances the registry lists, -1 as long as none was fetched: the
	 * registry may be there before the first event tells so.
	 */
	private int known() {
		List<ThriftInstance> instances = this.consumer.getBean(EurekaInstanceSource.class).read(null);
		return (instances != null) ? instances.size() : -1;
	}

	private static ConditionFactory eventually() {
		return await().atMost(Duration.ofSeconds(30)).ignoreExceptionsInstanceOf(TException.class);
	}

	private static Set<String> answers(EchoService.Iface client) throws TException {
		Set<String> answers = new HashSet<>();
		for (int i = 0; i < 50; i++) {
			answers.add(client.whoAmI());
		}
		return answers;
	}

	@Test
	void slowEurekaDelaysNoCall() throws Exception {
		startProvider("steady").registerIn(eureka);
		this.proxy.passOnAfter(Duration.ofSeconds(1));
		EchoService.Iface client = startConsumer();
		assertThat(client.whoAmI()).isEqualTo("steady");
		startProvider("new").registerIn(eureka);
		long slowest = 0;
		while (known() < 2) {
			long start = System.nanoTime();
			assertThat(client.whoAmI()).isIn("steady", "new");
			slowest = Math.max(slowest, System.nanoTime() - start);
		}
		eventually().until(() -> answers(client).equals(Set.of("steady", "new")));
		assertThat(Duration.ofNanos(slowest)).isLessThan(Duration.ofSeconds(1));
	}

	@Test
	void nonsenseChangesNothing() throws Exception {
		startProvider("steady").registerIn(eureka);
		EchoService.Iface client = startConsumer();
		assertThat(client.whoAmI()).isEqualTo("steady");
		for (String answer : List.of("", "garbage", "{}", "{\"applications\":7}", "<html>Sign in</html>", EMPTY)) {
			this.proxy.answerWith(answer);
			eventually().until(() -> this.proxy.spoiled() > 1);
			assertThat(answers(client)).as(answer).containsExactly("steady");
		}
		startProvider("new").registerIn(eureka);
		this.proxy.passOn();
		eventually().until(() -> answers(client).equals(Set.of("steady", "new")));
	}

	@Test
	void emptyRegistryIsBelievedAfterTheGrace() throws Exception {
		TestProvider provider = startProvider("first");
		provider.registerIn(eureka);
		EchoService.Iface client = startConsumer("--thrift.client.registry.empty-list-grace=1s");
		assertThat(client.whoAmI()).isEqualTo("first");
		this.proxy.answerWith(EMPTY);
		eventually().until(() -> known() == 0);
		assertThat(client.whoAmI()).isEqualTo("first");
		await().atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThatExceptionOfType(NoInstanceException.class).isThrownBy(client::whoAmI)
				.withMessageContaining("no instance of EchoService is known"));
		this.proxy.passOn();
		eventually().until(() -> client.whoAmI().equals("first"));
	}

	@Test
	void deadInstanceIsNotCalledAlthoughEurekaListsIt() throws Exception {
		TestProvider dying = startProvider("dying");
		dying.registerIn(eureka);
		startProvider("steady").registerIn(eureka);
		EchoService.Iface client = startConsumer();
		assertThat(answers(client)).containsExactlyInAnyOrder("dying", "steady");
		dying.close();
		for (int i = 0; i < 500; i++) {
			assertThat(client.whoAmI()).isEqualTo("steady");
		}
		assertThat(known()).isEqualTo(2);
		this.providers.add(new TestProvider("again", dying.port()));
		eventually().until(() -> answers(client).equals(Set.of("again", "steady")));
	}

	@Test
	void instanceThatEurekaForgetsIsCalledAgainWhenItIsBack() throws Exception {
		TestProvider forgotten = startProvider("forgotten");
		forgotten.registerIn(eureka);
		startProvider("steady").registerIn(eureka);
		EchoService.Iface client = startConsumer();
		assertThat(answers(client)).containsExactlyInAnyOrder("forgotten", "steady");
		forgotten.deregisterFrom(eureka);
		while (known() == 2) {
			assertThat(client.whoAmI()).isIn("forgotten", "steady");
		}
		eventually().until(() -> answers(client).equals(Set.of("steady")));
		forgotten.registerIn(eureka);
		while (known() == 1) {
			assertThat(client.whoAmI()).isIn("forgotten", "steady");
		}
		eventually().until(() -> answers(client).size() == 2);
	}

	@Test
	void instancesOfTheLastRunAreCalledWhileEurekaIsDown(@TempDir Path directory) throws Exception {
		startProvider("steady").registerIn(eureka);
		String cache = "--thrift.client.registry-cache.file=" + directory.resolve("instances");
		assertThat(startConsumer(cache).whoAmI()).isEqualTo("steady");
		this.consumer.close();
		this.proxy.answerWith("down");
		EchoService.Iface client = startConsumer(cache);
		assertThat(client.whoAmI()).isEqualTo("steady");
		startProvider("new").registerIn(eureka);
		this.proxy.passOn();
		eventually().until(() -> answers(client).equals(Set.of("steady", "new")));
	}

	@Test
	void zoneOfTheRegistrationIsPreferred() throws Exception {
		startProvider("near").registerIn(eureka, Map.of("zone", "a"));
		startProvider("far").registerIn(eureka, Map.of("zone", "b"));
		assertThat(answers(startConsumer("--eureka.instance.metadata-map.zone=a"))).containsExactly("near");
		this.consumer.close();
		assertThat(answers(startConsumer("--eureka.client.region=r", "--eureka.client.availability-zones.r=b,a",
				"--eureka.client.service-url.b=" + TestEureka.url(this.proxy.port()))))
			.containsExactly("far");
		this.consumer.close();
		assertThat(answers(startConsumer("--eureka.instance.metadata-map.zone=a", "--thrift.client.zone=b")))
			.containsExactly("far");
		this.consumer.close();
		assertThat(answers(startConsumer())).hasSize(2);
	}

}
