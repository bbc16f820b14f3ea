package io.github.thriftboot.netty.protocol;

import java.nio.ByteBuffer;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.apache.thrift.TConfiguration;
import org.apache.thrift.transport.TTransportException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ByteBufTransport}.
 */
class ByteBufTransportTests {

	@Test
	void whatIsWrittenIsRead() throws Exception {
		ByteBufTransport transport = transport(Unpooled.buffer(1));

		transport.write(new byte[] { 1, 2, 3, 4 }, 1, 2);
		int written = transport.write(ByteBuffer.wrap(new byte[] { 5, 6 }));
		byte[] target = new byte[6];
		int read = transport.read(target, 1, 5);

		assertThat(written).isEqualTo(2);
		assertThat(read).isEqualTo(4);
		assertThat(target).containsExactly(0, 2, 3, 5, 6, 0);
	}

	@Test
	void readBeyondTheEndFails() throws Exception {
		ByteBufTransport transport = transport(Unpooled.EMPTY_BUFFER);

		assertThat(transport.read(new byte[1], 0, 0)).isZero();
		assertThatExceptionOfType(TTransportException.class).isThrownBy(() -> transport.read(new byte[1], 0, 1))
			.satisfies((ex) -> assertThat(ex.getType()).isEqualTo(TTransportException.END_OF_FILE));
	}

	@Test
	void writeBeyondTheMaximumFailsAndWritesNothing() throws Exception {
		ByteBuf buffer = Unpooled.buffer(1, 10);
		ByteBufTransport transport = transport(buffer);
		transport.write(new byte[10], 0, 9);

		assertThatExceptionOfType(TTransportException.class).isThrownBy(() -> transport.write(new byte[2], 0, 2))
			.satisfies((ex) -> assertThat(ex.getType()).isEqualTo(TTransportException.MESSAGE_SIZE_LIMIT));
		assertThatExceptionOfType(TTransportException.class).isThrownBy(() -> transport.write(ByteBuffer.allocate(2)));
		assertThat(buffer.readableBytes()).isEqualTo(9);
	}

	@ParameterizedTest
	@ValueSource(longs = { -1, 11, Integer.MAX_VALUE, Long.MAX_VALUE, Long.MIN_VALUE })
	void declaredLengthBeyondTheBytesLeftFails(long length) throws Exception {
		ByteBufTransport transport = transport(Unpooled.wrappedBuffer(new byte[10]));

		assertThatExceptionOfType(TTransportException.class).isThrownBy(() -> transport.checkReadBytesAvailable(length))
			.withMessage("declared length: " + length + " (expected: 0 to 10)");
	}

	@Test
	void eachByteIsClaimedOnce() throws Exception {
		ByteBufTransport transport = transport(Unpooled.wrappedBuffer(new byte[10]));

		transport.checkReadBytesAvailable(6);
		transport.checkReadBytesAvailable(4);
		assertThatExceptionOfType(TTransportException.class).isThrownBy(() -> transport.checkReadBytesAvailable(1))
			.withMessage("declared length: 1 (expected: 0 to 0)");
	}

	@Test
	void memoryIsNotExposed() throws Exception {
		ByteBufTransport transport = transport(Unpooled.wrappedBuffer(new byte[10]));

		assertThat(transport.getBuffer()).isNull();
		assertThat(transport.getBytesRemainingInBuffer()).isNegative();
		assertThat(transport.isOpen()).isTrue();
	}

	private static ByteBufTransport transport(ByteBuf buffer) throws TTransportException {
		return new ByteBufTransport(buffer, new TConfiguration());
	}

}
