package io.github.thriftboot.netty.transport;

import io.github.thriftboot.netty.protocol.MessageCodec;
import io.github.thriftboot.netty.protocol.ThriftMessage;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import org.apache.thrift.TException;
import org.jspecify.annotations.Nullable;

/**
 * Writes messages to a channel in batches: small ones are gathered in one buffer, the
 * bodies of large ones are passed on as they are, and nothing is flushed before
 * {@link #flush()}. Confined to the channel's event loop.
 */
public final class FrameWriter {

	private static final int LARGE_BODY_BYTES = 4 * 1024;

	/**
	 * A batch of this size goes out at once: while its reader works on it, the next one
	 * is made.
	 */
	private static final int BATCH_BYTES = 16 * 1024;

	private final Channel channel;

	private final MessageCodec codec;

	private @Nullable ByteBuf batch;

	private @Nullable ChannelFuture lastWrite;

	/**
	 * Create a writer.
	 * @param channel the channel to write to
	 * @param codec encodes the messages
	 */
	public FrameWriter(Channel channel, MessageCodec codec) {
		this.channel = channel;
		this.codec = codec;
	}

	/**
	 * Whether the peer takes what is written. When it does not, messages are better kept
	 * where they can still be taken back.
	 * @return {@code false} while too much is waiting to be sent
	 */
	public boolean isWritable() {
		return this.channel.isWritable();
	}

	/**
	 * Write a message. It stays with the caller, who may release it at once.
	 * @param message the message
	 * @throws TException if its head cannot be encoded or the frame would be too large;
	 * then nothing was written
	 */
	public void write(ThriftMessage message) throws TException {
		ByteBuf body = message.body();
		int bodyLength = body.readableBytes();
		boolean large = bodyLength > LARGE_BODY_BYTES;
		ByteBuf out = batch();
		int start = out.writerIndex();
		boolean complete = false;
		try {
			this.codec.encodeHead(message, bodyLength, out);
			if (!large) {
				out.writeBytes(body, body.readerIndex(), bodyLength);
			}
			complete = true;
		}
		finally {
			if (!complete) {
				// half a message would put the stream out of step
				out.writerIndex(start);
			}
		}
		if (large) {
			writeBatch();
			this.lastWrite = this.channel.write(body.retainedSlice());
		}
		else if (out.readableBytes() >= BATCH_BYTES) {
			writeBatch();
			this.channel.flush();
		}
	}

	/**
	 * Send all that was written.
	 * @return completes when the last message is handed to the operating system, or
	 * {@code null} if there was none
	 */
	public @Nullable ChannelFuture flush() {
		writeBatch();
		ChannelFuture last = this.lastWrite;
		if (last != null) {
			this.lastWrite = null;
			this.channel.flush();
		}
		return last;
	}

	private ByteBuf batch() {
		ByteBuf current = this.batch;
		if (current == null) {
			current = this.channel.alloc().buffer();
			this.batch = current;
		}
		return current;
	}

	private void writeBatch() {
		ByteBuf current = this.batch;
		if (current != null) {
			this.batch = null;
			if (current.isReadable()) {
				this.lastWrite = this.channel.write(current);
			}
			else {
				current.release();
			}
		}
	}

}
