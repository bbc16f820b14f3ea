package io.github.thriftboot.netty.transport;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

import io.github.thriftboot.netty.interop.TypesCorpus;
import io.github.thriftboot.netty.interop.Wire;
import io.github.thriftboot.netty.protocol.MessageLimits;
import io.github.thriftboot.netty.protocol.ThriftProtocol;
import io.github.thriftboot.test.types.TypesService;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledHeapByteBuf;
import io.netty.handler.codec.CorruptedFrameException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link MessageScanner}.
 */
class MessageScannerTests {

	private static final String BINARY_HEAD = "80010001 00000001 78 00000001 ";

	private static final String COMPACT_HEAD = "8221 01 01 78 ";

	@ParameterizedTest
	@EnumSource
	void findsTheEndOfEveryMessage(ThriftProtocol protocol) {
		for (byte[] message : TypesCorpus.messages(protocol)) {
			MessageScanner scanner = scanner(protocol);

			assertThat(scanner.scan(Unpooled.wrappedBuffer(message, new byte[100]))).isTrue();

			assertThat(scanner.position()).isEqualTo(message.length);
		}
	}

	@ParameterizedTest
	@EnumSource
	void looksAtEachByteOnceWhenAllOfThemAreThere(ThriftProtocol protocol) {
		for (byte[] message : TypesCorpus.messages(protocol)) {
			CountingBuffer in = new CountingBuffer(message);
			in.writerIndex(message.length);

			assertThat(scanner(protocol).scan(in)).isTrue();

			assertThat(in.examined).isLessThanOrEqualTo(message.length);
		}
	}

	@ParameterizedTest
	@EnumSource
	void costIsLinearWhenBytesComeOneByOne(ThriftProtocol protocol) {
		byte[][] messages = TypesCorpus.messages(protocol).toArray(byte[][]::new);
		byte[] large = Wire.call(protocol, "echoString", 1, new TypesService.echoString_args("x".repeat(100_000)));
		for (byte[] message : List.of(Wire.join(messages), large)) {
			CountingBuffer in = new CountingBuffer(message);
			MessageScanner scanner = scanner(protocol);
			for (int i = 1; i <= message.length; i++) {
				in.writerIndex(i);
				if (scanner.scan(in)) {
					in.skipBytes(scanner.position());
					scanner.consumed(scanner.position());
					scanner.restart();
				}
			}
			assertThat(in.isReadable()).isFalse();
			assertThat(in.examined).isLessThan(3L * message.length);
		}
	}

	@ParameterizedTest
	@CsvSource({
			// another version, or no message at all, as soon as it can be seen
			"BINARY, '', 00", "BINARY, '', 81", "BINARY, '', 8002", "COMPACT, '', 80", "COMPACT, '', 8222",
			"COMPACT, '', 8260",
			// the name
			"BINARY, '', 80010001 ffffffff", "BINARY, '', 80010001 80000000", "BINARY, '', 80010001 7fffffff",
			// a string
			"BINARY, head, 0b 0001 ffffffff", "BINARY, head, 0b 0001 7fffffff", "BINARY, head, 0b 0001 40000000",
			// containers
			"BINARY, head, 0f 0001 08 ffffffff", "BINARY, head, 0f 0001 08 7fffffff",
			"BINARY, head, 0e 0001 0b 40000000", "BINARY, head, 0d 0001 08 08 ffffffff",
			"BINARY, head, 0d 0001 08 08 7fffffff", "BINARY, head, 0f 0001 0f 00000001 0f ffffffff",
			// types that do not exist
			"BINARY, head, 01 0001", "BINARY, head, 05 0001", "BINARY, head, 63 0001", "BINARY, head, ff 0001",
			"BINARY, head, 0f 0001 63 00000001", "BINARY, head, 0f 0001 ff 10000000",
			"BINARY, head, 0d 0001 08 63 00000001 00000000",
			// the old style
			"OLD_BINARY, '', ffffffff", "OLD_BINARY, '', 00000001 78 01 00000001 0b 0001 ffffffff",
			// numbers without an end
			"COMPACT, '', 8221 ffffffffffffffffffffff", "COMPACT, '', 8221 01 ffffffffffffffffffffff",
			"COMPACT, head, 15 ffffffffffffffffffffff", "COMPACT, head, 05 ffffffffffffffffffffff",
			"COMPACT, head, 18 ffffffffffffffffffffff", "COMPACT, head, 1b ffffffffffffffffffffff",
			// strings
			"COMPACT, head, 18 ffffffff0f", "COMPACT, head, 18 ffffffff07", "COMPACT, head, 18 8080808004",
			// containers
			"COMPACT, head, 19 f5 ffffffff0f", "COMPACT, head, 19 f5 ffffffff07", "COMPACT, head, 1a f8 8080808004",
			"COMPACT, head, 1b ffffffff0f 55", "COMPACT, head, 1b ffffffff07 55", "COMPACT, head, 1b 8080808004 55",
			// types that do not exist
			"COMPACT, head, 1e", "COMPACT, head, 1f", "COMPACT, head, 19 1e", "COMPACT, head, 1b 01 5e 00" })
	void refusesWhatHasNoEnd(ThriftProtocol protocol, String head, String hex) {
		String known = (protocol == ThriftProtocol.BINARY) ? BINARY_HEAD : COMPACT_HEAD;
		byte[] message = parse(head.isEmpty() ? hex : known + hex);

		assertThatExceptionOfType(CorruptedFrameException.class)
			.isThrownBy(() -> scanner(protocol).scan(Unpooled.wrappedBuffer(message)));
	}

	@ParameterizedTest
	@CsvSource({ "BINARY, '', 0c0001", "BINARY, 0f0001, 0f00000001", "COMPACT, '', 1c", "COMPACT, 1b, 01bb" })
	void refusesDepthWithoutAnEnd(ThriftProtocol protocol, String field, String level) {
		String head = (protocol == ThriftProtocol.BINARY) ? BINARY_HEAD : COMPACT_HEAD;
		byte[] message = parse(head + field + level.repeat(100_000));

		assertThatExceptionOfType(CorruptedFrameException.class)
			.isThrownBy(() -> scanner(protocol).scan(Unpooled.wrappedBuffer(message)))
			.withMessageContaining("depth");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "x", "]", "}", "1", "{}", "\"x\"", "[1,\"x\"]]", "[1,\"x\"]x" })
	void refusesJsonThatIsNone(String text) {
		ByteBuf in = Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
		MessageScanner scanner = scanner(ThriftProtocol.JSON);

		assertThatExceptionOfType(CorruptedFrameException.class).isThrownBy(() -> {
			while (scanner.scan(in)) {
				in.skipBytes(scanner.position());
				scanner.consumed(scanner.position());
				scanner.restart();
			}
		});
	}

	@Test
	void refusesJsonOfDepthWithoutAnEnd() {
		ByteBuf in = Unpooled.copiedBuffer("[1,\"x\",1,1,{\"1\":" + "[".repeat(100_000), StandardCharsets.UTF_8);

		assertThatExceptionOfType(CorruptedFrameException.class).isThrownBy(() -> scanner(ThriftProtocol.JSON).scan(in))
			.withMessageContaining("depth");
	}

	@ParameterizedTest
	@EnumSource
	void followsStructsToTheDepthThatIsAllowed(ThriftProtocol protocol) {
		for (int depth : new int[] { 1, 64, 1_000 }) {
			MessageLimits limits = MessageLimits.builder().maxRecursionDepth(depth).build();
			int trees = Math.max(depth, 64) - 1;
			byte[] message = Wire.call(protocol, "echoTree", 1,
					new TypesService.echoTree_args(TypesCorpus.tree(trees)));

			assertThat(MessageScanner.of(protocol, limits).scan(Unpooled.wrappedBuffer(message))).isTrue();
		}
	}

	private static MessageScanner scanner(ThriftProtocol protocol) {
		return MessageScanner.of(protocol, MessageLimits.DEFAULT);
	}

	private static byte[] parse(String hex) {
		return HexFormat.of().parseHex(hex.replace(" ", ""));
	}

	/**
	 * Counts the bytes that are looked at.
	 */
	private static final class CountingBuffer extends UnpooledHeapByteBuf {

		private long examined;

		CountingBuffer(byte[] content) {
			super(UnpooledByteBufAllocator.DEFAULT, content, content.length);
			writerIndex(0);
		}

		@Override
		public byte getByte(int index) {
			this.examined++;
			return super.getByte(index);
		}

		@Override
		public int getInt(int index) {
			this.examined += 4;
			return super.getInt(index);
		}

	}

}
