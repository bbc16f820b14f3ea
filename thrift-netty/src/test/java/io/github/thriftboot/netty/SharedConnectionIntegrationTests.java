package io.github.thriftboot.netty;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import io.github.thriftboot.netty.protocol.ThriftProtocol;
import io.github.thriftboot.netty.server.ThriftServer;
import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.netty.test.Packets;
import io.github.thriftboot.netty.test.TestClient;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.Packet;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Many threads share few connections: every reply belongs to its request, every request
 * runs once.
 */
class SharedConnectionIntegrationTests {

	private static final Logger figures = LoggerFactory.getLogger("figures");

	private static final int THREADS = 64;

	private static final int MAX_SIZE = 256 * 1024;

	private static final int ASYNC_CALLS_PER_THREAD = 4;

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	private final EchoHandler handler = new EchoHandler();

	private final AtomicInteger crossed = new AtomicInteger();

	private final AtomicInteger lost = new AtomicInteger();

	private final AtomicLong bytes = new AtomicLong();

	@ParameterizedTest
	@CsvSource({ "1, BINARY, 2000", "1, COMPACT, 150", "2, BINARY, 150", "4, COMPACT, 150" })
	void noReplyIsCrossedNoCallIsLostAndNoneRunsTwice(int connections, ThriftProtocol protocol, int callsPerThread)
			throws Exception {
		ExecutorService handlers = Executors.newFixedThreadPool(16);
		this.runtime.closing(handlers::shutdown);
		ThriftServer server = this.runtime
			.start(ThriftServer.builder().service("EchoService", TestRuntime.ECHO, this.handler).executor(handlers));
		List<TestClient> clients = new ArrayList<>();
		for (int i = 0; i < connections; i++) {
			clients.add(this.runtime.client((options) -> options.protocol(protocol), server.port()));
		}

		long start = System.nanoTime();
		TestRuntime.runInThreads(THREADS, (thread) -> call(clients.get(thread % connections), callsPerThread));
		int calls = THREADS * callsPerThread;
		await().untilAsserted(() -> assertThat(this.handler.executions()).hasSize(calls));

		long millis = (System.nanoTime() - start) / 1_000_000;
		long twice = this.handler.executions().values().stream().filter((count) -> count > 1).count();
		figures.info(
				"A1: {} connection(s), {}, {} threads x {} calls of {} bytes on average in {} ms: "
						+ "crossed {}, lost {}, executed twice {}",
				connections, protocol, THREADS, callsPerThread, this.bytes.get() / calls, millis, this.crossed,
				this.lost, twice);
		assertThat(this.crossed).hasValue(0);
		assertThat(this.lost).hasValue(0);
		assertThat(twice).isZero();
		assertThat(TestRuntime.connections(server)).isEqualTo(connections);
	}

	/**
	 * Make one call in ten oneway, two asynchronous, the others synchronous.
	 */
	private void call(TestClient client, int calls) {
		Semaphore async = new Semaphore(ASYNC_CALLS_PER_THREAD);
		for (int i = 0; i < calls; i++) {
			Packet packet = Packets.ofSize(randomSize());
			this.bytes.addAndGet(packet.getData().length);
			try {
				switch (i % 10) {
					case 0 -> client.call("note", packet);
					case 3, 7 -> {
						async.acquire();
						callAsync(client, packet).whenComplete((reply, failure) -> async.release());
					}
					default -> check(packet, client.call("echo", packet));
				}
			}
			catch (Exception ex) {
				onFailure(ex);
			}
		}
		async.acquireUninterruptibly(ASYNC_CALLS_PER_THREAD);
	}

	private CompletableFuture<?> callAsync(TestClient client, Packet packet) {
		return client.callAsync("echo", packet).handle((reply, failure) -> {
			if (failure != null) {
				onFailure(failure);
			}
			else {
				check(packet, (Packet) reply);
			}
			return null;
		});
	}

	private void check(Packet request, Packet reply) {
		if (!request.equals(reply)) {
			this.crossed.incrementAndGet();
		}
	}

	private void onFailure(Throwable failure) {
		this.lost.incrementAndGet();
		figures.error("A1: call failed", (failure instanceof CompletionException) ? failure.getCause() : failure);
	}

	/**
	 * Distributed log-normally around 300 bytes, about 2 KiB on average.
	 */
	private static int randomSize() {
		return (int) Math.min(MAX_SIZE, Math.exp(5.7 + 1.96 * ThreadLocalRandom.current().nextGaussian()));
	}

}
