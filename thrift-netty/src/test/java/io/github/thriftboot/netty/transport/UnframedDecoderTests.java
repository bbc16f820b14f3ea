package io.github.thriftboot.netty.transport;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import io.github.thriftboot.netty.interop.TypesCorpus;
import io.github.thriftboot.netty.interop.Wire;
import io.github.thriftboot.netty.protocol.MessageLimits;
import io.github.thriftboot.netty.protocol.ThriftProtocol;
import io.github.thriftboot.test.types.TypesService;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.CorruptedFrameException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link UnframedDecoder}.
 */
class UnframedDecoderTests {

	private static final int MAX_MESSAGE_SIZE = 8_192;

	@ParameterizedTest
	@EnumSource
	void messageSplitAtAnyByteIsTheSame(ThriftProtocol protocol) {
		EmbeddedChannel channel = channel(protocol);
		for (byte[] message : TypesCorpus.messages(protocol)) {
			for (int split = 1; split < message.length; split++) {
				write(channel, message, 0, split);
				assertThat(channel.inboundMessages()).isEmpty();
				write(channel, message, split, message.length);
				assertThat(content(channel.readInbound())).isEqualTo(message);
			}
		}
		assertThat(channel.finish()).isFalse();
	}

	@ParameterizedTest
	@EnumSource
	void messagesInOneByteWritesAreTheSame(ThriftProtocol protocol) {
		EmbeddedChannel channel = channel(protocol);
		for (byte[] message : TypesCorpus.messages(protocol)) {
			for (int i = 0; i < message.length; i++) {
				assertThat(channel.<Object>readInbound()).isNull();
				write(channel, message, i, i + 1);
			}
			assertThat(read(channel)).containsExactly(message);
		}
		assertThat(channel.finish()).isFalse();
	}

	@ParameterizedTest
	@EnumSource
	void thousandMessagesInOneWriteAreTheSame(ThriftProtocol protocol) {
		EmbeddedChannel channel = channel(protocol);
		List<byte[]> corpus = TypesCorpus.messages(protocol);
		byte[][] messages = Stream.iterate(0, (i) -> i + 1)
			.limit(1_000)
			.map((i) -> corpus.get(i % corpus.size()))
			.toArray(byte[][]::new);

		channel.writeInbound(Unpooled.wrappedBuffer(messages));

		assertThat(read(channel)).containsExactly(messages);
		assertThat(channel.finish()).isFalse();
	}

	@ParameterizedTest
	@EnumSource
	void messageOverTheLimitIsSkippedInStep(ThriftProtocol protocol) {
		byte[] small = Wire.call(protocol, "nothing", 2, new TypesService.nothing_args());
		for (byte[] large : tooLarge(protocol)) {
			for (int step : new int[] { 1, 100, 5_000, 1_000_000 }) {
				EmbeddedChannel channel = channel(protocol);
				byte[] all = Wire.join(small, large, small);

				for (int i = 0; i < all.length; i += step) {
					write(channel, all, i, Math.min(all.length, i + step));
				}

				assertThat(read(channel)).as("in steps of %d", step)
					.satisfiesExactly((first) -> assertThat(first).isEqualTo(small),
							(head) -> assertThat(large).startsWith(head).hasSizeGreaterThan(head.length),
							(last) -> assertThat(last).isEqualTo(small));
				assertThat(channel.finish()).isFalse();
			}
		}
	}

	private static List<byte[]> tooLarge(ThriftProtocol protocol) {
		String text = "x".repeat(MAX_MESSAGE_SIZE);
		List<String> texts = new ArrayList<>();
		for (int i = 0; i < MAX_MESSAGE_SIZE; i++) {
			texts.add("");
		}
		return List.of(Wire.call(protocol, "echoString", 1, new TypesService.echoString_args(text)),
				Wire.call(protocol, "echoString", 1, new TypesService.echoString_args(text.repeat(10))),
				Wire.call(protocol, "refuse", 1, new TypesService.echo_args(TypesCorpus.full().setLines(texts))));
	}

	@ParameterizedTest
	@EnumSource
	void messageOfTheMaximumSizePasses(ThriftProtocol protocol) {
		int rest = Wire.call(protocol, "echoString", 1, new TypesService.echoString_args("x".repeat(5_000))).length
				- 5_000;
		for (int more = 0; more <= 1; more++) {
			EmbeddedChannel channel = channel(protocol);
			String text = "x".repeat(MAX_MESSAGE_SIZE - rest + more);

			channel.writeInbound(Unpooled
				.wrappedBuffer(Wire.call(protocol, "echoString", 1, new TypesService.echoString_args(text))));

			Object message = channel.readInbound();
			assertThat(message instanceof OversizedFrame).isEqualTo(more == 1);
			assertThat(content(message)).hasSize((more == 1) ? OversizedFrame.HEAD_BYTES : MAX_MESSAGE_SIZE);
		}
	}

	@Test
	void whatIsNoMessageIsToldOnce() {
		EmbeddedChannel channel = channel(ThriftProtocol.BINARY);

		assertThatExceptionOfType(CorruptedFrameException.class).isThrownBy(
				() -> channel.writeInbound(Unpooled.wrappedBuffer(new byte[] { -128, 1, 0, 1, -1, -1, -1, -1 })));

		assertThat(channel.finish()).isFalse();
	}

	@ParameterizedTest
	@EnumSource(names = "OLD_BINARY", mode = EnumSource.Mode.EXCLUDE)
	void messageWithoutAnEndTellsItsStart(ThriftProtocol protocol) {
		EmbeddedChannel channel = channel(protocol);
		byte[] message = Wire.call(protocol, "nothing", 1, new TypesService.nothing_args());
		int bodyLength = (protocol == ThriftProtocol.JSON) ? "{}]".length() : 1;
		byte[] start = Arrays.copyOf(message, message.length - bodyLength);
		byte[] endless = Wire.join(start, switch (protocol) {
			case BINARY, OLD_BINARY -> new byte[] { 99 };
			case COMPACT -> new byte[] { 0x1e };
			case JSON -> "[".repeat(300).getBytes(StandardCharsets.US_ASCII);
		}, new byte[5_000]);

		assertThatExceptionOfType(EndlessMessageException.class)
			.isThrownBy(() -> channel.writeInbound(Unpooled.wrappedBuffer(message, endless)))
			.satisfies((ex) -> assertThat(ByteBufUtil.getBytes(ex.head())).startsWith(start)
				.hasSize(OversizedFrame.HEAD_BYTES));

		assertThat(read(channel)).containsExactly(message);
		assertThat(channel.finish()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 3, 1_000_000 })
	void whiteSpaceAroundJsonMessagesIsSkipped(int step) {
		EmbeddedChannel channel = channel(ThriftProtocol.JSON);
		byte[] message = Wire.call(ThriftProtocol.JSON, "echoString", 1, new TypesService.echoString_args(" \t[ "));
		byte[] most = " ".repeat(JsonScanner.MAX_GAP_BYTES).getBytes(StandardCharsets.US_ASCII);
		byte[] all = Wire.join("\n".getBytes(StandardCharsets.US_ASCII), message,
				" \t\r\n".getBytes(StandardCharsets.US_ASCII), message, most, message, message, most);

		for (int i = 0; i < all.length; i += step) {
			write(channel, all, i, Math.min(all.length, i + step));
		}

		assertThat(read(channel)).containsExactly(message, message, message, message);
		assertThat(channel.finish()).isFalse();
	}

	@Test
	void whiteSpaceBehindAMessageThatIsSkippedIsSkippedToo() {
		EmbeddedChannel channel = channel(ThriftProtocol.JSON);
		byte[] small = Wire.call(ThriftProtocol.JSON, "nothing", 2, new TypesService.nothing_args());

		for (byte[] large : tooLarge(ThriftProtocol.JSON)) {
			channel.writeInbound(Unpooled.wrappedBuffer(large, new byte[] { '\r', '\n' }, small));

			assertThat(content(channel.readInbound())).hasSize(OversizedFrame.HEAD_BYTES);
			assertThat(content(channel.readInbound())).isEqualTo(small);
		}
		assertThat(channel.finish()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 1_000_000 })
	void whiteSpaceWithoutAnEndIsRefused(int step) {
		EmbeddedChannel channel = channel(ThriftProtocol.JSON);
		byte[] tooMuch = " ".repeat(JsonScanner.MAX_GAP_BYTES + 1).getBytes(StandardCharsets.US_ASCII);

		assertThatExceptionOfType(CorruptedFrameException.class).isThrownBy(() -> {
			for (int i = 0; i < tooMuch.length; i += step) {
				write(channel, tooMuch, i, Math.min(tooMuch.length, i + step));
			}
		}).withMessageContaining("white space");

		assertThat(channel.finish()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 0x0B, 0x0C, 0xA0, 0xEF })
	void otherBytesThanWhiteSpaceAreNoGap(int b) {
		EmbeddedChannel channel = channel(ThriftProtocol.JSON);

		assertThatExceptionOfType(CorruptedFrameException.class)
			.isThrownBy(() -> channel.writeInbound(Unpooled.wrappedBuffer(new byte[] { ' ', (byte) b })));

		assertThat(channel.finish()).isFalse();
	}

	@ParameterizedTest
	@EnumSource(names = { "BINARY", "COMPACT" })
	void onlyJsonHasWhiteSpace(ThriftProtocol protocol) {
		EmbeddedChannel channel = channel(protocol);

		assertThatExceptionOfType(CorruptedFrameException.class)
			.isThrownBy(() -> channel.writeInbound(Unpooled.wrappedBuffer(new byte[] { '\n' })));

		assertThat(channel.finish()).isFalse();
	}

	private static EmbeddedChannel channel(ThriftProtocol protocol) {
		EmbeddedChannel channel = new EmbeddedChannel(
				new UnframedDecoder(protocol, MessageLimits.builder().maxFrameSize(MAX_MESSAGE_SIZE).build()));
		// the tests are about many small reads, and tracking each buffer takes minutes
		channel.config().setAllocator(new UnpooledByteBufAllocator(false, true));
		return channel;
	}

	private static void write(EmbeddedChannel channel, byte[] message, int from, int to) {
		channel.writeInbound(Unpooled.copiedBuffer(message, from, to - from));
	}

	private static List<byte[]> read(EmbeddedChannel channel) {
		List<byte[]> messages = new ArrayList<>();
		for (Object message = channel.readInbound(); message != null; message = channel.readInbound()) {
			messages.add(content(message));
		}
		return messages;
	}

	private static byte[] content(Object message) {
		ByteBuf buffer = (message instanceof OversizedFrame frame) ? frame.head() : (ByteBuf) message;
		byte[] content = ByteBufUtil.getBytes(buffer);
		buffer.release();
		return content;
	}

}
