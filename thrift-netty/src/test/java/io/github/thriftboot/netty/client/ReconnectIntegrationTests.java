package io.github.thriftboot.netty.client;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;

import io.github.thriftboot.netty.server.ThriftServer;
import io.github.thriftboot.netty.test.ChangingInstances;
import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.netty.test.RawServer;
import io.github.thriftboot.netty.test.TestClient;
import io.github.thriftboot.netty.test.TestRuntime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Instances that cannot be used, each in its way, and how often they are tried.
 */
class ReconnectIntegrationTests {

	private static final Duration LONG = Duration.ofSeconds(20);

	private static final Duration DEADLINE = Duration.ofMillis(300);

	private static final Duration HEARTBEAT = Duration.ofMillis(200);

	/**
	 * What a loaded machine may add.
	 */
	private static final Duration SLACK = Duration.ofSeconds(2);

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	@ParameterizedTest
	@EnumSource
	void noCallWaitsPastItsDeadlineAndAnotherInstanceServesAlone(Unusable unusable) throws Exception {
		ThriftInstance broken = unusable.start(this.runtime);
		TestClient alone = client(List.of(broken));
		long longest = 0;
		for (int i = 0; i < 5; i++) {
			long start = System.nanoTime();
			assertThat(alone.callAsync("add", 40, 2)).failsWithin(LONG);
			longest = Math.max(longest, System.nanoTime() - start);
		}
		assertThat(Duration.ofNanos(longest)).isLessThan(DEADLINE.plus(SLACK));

		ThriftServer server = this.runtime.start(new EchoHandler());
		TestClient client = client(List.of(broken, TestRuntime.instance(server.port())));
		CallPolicy idempotent = CallPolicy.builder(DEADLINE.plus(SLACK)).idempotent(true).build();
		int failed = 0;
		int row = 0;
		while (row < 200) {
			try {
				assertThat((int) client.call(unusable.silent ? CallPolicy.of(DEADLINE) : idempotent, "add", 40, 2))
					.isEqualTo(42);
				row++;
			}
			catch (CallTimeoutException | ConnectionLostException ex) {
				row = 0;
				failed++;
			}
		}
		figure("{}: longest call {} ms of {} ms; beside another instance {} calls failed before 200 in a row "
				+ "succeeded", unusable, millis(longest), DEADLINE.toMillis(), failed);
		assertThat(failed).as("errors beside another instance").isLessThanOrEqualTo(unusable.silent ? 10 : 0);
	}

	private TestClient client(List<ThriftInstance> instances) {
		return this.runtime.client(this.runtime.pool(), TestRuntime.ECHO, (options) -> options.timeout(DEADLINE)
			.connections((connections) -> connections.heartbeat(HEARTBEAT, HEARTBEAT).connectTimeout(HEARTBEAT)),
				InstanceSource.of(instances));
	}

	@Test
	void attemptsAreBackedOffWithJitterAndANewStartIsTriedAtOnce() throws Exception {
		Queue<Long> attempts = new ConcurrentLinkedQueue<>();
		RawServer server = this.runtime.start((connection) -> attempts.add(System.nanoTime()));
		int port = server.port();
		ChangingInstances instances = new ChangingInstances();
		instances.set(List.of(startedAt(port, 1)));
		this.runtime.client(this.runtime.pool(), TestRuntime.ECHO, (options) -> options
			// a ping would be closed, too
			.connections((connections) -> connections.eager(true).heartbeat(Duration.ZERO, LONG)), instances);

		await().atMost(LONG).until(() -> attempts.size() >= 6);
		List<Long> gaps = gaps(attempts);
		// the next one is due in 0.8 s at the earliest
		long before = System.nanoTime();
		instances.set(List.of(startedAt(port, 2)));
		await().atMost(LONG).until(() -> attempts.size() >= 7);
		long atOnce = attempts.stream().skip(6).findFirst().orElseThrow() - before;

		figure("attempts at a peer that closes: {} ms apart, after a new start {} ms", gaps, millis(atOnce));
		long[] least = { 25, 50, 100, 200, 400 };
		for (int i = 0; i < least.length; i++) {
			assertThat(gaps.get(i)).isGreaterThanOrEqualTo(least[i] - 15).isLessThan(2 * least[i] + SLACK.toMillis());
		}
		assertThat(Duration.ofNanos(atOnce)).isLessThan(Duration.ofMillis(700));
	}

	private static ThriftInstance startedAt(int port, long started) {
		return new ThriftInstance("127.0.0.1", port, 1, null, null, started, Map.of());
	}

	private static List<Long> gaps(Iterable<Long> times) {
		List<Long> gaps = new ArrayList<>();
		long last = Long.MIN_VALUE;
		for (long time : times) {
			if (last != Long.MIN_VALUE) {
				gaps.add(millis(time - last));
			}
			last = time;
		}
		return gaps;
	}

	@Test
	void instanceThatFlapsCostsNoCallBesideAnother() throws Exception {
		EchoHandler handler = new EchoHandler();
		ThriftServer steady = this.runtime.start(handler);
		AtomicInteger connections = new AtomicInteger();
		// accepts, answers a few calls and pings, and closes
		RawServer flapping = this.runtime.start((connection) -> {
			connections.incrementAndGet();
			for (int i = 0; i < 3; i++) {
				connection.send(connection.receive().reply(new io.github.thriftboot.test.EchoService.add_result(42)));
			}
		});
		TestClient client = client(List.of(TestRuntime.instance(steady.port()), TestRuntime.instance(flapping.port())));
		CallPolicy idempotent = CallPolicy.builder(LONG).idempotent(true).build();
		long start = System.nanoTime();
		int calls = 0;

		while (System.nanoTime() - start < Duration.ofSeconds(4).toNanos()) {
			assertThat((int) client.call(idempotent, "add", 40, 2)).isEqualTo(42);
			calls++;
		}

		figure("flapping instance: {} connections in 4 s, {} calls, 0 failed", connections, calls);
		// 8 attempts take at least 3 s of waiting
		assertThat(connections.get()).isBetween(2, 10);
	}

	@Test
	void clientsThatLoseAServerTogetherComeBackApart() throws Exception {
		int clients = 40;
		ServerSocket socket = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
		this.runtime.closing(socket);
		Queue<Long> accepted = new ConcurrentLinkedQueue<>();
		AtomicBoolean closed = new AtomicBoolean();
		Thread acceptor = new Thread(() -> acceptAndClose(socket, accepted, closed), "raw-acceptor");
		acceptor.start();
		ConnectionPool pool = this.runtime.pool();
		for (int i = 0; i < clients; i++) {
			// options that differ share no connection
			Duration connectTimeout = Duration.ofMillis(1_000 + i);
			this.runtime.client(pool, TestRuntime.ECHO,
					(options) -> options.connections((connections) -> connections.eager(true)
						.connectTimeout(connectTimeout)
						.heartbeat(Duration.ZERO, LONG)),
					TestRuntime.instances(socket.getLocalPort()));
		}

		await().atMost(LONG).until(() -> accepted.size() >= 6 * clients);
		closed.set(true);

		long[] times = accepted.stream().mapToLong(Long::longValue).toArray();
		long seconds = TimeUnit.NANOSECONDS.toSeconds(times[times.length - 1] - times[0]) + 1;
		// the sixth attempts are due within 775 to 1550 ms after the first ones
		long[] last = LongStream.of(times).skip(5L * clients).toArray();
		long spread = millis(last[last.length - 1] - last[0]);
		figure("{} clients that lose a server together: {} attempts in {} s, the last {} of them spread over {} ms",
				clients, times.length, seconds, last.length, spread);
		assertThat(spread).as("jitter").isGreaterThan(100);
		assertThat(times.length).isLessThanOrEqualTo((int) (clients * (8 + seconds)));
	}

	private static void acceptAndClose(ServerSocket socket, Queue<Long> accepted, AtomicBoolean closed) {
		try {
			while (!closed.get()) {
				Socket connection = socket.accept();
				accepted.add(System.nanoTime());
				connection.close();
			}
		}
		catch (java.io.IOException ex) {
			// closed
		}
	}

	private static long millis(long nanos) {
		return TimeUnit.NANOSECONDS.toMillis(nanos);
	}

	private static void figure(String text, Object... values) {
		LoggerFactory.getLogger("figures").info(text, values);
	}

	/**
	 * Ways in which an instance cannot be used.
	 */
	enum Unusable {

		REFUSES(false) {

			@Override
			ThriftInstance start(TestRuntime runtime) throws Exception {
				try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
					return TestRuntime.instance(socket.getLocalPort());
				}
			}

		},

		/**
		 * As behind a route into nothing: nobody answers the attempt to connect, because
		 * the queue of those who wait to be accepted is full.
		 */
		UNREACHABLE(false) {

			@Override
			ThriftInstance start(TestRuntime runtime) throws Exception {
				ServerSocket socket = runtime.closing(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
				for (int i = 0; i < 2; i++) {
					runtime.closing(new Socket(InetAddress.getLoopbackAddress(), socket.getLocalPort()));
				}
				return TestRuntime.instance(socket.getLocalPort());
			}

		},

		UNKNOWN_HOST(false) {

			@Override
			ThriftInstance start(TestRuntime runtime) {
				return ThriftInstance.of("no-such-host.invalid", 9090);
			}

		},

		ACCEPTS_AND_CLOSES(false) {

			@Override
			ThriftInstance start(TestRuntime runtime) {
				return TestRuntime.instance(runtime.start((connection) -> {
				}).port());
			}

		},

		ACCEPTS_AND_IS_SILENT(true) {

			@Override
			ThriftInstance start(TestRuntime runtime) {
				CountDownLatch never = new CountDownLatch(1);
				return TestRuntime.instance(runtime.start((connection) -> never.await()).port());
			}

		};

		private final boolean silent;

		Unusable(boolean silent) {
			this.silent = silent;
		}

		abstract ThriftInstance start(TestRuntime runtime) throws Exception;

	}

}
