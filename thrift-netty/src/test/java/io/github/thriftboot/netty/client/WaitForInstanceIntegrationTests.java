package io.github.thriftboot.netty.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;

import io.github.thriftboot.netty.server.ThriftServer;
import io.github.thriftboot.netty.test.ChangingInstances;
import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.netty.test.RawMessage;
import io.github.thriftboot.netty.test.RawServer;
import io.github.thriftboot.netty.test.TestClient;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.EchoService;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Calls while there is no instance: they fail at once, or wait for one.
 */
class WaitForInstanceIntegrationTests {

	private static final Duration LONG = Duration.ofSeconds(20);

	private static final CallPolicy WAITING = CallPolicy.builder(LONG).waitForInstance(LONG).build();

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	private final ChangingInstances instances = new ChangingInstances();

	@Test
	void withoutWaitingTheCallFailsAtOnce() {
		TestClient client = client(1_000);
		List<Long> nanos = new ArrayList<>();
		for (int i = 0; i < 100; i++) {
			long start = System.nanoTime();
			assertThatExceptionOfType(NoInstanceException.class).isThrownBy(() -> client.call("add", 1, 2));
			nanos.add(System.nanoTime() - start);
		}

		nanos.sort(null);
		LoggerFactory.getLogger("figures")
			.info("no instance: fails in {} us (median), {} us (longest)", nanos.get(50) / 1_000,
					nanos.get(99) / 1_000);
		assertThat(Duration.ofNanos(nanos.get(50))).isLessThan(Duration.ofMillis(5));
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void callSucceedsWhenAnInstanceAppears(boolean failsafe) throws Exception {
		TestClient client = client(1_000);
		CallPolicy policy = WAITING.toBuilder().cluster(failsafe ? ClusterMode.FAILSAFE : ClusterMode.FAILFAST).build();
		CompletableFuture<Object> async = client.callAsync(policy, "add", 40, 2);
		CompletableFuture<Integer> blocking = CompletableFuture.supplyAsync(() -> {
			try {
				return client.call(policy, "add", 40, 3);
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		});
		assertThat(async).isNotDone();

		this.instances.set(this.runtime.start(new EchoHandler()).port());

		assertThat(async).succeedsWithin(LONG).isEqualTo(42);
		assertThat(blocking).succeedsWithin(LONG).isEqualTo(43);
		assertThat((int) client.call(policy, "add", 1, 2)).isEqualTo(3);
	}

	@Test
	void callSucceedsWhenAnInstanceComesBack() throws Exception {
		ThriftServer first = this.runtime.start(new EchoHandler());
		int port = first.port();
		assertThat(first.shutdown(Duration.ZERO)).succeedsWithin(LONG);
		this.instances.set(port);
		TestClient client = client(1_000);
		CompletableFuture<Object> tried = client.callAsync(WAITING, "add", 40, 2);
		await().untilAsserted(
				() -> assertThatExceptionOfType(NoInstanceException.class).isThrownBy(() -> client.call("add", 1, 2)));
		CompletableFuture<Object> untried = client.callAsync(WAITING, "add", 40, 3);
		assertThat(List.of(tried, untried)).noneMatch(CompletableFuture::isDone);

		this.runtime.startOn(port, ThriftServer.builder().service("EchoService", TestRuntime.ECHO, new EchoHandler()));

		assertThat(tried).succeedsWithin(LONG).isEqualTo(42);
		assertThat(untried).succeedsWithin(LONG).isEqualTo(43);
	}

	@Test
	void orderIsKept() {
		TestClient client = client(1_000);
		Queue<Integer> received = new ConcurrentLinkedQueue<>();
		RawServer server = this.runtime.start((connection) -> {
			while (true) {
				RawMessage request = connection.receive();
				received.add(request.read(new EchoService.add_args()).getLeft());
				connection.send(request.reply(new EchoService.add_result(0)));
			}
		});
		List<Integer> numbers = IntStream.range(0, 300).boxed().toList();
		List<CompletableFuture<Object>> calls = new ArrayList<>();
		for (int number : numbers) {
			calls.add(client.callAsync(WAITING, "add", number, 0));
			if (number == 100) {
				this.instances.set(server.port());
			}
		}

		assertThat(calls).allSatisfy((call) -> assertThat(call).succeedsWithin(LONG));
		assertThat(received).containsExactlyElementsOf(numbers);
	}

	@Test
	void callThatFindsNoPlaceFailsAtOnce() throws Exception {
		TestClient client = client(2);
		CompletableFuture<Object> first = client.callAsync(WAITING, "add", 40, 1);
		CompletableFuture<Object> second = client.callAsync(WAITING, "add", 40, 2);

		assertThatExceptionOfType(NoInstanceException.class).isThrownBy(() -> client.call(WAITING, "add", 40, 3))
			.withMessageContaining("no instance of EchoService is known");
		first.cancel(true);
		CompletableFuture<Object> fourth = client.callAsync(WAITING, "add", 40, 4);
		assertThat(client.callAsync(WAITING, "add", 40, 5)).failsWithin(Duration.ZERO);
		this.instances.set(this.runtime.start(new EchoHandler()).port());

		assertThat(second).succeedsWithin(LONG).isEqualTo(42);
		assertThat(fourth).succeedsWithin(LONG).isEqualTo(44);
	}

	@ParameterizedTest
	@ValueSource(ints = { 100, 20_000 })
	void callFailsWhenItHasWaitedForLongEnough(int waitMillis) {
		TestClient client = client(1_000);
		CallPolicy policy = CallPolicy.builder(Duration.ofMillis(200))
			.waitForInstance(Duration.ofMillis(waitMillis))
			.build();
		CompletableFuture<Object> async = client.callAsync(policy, "add", 1, 2);

		long start = System.nanoTime();
		assertThatExceptionOfType(NoInstanceException.class).isThrownBy(() -> client.call(policy, "add", 1, 2));
		Duration waited = Duration.ofNanos(System.nanoTime() - start);

		assertThat(waited).isBetween(Duration.ofMillis(Math.min(waitMillis, 200) - 1), Duration.ofSeconds(10));
		assertThat(async).failsWithin(LONG)
			.withThrowableOfType(ExecutionException.class)
			.withCauseInstanceOf(NoInstanceException.class);
	}

	@Test
	void callerThatIsInterruptedWaitsNoLonger() throws Exception {
		TestClient client = client(1);
		Thread caller = new Thread(() -> assertThatExceptionOfType(CallCancelledException.class)
			.isThrownBy(() -> client.call(WAITING, "add", 1, 2)));
		caller.start();
		await().until(() -> caller.getState() == Thread.State.TIMED_WAITING);

		caller.interrupt();
		caller.join(LONG.toMillis());

		assertThat(caller.isAlive()).isFalse();
		CompletableFuture<Object> next = client.callAsync(WAITING, "add", 40, 2);
		this.instances.set(this.runtime.start(new EchoHandler()).port());
		assertThat(next).succeedsWithin(LONG).isEqualTo(42);
	}

	@Test
	void channelThatIsClosedEndsTheCallsThatWait() {
		TestClient client = client(1_000);
		CompletableFuture<Object> call = client.callAsync(WAITING, "add", 1, 2);

		client.channel().close();

		assertThat(call).failsWithin(Duration.ZERO).withThrowableThat().withMessageContaining("closed");
		assertThat(client.callAsync(WAITING, "add", 1, 2)).failsWithin(Duration.ZERO);
	}

	@Test
	void poolThatIsClosedEndsTheCallsThatWait() {
		ConnectionPool pool = this.runtime.pool();
		TestClient client = this.runtime.client(pool, TestRuntime.ECHO, (options) -> {
		}, this.instances);
		CompletableFuture<Object> call = client.callAsync(WAITING, "add", 1, 2);

		pool.close();

		assertThat(call).failsWithin(LONG);
		assertThat(client.callAsync(WAITING, "add", 1, 2)).failsWithin(LONG);
	}

	private TestClient client(int maxWaitingCalls) {
		return this.runtime.client(this.runtime.pool(), TestRuntime.ECHO,
				(options) -> options.maxWaitingCalls(maxWaitingCalls), this.instances);
	}

}
