package io.github.thriftboot.client.eureka;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.github.thriftboot.client.eureka.ThriftClientEurekaIntegrationTests.Consumer;
import io.github.thriftboot.client.eureka.ThriftClientEurekaIntegrationTests.EchoClient;
import io.github.thriftboot.netty.client.ConnectionLostException;
import io.github.thriftboot.netty.client.ThriftInstance;
import io.github.thriftboot.netty.test.MachineJitter;
import io.github.thriftboot.netty.test.Packets;
import io.github.thriftboot.netty.test.ServerProcess;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.EchoService;
import io.github.thriftboot.test.Packet;
import org.apache.thrift.TException;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.util.TestSocketUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Provider applications in processes of their own are restarted one after the other under
 * load, while the consumer hears nothing of it from Eureka (B4).
 */
class ProviderRestartIntegrationTests {

	private static final int PROVIDERS = 3;

	private static final int SLOW_MILLIS = 200;

	private static final int QUICK_CALLERS = 3;

	private static final int SLOW_CALLERS = 5;

	private static final int GRACE_MILLIS = 2_000;

	/**
	 * How long the Thrift server may take beyond its slowest handler or its grace period.
	 */
	private static final int CLOSE_MILLIS = 2_000;

	private static final Duration LONG = Duration.ofSeconds(30);

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	@TempDir
	Path directory;

	private final int eurekaPort = TestSocketUtils.findAvailableTcpPort();

	private final Queue<ServerProcess> started = new ConcurrentLinkedQueue<>();

	private final AtomicBoolean stopped = new AtomicBoolean();

	private final Queue<Long> succeeded = new ConcurrentLinkedQueue<>();

	private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

	private final List<Long> serverMillis = new ArrayList<>();

	private final List<CompletableFuture<Long>> processMillis = new ArrayList<>();

	private MachineJitter jitter;

	@Test
	void noCallFailsAndNoneRunsTwiceAlthoughTheRegistryIsStale() throws Exception {
		TestEureka eureka = this.runtime.closing(new TestEureka(this.eurekaPort));
		ServerProcess[] providers = new ServerProcess[PROVIDERS];
		TestRuntime.runInThreads(PROVIDERS, (number) -> providers[number] = start(0));
		await("all are registered").atMost(LONG)
			.until(() -> eureka.application("provider").split("\"status\":\"UP\"", -1).length > PROVIDERS);
		ConfigurableApplicationContext consumer = startConsumer();
		EurekaInstanceSource registry = consumer.getBean(EurekaInstanceSource.class);
		List<ThriftInstance> known = registry.read(null);
		assertThat(known).hasSize(PROVIDERS);
		EchoService.Iface client = consumer.getBean(EchoClient.class);
		this.jitter = this.runtime.closing(new MachineJitter());
		ExecutorService callers = Executors.newFixedThreadPool(QUICK_CALLERS + SLOW_CALLERS);
		for (int i = 0; i < QUICK_CALLERS; i++) {
			callers.execute(() -> callUntilStopped(client, 1));
		}
		for (int i = 0; i < SLOW_CALLERS; i++) {
			callers.execute(() -> callUntilStopped(client, SLOW_MILLIS));
		}

		for (int i = 0; i < PROVIDERS; i++) {
			awaitMoreCalls(providers[i]);
			assertThat(terminate(providers[i])).isLessThan(SLOW_MILLIS + allowedMillis());
			providers[i] = start(providers[i].port());
			awaitMoreCalls(providers[i]);
		}
		this.stopped.set(true);
		callers.shutdown();

		assertThat(callers.awaitTermination(LONG.toSeconds(), TimeUnit.SECONDS)).as("no call hangs").isTrue();
		assertThat(registry.read(null)).as("what the consumer knows from Eureka").isEqualTo(known);
		assertThat(this.failures).isEmpty();
		assertHandlerIsCutAfterTheGracePeriod(client, providers);
		assertThat(this.processMillis).as("processes end")
			.allSatisfy((ended) -> assertThat(ended).succeedsWithin(LONG));
		assertExecutedOnce();
		LoggerFactory.getLogger("figures")
			.info("B4 with Spring and Eureka: {} providers restarted under {} callers: {} calls, {} failed, servers"
					+ " closed after {} ms, processes ended after {} ms, the last of each with a handler longer than"
					+ " its grace period of {} ms (jitter of the machine {} ms)", PROVIDERS,
					QUICK_CALLERS + SLOW_CALLERS, this.succeeded.size(), this.failures.size(), this.serverMillis,
					this.processMillis.stream().map(CompletableFuture::join).toList(), GRACE_MILLIS,
					this.jitter.worstMillis());
	}

	private ServerProcess start(int port) throws Exception {
		ServerProcess process = this.runtime.closing(ServerProcess.start(ProviderApplication.class,
				this.directory.resolve("nonces-" + System.nanoTime()), "--spring.application.name=provider",
				"--eureka.client.service-url.defaultZone=" + TestEureka.url(this.eurekaPort),
				"--eureka.client.jersey.enabled=false", "--eureka.client.fetch-registry=false",
				// otherwise Eureka's client takes 3 s to end
				"--eureka.client.instance-info-replication-interval-seconds=1",
				"--eureka.instance.prefer-ip-address=true", "--eureka.instance.ip-address=127.0.0.1",
				"--thrift.client.enabled=false", "--thrift.server.port=" + port,
				"--thrift.server.shutdown.grace-period=" + GRACE_MILLIS + "ms"));
		this.started.add(process);
		return process;
	}

	private ConfigurableApplicationContext startConsumer() {
		return this.runtime.closing(new SpringApplicationBuilder(Consumer.class).web(WebApplicationType.NONE)
			.run("--spring.application.name=consumer",
					"--eureka.client.service-url.defaultZone=" + TestEureka.url(this.eurekaPort),
					"--eureka.client.jersey.enabled=false", "--eureka.client.register-with-eureka=false",
					"--eureka.client.registry-fetch-interval-seconds=300", "--thrift.client.timeout=20s"));
	}

	private void callUntilStopped(EchoService.Iface client, int millis) {
		while (!this.stopped.get()) {
			Packet packet = Packets.ofSize(100);
			try {
				assertThat(client.echoLater(packet, millis)).isEqualTo(packet);
				this.succeeded.add(packet.getNonce());
			}
			catch (TException | RuntimeException | AssertionError ex) {
				this.failures.add(ex);
			}
		}
	}

	private void awaitMoreCalls(ServerProcess provider) {
		int before = provider.executed();
		await("more calls").atMost(LONG).until(() -> {
			assertThat(this.failures).isEmpty();
			return provider.executed() > before + 50;
		});
	}

	/**
	 * Send SIGTERM, and wait until the server is closed. Eureka's client goes on for a
	 * while, and another process may take the port meanwhile.
	 * @return how long the server took to close, in milliseconds
	 */
	private long terminate(ServerProcess provider) {
		long begin = System.nanoTime();
		this.processMillis.add(provider.terminate().thenApply((ended) -> TimeUnit.NANOSECONDS.toMillis(ended - begin)));
		assertThat(provider.closed()).succeedsWithin(LONG);
		long millis = TimeUnit.NANOSECONDS.toMillis(provider.closed().join() - begin);
		this.serverMillis.add(millis);
		return millis;
	}

	private long allowedMillis() {
		return CLOSE_MILLIS + 10 * this.jitter.worstMillis();
	}

	private void assertHandlerIsCutAfterTheGracePeriod(EchoService.Iface client, ServerProcess[] providers)
			throws Exception {
		Packet packet = Packets.ofSize(100);
		CompletableFuture<Packet> call = CompletableFuture.supplyAsync(() -> {
			try {
				return client.echoLater(packet, (int) LONG.toMillis());
			}
			catch (TException ex) {
				throw new IllegalStateException(ex);
			}
		});
		ServerProcess provider = await("the call runs").atMost(LONG).until(() -> {
			for (ServerProcess candidate : providers) {
				if (candidate.nonces().contains(packet.getNonce())) {
					return candidate;
				}
			}
			return null;
		}, (found) -> found != null);

		long millis = terminate(provider);

		assertThat(millis).isBetween((long) GRACE_MILLIS, GRACE_MILLIS + allowedMillis());
		// it may have run, so nobody else was asked
		assertThat(call).failsWithin(LONG)
			.withThrowableThat()
			.havingRootCause()
			.asInstanceOf(InstanceOfAssertFactories.THROWABLE)
			.isInstanceOf(ConnectionLostException.class);
		this.succeeded.add(packet.getNonce());
	}

	private void assertExecutedOnce() throws Exception {
		Map<Long, Integer> executions = new ConcurrentHashMap<>();
		for (ServerProcess process : this.started) {
			process.nonces().forEach((nonce) -> executions.merge(nonce, 1, Integer::sum));
		}
		assertThat(executions.keySet()).containsExactlyInAnyOrderElementsOf(this.succeeded);
		assertThat(executions.values()).as("executed twice").allMatch((times) -> times == 1);
	}

}
