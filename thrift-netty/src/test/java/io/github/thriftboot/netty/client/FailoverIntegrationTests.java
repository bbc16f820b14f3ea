package io.github.thriftboot.netty.client;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.thriftboot.netty.protocol.ThriftTransport;
import io.github.thriftboot.netty.server.ThriftServer;
import io.github.thriftboot.netty.test.ChangingInstances;
import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.netty.test.Packets;
import io.github.thriftboot.netty.test.RawServer;
import io.github.thriftboot.netty.test.ServerProcess;
import io.github.thriftboot.netty.test.TestClient;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.Packet;
import org.apache.thrift.TException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Instances die while they are called. Calls that cannot have run go to another instance,
 * those that may have run fail, and none runs twice.
 */
class FailoverIntegrationTests {

	private static final Duration LONG = Duration.ofSeconds(20);

	private static final int THREADS = 16;

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	@TempDir
	Path directory;

	private final Queue<Long> succeeded = new ConcurrentLinkedQueue<>();

	private final AtomicInteger mayHaveRun = new AtomicInteger();

	private final Queue<Throwable> unexpected = new ConcurrentLinkedQueue<>();

	private final AtomicBoolean stopped = new AtomicBoolean();

	@ParameterizedTest
	@EnumSource
	void killedProcessCostsOnlyTheCallsThatMayHaveRun(ThriftTransport transport) throws Exception {
		ServerProcess dying = this.runtime.closing(ServerProcess.start(0, this.directory.resolve("dying")));
		ServerProcess other = this.runtime.closing(ServerProcess.start(0, this.directory.resolve("other")));
		TestClient client = this.runtime.client((options) -> options.transport(transport), dying.port(), other.port());
		ExecutorService callers = Executors.newFixedThreadPool(THREADS);
		for (int i = 0; i < THREADS; i++) {
			callers.submit(() -> callUntilStopped(client));
		}
		await().atMost(LONG).until(() -> dying.executed() > 500 && other.executed() > 500);

		dying.kill();
		awaitMoreCalls(other, 500);
		int failed = this.mayHaveRun.get();
		awaitMoreCalls(other, 2_000);
		assertThat(this.mayHaveRun).as("the dead instance is out of the balance").hasValue(failed);
		ServerProcess restarted = this.runtime
			.closing(ServerProcess.start(dying.port(), this.directory.resolve("restarted")));
		awaitMoreCalls(restarted, 200);
		this.stopped.set(true);
		callers.shutdown();

		assertThat(callers.awaitTermination(LONG.toSeconds(), TimeUnit.SECONDS)).as("no call hangs").isTrue();
		assertThat(this.unexpected).isEmpty();
		assertThat(this.mayHaveRun).hasValue(failed);
		List<Long> executed = new ArrayList<>(dying.nonces());
		executed.addAll(other.nonces());
		executed.addAll(restarted.nonces());
		assertThat(executed).as("executed twice").doesNotHaveDuplicates();
		assertThat(executed).as("lost").containsAll(this.succeeded);
		LoggerFactory.getLogger("figures")
			.info("SIGKILL under {} load: {} calls succeeded, {} may have run, 0 ran twice", transport,
					this.succeeded.size(), failed);
	}

	private void callUntilStopped(TestClient client) {
		while (!this.stopped.get()) {
			Packet packet = Packets.ofSize(500);
			try {
				Packet reply = client.call("echo", packet);
				assertThat(reply).isEqualTo(packet);
				this.succeeded.add(packet.getNonce());
			}
			catch (ConnectionLostException ex) {
				this.mayHaveRun.incrementAndGet();
			}
			catch (Throwable ex) {
				this.unexpected.add(ex);
			}
		}
	}

	private static void awaitMoreCalls(ServerProcess server, int count) {
		int before = server.executed();
		await().atMost(LONG).until(() -> server.executed() > before + count);
	}

	@ParameterizedTest
	@EnumSource
	void callsThatWereNotSentGoToAnotherInstance(ThriftTransport transport) throws Exception {
		CountDownLatch dying = new CountDownLatch(1);
		RawServer stuck = this.runtime.start((connection) -> dying.await());
		EchoHandler handler = new EchoHandler();
		ThriftServer other = this.runtime.start(handler);
		ChangingInstances instances = new ChangingInstances(stuck.port());
		TestClient client = this.runtime.client(this.runtime.pool(), TestRuntime.ECHO,
				(options) -> options.transport(transport).maxConnections(1).pipelining(1_000), instances);
		List<Packet> packets = new ArrayList<>();
		List<CompletableFuture<Object>> calls = new ArrayList<>();
		for (int i = 0; i < 50; i++) {
			// together more than the operating system takes
			packets.add(Packets.ofSize(500_000));
			calls.add(client.callAsync("echo", packets.get(i)));
		}

		instances.set(stuck.port(), other.port());
		dying.countDown();

		int lost = 0;
		for (int i = 0; i < calls.size(); i++) {
			try {
				assertThat(calls.get(i).get(LONG.toSeconds(), TimeUnit.SECONDS)).isEqualTo(packets.get(i));
				assertThat(handler.executions()).containsEntry(packets.get(i).getNonce(), 1);
			}
			catch (ExecutionException ex) {
				assertThat(ex).hasCauseInstanceOf(ConnectionLostException.class);
				assertThat(handler.executions()).doesNotContainKey(packets.get(i).getNonce());
				lost++;
			}
		}
		assertThat(lost).as("calls that were sent").isBetween(1, 40);
	}

	@Test
	void instanceThatAcceptsAndClosesFailsOnlyWhatWasSentToIt() throws Exception {
		RawServer closing = this.runtime.start((connection) -> {
		});
		EchoHandler handler = new EchoHandler();
		TestClient client = this.runtime.client(closing.port(), this.runtime.start(handler).port());

		int lost = 0;
		for (int i = 0; i < 300; i++) {
			try {
				client.call("echo", Packets.ofSize(i));
			}
			catch (ConnectionLostException ex) {
				lost++;
			}
			catch (TException ex) {
				this.unexpected.add(ex);
			}
		}

		assertThat(this.unexpected).isEmpty();
		assertThat(handler.executions()).hasSize(300 - lost).allSatisfy((nonce, count) -> assertThat(count).isOne());
		assertThat(lost).as("it is out of the balance most of the time").isLessThan(100);
	}

}
