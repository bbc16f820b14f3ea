package io.github.thriftboot.netty.transport;

import io.netty.buffer.ByteBuf;

/**
 * Stands for a frame over the size limit, the rest of which is skipped. Whoever gets it
 * owns the head.
 *
 * @param length the length of the frame in bytes
 * @param head its first bytes
 */
public record OversizedFrame(int length, ByteBuf head) {
}
