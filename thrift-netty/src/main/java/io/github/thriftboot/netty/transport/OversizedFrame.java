package io.github.thriftboot.netty.transport;

import io.netty.buffer.ByteBuf;

/**
 * Stands for a frame over the size limit, the rest of which is skipped. Whoever gets it
 * owns the head.
 *
 * @param length the length of the frame in bytes; of a message without a length the bytes
 * that have come so far
 * @param head its first bytes
 */
public record OversizedFrame(int length, ByteBuf head) {

	/**
	 * Enough to read the envelope and the method name of nearly every message.
	 */
	static final int HEAD_BYTES = 1024;

}
