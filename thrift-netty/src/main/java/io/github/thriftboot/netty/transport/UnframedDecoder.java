package io.github.thriftboot.netty.transport;

import java.util.List;

import io.github.thriftboot.netty.protocol.MessageLimits;
import io.github.thriftboot.netty.protocol.ThriftProtocol;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.CorruptedFrameException;

/**
 * Cuts a stream of messages without lengths into messages, and passes each on as a
 * {@link ByteBuf}. Each byte is looked at once, however many reads a message takes.
 * <p>
 * A message over the limit is skipped without being buffered, and an
 * {@link OversizedFrame} passed on in its place; the stream stays in step. A message that
 * has no end raises an {@link EndlessMessageException}.
 */
public final class UnframedDecoder extends ByteToMessageDecoder {

	private final int maxMessageSize;

	private final MessageScanner scanner;

	private boolean skipping;

	/**
	 * Create a decoder.
	 * @param protocol the protocol of the stream
	 * @param limits bound the size and the depth of messages
	 */
	public UnframedDecoder(ThriftProtocol protocol, MessageLimits limits) {
		this.scanner = MessageScanner.of(protocol, limits);
		this.maxMessageSize = limits.maxFrameSize();
	}

	/**
	 * Whether a message has arrived in part, on the event loop.
	 * @return {@code true} while the rest of one is missing
	 */
	public boolean hasPartialMessage() {
		return this.skipping || actualReadableBytes() > 0;
	}

	@Override
	protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
		boolean complete = scan(in);
		int length = this.scanner.position();
		if (!this.skipping && length > this.maxMessageSize) {
			int headLength = Math.min(length, OversizedFrame.HEAD_BYTES);
			out.add(new OversizedFrame(length, in.retainedSlice(in.readerIndex(), headLength)));
			this.skipping = true;
		}
		if (this.skipping) {
			in.skipBytes(length);
			this.scanner.consumed(length);
			this.skipping = !complete;
		}
		else if (complete) {
			out.add(in.readRetainedSlice(length));
			this.scanner.consumed(length);
		}
		if (complete) {
			this.scanner.restart();
		}
	}

	private boolean scan(ByteBuf in) {
		try {
			in.skipBytes(this.scanner.scanGap(in));
			return this.scanner.scan(in);
		}
		catch (CorruptedFrameException ex) {
			// of a message that is being skipped the head is gone
			CorruptedFrameException told = this.skipping ? ex : new EndlessMessageException(ex, in);
			// otherwise it would be found again when the connection closes
			in.skipBytes(in.readableBytes());
			throw told;
		}
	}

}
