package io.github.thriftboot.netty.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.github.thriftboot.netty.protocol.HeaderFrame.Decoded;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.apache.thrift.TApplicationException;
import org.apache.thrift.protocol.TProtocolException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Tests for {@link HeaderFrame}.
 */
class HeaderFrameTests {

	private static final int ID = 0x01020304;

	private static final int FLAGS = 0x8003;

	private static final byte[] ENDLESS = { -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1 };

	private static final byte[] NOTHING = {};

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 2, 3, 4 })
	void paddingOfUpToFourBytesIsAccepted(int padding) throws Exception {
		String value = "v".repeat(1 + Math.floorMod(-padding, 4));
		ByteBuf frame = frame(bytes(0, 0), info("k", value), new byte[padding], bytes(99));
		int headerBytes = 4 * frame.getUnsignedShort(8);

		Decoded decoded = decode(frame);

		assertThat(headerBytes).isEqualTo(2 + 5 + value.length() + padding);
		assertThat(decoded.envelope().headers()).isEqualTo(Map.of("k", value));
		assertThat(frame.readByte()).as("payload").isEqualTo((byte) 99);
		assertThat(frame.isReadable()).isFalse();
	}

	@Test
	void unknownInfoEndsTheHeader() throws Exception {
		Decoded decoded = decode(frame(bytes(2, 0), info("k", "vv"), bytes(7), ENDLESS, new byte[1], NOTHING));

		assertThat(decoded.envelope().headers()).isEqualTo(Map.of("k", "vv"));
		assertThat(decoded.envelope().protocol()).isEqualTo(ThriftProtocol.COMPACT);
	}

	@Test
	void severalInfosAreReadTogether() throws Exception {
		Decoded decoded = decode(frame(bytes(0, 0), info("a", "1"), info("b", "2"), info("a", "3"), NOTHING));

		assertThat(decoded.envelope().headers()).isEqualTo(Map.of("a", "3", "b", "2"));
	}

	@Test
	void flagsAndSequenceIdAreKept() throws Exception {
		Decoded decoded = decode(frame(bytes(0, 0, 0, 0), NOTHING));

		assertThat(decoded.sequenceId()).isEqualTo(ID);
		assertThat(decoded.envelope().flags()).isEqualTo(FLAGS);
		assertThat(decoded.envelope().outOfOrder()).isTrue();
		assertThat(decoded.envelope().reply())
			.isEqualTo(new Envelope(ThriftTransport.HEADER, ThriftProtocol.BINARY, 0x0001));
	}

	@Test
	void sixtyFourHeadersAreAccepted() throws Exception {
		Decoded decoded = decode(frame(bytes(0, 0), infos(64), NOTHING));

		assertThat(decoded.envelope().headers()).hasSize(64).containsEntry("k63", "v");
	}

	@Test
	void sixtyFiveHeadersAreRefused() {
		assertRefused(TApplicationException.PROTOCOL_ERROR, "headers: 65", bytes(0, 0), infos(65), NOTHING);
	}

	@Test
	void sixtyFiveHeadersInSeveralInfosAreRefused() {
		assertRefused(TApplicationException.PROTOCOL_ERROR, "headers", bytes(0, 0), infos(64), info("x", "y"), NOTHING);
	}

	@Test
	void countThatOverflowsIsRefused() {
		assertRefused(TApplicationException.PROTOCOL_ERROR, "header", bytes(0, 0), infos(1),
				bytes(1, 0xFF, 0xFF, 0xFF, 0xFF, 0x07), NOTHING);
	}

	@Test
	void negativeCountIsRefused() {
		assertRefused(TApplicationException.PROTOCOL_ERROR, "headers: -1", bytes(0, 0),
				bytes(1, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F), NOTHING);
	}

	@Test
	void headersOverEightKibibytesAreRefused() {
		assertRefused(TApplicationException.PROTOCOL_ERROR, "8192", bytes(0, 0), info("k", "v".repeat(8 * 1024)),
				NOTHING);
	}

	@Test
	void headersOfEightKibibytesAreAccepted() throws Exception {
		String value = "v".repeat(8 * 1024 - 8);

		Decoded decoded = decode(frame(bytes(0, 0), info("k", value), NOTHING));

		assertThat(decoded.envelope().headers()).isEqualTo(Map.of("k", value));
	}

	@Test
	void endlessNumberIsRefusedWhereverItIs() {
		String message = "longer than 5 bytes";
		assertRefused(TApplicationException.PROTOCOL_ERROR, message, ENDLESS, NOTHING);
		assertRefused(TApplicationException.PROTOCOL_ERROR, message, bytes(0), ENDLESS, NOTHING);
		assertRefused(TApplicationException.PROTOCOL_ERROR, message, bytes(0, 0), ENDLESS, NOTHING);
		assertRefused(TApplicationException.PROTOCOL_ERROR, message, bytes(0, 0, 1), ENDLESS, NOTHING);
		assertRefused(TApplicationException.PROTOCOL_ERROR, message, bytes(0, 0, 1, 1), ENDLESS, NOTHING);
		assertRefused(TApplicationException.PROTOCOL_ERROR, message, bytes(0, 0, 1, 1, 1, 'k'), ENDLESS, NOTHING);
	}

	@Test
	void lengthBeyondTheHeaderIsRefused() {
		assertRefused(TApplicationException.PROTOCOL_ERROR, "header length: 100", bytes(0, 0, 1, 1, 100, 'k'), NOTHING);
		assertRefused(TApplicationException.PROTOCOL_ERROR, "header length: -1",
				bytes(0, 0, 1, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 'k'), NOTHING);
	}

	@Test
	void headerThatEndsTooEarlyIsRefused() {
		assertRefused(TApplicationException.PROTOCOL_ERROR, "ends too early", NOTHING, NOTHING);
		assertRefused(TApplicationException.PROTOCOL_ERROR, "ends too early", bytes(0, 0, 1, 2, 1, 'k', 1, 'v'),
				NOTHING);
	}

	@Test
	void headerBeyondTheFrameIsRefused() {
		ByteBuf frame = frame(bytes(0, 0, 0, 0), NOTHING);
		frame.setShort(8, 2);

		assertRefused(TApplicationException.PROTOCOL_ERROR, "header size: 8 (expected: at most 4)", frame);
	}

	@Test
	void unknownTransformIsRefusedWithTheProtocolOfTheMessage() {
		MalformedMessageException failure = assertRefused(TApplicationException.INVALID_TRANSFORM,
				"transform: 2 (expected: 1 for zlib)", bytes(2, 1, 2, 0), NOTHING);

		assertThat(failure.envelope()).isEqualTo(new Envelope(ThriftTransport.HEADER, ThriftProtocol.COMPACT, FLAGS));
	}

	@Test
	void severalTransformsAreRefused() {
		assertRefused(TApplicationException.INVALID_TRANSFORM, "transforms: 2 (expected: at most 1)", bytes(2, 2, 1, 1),
				NOTHING);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 3, 127 })
	void protocolThatIsNotSpokenIsRefusedInBinary(int protocolId) {
		MalformedMessageException failure = assertRefused(TApplicationException.INVALID_PROTOCOL,
				"protocol id: " + protocolId, bytes(protocolId, 0, 0, 0), NOTHING);

		assertThat(failure.envelope()).isEqualTo(new Envelope(ThriftTransport.HEADER, ThriftProtocol.BINARY, FLAGS));
	}

	@ParameterizedTest
	@CsvSource({ "0fff", "0fff000000000001", "0fff00000000000100", "80010001000000010000000000" })
	void frameThatIsNoHeaderTellsNobodyToAnswer(String hex) {
		MalformedMessageException failure = catchThrowableOfType(MalformedMessageException.class,
				() -> decode(Unpooled.wrappedBuffer(java.util.HexFormat.of().parseHex(hex))));

		assertThat(failure.envelope()).isNull();
	}

	@Test
	void limitsOfHeadersCanBeChanged() throws Exception {
		MessageLimits large = MessageLimits.builder().maxHeaders(100).maxHeaderSize(20_000).build();
		MessageLimits small = MessageLimits.builder().maxHeaders(8).maxHeaderSize(1_024).build();
		String value = "v".repeat(16_000);

		assertThat(HeaderFrame.decode(frame(bytes(0, 0), infos(100), NOTHING), large).envelope().headers())
			.hasSize(100);
		assertThat(HeaderFrame.decode(frame(bytes(0, 0), info("k", value), NOTHING), large).envelope().headers())
			.isEqualTo(Map.of("k", value));
		assertThat(HeaderFrame.decode(frame(bytes(0, 0), infos(8), NOTHING), small).envelope().headers()).hasSize(8);
		assertRefused("headers: 9 in ", "max-headers 8 in max-header-size 1024", small, infos(9));
		assertRefused("headers: 1 in 1032", "max-headers 8 in max-header-size 1024", small,
				info("k", "v".repeat(1_026)));
	}

	private static void assertRefused(String message, String expectation, MessageLimits limits, byte[] infos) {
		assertThatExceptionOfType(MalformedMessageException.class)
			.isThrownBy(() -> HeaderFrame.decode(frame(bytes(0, 0), infos, NOTHING), limits))
			.withMessageContaining(message)
			.withMessageContaining(expectation);
	}

	@ParameterizedTest
	@ValueSource(ints = { 8, 9, 10, 11, 12 })
	void headersThatMayBeWrittenMayBeRead(int rest) throws Exception {
		MessageLimits limits = MessageLimits.builder().maxHeaders(8).maxHeaderSize(1_024).build();
		Envelope envelope = envelope(Map.of("k", "v".repeat(1_024 - rest)));
		ByteBuf out = Unpooled.buffer();

		HeaderFrame.encode(out, envelope, ID, limits);

		assertThat(HeaderFrame.decode(out, limits).envelope()).isEqualTo(envelope);
	}

	@Test
	void headersOverALimitAreNotWritten() {
		assertNotWritten(headers(65, "v"), "headers: 65 in ");
		assertNotWritten(Map.of("k", "v".repeat(8_190)), "headers: 1 in ");
	}

	private static void assertNotWritten(Map<String, String> headers, String message) {
		assertThatExceptionOfType(TProtocolException.class)
			.isThrownBy(() -> HeaderFrame.encode(Unpooled.buffer(), envelope(headers), ID, MessageLimits.DEFAULT))
			.withMessageContaining(message)
			.withMessageContaining("max-headers 64 in max-header-size 8192")
			.satisfies((ex) -> assertThat(ex.getType()).isEqualTo(TProtocolException.SIZE_LIMIT));
	}

	private static Envelope envelope(Map<String, String> headers) {
		return new Envelope(ThriftTransport.HEADER, ThriftProtocol.BINARY, FLAGS, headers);
	}

	private static Decoded decode(ByteBuf frame) throws MalformedMessageException {
		return HeaderFrame.decode(frame, MessageLimits.DEFAULT);
	}

	private static MalformedMessageException assertRefused(int type, String message, byte[]... parts) {
		return assertRefused(type, message, frame(parts));
	}

	private static MalformedMessageException assertRefused(int type, String message, ByteBuf frame) {
		MalformedMessageException failure = catchThrowableOfType(MalformedMessageException.class, () -> decode(frame));
		assertThat(failure).hasMessageContaining(message);
		assertThat(failure.toApplicationException().getType()).isEqualTo(type);
		assertThat(failure.sequenceId()).isEqualTo(ID);
		assertThat(failure.envelope()).isNotNull();
		return failure;
	}

	/**
	 * Make a frame of the parts of a header and the payload, which comes last.
	 */
	private static ByteBuf frame(byte[]... parts) {
		ByteBuf header = Unpooled.buffer();
		for (byte[] part : Arrays.copyOf(parts, parts.length - 1)) {
			header.writeBytes(part);
		}
		header.writeZero(Math.floorMod(-header.readableBytes(), 4));
		return Unpooled.buffer()
			.writeShort(0x0FFF)
			.writeShort(FLAGS)
			.writeInt(ID)
			.writeShort(header.readableBytes() / 4)
			.writeBytes(header)
			.writeBytes(parts[parts.length - 1]);
	}

	private static byte[] info(String key, String value) {
		return infos(Map.of(key, value));
	}

	private static byte[] infos(int count) {
		return infos(headers(count, "v"));
	}

	private static Map<String, String> headers(int count, String value) {
		return IntStream.range(0, count).boxed().collect(Collectors.toMap((i) -> "k" + i, (i) -> value));
	}

	private static byte[] infos(Map<String, String> headers) {
		ByteBuf info = Unpooled.buffer().writeByte(1).writeByte(headers.size());
		headers.forEach((key, value) -> {
			writeString(info, key);
			writeString(info, value);
		});
		byte[] bytes = new byte[info.readableBytes()];
		info.readBytes(bytes);
		return bytes;
	}

	private static void writeString(ByteBuf out, String text) {
		if (text.length() < 128) {
			out.writeByte(text.length());
		}
		else {
			out.writeByte(text.length() & 0x7F | 0x80).writeByte(text.length() >> 7);
		}
		out.writeCharSequence(text, StandardCharsets.UTF_8);
	}

	private static byte[] bytes(int... values) {
		byte[] bytes = new byte[values.length];
		for (int i = 0; i < values.length; i++) {
			bytes[i] = (byte) values[i];
		}
		return bytes;
	}

}
