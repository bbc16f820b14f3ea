package io.github.thriftboot.netty;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.github.thriftboot.netty.protocol.ThriftTransport;
import io.github.thriftboot.netty.server.ThriftServer;
import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.netty.test.RawMessage;
import io.github.thriftboot.netty.test.RawServer;
import io.github.thriftboot.netty.test.TestClient;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.EchoService;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * One call in a hundred is parked on the server until all others are answered. Parked
 * until then, and not for two seconds, so that a call that waits for it shows on any
 * machine.
 */
class ParkedCallIntegrationTests {

	private static final Logger figures = LoggerFactory.getLogger("figures");

	private static final int THREADS = 8;

	private static final int CALLS_PER_THREAD = 500;

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	private final Queue<CompletableFuture<Object>> parked = new ConcurrentLinkedQueue<>();

	private final AtomicLong slowestNanos = new AtomicLong();

	@Test
	void othersAreNotDelayedOnOneConnectionToOurServer() throws Exception {
		EchoHandler handler = new EchoHandler();
		handler.closeGate();
		ThriftServer server = this.runtime.start(handler);
		TestClient client = this.runtime.client(server.port());

		callWhileSomeAreParked(client);
		assertThat(this.parked).noneMatch(CompletableFuture::isDone);
		handler.openGate();

		assertParkedCallsAreAnswered("THeader to our server");
		assertThat(TestRuntime.connections(server)).isOne();
	}

	@Test
	void othersAreNotDelayedOnOneFramedConnectionToAServerThatAnswersOutOfOrder() throws Exception {
		CountDownLatch gate = new CountDownLatch(1);
		RawServer server = this.runtime.start((connection) -> {
			List<RawMessage> kept = new ArrayList<>();
			while (true) {
				RawMessage request = connection.receive();
				if (request.name().equals("misbehave")) {
					kept.add(request.reply(new EchoService.misbehave_result("waited")));
				}
				else if (request.name().equals("nothing")) {
					// the last one, sent after the gate was opened
					assertThat(gate.getCount()).isZero();
					connection.send(kept.toArray(RawMessage[]::new));
					connection.send(request.reply(new EchoService.nothing_result()));
				}
				else {
					EchoService.add_args args = request.read(new EchoService.add_args());
					connection.send(request.reply(new EchoService.add_result(args.getLeft() + args.getRight())));
				}
			}
		});
		TestClient client = this.runtime.client((options) -> options.transport(ThriftTransport.FRAMED)
			.multiplexed(false)
			.maxConnections(1)
			.pipelining(1_000), server.port());

		callWhileSomeAreParked(client);
		assertThat(this.parked).noneMatch(CompletableFuture::isDone);
		gate.countDown();
		client.call("nothing");

		assertParkedCallsAreAnswered("framed to a server that answers out of order");
		assertThat(server.accepted()).isOne();
	}

	private void callWhileSomeAreParked(TestClient client) throws Exception {
		TestRuntime.runInThreads(THREADS, (thread) -> {
			for (int call = 0; call < CALLS_PER_THREAD; call++) {
				if (call % 100 == 50) {
					this.parked.add(client.callAsync("misbehave", "wait"));
				}
				else {
					long start = System.nanoTime();
					assertThat((int) client.call("add", call, 1)).isEqualTo(call + 1);
					this.slowestNanos.accumulateAndGet(System.nanoTime() - start, Math::max);
				}
			}
		});
	}

	private void assertParkedCallsAreAnswered(String title) {
		assertThat(this.parked).hasSize(THREADS * CALLS_PER_THREAD / 100)
			.allSatisfy((call) -> assertThat(call).succeedsWithin(20, TimeUnit.SECONDS).isEqualTo("waited"));
		figures.info("A2: {}: {} calls beside {} parked ones, the slowest took {} ms", title,
				THREADS * CALLS_PER_THREAD, this.parked.size(), this.slowestNanos.get() / 1_000_000);
	}

}
