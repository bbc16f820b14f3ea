package io.github.thriftboot.netty.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.CorruptedFrameException;

/**
 * A message without a length cannot be followed to its end, so the stream is out of step.
 * What has come of the message may still tell whose it is.
 */
public final class EndlessMessageException extends CorruptedFrameException {

	private static final long serialVersionUID = 1L;

	private final transient byte[] head;

	EndlessMessageException(CorruptedFrameException cause, ByteBuf message) {
		super(cause.getMessage(), cause);
		this.head = ByteBufUtil.getBytes(message, message.readerIndex(),
				Math.min(message.readableBytes(), OversizedFrame.HEAD_BYTES));
	}

	/**
	 * Return the first bytes of the message.
	 * @return a new buffer on the heap
	 */
	public ByteBuf head() {
		return Unpooled.wrappedBuffer(this.head);
	}

}
