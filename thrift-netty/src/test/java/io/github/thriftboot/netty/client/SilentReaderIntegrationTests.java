package io.github.thriftboot.netty.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import io.github.thriftboot.netty.protocol.ThriftTransport;
import io.github.thriftboot.netty.test.MachineJitter;
import io.github.thriftboot.netty.test.Packets;
import io.github.thriftboot.netty.test.RawServer;
import io.github.thriftboot.netty.test.TestClient;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.Packet;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * A server that accepts connections and never reads.
 */
class SilentReaderIntegrationTests {

	private static final int CALLERS = 16;

	private static final int CALLS_EACH = 15;

	private static final int SIZE = 1 << 20;

	private static final Duration DEADLINE = Duration.ofMillis(150);

	/**
	 * What an allocator keeps besides what is in use.
	 */
	private static final int SPARE = 3;

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	@ParameterizedTest
	@EnumSource
	void callsEndAtTheirDeadlinesAndLeaveNothingBehind(ThriftTransport transport) throws Exception {
		CountDownLatch end = new CountDownLatch(1);
		RawServer silent = this.runtime.start((connection) -> end.await());
		TestClient client = this.runtime.client((options) -> options.transport(transport), silent.port());
		MachineJitter jitter = this.runtime.closing(new MachineJitter());
		Packet packet = Packets.ofSize(SIZE);
		long before = directMemory();
		AtomicLong peak = new AtomicLong();
		AtomicLong latest = new AtomicLong();
		AtomicInteger calls = new AtomicInteger();

		TestRuntime.runInThreads(CALLERS, (thread) -> {
			for (int i = 0; i < CALLS_EACH; i++) {
				long start = System.nanoTime();
				assertThatExceptionOfType(CallTimeoutException.class)
					.isThrownBy(() -> client.call(DEADLINE, "echo", packet));
				if (i > 0) {
					// the first one also loads and compiles
					latest.accumulateAndGet(System.nanoTime() - start, Math::max);
				}
				peak.accumulateAndGet(directMemory() - before, Math::max);
				calls.incrementAndGet();
			}
		});
		end.countDown();

		long late = TimeUnit.NANOSECONDS.toMillis(latest.get()) - DEADLINE.toMillis();
		LoggerFactory.getLogger("figures")
			.info("C3 {}: {} calls of 1 MiB to a server that never reads: at most {} MiB, {} callers; at most {} ms "
					+ "late (jitter of the machine {} ms)", transport, calls, peak.get() >> 20, CALLERS, late,
					jitter.worstMillis());
		assertThat(calls).hasValue(CALLERS * CALLS_EACH);
		// one for each caller, and one that is half written on each connection
		assertThat(peak.get()).isLessThan((long) SPARE * SIZE * (CALLERS + 8));
		assertThat(late).isLessThan(500 + 2 * jitter.worstMillis());
	}

	@ParameterizedTest
	@EnumSource(names = { "HEADER", "FRAMED" })
	void callsThatNobodyWaitsForAreBoundedByTheirMemory(ThriftTransport transport) throws Exception {
		CountDownLatch end = new CountDownLatch(1);
		RawServer silent = this.runtime.start((connection) -> end.await());
		TestClient client = this.runtime.client((options) -> options.transport(transport), silent.port());
		Packet packet = Packets.ofSize(SIZE);
		long limit = Endpoint.MAX_WAITING_BYTES;
		int enough = (int) (limit / SIZE);
		long before = directMemory();
		List<CompletableFuture<Object>> calls = new ArrayList<>();

		for (int round = 0; round < 2; round++) {
			CompletableFuture<Object> refused = null;
			int accepted = 0;
			while (accepted < 2 * enough && refused == null) {
				CompletableFuture<Object> call = client.callAsync(Duration.ofSeconds(2), "echo", packet);
				calls.add(call);
				if (call.isCompletedExceptionally()) {
					refused = call;
				}
				else {
					accepted++;
				}
			}
			assertThat(accepted).isGreaterThan(enough / 2);
			assertThat(refused).as("round %d", round)
				.failsWithin(Duration.ZERO)
				.withThrowableThat()
				.havingCause()
				.isInstanceOf(UnprocessedException.class)
				.withMessageContaining("too many bytes wait to be sent");
			assertThat(directMemory() - before).isLessThan(limit + 64L * SIZE);
			// what has timed out waits no longer
			await().atMost(Duration.ofSeconds(20)).until(() -> calls.stream().allMatch(CompletableFuture::isDone));
		}
		end.countDown();
	}

	private static long directMemory() {
		return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric().usedDirectMemory();
	}

}
