package io.github.thriftboot.netty.transport;

import io.github.thriftboot.netty.protocol.MessageLimits;
import io.github.thriftboot.netty.protocol.ThriftProtocol;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.CorruptedFrameException;

/**
 * Finds the end of a message that has no length in front of it, by following its
 * structure. Goes on where it stopped when more bytes have arrived, so it looks at each
 * byte once. Keeps nothing of the message. Not thread-safe.
 */
abstract sealed class MessageScanner permits StructScanner, JsonScanner {

	/**
	 * Levels that a struct takes: its field, containers and their elements.
	 */
	private static final int LEVELS_PER_STRUCT = 4;

	private int position;

	/**
	 * Make a scanner for a connection.
	 * @param protocol the protocol of the connection
	 * @param limits bound the depth of messages
	 * @return a new scanner
	 */
	static MessageScanner of(ThriftProtocol protocol, MessageLimits limits) {
		// what is too deep only for its reader still has an end, so its call can be
		// answered
		int maxDepth = LEVELS_PER_STRUCT
				* Math.max(limits.maxRecursionDepth(), MessageLimits.DEFAULT.maxRecursionDepth());
		return switch (protocol) {
			case BINARY -> new BinaryScanner(maxDepth, true);
			case OLD_BINARY -> new BinaryScanner(maxDepth, false);
			case COMPACT -> new CompactScanner(maxDepth);
			case JSON -> new JsonScanner(maxDepth);
		};
	}

	/**
	 * Go on to the end of the message.
	 * @param in the bytes so far, from {@link #position()} on not yet looked at
	 * @return {@code true} if the message is complete; {@link #position()} is its length
	 * @throws CorruptedFrameException if this is no message, and so has no end
	 */
	abstract boolean scan(ByteBuf in);

	/**
	 * Prepare for the next message.
	 */
	abstract void restart();

	/**
	 * Look for bytes in front of a message that belong to none. Only JSON allows any.
	 * @param in the bytes so far
	 * @return the number of bytes to take out of the buffer before {@link #scan}
	 * @throws CorruptedFrameException if there are too many of them
	 */
	int scanGap(ByteBuf in) {
		return 0;
	}

	/**
	 * Return how far the scanner is.
	 * @return the number of readable bytes that were looked at
	 */
	final int position() {
		return this.position;
	}

	/**
	 * Note that bytes were taken out of the buffer.
	 * @param count their number, at most {@link #position()}
	 */
	final void consumed(int count) {
		this.position -= count;
	}

	/**
	 * Check a byte that is the same in every message, as soon as it has come: a stream
	 * that is out of step is noticed before a call waits for what never comes.
	 * @param in the bytes so far
	 * @param offset where the byte is
	 * @param mask the bits to check
	 * @param value what they have to be
	 * @throws CorruptedFrameException if they are not
	 */
	final void expect(ByteBuf in, int offset, int mask, int value) {
		if (has(in, offset + 1) && (peek(in, offset) & mask) != value) {
			throw new CorruptedFrameException(String.format("byte %d of an unframed message: 0x%02x (expected: 0x%02x)",
					offset, peek(in, offset) & mask, value));
		}
	}

	final boolean has(ByteBuf in, int count) {
		return in.readableBytes() - this.position >= count;
	}

	final int available(ByteBuf in) {
		return in.readableBytes() - this.position;
	}

	final int peek(ByteBuf in, int offset) {
		return in.getUnsignedByte(in.readerIndex() + this.position + offset);
	}

	final int peekInt(ByteBuf in, int offset) {
		return in.getInt(in.readerIndex() + this.position + offset);
	}

	final void advance(int count) {
		this.position += count;
	}

}
