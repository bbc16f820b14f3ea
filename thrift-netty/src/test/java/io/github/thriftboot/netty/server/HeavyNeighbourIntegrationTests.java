package io.github.thriftboot.netty.server;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

import io.github.thriftboot.netty.client.ConnectionPool;
import io.github.thriftboot.netty.context.CallHeaders;
import io.github.thriftboot.netty.protocol.Envelope;
import io.github.thriftboot.netty.protocol.MessageCodec;
import io.github.thriftboot.netty.protocol.ThriftMessage;
import io.github.thriftboot.netty.protocol.ThriftProtocol;
import io.github.thriftboot.netty.protocol.ThriftTransport;
import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.netty.test.MachineJitter;
import io.github.thriftboot.netty.test.RawConnection;
import io.github.thriftboot.netty.test.RawMessage;
import io.github.thriftboot.netty.test.TestClient;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.EchoService;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import org.apache.thrift.TException;
import org.apache.thrift.TSerializable;
import org.apache.thrift.protocol.TMessageType;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * One connection sends valid messages that take long to read, or asks for such; the calls
 * of others do not wait for that (C12). All connections share one event loop.
 */
class HeavyNeighbourIntegrationTests {

	private static final Duration LONG = Duration.ofSeconds(20);

	private static final int HEAVY_CALLS = 6;

	private static final double LITTLE = 0.5;

	private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

	private static final List<String> EVENT_LOOPS = List.of("thrift-server", "thrift-client");

	private static final String WORDS = "words";

	/**
	 * Random words, as compressible as most texts.
	 */
	private static final String TEXT = text(4_000_000);

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	@Test
	void smallCallDoesNotWaitUntilALargeRequestIsInflated() throws Exception {
		Queue<Runnable> heldBack = new ConcurrentLinkedQueue<>();
		ThriftServer server = this.runtime.start(builder().executor((call) -> {
			if (call.toString().endsWith(":misbehave")) {
				heldBack.add(call);
			}
			else {
				new Thread(call).start();
			}
		}));
		byte[] request = RawMessage.call(RawMessage.OUT_OF_ORDER, "misbehave", 1, args(TEXT)).toCompressedBytes();
		RawConnection neighbour = this.runtime.open(server.port());
		neighbour.write(request);
		await().atMost(LONG).until(() -> heldBack.size() == 1);

		TestClient client = this.runtime.client(server.port());
		assertThat((int) client.call("add", 40, 2)).isEqualTo(42);
		assertThat(server.calls().memory().taken()).as("the request is not inflated")
			.isBetween(1L, (long) request.length);

		heldBack.remove().run();
		assertThat(neighbour.receive().read(new EchoService.misbehave_result()).getSuccess()).isEqualTo(TEXT);
	}

	@Test
	void largeCompressedRequestsCostTheEventLoopLittle() throws Exception {
		RawMessage request = RawMessage.call(RawMessage.OUT_OF_ORDER, "add", 1, args(TEXT));
		assertCosts(LITTLE, "compressed requests", RawMessage.OUT_OF_ORDER, request.toCompressedBytes());
	}

	@Test
	void largeMessagesInJsonCostTheEventLoopLittle() throws Exception {
		assertJsonCosts(ThriftTransport.FRAMED, LITTLE);
		// somebody has to look for its end
		assertJsonCosts(ThriftTransport.UNFRAMED, 1);
	}

	private void assertJsonCosts(ThriftTransport transport, double share) throws Exception {
		Envelope envelope = new Envelope(transport, ThriftProtocol.JSON, 0);
		RawMessage request = RawMessage.call(envelope, "add", 1, args(TEXT.substring(0, 1_000_000)));
		assertCosts(share, transport.key() + " JSON", envelope, request.toBytes());
	}

	@Test
	void largeCompressedRepliesCostTheEventLoopLittle() throws Exception {
		ThriftServer server = start();
		// the event loop of the client is shared, too
		TestClient client = this.runtime.client(this.runtime.pool(new ConnectionPool(1)), TestRuntime.ECHO,
				(options) -> {
				}, TestRuntime.instances(server.port()));
		Callable<?> heavyCall = () -> {
			try (CallHeaders headers = CallHeaders.open()) {
				headers.put("thrift-accept-transform", "zlib");
				String answer = client.call(LONG, "misbehave", WORDS);
				return assertThat(answer).isEqualTo(TEXT);
			}
		};
		// to inflate it is less work than to deflate it
		assertCosts(LITTLE / 4, "compressed replies", client, heavyCall, () -> {
			ByteBuf body = server.codec()
				.encodeBody(args(TEXT), ThriftProtocol.BINARY, "misbehave", ByteBufAllocator.DEFAULT);
			server.codec()
				.deflate(new ThriftMessage(RawMessage.OUT_OF_ORDER, "misbehave", TMessageType.REPLY, 1, body),
						ByteBufAllocator.DEFAULT)
				.release();
			return null;
		});
	}

	private void assertCosts(double share, String what, Envelope envelope, byte[] request) throws Exception {
		ThriftServer server = start();
		MessageCodec codec = server.codec();
		RawConnection connection = this.runtime.open(server.port());
		// one is on its way while another one is worked on
		connection.write(request);
		Callable<?> heavyCall = () -> {
			connection.write(request);
			return assertThat(connection.receive().type()).isEqualTo(TMessageType.REPLY);
		};
		int lengthBytes = (envelope.transport() == ThriftTransport.UNFRAMED) ? 0 : Integer.BYTES;
		assertCosts(share, what, this.runtime.client(server.port()), heavyCall, () -> {
			ByteBuf frame = Unpooled.wrappedBuffer(request).skipBytes(lengthBytes);
			ThriftMessage message = codec.inflate(codec.decode(envelope.transport(), envelope.protocol(), frame),
					(bytes) -> {
					});
			codec.decodeBody(new EchoService.misbehave_args(), envelope.protocol(), message.body());
			message.release();
			return null;
		});
	}

	/**
	 * Assert that a heavy call costs the event loops less than a share of its work.
	 */
	private void assertCosts(double share, String what, TestClient client, Callable<?> heavyCall, Callable<?> work)
			throws Exception {
		MachineJitter jitter = this.runtime.closing(new MachineJitter());
		Latencies alone = new Latencies();
		for (int i = 0; i < 500; i++) {
			alone.measure(client);
		}
		Neighbour neighbour = this.runtime.closing(new Neighbour(heavyCall));
		neighbour.await(1);
		int last = neighbour.answered.get() + HEAVY_CALLS;
		long start = System.nanoTime();
		Latencies beside = new Latencies();
		while (neighbour.answered.get() < last && !neighbour.isOver()) {
			beside.measure(client);
		}
		double heavyMillis = (System.nanoTime() - start) / 1e6 / HEAVY_CALLS;
		double eventLoopMillis = neighbour.eventLoopMillis();
		neighbour.close();
		double workMillis = leastCpuMillis(work);

		System.out.printf(
				"C12: small calls alone %s; beside %s, one each %.0f ms: %s;"
						+ " of %.1f ms of work %.1f ms on the event loop; machine up to %d ms late%n",
				alone, what, heavyMillis, beside, workMillis, eventLoopMillis, jitter.worstMillis());
		assertThat(eventLoopMillis).isLessThan(share * workMillis);
		await().atMost(LONG).until(neighbour::isOver);
	}

	private static double leastCpuMillis(Callable<?> work) throws Exception {
		long least = Long.MAX_VALUE;
		for (int i = 0; i < 3; i++) {
			long before = THREADS.getCurrentThreadCpuTime();
			work.call();
			least = Math.min(least, THREADS.getCurrentThreadCpuTime() - before);
		}
		return least / 1e6;
	}

	private ThriftServer start() {
		return this.runtime.start(builder());
	}

	private static ThriftServer.Builder builder() {
		return ThriftServer.builder().service("EchoService", TestRuntime.ECHO, new WordsHandler()).eventLoopThreads(1);
	}

	/**
	 * Arguments that are an answer of {@code misbehave} too; other methods skip them.
	 */
	private static TSerializable args(String text) {
		return new EchoService.misbehave_args(text);
	}

	private static String text(int size) {
		Random random = new Random(1);
		List<String> words = random.longs(2_000)
			.mapToObj((number) -> Long.toString(number, 36).substring(2, 9))
			.toList();
		return random.ints(size / 8, 0, words.size()).mapToObj(words::get).collect(Collectors.joining(" "));
	}

	private static final class WordsHandler extends EchoHandler {

		@Override
		public String misbehave(String how) throws TException {
			return how.equals(WORDS) ? TEXT : super.misbehave(how);
		}

	}

	/**
	 * How long calls took.
	 */
	private static final class Latencies {

		private final List<Long> nanos = new ArrayList<>();

		void measure(TestClient client) throws Exception {
			long start = System.nanoTime();
			assertThat((int) client.call(LONG, "add", 40, 2)).isEqualTo(42);
			this.nanos.add(System.nanoTime() - start);
		}

		int count() {
			return this.nanos.size();
		}

		private double percentile(int percent) {
			return this.nanos.stream().sorted().skip((long) this.nanos.size() * percent / 100).findFirst().orElse(0L)
					/ 1e6;
		}

		@Override
		public String toString() {
			return String.format("%d calls, p50 %.2f and p99 %.2f ms", count(), percentile(50), percentile(99));
		}

	}

	/**
	 * Makes calls that are heavy until it is closed.
	 */
	private static final class Neighbour implements AutoCloseable {

		private final AtomicInteger answered = new AtomicInteger();

		private final Thread thread;

		private volatile boolean closed;

		Neighbour(Callable<?> call) {
			this.thread = new Thread(() -> run(call), "neighbour");
			this.thread.start();
		}

		private void run(Callable<?> call) {
			try {
				while (!this.closed) {
					call.call();
					this.answered.incrementAndGet();
				}
			}
			catch (Exception ex) {
				// then there are not enough calls
				throw new IllegalStateException(ex);
			}
		}

		void await(int calls) {
			int last = this.answered.get() + calls;
			Awaitility.await().atMost(LONG).until(() -> this.answered.get() >= last || isOver());
			assertThat(isOver()).isFalse();
		}

		/**
		 * Return what a heavy call costs the event loops when there are no other calls.
		 */
		double eventLoopMillis() {
			await(1);
			int first = this.answered.get();
			long before = eventLoopNanos();
			await(HEAVY_CALLS);
			return (eventLoopNanos() - before) / 1e6 / (this.answered.get() - first);
		}

		private static long eventLoopNanos() {
			return Thread.getAllStackTraces()
				.keySet()
				.stream()
				.filter((thread) -> EVENT_LOOPS.stream().anyMatch(thread.getName()::startsWith))
				.mapToLong((thread) -> THREADS.getThreadCpuTime(thread.getId()))
				.sum();
		}

		boolean isOver() {
			return !this.thread.isAlive();
		}

		@Override
		public void close() {
			this.closed = true;
		}

	}

}
