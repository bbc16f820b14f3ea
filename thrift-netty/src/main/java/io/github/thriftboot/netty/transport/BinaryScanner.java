package io.github.thriftboot.netty.transport;

import io.netty.buffer.ByteBuf;
import org.apache.thrift.protocol.TType;

/**
 * Follows messages of the binary protocol ({@code doc/specs/thrift-binary-protocol.md} of
 * Apache Thrift), strict or old style.
 */
final class BinaryScanner extends StructScanner {

	private final boolean strict;

	BinaryScanner(int maxDepth, boolean strict) {
		super(maxDepth);
		this.strict = strict;
	}

	@Override
	long scanHead(ByteBuf in) {
		if (this.strict) {
			expect(in, 0, 0xFF, 0x80);
			expect(in, 1, 0xFF, 0x01);
		}
		int nameOffset = this.strict ? Integer.BYTES : 0;
		// behind the name come the sequence id, and in the old style the type
		int behindName = Integer.BYTES + (this.strict ? 0 : 1);
		if (!has(in, nameOffset + Integer.BYTES)) {
			return -1;
		}
		int nameLength = peekInt(in, nameOffset);
		advance(nameOffset + Integer.BYTES);
		return (nameLength < 0) ? skipNothing(nameLength) : (long) nameLength + behindName;
	}

	private long skipNothing(int nameLength) {
		skip(nameLength);
		return 0;
	}

	@Override
	int scanField(ByteBuf in) {
		if (!has(in, 1)) {
			return NONE;
		}
		int type = peek(in, 0);
		int length = (type == TType.STOP) ? 1 : 3;
		if (!has(in, length)) {
			return NONE;
		}
		advance(length);
		return type;
	}

	@Override
	boolean scanValue(ByteBuf in, int type, boolean element) {
		switch (type) {
			case TType.BOOL, TType.BYTE -> skip(1);
			case TType.I16 -> skip(2);
			case TType.I32 -> skip(4);
			case TType.I64, TType.DOUBLE -> skip(8);
			case TType.UUID -> skip(16);
			case TType.STRUCT -> enterStruct();
			case TType.STRING -> {
				if (!has(in, 4)) {
					return false;
				}
				int length = peekInt(in, 0);
				advance(4);
				skip(length);
			}
			case TType.LIST, TType.SET -> {
				if (!has(in, 5)) {
					return false;
				}
				int elementType = peek(in, 0);
				int size = peekInt(in, 1);
				advance(5);
				enterContainer(size, elementType, elementType);
			}
			case TType.MAP -> {
				if (!has(in, 6)) {
					return false;
				}
				int keyType = peek(in, 0);
				int valueType = peek(in, 1);
				int size = peekInt(in, 2);
				advance(6);
				enterContainer(2L * size, keyType, valueType);
			}
			default -> throw unknownType(type);
		}
		return true;
	}

}
