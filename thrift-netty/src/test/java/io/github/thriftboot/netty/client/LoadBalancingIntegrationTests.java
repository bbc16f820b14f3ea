package io.github.thriftboot.netty.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.IntUnaryOperator;

import io.github.thriftboot.netty.context.CallHeaders;
import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.netty.test.RawServer;
import io.github.thriftboot.netty.test.TestClient;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.EchoService;
import org.apache.thrift.TException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Which of several servers calls go to.
 */
class LoadBalancingIntegrationTests {

	private static final int THREADS = 4;

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	@ParameterizedTest
	@EnumSource
	void callsAreSpreadOverThreeServers(StandardLoadBalancer balancer) throws Exception {
		TestClient client = client((options) -> options.loadBalancer(balancer), start(0), start(1), start(2));
		Map<Integer, AtomicInteger> counts = new ConcurrentHashMap<>();
		Map<Integer, Integer> serverOfKey = new ConcurrentHashMap<>();

		TestRuntime.runInThreads(THREADS, (thread) -> {
			for (int i = 0; i < 300; i++) {
				int server = client.call("add", i, 0);
				counts.computeIfAbsent(server, (key) -> new AtomicInteger()).incrementAndGet();
				Integer other = serverOfKey.put(i, server);
				if (balancer == StandardLoadBalancer.CONSISTENT_HASH) {
					assertThat(other).as("the same argument").isIn(null, server);
				}
			}
		});

		assertThat(counts).containsOnlyKeys(0, 1, 2);
		if (balancer == StandardLoadBalancer.ROUND_ROBIN) {
			assertThat(counts.values()).extracting(AtomicInteger::get).containsOnly(100 * THREADS);
		}
		else if (balancer != StandardLoadBalancer.P2C_EWMA) {
			// those that follow latency owe nothing to anyone
			assertThat(counts.values()).extracting(AtomicInteger::get)
				.allSatisfy((count) -> assertThat(count).isGreaterThan(60 * THREADS));
		}
	}

	@Test
	void slowServerGetsFewCallsFromThoseWhoLookAtLatency() throws Exception {
		AtomicInteger slow = new AtomicInteger();
		TestClient client = client((options) -> options.loadBalancer(StandardLoadBalancer.P2C_EWMA), start(0),
				start((argument) -> {
					sleep(200);
					slow.incrementAndGet();
					return 1;
				}), start(2));

		TestRuntime.runInThreads(THREADS, (thread) -> count(client, 150));

		// a third would be its share
		assertThat(slow.get()).as("of 600 calls").isBetween(1, 99);
	}

	@Test
	void latenciesAreMeasuredOnlyIfALoadBalancerLooksAtThem() throws Exception {
		int port = start((argument) -> {
			sleep(argument);
			return 0;
		});
		ConnectionPool pool = this.runtime.pool();
		TestClient plain = this.runtime.client(pool, TestRuntime.ECHO, (options) -> {
		}, TestRuntime.instances(port));
		Endpoint endpoint = endpoint(pool, port);
		plain.call("add", 5, 0);
		assertThat(endpoint.latencyNanos()).isZero();

		TestClient looking = this.runtime.client(pool, TestRuntime.ECHO,
				(options) -> options.balancing((balancing) -> balancing.loadBalancer(StandardLoadBalancer.P2C_EWMA)),
				TestRuntime.instances(port));
		looking.call("add", 5, 0);
		assertThat(endpoint.latencyNanos()).isBetween(TimeUnit.MILLISECONDS.toNanos(4), TimeUnit.SECONDS.toNanos(15));
		assertThatExceptionOfType(CallTimeoutException.class)
			.isThrownBy(() -> looking.call(Duration.ofMillis(300), "add", 600, 0));
		await().untilAsserted(() -> assertThat(endpoint.latencyNanos()).as("what was waited in vain")
			.isGreaterThan(TimeUnit.MILLISECONDS.toNanos(250)));
		assertThat(endpoint.callsInFlight()).isZero();
	}

	private static Endpoint endpoint(ConnectionPool pool, int port) {
		ChannelOptions options = new ChannelOptions(
				ThriftChannel.builder(pool, "EchoService", InstanceSource.of(List.of())));
		Endpoint endpoint = pool.acquire(options.key(TestRuntime.instance(port)));
		pool.release(endpoint);
		return endpoint;
	}

	@Test
	void serverThatDoesNotAnswerIsLeftOutAfterFiveCalls() throws Exception {
		RawServer silent = this.runtime.start((connection) -> connection.receiveUntilClosed());
		TestClient client = this.runtime.client((options) -> options.timeout(Duration.ofMillis(300)), start(0),
				start(1), silent.port());

		int failed = 0;
		for (int i = 0; i < 200; i++) {
			try {
				client.call("add", i, 0);
			}
			catch (CallTimeoutException ex) {
				assertThat(ex.instance()).endsWith(":" + silent.port());
				failed++;
				// the event loop notes it a moment later
				sleep(50);
			}
		}

		assertThat(failed).isBetween(5, 7);
	}

	@Test
	void serverThatDropsConnectionsIsLeftOutAfterFiveOfThem() throws Exception {
		RawServer dropping = this.runtime.start((connection) -> connection.receive());
		// which would find out earlier
		TestClient client = this.runtime.client(
				(options) -> options.balancing((balancing) -> balancing.loadBalancer(StandardLoadBalancer.ROUND_ROBIN))
					.connections((connections) -> connections.heartbeat(Duration.ZERO, Duration.ofSeconds(1))),
				start(0), start(1), dropping.port());

		int failed = 0;
		for (int i = 0; i < 2_000 && failed < 6; i++) {
			try {
				client.call("add", i, 0);
			}
			catch (ConnectionLostException ex) {
				failed++;
			}
			sleep(1);
		}

		assertThat(failed).isEqualTo(5);
	}

	@Test
	void lossOfOneConnectionWithManyCallsLeavesNobodyOut() throws Exception {
		AtomicInteger connections = new AtomicInteger();
		RawServer restarted = this.runtime.start((connection) -> {
			boolean first = connections.getAndIncrement() == 0;
			for (int i = 0; !first || i < 20; i++) {
				var message = connection.receive();
				if (!first) {
					connection.send(message.reply(new EchoService.add_result(1)));
				}
			}
		});
		TestClient client = client((options) -> options.loadBalancer(StandardLoadBalancer.ROUND_ROBIN), start(0),
				restarted.port());
		List<CompletableFuture<Object>> calls = new ArrayList<>();
		for (int i = 0; i < 40; i++) {
			calls.add(client.callAsync("add", i, 0));
		}

		await().until(() -> calls.stream().allMatch(CompletableFuture::isDone));
		assertThat(calls.stream().filter(CompletableFuture::isCompletedExceptionally)).hasSizeBetween(5, 20);
		await().atMost(Duration.ofSeconds(10)).until(() -> (int) client.call("add", 1, 0) == 1);
	}

	@Test
	void filterSendsCallsWithAHeaderToTheCanary() throws Exception {
		ThriftInstance canary = new ThriftInstance("127.0.0.1", start(1), 1, null, null, 0, Map.of("version", "2"));
		TestClient client = this.runtime.client(this.runtime.pool(), TestRuntime.ECHO,
				(options) -> options.balancing((balancing) -> balancing.instanceFilter((headers, instances) -> instances
					.stream()
					.filter((instance) -> headers.containsKey("canary") == instance.metadata().containsKey("version"))
					.toList())),
				InstanceSource.of(List.of(TestRuntime.instance(start(0)), canary)));

		assertThat(count(client, 50)).containsOnlyKeys(0);
		try (CallHeaders headers = CallHeaders.open()) {
			headers.put("canary", "yes");
			assertThat(count(client, 50)).containsOnlyKeys(1);
		}
	}

	@Test
	void callsWithTheSameHeaderGoToTheSameServer() throws Exception {
		TestClient client = client(
				(options) -> options.loadBalancer(StandardLoadBalancer.CONSISTENT_HASH).hashKey(HashKey.header("user")),
				start(0), start(1), start(2));
		Map<Integer, Integer> counts = new TreeMap<>();
		for (int user = 0; user < 60; user++) {
			try (CallHeaders headers = CallHeaders.open()) {
				headers.put("user", "user-" + user);
				Map<Integer, Integer> servers = count(client, 3);
				assertThat(servers).hasSize(1);
				servers.keySet().forEach((server) -> counts.merge(server, 1, Integer::sum));
			}
		}

		assertThat(counts).containsOnlyKeys(0, 1, 2);
		assertThat(count(client, 100)).as("without the header").containsOnlyKeys(0, 1, 2);
	}

	@Test
	void failureToChooseEndsTheCall() throws Exception {
		int port = start(0);
		TestClient filtering = client((options) -> options.instanceFilter((headers, instances) -> {
			throw new IllegalStateException("on purpose");
		}), port);
		TestClient picking = client((options) -> options.loadBalancer((candidates) -> (request) -> {
			throw new IllegalStateException("on purpose");
		}), port);

		for (TestClient client : List.of(filtering, picking)) {
			assertThatExceptionOfType(NoInstanceException.class).isThrownBy(() -> client.call("add", 1, 2))
				.withMessageContaining("on purpose")
				.withCauseInstanceOf(IllegalStateException.class);
			assertThat(client.callAsync("add", 1, 2)).failsWithin(Duration.ZERO);
		}
	}

	@Test
	void filterThatLeavesNothingFailsTheCall() throws Exception {
		TestClient client = client((options) -> options.instanceFilter((headers, instances) -> List.of()), start(0));

		assertThatExceptionOfType(NoInstanceException.class).isThrownBy(() -> client.call("add", 1, 2));
	}

	@Test
	void ownLoadBalancerIsAsked() throws Exception {
		AtomicInteger made = new AtomicInteger();
		TestClient client = client((options) -> options.loadBalancer((candidates) -> {
			made.incrementAndGet();
			return (request) -> candidates.get(candidates.size() - 1);
		}), start(0), start(1));

		assertThat(count(client, 100)).containsOnlyKeys(1);
		assertThat(made).as("pickers for 100 calls").hasValueLessThan(10);
	}

	private TestClient client(Consumer<BalancingOptions.Builder> balancing, int... ports) {
		return this.runtime.client((options) -> options.balancing(balancing), ports);
	}

	/**
	 * Start a server that answers with its number.
	 */
	private int start(int number) {
		return start((argument) -> number);
	}

	private int start(IntUnaryOperator handler) {
		return this.runtime.start(new EchoHandler() {

			@Override
			public int add(int left, int right) {
				return handler.applyAsInt(left);
			}

		}).port();
	}

	private static Map<Integer, Integer> count(TestClient client, int calls) throws TException {
		Map<Integer, Integer> counts = new TreeMap<>();
		for (int i = 0; i < calls; i++) {
			counts.merge(client.call("add", i, 0), 1, Integer::sum);
		}
		return counts;
	}

	private static void sleep(int millis) {
		try {
			TimeUnit.MILLISECONDS.sleep(millis);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
