package io.github.thriftboot.netty.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import io.github.thriftboot.netty.protocol.ThriftTransport;
import io.github.thriftboot.netty.server.ThriftServer;
import io.github.thriftboot.netty.test.ChangingInstances;
import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.netty.test.Packets;
import io.github.thriftboot.netty.test.TestClient;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.Packet;
import org.apache.thrift.TException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Which instances calls go to, while the list and the instances change.
 */
class InstancesIntegrationTests {

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	@ParameterizedTest
	@EnumSource
	void callsNeverFailWhileTheListChanges(ThriftTransport transport) throws Exception {
		EchoHandler handler = new EchoHandler();
		int[] ports = { this.runtime.start(handler).port(), this.runtime.start(handler).port(),
				this.runtime.start(handler).port() };
		ChangingInstances instances = new ChangingInstances(ports);
		TestClient client = client(instances, (options) -> options.transport(transport).maxConnections(2));
		AtomicBoolean stopped = new AtomicBoolean();
		AtomicInteger calls = new AtomicInteger();
		List<CompletableFuture<Void>> callers = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			callers.add(inThread(() -> {
				while (!stopped.get()) {
					Packet packet = Packets.ofSize(100);
					assertThat((Packet) client.call("echo", packet)).isEqualTo(packet);
					calls.incrementAndGet();
				}
			}));
		}

		for (int i = 0; i < 1_000; i++) {
			int first = ThreadLocalRandom.current().nextInt(3);
			instances.set(Arrays.copyOfRange(ports, first, 1 + first + ThreadLocalRandom.current().nextInt(3 - first)));
			int enough = calls.get() + 3;
			await().pollInterval(Duration.ofMillis(1))
				.until(() -> calls.get() > enough || callers.stream().anyMatch(CompletableFuture::isDone));
		}
		stopped.set(true);

		assertThat(callers).allSatisfy((caller) -> assertThat(caller).succeedsWithin(Duration.ofSeconds(20)));
		assertThat(handler.executions()).hasSize(calls.get()).allSatisfy((nonce, count) -> assertThat(count).isOne());
		LoggerFactory.getLogger("figures")
			.info("list swapped 1,000 times during {} {} calls: 0 failed", calls, transport);
	}

	@Test
	void sharesFollowTheWeights() throws Exception {
		int[] weights = { 1, 3, 0 };
		List<ThriftInstance> list = new ArrayList<>();
		for (int i = 0; i < weights.length; i++) {
			int port = this.runtime.start(new EchoHandler(String.valueOf(i))).port();
			list.add(new ThriftInstance("127.0.0.1", port, weights[i], null, null, 0, Map.of()));
		}
		TestClient client = client(InstanceSource.of(list), (options) -> {
		});
		Map<String, Integer> counts = new HashMap<>();
		for (int i = 0; i < 2_000; i++) {
			counts.merge(client.call("whoAmI"), 1, Integer::sum);
		}

		assertThat(counts).containsOnlyKeys("0", "1");
		// five standard deviations
		assertThat(counts.get("0")).isBetween(400, 600);
		assertThat(client.channel().instances()).isEqualTo(list);
	}

	@Test
	void emptyListIsNotBelievedWhileAnInstanceIsConnected() throws Exception {
		ChangingInstances instances = new ChangingInstances(this.runtime.start(new EchoHandler()).port());
		TestClient client = client(instances, (options) -> {
		});
		client.call("nothing");

		instances.set();

		client.call("nothing");
		assertThat(client.channel().instances()).hasSize(1);
	}

	@Test
	void emptyListIsBelievedAfterTheGrace() throws Exception {
		int port = this.runtime.start(new EchoHandler()).port();
		ChangingInstances instances = new ChangingInstances(port);
		TestClient client = client(instances, (options) -> options.emptyListGrace(Duration.ofMillis(50)));
		client.call("nothing");

		instances.set();

		await().untilAsserted(() -> assertThat(client.channel().instances()).isEmpty());
		assertThatExceptionOfType(NoInstanceException.class).isThrownBy(() -> client.call("nothing"))
			.withMessageContaining("EchoService")
			.satisfies((ex) -> assertThat(ex.instance()).isNull());
		instances.set(port);
		client.call("nothing");
	}

	@Test
	void emptyListIsBelievedAtOnceIfNothingIsConnected() {
		ChangingInstances instances = new ChangingInstances(1);
		TestClient client = client(instances, (options) -> {
		});

		instances.set();

		assertThat(client.channel().instances()).isEmpty();
		assertThatExceptionOfType(NoInstanceException.class).isThrownBy(() -> client.call("nothing"));
	}

	@Test
	void listThatComesInTimeEndsTheGrace() throws Exception {
		int port = this.runtime.start(new EchoHandler()).port();
		ChangingInstances instances = new ChangingInstances(port);
		TestClient client = client(instances, (options) -> options.emptyListGrace(Duration.ofMillis(300)));
		client.call("nothing");

		instances.set();
		instances.set(port);

		await().during(Duration.ofMillis(600))
			.atMost(Duration.ofSeconds(20))
			.untilAsserted(() -> assertThat(client.channel().instances()).hasSize(1));
	}

	@Test
	void instanceThatCannotBeReachedIsLeftOut() throws Exception {
		int dead = freedPort();
		TestClient client = client(TestRuntime.instances(dead, this.runtime.start(new EchoHandler()).port()),
				(options) -> {
				});

		for (int i = 0; i < 200; i++) {
			assertThat((int) client.call("add", i, 1)).isEqualTo(i + 1);
		}
	}

	@Test
	void callWithoutAnyInstanceThatCanBeReachedIsUnprocessed() throws Exception {
		int dead = freedPort();
		TestClient client = client(TestRuntime.instances(dead), (options) -> {
		});

		assertThatExceptionOfType(UnprocessedException.class).isThrownBy(() -> client.call("nothing"))
			.satisfies((ex) -> assertThat(ex.instance()).isEqualTo("127.0.0.1:" + dead))
			.withMessageContaining("127.0.0.1:" + dead);
		assertThatExceptionOfType(NoInstanceException.class).isThrownBy(() -> client.call("nothing"))
			.withMessageContaining("127.0.0.1:" + dead)
			.withCauseInstanceOf(java.net.ConnectException.class);
	}

	@Test
	void hostThatCannotBeResolvedIsUnprocessed() {
		TestClient client = client(InstanceSource.of(List.of(ThriftInstance.of("no-such-host.invalid", 9090))),
				(options) -> {
				});

		assertThatExceptionOfType(UnprocessedException.class).isThrownBy(() -> client.call("nothing"))
			.withMessageContaining("no-such-host.invalid");
	}

	@Test
	void hostNameIsResolved() throws Exception {
		int port = this.runtime.start(new EchoHandler()).port();
		TestClient client = client(InstanceSource.of(List.of(ThriftInstance.of("localhost", port))), (options) -> {
		});

		assertThat((int) client.call("add", 40, 2)).isEqualTo(42);
	}

	@Test
	void instanceComesBackWhenItsPortOpens() throws Exception {
		EchoHandler handler = new EchoHandler("first");
		ThriftServer first = this.runtime.start(handler);
		int port = first.port();
		TestClient client = client(TestRuntime.instances(port), (options) -> {
		});
		assertThat((String) client.call("whoAmI")).isEqualTo("first");
		assertThat(first.shutdown(Duration.ZERO)).succeedsWithin(Duration.ofSeconds(20));
		await().untilAsserted(
				() -> assertThatExceptionOfType(NoInstanceException.class).isThrownBy(() -> client.call("whoAmI")));

		this.runtime.startOn(port,
				ThriftServer.builder().service("EchoService", TestRuntime.ECHO, new EchoHandler("second")));

		await().ignoreExceptionsInstanceOf(TException.class)
			.untilAsserted(() -> assertThat((String) client.call("whoAmI")).isEqualTo("second"));
	}

	@Test
	void channelThatIsClosedRefusesCalls() throws Exception {
		TestClient client = this.runtime.client(this.runtime.start(new EchoHandler()).port());
		client.call("nothing");

		client.channel().close();

		assertThatExceptionOfType(UnprocessedException.class).isThrownBy(() -> client.call("nothing"))
			.withMessageContaining("closed");
		assertThat(client.callAsync("nothing")).failsWithin(Duration.ZERO);
	}

	@Test
	void channelThatIsClosedLetsItsCallsFinish() throws Exception {
		EchoHandler handler = new EchoHandler();
		handler.closeGate();
		ThriftServer server = this.runtime.start(handler);
		TestClient client = this.runtime.client(server.port());
		CompletableFuture<Object> call = client.callAsync("misbehave", "wait");
		await().untilAsserted(() -> assertThat(handler.waiting()).isOne());

		client.channel().close();
		handler.openGate();

		assertThat(call).succeedsWithin(Duration.ofSeconds(20)).isEqualTo("waited");
		await().untilAsserted(() -> assertThat(TestRuntime.connections(server)).isZero());
	}

	@Test
	void poolThatIsClosedEndsEveryCall() throws Exception {
		EchoHandler handler = new EchoHandler();
		handler.closeGate();
		ThriftServer server = this.runtime.start(handler);
		ConnectionPool pool = this.runtime.pool();
		TestClient client = this.runtime.client(pool, TestRuntime.ECHO, (options) -> {
		}, TestRuntime.instances(server.port()));
		List<CompletableFuture<Object>> calls = new ArrayList<>();
		for (int i = 0; i < 1_000; i++) {
			calls.add(client.callAsync("misbehave", "wait"));
		}
		await().untilAsserted(() -> assertThat(handler.waiting()).isPositive());

		assertThat(pool.shutdown()).succeedsWithin(Duration.ofSeconds(20));

		assertThat(calls).allSatisfy((call) -> assertThat(call).failsWithin(Duration.ZERO)
			.withThrowableThat()
			.havingRootCause()
			.isInstanceOfAny(ConnectionLostException.class, UnprocessedException.class, java.io.IOException.class));
		assertThatExceptionOfType(UnprocessedException.class).isThrownBy(() -> client.call("nothing"));
		handler.openGate();
	}

	@Test
	void listThatComesAfterThePoolIsClosedIsIgnored() throws Exception {
		int port = this.runtime.start(new EchoHandler()).port();
		ChangingInstances instances = new ChangingInstances(port);
		ConnectionPool pool = this.runtime.pool();
		TestClient client = this.runtime.client(pool, TestRuntime.ECHO, (options) -> {
		}, instances);
		client.call("nothing");
		pool.close();

		instances.set(port, 1);
		instances.set();

		assertThatExceptionOfType(UnprocessedException.class).isThrownBy(() -> client.call("nothing"));
	}

	private TestClient client(InstanceSource instances, Consumer<ThriftChannel.Builder> options) {
		return this.runtime.client(this.runtime.pool(), TestRuntime.ECHO, options, instances);
	}

	/**
	 * Return a port on which nobody listens.
	 */
	private int freedPort() throws Exception {
		ThriftServer server = this.runtime.start(new EchoHandler());
		int port = server.port();
		assertThat(server.shutdown(Duration.ZERO)).succeedsWithin(Duration.ofSeconds(20));
		return port;
	}

	private static CompletableFuture<Void> inThread(ThrowingRunnable task) {
		CompletableFuture<Void> result = new CompletableFuture<>();
		new Thread(() -> {
			try {
				task.run();
				result.complete(null);
			}
			catch (Throwable ex) {
				result.completeExceptionally(ex);
			}
		}).start();
		return result;
	}

	private interface ThrowingRunnable {

		void run() throws Exception;

	}

}
