package io.github.thriftboot.netty.protocol;

import io.netty.buffer.ByteBuf;

/**
 * Whole numbers of variable length: seven bits a byte, the lowest first, with the top bit
 * set in all bytes but the last.
 */
final class Varint {

	private Varint() {
	}

	/**
	 * Append a number.
	 * @param out the buffer to append to
	 * @param value the number, taken as unsigned
	 */
	static void write(ByteBuf out, int value) {
		int rest = value;
		while ((rest & ~0x7F) != 0) {
			out.writeByte((rest & 0x7F) | 0x80);
			rest >>>= 7;
		}
		out.writeByte(rest);
	}

}
