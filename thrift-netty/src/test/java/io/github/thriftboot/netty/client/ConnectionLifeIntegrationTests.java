package io.github.thriftboot.netty.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

import io.github.thriftboot.netty.protocol.ThriftTransport;
import io.github.thriftboot.netty.server.ThriftServer;
import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.netty.test.Packets;
import io.github.thriftboot.netty.test.RawMessage;
import io.github.thriftboot.netty.test.RawServer;
import io.github.thriftboot.netty.test.TestClient;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.EchoService;
import io.github.thriftboot.test.Packet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * When connections are opened and closed while nothing fails.
 */
class ConnectionLifeIntegrationTests {

	private static final Duration LONG = Duration.ofSeconds(20);

	private static final Duration IDLE = Duration.ofMillis(200);

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	private final EchoHandler handler = new EchoHandler();

	private ThriftServer server;

	@BeforeEach
	void startServer() {
		this.server = this.runtime.start(this.handler);
	}

	private TestClient client(ThriftTransport transport, Consumer<ConnectionSettings.Builder> settings) {
		return this.runtime.client((options) -> options.transport(transport).connections(settings), this.server.port());
	}

	private int connections() {
		return TestRuntime.connections(this.server);
	}

	@ParameterizedTest
	@EnumSource
	void idleConnectionsCloseDownToTheMinimumAndComeBackWithTheNextCalls(ThriftTransport transport) throws Exception {
		TestClient client = client(transport, (connections) -> connections.min(0).idleTimeout(IDLE));
		assertThat((int) client.call("add", 40, 2)).isEqualTo(42);
		assertThat(connections()).isOne();

		for (int i = 0; i < 3; i++) {
			await().atMost(LONG).untilAsserted(() -> assertThat(connections()).isZero());
			assertThat(client.channel().instances()).hasSize(1);
			assertThat((int) client.call("add", i, 2)).isEqualTo(i + 2);
			assertThat(connections()).isOne();
		}
	}

	@Test
	void poolOfAPeerThatAnswersInOrderShrinksWhenItIsIdle() throws Exception {
		TestClient client = client(ThriftTransport.FRAMED, (connections) -> connections.min(2).idleTimeout(IDLE));
		this.handler.closeGate();
		for (int round = 0; round < 2; round++) {
			List<CompletableFuture<Object>> calls = new ArrayList<>();
			for (int i = 0; i < 20; i++) {
				calls.add(client.callAsync("misbehave", "wait"));
			}
			await().atMost(LONG).untilAsserted(() -> assertThat(connections()).isEqualTo(8));
			await().pollDelay(IDLE.multipliedBy(2)).untilAsserted(() -> assertThat(connections()).isEqualTo(8));
			this.handler.openGate();
			assertThat(calls).allSatisfy((call) -> assertThat(call).succeedsWithin(LONG).isEqualTo("waited"));
			this.handler.closeGate();

			await().atMost(LONG).untilAsserted(() -> assertThat(connections()).isEqualTo(2));
		}
		assertThat((int) client.call("add", 40, 2)).isEqualTo(42);
		assertThat(connections()).isEqualTo(2);
	}

	@Test
	void connectionWithACallIsNotIdle() throws Exception {
		TestClient client = client(ThriftTransport.HEADER, (connections) -> connections.min(0).idleTimeout(IDLE));
		this.handler.closeGate();
		CompletableFuture<Object> call = client.callAsync("misbehave", "wait");

		await().pollDelay(IDLE.multipliedBy(4)).untilAsserted(() -> assertThat(connections()).isOne());
		this.handler.openGate();

		assertThat(call).succeedsWithin(LONG).isEqualTo("waited");
	}

	@ParameterizedTest
	@EnumSource
	void oldConnectionIsReplacedWithoutLosingACall(ThriftTransport transport) throws Exception {
		Set<Integer> peers = ConcurrentHashMap.newKeySet();
		TestClient client = client(transport, (connections) -> connections.max(2).maxAge(Duration.ofMillis(100)));
		long end = System.nanoTime() + Duration.ofSeconds(2).toNanos();

		TestRuntime.runInThreads(4, (thread) -> {
			while (System.nanoTime() - end < 0) {
				Packet packet = Packets.ofSize(100);
				assertThat((Packet) client.call("echo", packet)).isEqualTo(packet);
				client.call("note", packet);
				peers.addAll(openConnections());
			}
		});

		await().atMost(LONG).untilAsserted(() -> assertThat(connections()).isLessThanOrEqualTo(4));
		assertThat(peers).as("connections over time").hasSizeGreaterThan(5);
		await().atMost(LONG)
			.untilAsserted(() -> assertThat(this.handler.executions())
				.allSatisfy((nonce, count) -> assertThat(count).as("call and note").isEqualTo(2)));
		LoggerFactory.getLogger("figures")
			.info("maximum age of 100 ms: {} connections in 2 s over {}, {} calls, 0 failed", peers.size(), transport,
					2 * this.handler.executions().size());
	}

	private Set<Integer> openConnections() {
		Set<Integer> identities = new HashSet<>();
		TestRuntime.openConnections(this.server).forEach((channel) -> identities.add(System.identityHashCode(channel)));
		return identities;
	}

	@Test
	void oldConnectionStaysWhenThereIsNoOtherOne() throws Exception {
		RawServer once = this.runtime.start((connection) -> {
			while (true) {
				connection.send(connection.receive().reply(new EchoService.add_result(42)));
			}
		});
		TestClient client = this.runtime.client(
				(options) -> options.connections((connections) -> connections.maxAge(Duration.ofMillis(50))),
				once.port());
		client.call("add", 40, 2);
		once.stopAccepting();
		long end = System.nanoTime() + Duration.ofSeconds(1).toNanos();

		while (System.nanoTime() - end < 0) {
			assertThat((int) client.call("add", 40, 2)).isEqualTo(42);
		}
	}

	@Test
	void connectionIsOpenedByTheFirstCall() {
		client(ThriftTransport.HEADER, (connections) -> {
		});

		await().during(Duration.ofMillis(200)).atMost(LONG).untilAsserted(() -> assertThat(connections()).isZero());
	}

	@ParameterizedTest
	@EnumSource
	void eagerConnectionsAreThereBeforeTheFirstCall(ThriftTransport transport) throws Exception {
		TestClient client = client(transport, (connections) -> connections.eager(true).min(3).maxShared(3));

		await().atMost(LONG).untilAsserted(() -> assertThat(connections()).isEqualTo(3));
		for (int i = 0; i < 100; i++) {
			client.call("add", 40, 2);
		}
		assertThat(connections()).isEqualTo(3);
	}

	@Test
	void instanceThatCannotBeReachedIsLeftOutBeforeTheFirstCallIfConnectedEagerly() throws Exception {
		int dead = this.runtime.start((connection) -> {
		}).port();
		TestClient client = this.runtime.client(
				(options) -> options.connections((connections) -> connections.eager(true)), dead, this.server.port());
		await().atMost(LONG).untilAsserted(() -> assertThat(connections()).isOne());

		for (int i = 0; i < 50; i++) {
			assertThat((int) client.call(CallPolicy.builder(LONG).idempotent(true).build(), "add", 40, 2))
				.isEqualTo(42);
		}
	}

	@Test
	void sharedConnectionsGrowWithTheCallsInFlightAndShrinkAgain() throws Exception {
		TestClient client = client(ThriftTransport.HEADER,
				(connections) -> connections.maxShared(3).growthThreshold(10).idleTimeout(IDLE));
		client.call("nothing");
		this.handler.closeGate();
		List<CompletableFuture<Object>> calls = new ArrayList<>();
		for (int i = 0; i < 9; i++) {
			calls.add(client.callAsync("misbehave", "wait"));
		}
		await().atMost(LONG).untilAsserted(() -> assertThat(this.handler.waiting()).isEqualTo(9));
		assertThat(connections()).isOne();

		// each may find the last one still being opened
		for (int i = 0; i < 60; i++) {
			calls.add(client.callAsync("misbehave", "wait"));
			int expected = calls.size();
			await().atMost(LONG).untilAsserted(() -> assertThat(this.handler.waiting()).isEqualTo(expected));
		}
		await().atMost(LONG).untilAsserted(() -> assertThat(connections()).isEqualTo(3));
		this.handler.openGate();
		assertThat(calls).allSatisfy((call) -> assertThat(call).succeedsWithin(LONG).isEqualTo("waited"));

		await().atMost(LONG).untilAsserted(() -> assertThat(connections()).isOne());
		assertThat((int) client.call("add", 40, 2)).isEqualTo(42);
		assertThat(connections()).isOne();
	}

	@Test
	void sharedConnectionThatTakesNothingIsJoinedByAnother() throws Exception {
		CountDownLatch reading = new CountDownLatch(1);
		RawServer half = this.runtime.start(new RawServer.Script() {

			private boolean first = true;

			@Override
			public void run(io.github.thriftboot.netty.test.RawConnection connection) throws Exception {
				boolean stuck;
				synchronized (this) {
					stuck = this.first;
					this.first = false;
				}
				while (true) {
					RawMessage request = connection.receive();
					connection.send(request.reply(new EchoService.add_result(42)));
					if (stuck) {
						reading.await();
					}
				}
			}

		});
		TestClient client = this.runtime.client(
				(options) -> options.connections((connections) -> connections.maxShared(2).growthThreshold(1_000_000)),
				half.port());
		client.call("add", 40, 2);
		// more than the operating system takes
		List<CompletableFuture<Object>> filling = new ArrayList<>();
		for (int i = 0; i < 15; i++) {
			filling.add(client.callAsync("note", Packets.ofSize(1_000_000)));
		}

		await().atMost(LONG)
			.untilAsserted(() -> assertThat(client.callAsync("add", 40, 2)).succeedsWithin(Duration.ofSeconds(1)));

		assertThat(half.accepted()).isEqualTo(2);
		reading.countDown();
	}

	@Test
	void idleConnectionCostsLittleMemory() throws Exception {
		int count = 500;
		ConnectionPool pool = this.runtime.pool();
		int[] ports = { this.server.port() };
		client(ThriftTransport.HEADER, (connections) -> connections.eager(true));
		await().atMost(LONG).untilAsserted(() -> assertThat(connections()).isOne());
		long before = usedMemory();

		for (int i = 0; i < count; i++) {
			// options that differ share no connection
			Duration connectTimeout = Duration.ofMillis(1_000 + i);
			this.runtime.client(pool, TestRuntime.ECHO,
					(options) -> options
						.connections((connections) -> connections.eager(true).connectTimeout(connectTimeout)),
					TestRuntime.instances(ports));
		}
		await().atMost(LONG).untilAsserted(() -> assertThat(connections()).isEqualTo(count + 1));

		LoggerFactory.getLogger("figures")
			.info("{} idle connections with a channel each: {} KiB of heap for both ends of one", count,
					(usedMemory() - before) / count / 1024);
	}

	private static long usedMemory() {
		long least = Long.MAX_VALUE;
		for (int i = 0; i < 3; i++) {
			System.gc();
			least = Math.min(least, Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
		}
		return least;
	}

}
