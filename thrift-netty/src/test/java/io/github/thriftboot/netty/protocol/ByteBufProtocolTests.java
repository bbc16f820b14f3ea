package io.github.thriftboot.netty.protocol;

import java.nio.ByteBuffer;
import java.util.List;

import io.github.thriftboot.netty.interop.TypesCorpus;
import io.github.thriftboot.test.types.Everything;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import org.apache.thrift.TConfiguration;
import org.apache.thrift.TException;
import org.apache.thrift.TSerializable;
import org.apache.thrift.TSerializer;
import org.apache.thrift.protocol.TBinaryProtocol;
import org.apache.thrift.protocol.TCompactProtocol;
import org.apache.thrift.protocol.TProtocol;
import org.apache.thrift.protocol.TProtocolException;
import org.apache.thrift.transport.TTransportException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests of {@link ByteBufProtocol}, {@link BinaryProtocol} and {@link CompactProtocol}:
 * libthrift's own protocols tell what is right.
 */
class ByteBufProtocolTests {

	private static final int MAX_SIZE = 1_000_000;

	private static final int WINDOW = 4 * 1024;

	private final MessageCodec codec = codec(MAX_SIZE);

	@ParameterizedTest
	@EnumSource(names = { "BINARY", "COMPACT" })
	void bytesAreThoseOfLibthriftWhereverTheWindowEnds(ThriftProtocol protocol) throws Exception {
		byte[] rest = bytes(protocol, TypesCorpus.full());
		for (int size = WINDOW - rest.length; size <= WINDOW; size++) {
			Everything struct = TypesCorpus.full();
			struct.setAString("x".repeat(Math.max(0, size)));
			assertSame(protocol, struct);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "BINARY", "COMPACT" })
	void stringsAndBinariesOfAnySizeAreThoseOfLibthrift(ThriftProtocol protocol) throws Exception {
		for (int size : List.of(0, 1, 21, 22, 63, 64, 65, 127, 128, 1_023, 1_024, 1_025, WINDOW - 6, WINDOW, WINDOW + 1,
				3 * WINDOW, 100_000)) {
			for (String unit : List.of("x", "ä", "漢", "\uD83D\uDE00", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxé")) {
				Everything struct = TypesCorpus.full();
				struct.setAString(unit.repeat(size / unit.length()));
				struct.setABinary(struct.getAString().getBytes());
				assertSame(protocol, struct);
			}
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "BINARY", "COMPACT" })
	void structsOfTheCorpusAreThoseOfLibthrift(ThriftProtocol protocol) throws Exception {
		for (Everything struct : TypesCorpus.structs()) {
			assertSame(protocol, struct);
		}
	}

	private void assertSame(ThriftProtocol protocol, Everything struct) throws TException {
		Everything decoded = new Everything();
		decoded.unsetWithDefault();
		byte[] expected = bytes(protocol, struct);
		ByteBuf encoded = this.codec.encodeBody(struct, protocol, "method", ByteBufAllocator.DEFAULT);
		try {
			assertThat(ByteBufUtil.getBytes(encoded)).isEqualTo(expected);
			encoded.writeByte(0x77);
			this.codec.decodeBody(decoded, protocol, encoded);
			assertThat(decoded).isEqualTo(struct);
			assertThat(encoded.readableBytes()).as("bytes behind the struct").isOne();
		}
		finally {
			encoded.release();
		}
	}

	private static byte[] bytes(ThriftProtocol protocol, Everything struct) throws TException {
		return new TSerializer(
				(protocol == ThriftProtocol.COMPACT) ? new TCompactProtocol.Factory() : new TBinaryProtocol.Factory())
			.serialize(struct);
	}

	@ParameterizedTest
	@EnumSource(names = { "BINARY", "COMPACT" })
	void exactlyTheMaximumFitsAndOneByteMoreDoesNot(ThriftProtocol protocol) throws Exception {
		for (int size : List.of(10, 100, 2_000, WINDOW - 3, WINDOW, 20_000)) {
			TSerializable struct = new Strings("x".repeat(size), "y".repeat(20), "z");
			int length = encodedLength(codec(MAX_SIZE), struct, protocol);

			assertThat(encodedLength(codec(length), struct, protocol)).isEqualTo(length);
			assertThatExceptionOfType(MessageTooLargeException.class)
				.isThrownBy(() -> encodedLength(codec(length - 1), struct, protocol));
		}
	}

	private static MessageCodec codec(int maxFrameSize) {
		return new MessageCodec(MessageLimits.builder().maxFrameSize(maxFrameSize).build());
	}

	private static int encodedLength(MessageCodec codec, TSerializable struct, ThriftProtocol protocol)
			throws TException {
		ByteBuf encoded = codec.encodeBody(struct, protocol, "method", ByteBufAllocator.DEFAULT);
		int length = encoded.readableBytes();
		encoded.release();
		return length;
	}

	@ParameterizedTest
	@EnumSource(names = { "BINARY", "COMPACT" })
	void everyTruncatedStructIsRefused(ThriftProtocol protocol) throws Exception {
		byte[] whole = bytes(protocol, TypesCorpus.full());
		for (int length = 0; length < whole.length; length++) {
			ByteBuf part = Unpooled.wrappedBuffer(whole, 0, length);
			assertThatExceptionOfType(TException.class)
				.isThrownBy(() -> this.codec.decodeBody(new Everything(), protocol, part))
				.isInstanceOfAny(TTransportException.class, TProtocolException.class);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 0xFF, 0x80 })
	void numberWithoutEndIsRefused(int unit) throws Exception {
		ByteBuf bytes = Unpooled.buffer().writeBytes(new byte[20]);
		for (int i = 0; i < 20; i++) {
			bytes.setByte(i, unit);
		}
		CompactProtocol protocol = new CompactProtocol(new TConfiguration(), 1_000);
		protocol.startReading(bytes.duplicate(), 1_000);
		assertThatExceptionOfType(TProtocolException.class).isThrownBy(protocol::readI32)
			.withMessage("number is longer than 5 bytes");
		protocol.startReading(bytes.duplicate(), 1_000);
		assertThatExceptionOfType(TProtocolException.class).isThrownBy(protocol::readI64)
			.withMessage("number is longer than 10 bytes");
	}

	@Test
	void protocolThatFailedIsNotUsedAgain() throws Exception {
		Everything struct = TypesCorpus.full();
		ByteBuf broken = Unpooled.wrappedBuffer(bytes(ThriftProtocol.COMPACT, struct), 0, 200);
		assertThatExceptionOfType(TException.class)
			.isThrownBy(() -> this.codec.decodeBody(new Everything(), ThriftProtocol.COMPACT, broken));

		assertSame(ThriftProtocol.COMPACT, struct);
	}

	/**
	 * Strings behind each other, as no generated struct has them.
	 */
	private record Strings(String... values) implements TSerializable {

		@Override
		public void read(TProtocol protocol) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void write(TProtocol protocol) throws TException {
			for (String value : this.values) {
				protocol.writeString(value);
				protocol.writeBinary(ByteBuffer.wrap(value.getBytes()));
			}
		}

	}

}
