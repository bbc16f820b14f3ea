package io.github.thriftboot.netty.client;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

import io.github.thriftboot.netty.protocol.RemoteApplicationException;
import io.github.thriftboot.netty.protocol.ThriftProtocol;
import io.github.thriftboot.netty.protocol.ThriftTransport;
import io.github.thriftboot.netty.server.ThriftServer;
import io.github.thriftboot.netty.test.ChangingInstances;
import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.netty.test.OtherHandler;
import io.github.thriftboot.netty.test.Packets;
import io.github.thriftboot.netty.test.TestClient;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.Packet;
import org.apache.thrift.TApplicationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What instances are, speak and export changes while they are called: no reply ever comes
 * from the wrong place.
 */
class InstanceChangesIntegrationTests {

	private static final int CALLERS = 8;

	private static final int SWAPS = 300;

	private static final long SWAP_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	private final Random random = new Random(20261125);

	@Test
	void addressesThatHashAlikeAreKeptApart() throws Exception {
		ThriftServer second = startAt("127.0.0.2", 0, "second");
		ThriftServer first = startBeside(second);
		while (first == null) {
			second = startAt("127.0.0.2", 0, "second");
			first = startBeside(second);
		}
		assertThat(Objects.hash("127.0.0.1", first.port())).isEqualTo(Objects.hash("127.0.0.2", second.port()));
		ConnectionPool pool = this.runtime.pool();
		TestClient ofFirst = client(pool, at("127.0.0.1", first));
		TestClient ofSecond = client(pool, at("127.0.0.2", second));

		TestRuntime.runInThreads(2, (thread) -> {
			for (int i = 0; i < 500; i++) {
				assertThat((String) ofFirst.call("whoAmI")).isEqualTo("first");
				assertThat((String) ofSecond.call("whoAmI")).isEqualTo("second");
			}
		});
	}

	private static InstanceSource at(String host, ThriftServer server) {
		return InstanceSource.of(List.of(ThriftInstance.of(host, server.port())));
	}

	/**
	 * Start a server whose address has the same hash.
	 * @return the server, or {@code null} if that port is not free
	 */
	private ThriftServer startBeside(ThriftServer second) {
		try {
			// the host differs by one character, so 31 ports make up for it
			return startAt("127.0.0.1", second.port() + 31, "first");
		}
		catch (CompletionException | IllegalArgumentException ex) {
			return null;
		}
	}

	private ThriftServer startAt(String host, int port, String name) {
		ThriftServer server = ThriftServer.builder()
			.address(new InetSocketAddress(host, port))
			.service("EchoService", TestRuntime.ECHO, new EchoHandler(name))
			.build();
		this.runtime.closing(() -> server.shutdown(Duration.ZERO).join());
		server.bind().join();
		server.start();
		return server;
	}

	@Test
	void serviceThatTakesOverAnAddressDoesNotAnswerForTheOther() throws Exception {
		ThriftServer leaving = this.runtime.start(new EchoHandler());
		ThriftServer staying = this.runtime.start(new EchoHandler());
		int port = leaving.port();
		ChangingInstances instances = new ChangingInstances(port, staying.port());
		ConnectionPool pool = this.runtime.pool();
		TestClient echo = client(pool, instances);
		for (int i = 0; i < 50; i++) {
			assertThat((String) echo.call("whoAmI")).isEqualTo("echo");
		}
		leaving.shutdown(Duration.ZERO).join();
		this.runtime.startOn(port,
				ThriftServer.builder().service("OtherService", OtherHandler.SERVICE, new OtherHandler()));
		TestClient other = this.runtime.client(pool, OtherHandler.SERVICE, (options) -> {
		}, TestRuntime.instances(port));
		await().ignoreExceptions().untilAsserted(() -> assertThat((String) other.call("whoAmI")).isEqualTo("other"));

		// both have a method of that name, and both channels share the connection
		AtomicInteger refused = new AtomicInteger();
		for (int i = 0; i < 100; i++) {
			try {
				assertThat((String) echo.call("whoAmI")).isEqualTo("echo");
			}
			catch (RemoteApplicationException ex) {
				assertThat(ex.getType()).isEqualTo(TApplicationException.UNKNOWN_METHOD);
				refused.incrementAndGet();
			}
			assertThat((String) other.call("whoAmI")).isEqualTo("other");
		}
		assertThat(refused).as("the registry still tells the address").hasPositiveValue();

		instances.set(staying.port());
		for (int i = 0; i < 100; i++) {
			assertThat((String) echo.call("whoAmI")).isEqualTo("echo");
			assertThat((String) other.call("whoAmI")).isEqualTo("other");
		}
	}

	@Test
	void everythingInTheMetadataMayChangeUnderLoad() throws Exception {
		EchoHandler handler = new EchoHandler();
		List<ThriftServer> servers = new ArrayList<>();
		for (int i = 0; i < 3; i++) {
			servers.add(this.runtime.start(handler));
		}
		ChangingInstances instances = new ChangingInstances(servers.get(0).port());
		TestClient client = this.runtime.client(this.runtime.pool(), TestRuntime.ECHO,
				(options) -> options.balancing((balancing) -> balancing.warmUp(Duration.ofSeconds(1))), instances);
		AtomicInteger calls = new AtomicInteger();
		AtomicInteger swapping = new AtomicInteger(1);

		TestRuntime.runInThreads(CALLERS + 1, (thread) -> {
			if (thread == CALLERS) {
				swap(instances, servers);
				swapping.set(0);
				return;
			}
			while (swapping.get() > 0) {
				Packet packet = Packets.ofSize(300);
				assertThat((Packet) client.call("echo", packet)).isEqualTo(packet);
				calls.incrementAndGet();
			}
		});

		assertThat(handler.executions()).hasSize(calls.get()).allSatisfy((nonce, count) -> assertThat(count).isOne());
		instances.set(servers.get(0).port());
		assertThat((int) client.call("add", 1, 2)).isEqualTo(3);
		await().untilAsserted(() -> assertThat(servers).extracting(TestRuntime::connections)
			.as("what the last list does not need is closed")
			.containsExactly(1, 0, 0));
		LoggerFactory.getLogger("figures")
			.info("list swapped {} times, 100 times a second, with {} calls in {} threads: 0 failed", SWAPS, calls,
					CALLERS);
	}

	private void swap(ChangingInstances instances, List<ThriftServer> servers) {
		for (int i = 0; i < SWAPS; i++) {
			List<ThriftInstance> list = new ArrayList<>();
			for (ThriftServer server : servers) {
				if (this.random.nextBoolean()) {
					list.add(any(server.port()));
				}
			}
			instances.set(list.isEmpty() ? List.of(any(servers.get(i % servers.size()).port())) : list);
			LockSupport.parkNanos(SWAP_NANOS);
		}
	}

	private ThriftInstance any(int port) {
		ThriftTransport transport = ThriftTransport.values()[this.random.nextInt(ThriftTransport.values().length)];
		ThriftProtocol protocol = this.random.nextBoolean() ? ThriftProtocol.BINARY : ThriftProtocol.COMPACT;
		int weight = this.random.nextInt(3) * 50;
		return new ThriftInstance("127.0.0.1", port, weight, transport, protocol,
				System.currentTimeMillis() - this.random.nextInt(2_000), Map.of("zone", "z" + this.random.nextInt(2)));
	}

	private TestClient client(ConnectionPool pool, InstanceSource instances) {
		Consumer<ThriftChannel.Builder> defaults = (options) -> {
		};
		return this.runtime.client(pool, TestRuntime.ECHO, defaults, instances);
	}

}
