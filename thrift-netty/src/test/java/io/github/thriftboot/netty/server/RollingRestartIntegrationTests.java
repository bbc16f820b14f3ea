package io.github.thriftboot.netty.server;

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

import io.github.thriftboot.netty.test.MachineJitter;
import io.github.thriftboot.netty.test.Packets;
import io.github.thriftboot.netty.test.ServerProcess;
import io.github.thriftboot.netty.test.TestClient;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.Packet;
import org.apache.thrift.TException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Provider processes are restarted one after the other, while the list of instances never
 * changes (B4).
 */
class RollingRestartIntegrationTests {

	private static final int PROVIDERS = 3;

	private static final int SLOW_MILLIS = 500;

	private static final int QUICK_CALLERS = 6;

	private static final int SLOW_CALLERS = 6;

	private static final Duration LONG = Duration.ofSeconds(30);

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	@TempDir
	Path directory;

	private final List<ServerProcess> started = new ArrayList<>();

	private final AtomicBoolean stopped = new AtomicBoolean();

	private final Queue<Long> succeeded = new ConcurrentLinkedQueue<>();

	private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

	@Test
	void noCallFailsAndNoneRunsTwice() throws Exception {
		ServerProcess[] providers = new ServerProcess[PROVIDERS];
		int[] ports = new int[PROVIDERS];
		for (int i = 0; i < PROVIDERS; i++) {
			providers[i] = start(0);
			ports[i] = providers[i].port();
		}
		MachineJitter jitter = this.runtime.closing(new MachineJitter());
		TestClient client = this.runtime.client(ports);
		ExecutorService callers = Executors.newFixedThreadPool(QUICK_CALLERS + SLOW_CALLERS);
		for (int i = 0; i < QUICK_CALLERS; i++) {
			callers.execute(() -> callUntilStopped(client, 1));
		}
		for (int i = 0; i < SLOW_CALLERS; i++) {
			callers.execute(() -> callUntilStopped(client, SLOW_MILLIS));
		}
		List<Long> took = new ArrayList<>();

		for (int i = 0; i < PROVIDERS; i++) {
			awaitMoreCalls(providers[i]);
			long begin = System.nanoTime();
			CompletableFuture<Long> ended = providers[i].terminate();
			assertThat(ended).succeedsWithin(LONG);
			took.add(TimeUnit.NANOSECONDS.toMillis(ended.join() - begin));
			providers[i] = start(ports[i]);
			awaitMoreCalls(providers[i]);
		}
		this.stopped.set(true);
		callers.shutdown();

		assertThat(callers.awaitTermination(LONG.toSeconds(), TimeUnit.SECONDS)).as("no call hangs").isTrue();
		LoggerFactory.getLogger("figures")
			.info("B4: {} providers restarted under {} callers: {} calls, {} failed, processes ended after {} ms"
					+ " (jitter of the machine {} ms)", PROVIDERS, QUICK_CALLERS + SLOW_CALLERS, this.succeeded.size(),
					this.failures.size(), took, jitter.worstMillis());
		assertThat(this.failures).isEmpty();
		assertExecutedOnce();
		assertThat(took)
			.allSatisfy((millis) -> assertThat(millis).isLessThan(SLOW_MILLIS + 2_000 + 10 * jitter.worstMillis()));
	}

	private void callUntilStopped(TestClient client, int millis) {
		while (!this.stopped.get()) {
			Packet packet = Packets.ofSize(100);
			try {
				assertThat((Packet) client.call("echoLater", packet, millis)).isEqualTo(packet);
				this.succeeded.add(packet.getNonce());
			}
			catch (TException | RuntimeException | AssertionError ex) {
				this.failures.add(ex);
			}
		}
	}

	private ServerProcess start(int port) throws Exception {
		ServerProcess process = this.runtime
			.closing(ServerProcess.start(port, this.directory.resolve("nonces-" + this.started.size())));
		this.started.add(process);
		return process;
	}

	private static void awaitMoreCalls(ServerProcess provider) {
		int before = provider.executed();
		await().atMost(LONG).until(() -> provider.executed() > before + 50);
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
