package io.github.thriftboot.netty.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.github.thriftboot.netty.protocol.Dialect;
import io.github.thriftboot.netty.protocol.ThriftProtocol;
import io.github.thriftboot.netty.protocol.ThriftTransport;
import io.github.thriftboot.netty.test.TestClient;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.types.Everything;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Sends damaged frames of every dialect beside a healthy client.
 */
class MutatedInputIntegrationTests {

	private static final Logger figures = LoggerFactory.getLogger("figures");

	private static final int FRAMES = 50_000;

	private static final int FRAMES_PER_CONNECTION = 10;

	private static final int THREADS = 4;

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	private final AtomicInteger sent = new AtomicInteger();

	@Test
	void mutatedFramesHarmNobody() throws Exception {
		long seed = Long.getLong("thriftboot.seed", System.nanoTime());
		figures.info("mutated frames: seed {} (set thriftboot.seed to repeat)", seed);
		int port = ServerInteropIntegrationTests.startServer(this.runtime, new TypesHandler()).port();
		TestClient healthy = new TypesClients(this.runtime, new Dialect(ThriftTransport.HEADER, ThriftProtocol.BINARY),
				true, port)
			.client(TypesClients.TYPES);
		Everything value = new Everything().setAString("healthy");
		long start = System.nanoTime();
		int calls = 0;
		try (QuietLogs quiet = new QuietLogs()) {
			List<CompletableFuture<Void>> attackers = IntStream.range(0, THREADS)
				.mapToObj((i) -> CompletableFuture.runAsync(() -> attack(port, new Random(seed + i))))
				.toList();
			CompletableFuture<Void> all = CompletableFuture.allOf(attackers.toArray(CompletableFuture[]::new));
			while (!all.isDone()) {
				assertThat(healthy.<Everything>call("echo", value)).as("seed %d", seed).isEqualTo(value);
				calls++;
			}
			assertThat(all).as("seed %d", seed).isCompleted();
			assertThat(quiet).isNotNull();
		}
		figures.info("{} mutated frames, {} healthy calls, {} ms", this.sent, calls,
				TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
		assertThat(this.sent.get()).isGreaterThanOrEqualTo(FRAMES);
		assertThat(calls).isPositive();
	}

	private void attack(int port, Random random) {
		List<Dialect> dialects = Wire.dialects();
		List<List<byte[]>> corpus = dialects.stream().map(MutatedInputIntegrationTests::corpus).toList();
		try {
			while (this.sent.get() < FRAMES) {
				int dialect = random.nextInt(dialects.size());
				// closed by the server or not: it must answer or close, and never hang
				try (DialectConnection connection = DialectConnection.open(port, dialects.get(dialect))) {
					connection.finish(burst(corpus.get(dialect), random));
				}
				this.sent.addAndGet(FRAMES_PER_CONNECTION);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static List<byte[]> corpus(Dialect dialect) {
		return TypesCorpus.messages(dialect.protocol())
			.stream()
			.map((message) -> Wire.wrap(dialect, 1, message))
			.toList();
	}

	private static byte[] burst(List<byte[]> corpus, Random random) {
		List<byte[]> frames = new ArrayList<>();
		for (int i = 0; i < FRAMES_PER_CONNECTION; i++) {
			frames.add(mutate(corpus.get(random.nextInt(corpus.size())), random));
		}
		return Wire.join(frames.toArray(byte[][]::new));
	}

	private static byte[] mutate(byte[] original, Random random) {
		byte[] frame = original.clone();
		int place = random.nextInt(frame.length);
		switch (random.nextInt(6)) {
			case 0 -> frame[place] ^= (byte) (1 << random.nextInt(8));
			case 1 -> frame[place] = new byte[] { 0, -1, 127, -128, 1, 12, 15 }[random.nextInt(7)];
			case 2 -> {
				for (int i = 0; i < 4; i++) {
					frame[random.nextInt(frame.length)] = (byte) random.nextInt();
				}
			}
			case 3 -> {
				int[] numbers = { Integer.MAX_VALUE, Integer.MIN_VALUE, -1, 1 << 30, 0, 16_384_001 };
				if (place + 4 <= frame.length) {
					ByteBuffer.wrap(frame).putInt(place, numbers[random.nextInt(numbers.length)]);
				}
			}
			case 4 -> {
				// a whole frame again, so that the stream stays in step
				byte[] part = Arrays.copyOfRange(frame, place, frame.length);
				frame = Wire.join(Arrays.copyOf(frame, place), part, part);
				fixLength(frame);
			}
			default -> {
				frame = Arrays.copyOf(frame, place + 1);
				fixLength(frame);
			}
		}
		return frame;
	}

	private static void fixLength(byte[] frame) {
		// in an unframed message it is one more mutation
		if (frame.length >= 8) {
			ByteBuffer.wrap(frame).putInt(0, frame.length - 4);
		}
	}

}
