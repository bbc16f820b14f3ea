package io.github.thriftboot.netty.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.DataFormatException;

import io.github.thriftboot.netty.interop.TypesCorpus;
import io.github.thriftboot.netty.test.Packets;
import io.github.thriftboot.netty.test.RawMessage;
import io.github.thriftboot.test.Packet;
import io.github.thriftboot.test.Strict;
import io.github.thriftboot.test.types.Everything;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import org.apache.thrift.TApplicationException;
import org.apache.thrift.TBase;
import org.apache.thrift.TException;
import org.apache.thrift.TSerializable;
import org.apache.thrift.protocol.TMessageType;
import org.apache.thrift.protocol.TProtocol;
import org.apache.thrift.protocol.TProtocolException;
import org.apache.thrift.transport.TTransportException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Tests for {@link MessageCodec}. The two frames were taken from other implementations of
 * THeader.
 */
class MessageCodecTests {

	private static final String BINARY_FRAME = "00000023 0fff 0000 00000001 0001 00 00 0000"
			+ "80010001 00000008 74657374566f6964 00000001 00";

	private static final String COMPACT_FRAME = "0000002a 0fff 0000 00000102 0003 02 00 01 01 02 6964 03 616263 00"
			+ "8221 8202 0a 74657374537472696e67 18 02 4869 00";

	private static final IntConsumer ANY_SIZE = (bytes) -> {
	};

	private final MessageCodec codec = codec(100_000);

	@Test
	void binaryExampleIsDecoded() throws Exception {
		ThriftMessage message = decode(ThriftTransport.HEADER, hex(BINARY_FRAME));

		assertThat(message.envelope()).isEqualTo(new Envelope(ThriftTransport.HEADER, ThriftProtocol.BINARY, 0));
		assertThat(message.name()).isEqualTo("testVoid");
		assertThat(message.type()).isEqualTo(TMessageType.CALL);
		assertThat(message.sequenceId()).isOne();
		assertThat(ByteBufUtil.hexDump(message.body())).isEqualTo("00");
	}

	@Test
	void compactExampleIsDecoded() throws Exception {
		ThriftMessage message = decode(ThriftTransport.HEADER, hex(COMPACT_FRAME));

		assertThat(message.envelope())
			.isEqualTo(new Envelope(ThriftTransport.HEADER, ThriftProtocol.COMPACT, 0, Map.of("id", "abc")));
		assertThat(message.name()).isEqualTo("testString");
		assertThat(message.type()).isEqualTo(TMessageType.CALL);
		assertThat(message.sequenceId()).isEqualTo(0x102);
		assertThat(ByteBufUtil.hexDump(message.body())).isEqualTo("1802486900");
	}

	@Test
	void binaryExampleIsEncoded() throws Exception {
		ThriftMessage message = new ThriftMessage(new Envelope(ThriftTransport.HEADER, ThriftProtocol.BINARY, 0),
				"testVoid", TMessageType.CALL, 1, hex("00"));

		assertThat(ByteBufUtil.hexDump(encode(this.codec, message))).isEqualTo(BINARY_FRAME.replace(" ", ""));
	}

	@Test
	void compactExampleIsEncoded() throws Exception {
		ThriftMessage message = new ThriftMessage(
				new Envelope(ThriftTransport.HEADER, ThriftProtocol.COMPACT, 0, Map.of("id", "abc")), "testString",
				TMessageType.CALL, 0x102, hex("18 02 4869 00"));

		assertThat(ByteBufUtil.hexDump(encode(this.codec, message))).isEqualTo(COMPACT_FRAME.replace(" ", ""));
	}

	@Test
	void anyMessageIsTheSameAfterEncodingAndDecoding() throws Exception {
		long seed = System.nanoTime();
		Random random = new Random(seed);
		for (int i = 0; i < 5_000; i++) {
			ThriftMessage message = randomMessage(random);

			ByteBuf encoded = encode(this.codec, message);
			assertThat(encoded.readInt()).as("length, seed %d", seed).isEqualTo(encoded.readableBytes());
			ThriftMessage decoded = this.codec.decode(message.envelope().transport(), message.envelope().protocol(),
					encoded);

			assertThat(decoded).as("seed %d", seed).isEqualTo(message);
		}
	}

	private static ThriftMessage randomMessage(Random random) {
		boolean framed = random.nextInt(3) == 0;
		Map<String, String> headers = new HashMap<>();
		for (int i = framed ? 0 : random.nextInt(10); i > 0; i--) {
			headers.put(randomText(random, 20), randomText(random, 200));
		}
		Envelope envelope = new Envelope(framed ? ThriftTransport.FRAMED : ThriftTransport.HEADER,
				random.nextBoolean() ? ThriftProtocol.BINARY : ThriftProtocol.COMPACT,
				framed ? 0 : random.nextInt(0x10000), headers);
		byte[] body = new byte[1 + random.nextInt(300)];
		random.nextBytes(body);
		return new ThriftMessage(envelope, randomText(random, 300), (byte) (1 + random.nextInt(4)), random.nextInt(),
				Unpooled.wrappedBuffer(body));
	}

	private static String randomText(Random random, int maxLength) {
		StringBuilder text = new StringBuilder();
		for (int i = random.nextInt(maxLength); i > 0; i--) {
			text.appendCodePoint(random.nextBoolean() ? 'a' + random.nextInt(26) : 0x1F600 + random.nextInt(60));
		}
		return text.toString();
	}

	@Test
	void emptyPayloadIsNoMessage() throws Exception {
		ByteBuf frame = hex("0fff 0000 00000000 0001 00 00 0000");

		assertThat(this.codec.decode(ThriftTransport.HEADER, ThriftProtocol.BINARY, frame)).isNull();
		assertThat(frame.refCnt()).as("stays with the caller").isOne();
	}

	@Test
	void idInTheMessageThatDiffersFromTheEnvelopeIsRefusedWithTheOuterId() {
		MalformedMessageException failure = malformed(ThriftTransport.HEADER,
				BINARY_FRAME.replace("6964 00000001", "6964 00000002").substring(9));

		assertThat(failure.toApplicationException().getType()).isEqualTo(TApplicationException.BAD_SEQUENCE_ID);
		assertThat(failure.sequenceId()).isOne();
		assertThat(failure.envelope()).isNotNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "00", "80010001", "80010001 00000008 7465", "80010001 7fffffff 7465", "80020001 00000000",
			"80010001 ffffffff 00", "ffffffff ffffffff" })
	void payloadThatIsNoMessageIsRefused(String payload) {
		MalformedMessageException inHeader = malformed(ThriftTransport.HEADER,
				"0fff 0001 00000007 0001 00 00 0000" + payload);
		MalformedMessageException framed = malformed(ThriftTransport.FRAMED, payload);

		assertThat(inHeader.toApplicationException().getType()).isEqualTo(TApplicationException.PROTOCOL_ERROR);
		assertThat(inHeader.sequenceId()).isEqualTo(7);
		assertThat(inHeader.envelope()).isNotNull();
		assertThat(framed.envelope()).as("nobody to answer").isNull();
	}

	private MalformedMessageException malformed(ThriftTransport transport, String frame) {
		return catchThrowableOfType(MalformedMessageException.class,
				() -> this.codec.decode(transport, ThriftProtocol.BINARY, hex(frame)));
	}

	@Test
	void frameOfTheMaximumSizeIsEncodedAndOneByteMoreIsNot() throws Exception {
		ThriftMessage message = new ThriftMessage(new Envelope(ThriftTransport.HEADER, ThriftProtocol.BINARY, 0),
				"testVoid", TMessageType.CALL, 1, hex("00"));

		assertThat(encode(codec(0x23), message).readableBytes()).isEqualTo(4 + 0x23);
		assertThatExceptionOfType(MessageTooLargeException.class).isThrownBy(() -> encode(codec(0x22), message))
			.withMessageContaining("testVoid")
			.withMessageContaining("35 bytes")
			.withMessageContaining("max-frame-size 34");
	}

	@ParameterizedTest
	@EnumSource
	void structIsTheSameAfterEncodingAndDecoding(ThriftProtocol protocol) throws Exception {
		Packet packet = Packets.ofSize(1_000);

		ByteBuf body = this.codec.encodeBody(packet, protocol, "echo", ByteBufAllocator.DEFAULT);
		Packet decoded = new Packet();
		this.codec.decodeBody(decoded, protocol, body);
		body.release();

		assertThat(decoded).isEqualTo(packet);
	}

	@ParameterizedTest
	@EnumSource
	void decodedBytesDoNotShareTheMemoryOfTheFrame(ThriftProtocol protocol) throws Exception {
		Packet packet = Packets.ofSize(1_000);
		ByteBuf body = this.codec.encodeBody(packet, protocol, "echo", UnpooledByteBufAllocator.DEFAULT);
		Packet decoded = new Packet();

		this.codec.decodeBody(decoded, protocol, body);
		body.setZero(0, body.writerIndex());
		body.release();

		assertThat(Packets.isIntact(decoded)).isTrue();
	}

	@Test
	void structThatCannotBeEncodedLeavesNothing() {
		assertNotEncoded(Packets.ofSize(1_001), MessageTooLargeException.class, "max-frame-size 1000");
		assertNotEncoded(new Strict(), TProtocolException.class, "name");
		assertNotEncoded(new FailsHalfWay(600), TProtocolException.class, "half-way");
	}

	@Test
	void structThatFailsBehindItsFirstBufferLeavesNothing() {
		RecordingAllocator allocator = new RecordingAllocator();

		for (ThriftProtocol protocol : ThriftProtocol.values()) {
			assertThatExceptionOfType(TProtocolException.class)
				.isThrownBy(() -> this.codec.encodeBody(new FailsHalfWay(20_000), protocol, "method", allocator));
		}
		assertThat(allocator.buffers).hasSize(ThriftProtocol.values().length)
			.allSatisfy((buffer) -> assertThat(buffer.refCnt()).isZero());
	}

	private static void assertNotEncoded(TSerializable struct, Class<? extends TException> failure, String message) {
		for (ThriftProtocol protocol : ThriftProtocol.values()) {
			RecordingAllocator allocator = new RecordingAllocator();
			assertThatExceptionOfType(failure)
				.isThrownBy(() -> codec(1_000).encodeBody(struct, protocol, "method", allocator))
				.withMessageContaining(message);
			assertThat(allocator.buffers).allSatisfy((buffer) -> assertThat(buffer.refCnt()).isZero());
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "0b 0003 7fffffff 00", "0b 0003 ffffffff 00", "0f 0063 0b 7fffffff 00",
			"0f 0063 0c 00100000 00", "0d 0063 0b 0b 7fffffff 00", "0e 0063 08 80000000 00" })
	void declaredLengthBeyondTheBytesThatAreThereIsRefused(String body) {
		assertThatExceptionOfType(TException.class)
			.isThrownBy(() -> this.codec.decodeBody(new Packet(), ThriftProtocol.BINARY, hex(body)))
			.isInstanceOfAny(TTransportException.class, TProtocolException.class);
	}

	@ParameterizedTest
	@EnumSource
	void structsNestedTooDeeplyAreRefused(ThriftProtocol protocol) {
		String field = (protocol == ThriftProtocol.BINARY) ? "0c0063" : "0cc601";

		assertThatExceptionOfType(TException.class)
			.isThrownBy(() -> this.codec.decodeBody(new Packet(), protocol, hex(field.repeat(10_000))));
	}

	@ParameterizedTest
	@EnumSource
	void stringOverTheLimitIsRefused(ThriftProtocol protocol) throws Exception {
		MessageLimits limits = MessageLimits.builder().maxStringLength(100).build();
		for (String text : new String[] { "x".repeat(100), "ä".repeat(50), "x".repeat(101), "ä".repeat(51) }) {
			boolean fits = text.getBytes(StandardCharsets.UTF_8).length <= 100;
			assertDecoded(fits, protocol, new Everything().setAString(text), limits, "at most max-string-length 100 ");
		}
		assertDecoded(true, protocol, new Everything().setABinary(new byte[100]), limits, "");
		assertDecoded(false, protocol, new Everything().setABinary(new byte[101]), limits,
				"at most max-string-length 100 ");
	}

	@ParameterizedTest
	@EnumSource
	void containerOverTheLimitIsRefused(ThriftProtocol protocol) throws Exception {
		MessageLimits limits = MessageLimits.builder().maxContainerLength(3).build();
		for (int count : new int[] { 3, 4 }) {
			List<Integer> numbers = IntStream.range(0, count).boxed().toList();
			Set<String> texts = numbers.stream().map(String::valueOf).collect(Collectors.toSet());
			Map<String, Long> map = texts.stream().collect(Collectors.toMap((text) -> text, Long::valueOf));
			for (Everything struct : List.of(new Everything().setAList(numbers), new Everything().setASet(texts),
					new Everything().setAMap(map))) {
				assertDecoded(count == 3, protocol, struct, limits, " or max-container-length 3)");
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void depthOverTheLimitIsRefused(ThriftProtocol protocol) throws Exception {
		for (int depth : new int[] { 5, 64, 1_000 }) {
			MessageLimits limits = MessageLimits.builder().maxRecursionDepth(depth).build();

			assertDecoded(true, protocol, TypesCorpus.tree(depth), limits, "");
			assertDecoded(false, protocol, TypesCorpus.tree(depth + 1), limits,
					"at most max-recursion-depth " + depth + ")");
		}
	}

	/**
	 * A struct can be read, or tells which limit it is over.
	 */
	private static void assertDecoded(boolean expected, ThriftProtocol protocol, TBase<?, ?> struct,
			MessageLimits limits, String message) throws Exception {
		MessageLimits none = MessageLimits.builder().maxRecursionDepth(1_000).build();
		ByteBuf body = new MessageCodec(none).encodeBody(struct, protocol, "method", UnpooledByteBufAllocator.DEFAULT);
		TBase<?, ?> decoded = struct.getClass().getDeclaredConstructor().newInstance();
		Callable<Void> decode = () -> {
			new MessageCodec(limits).decodeBody(decoded, protocol, body);
			return null;
		};
		if (expected) {
			decode.call();
			assertThat((Object) decoded).isEqualTo(struct);
		}
		else {
			assertThatExceptionOfType(TProtocolException.class).isThrownBy(decode::call)
				.withMessageContaining(message)
				.satisfies((ex) -> assertThat(ex.getType()).isIn(TProtocolException.SIZE_LIMIT,
						TProtocolException.DEPTH_LIMIT));
		}
		body.release();
	}

	@ParameterizedTest
	@CsvSource({ "1048576, 16384000, 100, true", "1048577, 16384000, 100, false", "3000000, 16384000, 10000, true",
			"1048576, 1048575, 100, false", "1000, 999, 10000, false", "1000, 1000, 1, true" })
	void payloadIsInflatedUpToTheLimits(int size, int maxDecompressedSize, int maxRatio, boolean expected)
			throws Exception {
		MessageLimits limits = MessageLimits.builder()
			.maxDecompressedSize(maxDecompressedSize)
			.maxCompressionRatio(maxRatio)
			.build();
		ByteBuf deflated = Unpooled.buffer();
		ZlibTransform.deflate(deflated, Unpooled.wrappedBuffer(new byte[size]));

		if (expected) {
			ByteBuf inflated = ZlibTransform.inflate(deflated, limits, ANY_SIZE);
			assertThat(inflated.readableBytes()).isEqualTo(size);
			inflated.release();
		}
		else {
			assertThatExceptionOfType(DataFormatException.class)
				.isThrownBy(() -> ZlibTransform.inflate(deflated, limits, ANY_SIZE))
				.withMessageContaining("max-decompressed-size " + maxDecompressedSize)
				.withMessageContaining("max-compression-ratio " + maxRatio);
		}
	}

	@ParameterizedTest
	@CsvSource({ "BINARY, 0, false", "COMPACT, 900, false", "BINARY, 1100, true", "COMPACT, 80000, true" })
	void largeCompressedMessageIsInflatedWhenItIsWanted(ThriftProtocol protocol, int size, boolean large)
			throws Exception {
		ThriftMessage message = message(protocol, random(size));
		for (boolean inParts : new boolean[] { false, true }) {
			ByteBuf frame = compressed(message, inParts);

			ThriftMessage decoded = this.codec.decode(ThriftTransport.HEADER, ThriftProtocol.BINARY, frame);

			assertThat(decoded).isNotNull();
			assertThat(decoded.name()).isEqualTo("echo");
			assertThat(decoded.type()).isEqualTo(TMessageType.CALL);
			assertThat(decoded.sequenceId()).isEqualTo(7);
			assertThat(decoded.envelope().zlib()).isEqualTo(large);
			assertThat(frame.refCnt()).as("belongs to the message, or was released").isEqualTo(large ? 1 : 0);
			AtomicInteger memory = new AtomicInteger();
			ThriftMessage inflated = this.codec.inflate(decoded, memory::addAndGet);
			assertThat(inflated).isEqualTo(message);
			assertThat(memory.get()).isBetween(large ? size : 0, large ? 2 * size + 16 * 1024 : 0);
			assertThat(frame.refCnt()).isZero();
			inflated.release();
		}
	}

	@Test
	void memoryThatIsRefusedEndsTheInflating() throws Exception {
		byte[] zeros = new byte[80_000];
		for (int refusal : new int[] { 1, 2, 3 }) {
			ThriftMessage decoded = this.codec.decode(ThriftTransport.HEADER, ThriftProtocol.BINARY,
					compressed(message(ThriftProtocol.BINARY, zeros), false));
			AtomicInteger asked = new AtomicInteger();

			assertThatExceptionOfType(RejectedExecutionException.class)
				.isThrownBy(() -> this.codec.inflate(decoded, (bytes) -> {
					if (asked.incrementAndGet() == refusal) {
						throw new RejectedExecutionException();
					}
				}));

			assertThat(decoded.body().refCnt()).as("stays with the caller").isOne();
			decoded.release();
		}
	}

	@Test
	void damageBehindTheNameIsFoundWhenTheMessageIsInflated() throws Exception {
		for (boolean cut : new boolean[] { false, true }) {
			ByteBuf frame = compressed(message(ThriftProtocol.BINARY, random(80_000)), false);
			ByteBuf damaged = cut ? frame.writerIndex(frame.writerIndex() / 2)
					: frame.setByte(50_000, ~frame.getByte(50_000));
			ThriftMessage decoded = this.codec.decode(ThriftTransport.HEADER, ThriftProtocol.BINARY, damaged);

			MalformedMessageException failure = catchThrowableOfType(MalformedMessageException.class,
					() -> this.codec.inflate(decoded, ANY_SIZE));

			assertThat(failure.toApplicationException().getType()).isEqualTo(TApplicationException.INVALID_TRANSFORM);
			assertThat(failure.sequenceId()).isEqualTo(7);
			assertThat(decoded.body().refCnt()).as("stays with the caller").isOne();
			decoded.release();
		}
	}

	@Test
	void messageThatIsTooDenseIsNotCompressed() throws Exception {
		ThriftMessage message = message(ThriftProtocol.BINARY, new byte[2_000_000]);

		assertThat(codec(16_384_000).deflate(message, ByteBufAllocator.DEFAULT)).isSameAs(message);
		assertThat(message.body().refCnt()).isOne();
	}

	@Test
	void messageThatNobodyWouldInflateIsNotCompressed() {
		ThriftMessage message = message(ThriftProtocol.BINARY, new byte[100_000]);

		assertThatExceptionOfType(MessageTooLargeException.class)
			.isThrownBy(() -> this.codec.deflate(message, ByteBufAllocator.DEFAULT))
			.withMessageContaining("max-frame-size 100000");
		assertThat(message.body().refCnt()).isOne();
	}

	@Test
	void nameThatIsNoneIsNotRead() throws Exception {
		String longest = "x".repeat(MessageHeader.MAX_NAME_BYTES);
		MessageCodec large = codec(16_384_000);
		for (Envelope envelope : List.of(RawMessage.OUT_OF_ORDER, RawMessage.FRAMED,
				new Envelope(ThriftTransport.FRAMED, ThriftProtocol.COMPACT, 0),
				new Envelope(ThriftTransport.FRAMED, ThriftProtocol.JSON, 0))) {
			RawMessage message = RawMessage.call(envelope, longest, 7, new Packet(1, 2));
			ByteBuf frame = Unpooled.wrappedBuffer(message.toBytes()).skipBytes(4);
			ThriftMessage decoded = large.decode(envelope.transport(), envelope.protocol(), frame);
			assertThat(decoded).isNotNull();
			assertThat(decoded.name()).isEqualTo(longest);
			Packet packet = new Packet();
			large.decodeBody(packet, envelope.protocol(), decoded.body());
			assertThat(packet).isEqualTo(new Packet(1, 2));

			ByteBuf longer = Unpooled.wrappedBuffer(message.withName(longest.repeat(2)).toBytes()).skipBytes(4);
			assertThatExceptionOfType(MalformedMessageException.class)
				.isThrownBy(() -> large.decode(envelope.transport(), envelope.protocol(), longer));
		}
		ByteBuf compressed = Unpooled
			.wrappedBuffer(RawMessage.call(RawMessage.OUT_OF_ORDER, "x".repeat(2_000), 7, new Packet(1, 2))
				.toCompressedBytes())
			.skipBytes(4);
		assertThatExceptionOfType(MalformedMessageException.class)
			.isThrownBy(() -> large.decode(ThriftTransport.HEADER, ThriftProtocol.BINARY, compressed))
			.withMessageContaining("name length: 2000")
			.satisfies((ex) -> assertThat(ex.sequenceId()).isEqualTo(7));
	}

	private static ThriftMessage message(ThriftProtocol protocol, byte[] body) {
		return new ThriftMessage(new Envelope(ThriftTransport.HEADER, protocol, 1), "echo", TMessageType.CALL, 7,
				Unpooled.wrappedBuffer(body));
	}

	private static byte[] random(int size) {
		byte[] bytes = new byte[size];
		new Random(size).nextBytes(bytes);
		return bytes;
	}

	/**
	 * Encode a frame without its length.
	 */
	private ByteBuf compressed(ThriftMessage message, boolean inParts) throws Exception {
		ThriftMessage copy = new ThriftMessage(message.envelope(), message.name(), message.type(), message.sequenceId(),
				message.body().copy());
		ThriftMessage deflated = this.codec.deflate(copy, ByteBufAllocator.DEFAULT);
		assertThat(deflated.envelope().zlib()).isTrue();
		byte[] frame = ByteBufUtil.getBytes(encode(this.codec, deflated).skipBytes(Integer.BYTES));
		deflated.release();
		if (!inParts) {
			return Unpooled.wrappedBuffer(frame);
		}
		byte[][] bytes = new byte[frame.length][];
		for (int i = 0; i < bytes.length; i++) {
			bytes[i] = new byte[] { frame[i] };
		}
		return Unpooled.wrappedBuffer(bytes.length, bytes);
	}

	private static MessageCodec codec(int maxFrameSize) {
		return new MessageCodec(MessageLimits.builder().maxFrameSize(maxFrameSize).build());
	}

	private ThriftMessage decode(ThriftTransport transport, ByteBuf frame) throws Exception {
		assertThat(frame.readInt()).isEqualTo(frame.readableBytes());
		ThriftMessage message = this.codec.decode(transport, ThriftProtocol.BINARY, frame);
		assertThat(message).isNotNull();
		return message;
	}

	private static ByteBuf encode(MessageCodec codec, ThriftMessage message) throws TException {
		ByteBuf out = Unpooled.buffer();
		codec.encodeHead(message, message.body().readableBytes(), out);
		return out.writeBytes(message.body().duplicate());
	}

	private static ByteBuf hex(String hex) {
		return Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex.replace(" ", "")));
	}

	private record FailsHalfWay(int bytesBefore) implements TSerializable {

		@Override
		public void read(TProtocol protocol) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void write(TProtocol protocol) throws TException {
			protocol.writeBinary(ByteBuffer.allocate(this.bytesBefore / 2));
			protocol.writeString("x".repeat(this.bytesBefore / 2));
			throw new TProtocolException("half-way");
		}

	}

	private static final class RecordingAllocator extends AbstractByteBufAllocator {

		private final List<ByteBuf> buffers = new ArrayList<>();

		@Override
		protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
			ByteBuf buffer = UnpooledByteBufAllocator.DEFAULT.heapBuffer(initialCapacity, maxCapacity);
			this.buffers.add(buffer);
			return buffer;
		}

		@Override
		protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
			return newHeapBuffer(initialCapacity, maxCapacity);
		}

		@Override
		public boolean isDirectBufferPooled() {
			return false;
		}

	}

}
