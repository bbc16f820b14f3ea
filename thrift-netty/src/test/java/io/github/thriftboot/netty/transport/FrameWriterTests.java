package io.github.thriftboot.netty.transport;

import java.util.ArrayList;
import java.util.List;

import io.github.thriftboot.netty.protocol.MessageCodec;
import io.github.thriftboot.netty.protocol.MessageLimits;
import io.github.thriftboot.netty.protocol.MessageTooLargeException;
import io.github.thriftboot.netty.protocol.ThriftMessage;
import io.github.thriftboot.netty.test.RawMessage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import org.apache.thrift.protocol.TMessageType;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link FrameWriter}.
 */
class FrameWriterTests {

	private static final int MAX_FRAME_SIZE = 200_000;

	private final EmbeddedChannel channel = new EmbeddedChannel();

	private final FrameWriter writer = new FrameWriter(this.channel,
			new MessageCodec(MessageLimits.builder().maxFrameSize(MAX_FRAME_SIZE).build()));

	@Test
	void smallMessagesGoOutInOneBuffer() throws Exception {
		for (int id = 1; id <= 50; id++) {
			write(id, 50);
		}
		this.writer.flush();

		List<ByteBuf> buffers = written();
		assertThat(buffers).hasSize(1);
		assertThat(ids(buffers)).hasSize(50).isSorted().endsWith(50);
	}

	@Test
	void fullBatchIsSentBeforeTheFlush() throws Exception {
		for (int id = 1; id <= 100; id++) {
			write(id, 400);
		}

		assertThat(this.channel.outboundMessages()).isNotEmpty();
		assertThat(this.writer.flush()).isNotNull();
		assertThat(ids(written())).hasSize(100).isSorted().endsWith(100);
	}

	@Test
	void messagesOfAllSizesKeepTheirOrder() throws Exception {
		int id = 0;
		for (int size : new int[] { 0, 10, 5_000, 4_096, 4_097, 1, 100_000, 2, 2, 40_000, 3 }) {
			write(++id, size);
		}
		this.writer.flush();

		assertThat(ids(written())).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
	}

	@Test
	void nothingIsSentBeforeTheFlush() throws Exception {
		write(1, 10);
		write(2, 10_000);
		write(3, 10);

		assertThat(this.channel.outboundMessages()).isEmpty();
		assertThat(this.writer.flush()).isNotNull();
		assertThat(ids(written())).containsExactly(1, 2, 3);
		assertThat(this.writer.flush()).as("nothing more to send").isNull();
	}

	@Test
	void messageOverTheMaximumLeavesNothingInTheStream() throws Exception {
		write(1, 10);
		assertThatExceptionOfType(MessageTooLargeException.class).isThrownBy(() -> write(2, MAX_FRAME_SIZE));
		write(3, 10);
		this.writer.flush();

		assertThat(ids(written())).containsExactly(1, 3);
	}

	@Test
	void messageOverTheMaximumAloneSendsNothing() {
		assertThatExceptionOfType(MessageTooLargeException.class).isThrownBy(() -> write(1, MAX_FRAME_SIZE));

		assertThat(this.writer.flush()).isNull();
		assertThat(this.channel.outboundMessages()).isEmpty();
	}

	private void write(int id, int bodySize) throws Exception {
		ByteBuf body = this.channel.alloc().buffer().writeZero(bodySize);
		try {
			this.writer.write(new ThriftMessage(RawMessage.OUT_OF_ORDER, "echo", TMessageType.CALL, id, body));
		}
		finally {
			body.release();
		}
	}

	private List<ByteBuf> written() {
		List<ByteBuf> buffers = new ArrayList<>();
		for (ByteBuf buffer = this.channel.readOutbound(); buffer != null; buffer = this.channel.readOutbound()) {
			buffers.add(buffer);
		}
		return buffers;
	}

	private static List<Integer> ids(List<ByteBuf> buffers) throws Exception {
		ByteBuf stream = Unpooled.wrappedBuffer(buffers.toArray(ByteBuf[]::new));
		try {
			return RawMessage.parseAll(ByteBufUtil.getBytes(stream)).stream().map(RawMessage::id).toList();
		}
		finally {
			stream.release();
		}
	}

}
