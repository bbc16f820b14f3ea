package io.github.thriftboot.netty.transport;

import io.github.thriftboot.netty.protocol.Dialect;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.CorruptedFrameException;
import org.apache.thrift.protocol.TType;

/**
 * Follows structs, containers and values with a stack of what is still to come. What the
 * protocols write differently is up to the subclasses.
 */
abstract sealed class StructScanner extends MessageScanner permits BinaryScanner, CompactScanner {

	/**
	 * Nothing is pending. No byte of a message, all of which are taken as unsigned, means
	 * this.
	 */
	static final int NONE = -1;

	/**
	 * What encloses the present place: a struct has no elements to count.
	 */
	private static final int STRUCT = -1;

	/**
	 * Number of values still to come at each level; {@link #STRUCT} for a struct.
	 */
	private final long[] remaining;

	/**
	 * Types of the values at each level; those of a map alternate.
	 */
	private final byte[] types;

	private final byte[] otherTypes;

	private int depth;

	private boolean started;

	private long bytesToSkip;

	private int pendingType = NONE;

	/**
	 * Create a scanner.
	 * @param maxDepth the most levels of structs and containers
	 */
	StructScanner(int maxDepth) {
		this.remaining = new long[maxDepth];
		this.types = new byte[maxDepth];
		this.otherTypes = new byte[maxDepth];
	}

	/**
	 * Read what comes before the struct of the message.
	 * @return the number of bytes to skip behind it, or -1 if not all of it has come
	 */
	abstract long scanHead(ByteBuf in);

	/**
	 * Read the head of a field and go behind it.
	 * @return the type of the field, {@link TType#STOP} at the end of the struct,
	 * {@link #NONE} if not all of it has come
	 */
	abstract int scanField(ByteBuf in);

	/**
	 * Read the head of a value and go behind it: skip it with {@link #skip}, or enter it
	 * with {@link #enterStruct} or {@link #enterContainer}.
	 * @return {@code false} if not all of the head has come; nothing is changed then
	 */
	abstract boolean scanValue(ByteBuf in, int type, boolean element);

	@Override
	final void restart() {
		this.depth = 0;
		this.started = false;
		this.bytesToSkip = 0;
		this.pendingType = NONE;
	}

	@Override
	final boolean scan(ByteBuf in) {
		while (skipBytes(in)) {
			if (!this.started) {
				long skip = scanHead(in);
				if (skip < 0) {
					return false;
				}
				this.started = true;
				skip(skip);
				enterStruct();
			}
			else if (this.pendingType != NONE) {
				int type = this.pendingType;
				boolean element = this.remaining[this.depth - 1] != STRUCT;
				// cleared first: entering a value makes its own type pending
				this.pendingType = NONE;
				if (!scanValue(in, type, element)) {
					this.pendingType = type;
					return false;
				}
			}
			else if (this.depth == 0) {
				return true;
			}
			else if (!next(in)) {
				return false;
			}
		}
		return false;
	}

	private boolean skipBytes(ByteBuf in) {
		if (this.bytesToSkip == 0) {
			return true;
		}
		int count = (int) Math.min(this.bytesToSkip, available(in));
		advance(count);
		this.bytesToSkip -= count;
		return this.bytesToSkip == 0;
	}

	private boolean next(ByteBuf in) {
		int level = this.depth - 1;
		if (this.remaining[level] == STRUCT) {
			int type = scanField(in);
			if (type == NONE) {
				return false;
			}
			if (type == TType.STOP) {
				this.depth--;
			}
			else {
				this.pendingType = type;
			}
		}
		else if (this.remaining[level] == 0) {
			this.depth--;
		}
		else {
			this.remaining[level]--;
			byte type = this.types[level];
			this.pendingType = type & 0xFF;
			this.types[level] = this.otherTypes[level];
			this.otherTypes[level] = type;
		}
		return true;
	}

	final void skip(long bytes) {
		checkLength(bytes);
		this.bytesToSkip = bytes;
	}

	final void enterStruct() {
		enter(STRUCT, NONE, NONE);
	}

	/**
	 * Enter a container.
	 * @param values the number of its values, twice that of its entries for a map
	 * @param type the type of the first value
	 * @param otherType the type of the second one, the same but for a map
	 */
	final void enterContainer(long values, int type, int otherType) {
		checkLength(values);
		enter(values, type, otherType);
	}

	/**
	 * Every value takes a byte, so larger lengths than those of frames cannot be followed
	 * in good faith either.
	 */
	private static void checkLength(long length) {
		if (length < 0 || length > Dialect.MAX_LENGTH) {
			throw new CorruptedFrameException(
					"length in an unframed message: " + length + " (expected: 0 to " + Dialect.MAX_LENGTH + ")");
		}
	}

	private void enter(long values, int type, int otherType) {
		if (this.depth == this.remaining.length) {
			throw new CorruptedFrameException("depth of an unframed message: more than " + this.depth);
		}
		this.remaining[this.depth] = values;
		this.types[this.depth] = (byte) type;
		this.otherTypes[this.depth] = (byte) otherType;
		this.depth++;
	}

	static CorruptedFrameException unknownType(int type) {
		return new CorruptedFrameException("type in an unframed message: " + type + " (expected: a Thrift type)");
	}

}
