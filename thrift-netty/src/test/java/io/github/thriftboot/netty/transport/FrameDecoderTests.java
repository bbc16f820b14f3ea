package io.github.thriftboot.netty.transport;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import io.github.thriftboot.netty.test.Packets;
import io.github.thriftboot.netty.test.RawMessage;
import io.github.thriftboot.test.EchoService;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.CorruptedFrameException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link FrameDecoder}.
 */
class FrameDecoderTests {

	private static final int MAX_FRAME_SIZE = 4_096;

	private final EmbeddedChannel channel = new EmbeddedChannel(new FrameDecoder(MAX_FRAME_SIZE));

	@Test
	void frameSplitAtAnyByteIsTheSame() {
		for (byte[] frame : corpus()) {
			for (int split = 0; split <= frame.length; split++) {
				write(frame, 0, split);
				write(frame, split, frame.length);
				assertThat(read()).as("split at %d", split).containsExactly(payload(frame));
			}
		}
		finish();
	}

	@Test
	void framesInOneByteWritesAreTheSame() {
		for (byte[] frame : corpus()) {
			for (int i = 0; i < frame.length; i++) {
				assertThat(this.channel.<Object>readInbound()).isNull();
				write(frame, i, i + 1);
			}
			assertThat(read()).containsExactly(payload(frame));
		}
		finish();
	}

	@Test
	void thousandFramesInOneWriteAreTheSame() {
		List<byte[]> frames = new ArrayList<>();
		List<byte[]> corpus = corpus();
		for (int i = 0; i < 1_000; i++) {
			frames.add(corpus.get(i % corpus.size()));
		}

		this.channel.writeInbound(Unpooled.wrappedBuffer(frames.toArray(byte[][]::new)));

		assertThat(read()).containsExactly(frames.stream().map(FrameDecoderTests::payload).toArray(byte[][]::new));
		finish();
	}

	@Test
	void framesInWritesOfAnySizeAreTheSame() {
		long seed = System.nanoTime();
		Random random = new Random(seed);
		List<byte[]> corpus = corpus();
		byte[] all = ByteBufUtil.getBytes(Unpooled.wrappedBuffer(corpus.toArray(byte[][]::new)));
		for (int round = 0; round < 100; round++) {
			int position = 0;
			while (position < all.length) {
				int end = Math.min(all.length, position + 1 + random.nextInt(3_000));
				write(all, position, end);
				position = end;
			}
			assertThat(read()).as("seed %d", seed)
				.containsExactly(corpus.stream().map(FrameDecoderTests::payload).toArray(byte[][]::new));
		}
		finish();
	}

	@Test
	void frameOfTheMaximumSizePasses() {
		byte[] frame = frame(MAX_FRAME_SIZE);

		write(frame, 0, frame.length);

		assertThat(read()).containsExactly(payload(frame));
		finish();
	}

	@ParameterizedTest
	@ValueSource(ints = { MAX_FRAME_SIZE + 1, 5 * MAX_FRAME_SIZE })
	void frameOverTheMaximumIsSkippedAndTheNextOnePasses(int length) {
		byte[] large = frame(length);
		byte[] small = frame(10);
		for (int chunk : new int[] { 1, 100, 5_000, Integer.MAX_VALUE }) {
			byte[] stream = ByteBufUtil.getBytes(Unpooled.wrappedBuffer(large, small));
			for (int position = 0; position < stream.length;) {
				int end = (int) Math.min(stream.length, (long) position + chunk);
				write(stream, position, end);
				position = end;
			}

			OversizedFrame oversized = this.channel.readInbound();
			assertThat(oversized.length()).isEqualTo(length);
			assertThat(large).as("head").containsSubsequence(takeBytes(oversized.head()));
			assertThat(read()).as("after chunks of %d", chunk).containsExactly(payload(small));
		}
		finish();
	}

	@Test
	void headOfAFrameOverTheMaximumIsPassedOnBeforeTheRestHasCome() {
		byte[] large = frame(5 * MAX_FRAME_SIZE);

		write(large, 0, MAX_FRAME_SIZE);

		OversizedFrame oversized = this.channel.readInbound();
		assertThat(takeBytes(oversized.head())).hasSizeGreaterThan(100).hasSizeLessThanOrEqualTo(MAX_FRAME_SIZE);
		finish();
	}

	@Test
	void maximumSmallerThanTheHeadOfALargeFrameIsKept() {
		EmbeddedChannel tiny = new EmbeddedChannel(new FrameDecoder(10));
		byte[] large = frame(11);

		tiny.writeInbound(Unpooled.wrappedBuffer(large, frame(10)));

		OversizedFrame oversized = tiny.readInbound();
		assertThat(takeBytes(oversized.head())).isEqualTo(payload(large));
		assertThat(takeBytes(tiny.readInbound())).hasSize(10);
		assertThat(tiny.finish()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, 0x40000000 })
	void lengthThatIsNoneIsRefused(int length) {
		ByteBuf stream = Unpooled.buffer().writeInt(length).writeBytes(frame(10));

		assertThatExceptionOfType(CorruptedFrameException.class).isThrownBy(() -> this.channel.writeInbound(stream))
			.withMessageStartingWith("frame length: " + length + " (expected: 1 to 1073741823); it looks like ");
		assertThat(this.channel.<Object>readInbound()).as("what follows is not read").isNull();
		finish();
	}

	@Test
	void memoryIsNotTakenForADeclaredLength() {
		write(Unpooled.buffer().writeInt(0x3FFFFFFF).writeZero(2_000).array(), 0, 2_004);

		OversizedFrame oversized = this.channel.readInbound();
		assertThat(oversized.length()).isEqualTo(0x3FFFFFFF);
		assertThat(oversized.head().capacity()).isLessThan(10_000);
		oversized.head().release();
		finish();
	}

	private static List<byte[]> corpus() {
		List<byte[]> frames = new ArrayList<>();
		for (RawMessage message : List.of(
				RawMessage.call(RawMessage.OUT_OF_ORDER, "EchoService:add", 7, new EchoService.add_args(1, 2)),
				RawMessage.call(RawMessage.IN_ORDER, "note", -1, new EchoService.note_args(Packets.ofSize(0))),
				RawMessage.call(RawMessage.FRAMED, "echo", 0, new EchoService.echo_args(Packets.ofSize(300))))) {
			frames.add(message.toBytes());
			frames.add(message.reply(new EchoService.echo_result(Packets.ofSize(20))).toBytes());
		}
		frames.add(frame(1));
		return frames;
	}

	private static byte[] frame(int length) {
		byte[] payload = new byte[length];
		new Random(length).nextBytes(payload);
		return ByteBufUtil.getBytes(Unpooled.buffer().writeInt(length).writeBytes(payload));
	}

	private static byte[] payload(byte[] frame) {
		return java.util.Arrays.copyOfRange(frame, 4, frame.length);
	}

	private void write(byte[] bytes, int start, int end) {
		ByteBuf buffer = this.channel.alloc().buffer(end - start);
		this.channel.writeInbound(buffer.writeBytes(bytes, start, end - start));
	}

	private List<byte[]> read() {
		List<byte[]> frames = new ArrayList<>();
		for (ByteBuf frame = this.channel.readInbound(); frame != null; frame = this.channel.readInbound()) {
			frames.add(takeBytes(frame));
		}
		return frames;
	}

	private static byte[] takeBytes(ByteBuf buffer) {
		byte[] bytes = ByteBufUtil.getBytes(buffer);
		buffer.release();
		return bytes;
	}

	private void finish() {
		assertThat(this.channel.finish()).as("something is left").isFalse();
	}

}
