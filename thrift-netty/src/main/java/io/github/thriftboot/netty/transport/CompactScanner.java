package io.github.thriftboot.netty.transport;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.CorruptedFrameException;
import org.apache.thrift.protocol.TType;

/**
 * Follows messages of the compact protocol ({@code doc/specs/thrift-compact-protocol.md}
 * of Apache Thrift). Works with the type ids of that protocol.
 */
final class CompactScanner extends StructScanner {

	private static final int MAX_VARINT_BYTES = 10;

	/**
	 * Set by {@link #scanVarint}: the number of bytes of the varint.
	 */
	private int varintLength;

	CompactScanner(int maxDepth) {
		super(maxDepth);
	}

	@Override
	long scanHead(ByteBuf in) {
		// protocol id, version and type
		expect(in, 0, 0xFF, 0x82);
		expect(in, 1, 0x1F, 0x01);
		long sequenceId = scanVarint(in, 2);
		int nameOffset = 2 + this.varintLength;
		long nameLength = (sequenceId < 0) ? -1 : scanVarint(in, nameOffset);
		if (nameLength < 0) {
			return -1;
		}
		advance(nameOffset + this.varintLength);
		return nameLength;
	}

	@Override
	int scanField(ByteBuf in) {
		if (!has(in, 1)) {
			return NONE;
		}
		int head = peek(in, 0);
		if (head == TType.STOP) {
			advance(1);
			return TType.STOP;
		}
		int length = 1;
		if (head >>> 4 == 0) {
			// no delta: the field id follows
			if (scanVarint(in, 1) < 0) {
				return NONE;
			}
			length += this.varintLength;
		}
		advance(length);
		return head & 0x0F;
	}

	@Override
	boolean scanValue(ByteBuf in, int type, boolean element) {
		switch (type) {
			// a field has its value in the type
			case 1, 2 -> skip(element ? 1 : 0);
			case 3 -> skip(1);
			case 4, 5, 6 -> {
				if (scanVarint(in, 0) < 0) {
					return false;
				}
				advance(this.varintLength);
			}
			case 7 -> skip(8);
			case 8 -> {
				long length = scanVarint(in, 0);
				if (length < 0) {
					return false;
				}
				advance(this.varintLength);
				skip(length);
			}
			case 9, 10 -> {
				return scanList(in);
			}
			case 11 -> {
				return scanMap(in);
			}
			case 12 -> enterStruct();
			case 13 -> skip(16);
			default -> throw unknownType(type);
		}
		return true;
	}

	private boolean scanList(ByteBuf in) {
		if (!has(in, 1)) {
			return false;
		}
		int head = peek(in, 0);
		long size = head >>> 4;
		int length = 1;
		if (size == 15) {
			size = scanVarint(in, 1);
			if (size < 0) {
				return false;
			}
			length += this.varintLength;
		}
		advance(length);
		int elementType = head & 0x0F;
		enterContainer(size, elementType, elementType);
		return true;
	}

	private boolean scanMap(ByteBuf in) {
		long size = scanVarint(in, 0);
		if (size < 0) {
			return false;
		}
		if (size == 0) {
			advance(this.varintLength);
			return true;
		}
		int typesOffset = this.varintLength;
		if (!has(in, typesOffset + 1)) {
			return false;
		}
		int types = peek(in, typesOffset);
		advance(typesOffset + 1);
		enterContainer(2 * size, types >>> 4, types & 0x0F);
		return true;
	}

	/**
	 * Read a varint without going behind it.
	 * @return its value, cut to 32 bits, or -1 if not all of it has come
	 */
	private long scanVarint(ByteBuf in, int offset) {
		long value = 0;
		for (int i = 0; i < MAX_VARINT_BYTES; i++) {
			if (!has(in, offset + i + 1)) {
				return -1;
			}
			int b = peek(in, offset + i);
			value |= (long) (b & 0x7F) << (7 * i);
			if (b < 0x80) {
				this.varintLength = i + 1;
				return value & 0xFFFFFFFFL;
			}
		}
		throw new CorruptedFrameException(
				"number in an unframed message is longer than " + MAX_VARINT_BYTES + " bytes");
	}

}
