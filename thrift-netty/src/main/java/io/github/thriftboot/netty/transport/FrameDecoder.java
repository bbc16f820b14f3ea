package io.github.thriftboot.netty.transport;

import java.util.List;

import io.github.thriftboot.netty.protocol.Dialect;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.CorruptedFrameException;

/**
 * Cuts a stream into frames of {@code u32 length | payload} and passes each payload on as
 * a {@link ByteBuf}. Memory grows with the bytes that arrive, never with a length that
 * was only declared.
 * <p>
 * A frame over the limit is skipped without being buffered, and an {@link OversizedFrame}
 * passed on in its place; the stream stays in step. A length of 0, or one over
 * 0x3FFFFFFF, cannot be skipped in good faith and raises a
 * {@link CorruptedFrameException}.
 */
public final class FrameDecoder extends ByteToMessageDecoder {

	/**
	 * From here on the parts of a frame are put side by side. Smaller ones are copied
	 * together, which makes them faster to read.
	 */
	private static final int LARGE_FRAME_BYTES = 16 * 1024;

	private final int maxFrameSize;

	private int bytesToSkip;

	/**
	 * Size of the frame that has arrived in part, 0 if its length has not.
	 */
	private int incompleteFrame;

	/**
	 * Create a decoder.
	 * @param maxFrameSize the largest payload in bytes
	 */
	public FrameDecoder(int maxFrameSize) {
		this.maxFrameSize = maxFrameSize;
		setCumulator((allocator, cumulation, in) -> {
			Cumulator cumulator = (this.incompleteFrame > LARGE_FRAME_BYTES) ? COMPOSITE_CUMULATOR : MERGE_CUMULATOR;
			return cumulator.cumulate(allocator, cumulation, in);
		});
	}

	/**
	 * Whether a frame has arrived in part, on the event loop.
	 * @return {@code true} while the rest of one is missing
	 */
	public boolean hasPartialMessage() {
		return this.bytesToSkip > 0 || actualReadableBytes() > 0;
	}

	@Override
	protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
		if (this.bytesToSkip > 0) {
			int count = Math.min(this.bytesToSkip, in.readableBytes());
			in.skipBytes(count);
			this.bytesToSkip -= count;
			return;
		}
		this.incompleteFrame = 0;
		if (in.readableBytes() < Integer.BYTES) {
			return;
		}
		int length = in.getInt(in.readerIndex());
		if (length <= 0 || length > Dialect.MAX_LENGTH) {
			in.skipBytes(in.readableBytes());
			throw new CorruptedFrameException("frame length: " + length + " (expected: 1 to " + Dialect.MAX_LENGTH
					+ "); it looks like " + Dialect.describe(length, 0));
		}
		boolean oversized = length > this.maxFrameSize;
		int needed = oversized ? Math.min(length, OversizedFrame.HEAD_BYTES) : length;
		if (in.readableBytes() < Integer.BYTES + needed) {
			this.incompleteFrame = needed;
			return;
		}
		in.skipBytes(Integer.BYTES);
		ByteBuf payload = in.readRetainedSlice(needed);
		if (oversized) {
			this.bytesToSkip = length - needed;
			out.add(new OversizedFrame(length, payload));
		}
		else {
			out.add(payload);
		}
	}

}
