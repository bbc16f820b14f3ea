package io.github.thriftboot.netty.protocol;

import java.nio.charset.StandardCharsets;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import org.apache.thrift.protocol.TMessage;
import org.apache.thrift.protocol.TProtocolException;

/**
 * Reads and writes what stands before the struct of a message, in the binary and compact
 * protocols (Apache Thrift, {@code doc/specs/thrift-rpc.md}).
 *
 * <pre>
 * binary:     | u16 0x8001 | u8 0 | u8 type | i32 length, name | i32 sequence id |
 * old binary: | i32 length, name | u8 type | i32 sequence id |
 * compact:    | u8 0x82 | u8 type &lt;&lt; 5, version 1 | varint sequence id | varint length, name |
 * </pre>
 */
final class MessageHeader {

	/**
	 * The longest method name that is read: a header is read on event loops, and no
	 * longer name is one of a method.
	 */
	static final int MAX_NAME_BYTES = 128 * 1024;

	private static final int BINARY_VERSION = 0x8001_0000;

	private static final int VERSION_MASK = 0xFFFF_0000;

	private static final int COMPACT_ID = 0x82;

	private static final int COMPACT_VERSION = 1;

	private static final int COMPACT_VERSION_MASK = 0x1F;

	private static final int COMPACT_TYPE_SHIFT = 5;

	private MessageHeader() {
	}

	/**
	 * Read a header.
	 * @param protocol the protocol, not JSON
	 * @param in the buffer to read from
	 * @return the header
	 * @throws TProtocolException if there is none
	 */
	static TMessage read(ThriftProtocol protocol, ByteBuf in) throws TProtocolException {
		try {
			return (protocol == ThriftProtocol.COMPACT) ? readCompact(in) : readBinary(in);
		}
		catch (IndexOutOfBoundsException ex) {
			throw malformed("message ends too early");
		}
	}

	private static TMessage readBinary(ByteBuf in) throws TProtocolException {
		int first = in.readInt();
		if (first >= 0) {
			String name = readName(in, first);
			return new TMessage(name, in.readByte(), in.readInt());
		}
		if ((first & VERSION_MASK) != BINARY_VERSION) {
			throw malformed("version: " + Integer.toHexString(first >>> 16) + " (expected: 8001)");
		}
		String name = readName(in, in.readInt());
		return new TMessage(name, (byte) first, in.readInt());
	}

	private static TMessage readCompact(ByteBuf in) throws TProtocolException {
		int id = in.readUnsignedByte();
		int versionAndType = in.readUnsignedByte();
		if (id != COMPACT_ID || (versionAndType & COMPACT_VERSION_MASK) != COMPACT_VERSION) {
			throw malformed("protocol: " + Integer.toHexString(id << 8 | versionAndType) + " (expected: 82x1)");
		}
		int sequenceId = readVarint(in);
		String name = readName(in, readVarint(in));
		return new TMessage(name, (byte) (versionAndType >> COMPACT_TYPE_SHIFT), sequenceId);
	}

	private static String readName(ByteBuf in, int length) throws TProtocolException {
		int longest = Math.min(in.readableBytes(), MAX_NAME_BYTES);
		if (length < 0 || length > longest) {
			throw malformed("name length: " + length + " (expected: 0 to " + longest + ")");
		}
		return in.readString(length, StandardCharsets.UTF_8);
	}

	private static int readVarint(ByteBuf in) throws TProtocolException {
		int value = 0;
		for (int shift = 0; shift < 35; shift += 7) {
			byte b = in.readByte();
			value |= (b & 0x7F) << shift;
			if (b >= 0) {
				return value;
			}
		}
		throw malformed("number is longer than 5 bytes");
	}

	/**
	 * Write a header.
	 * @param message the message
	 * @param out the buffer to append to
	 */
	static void write(ThriftMessage message, ByteBuf out) {
		switch (message.envelope().protocol()) {
			case BINARY -> {
				out.writeInt(BINARY_VERSION | (message.type() & 0xFF));
				writeName(message.name(), out);
				out.writeInt(message.sequenceId());
			}
			case OLD_BINARY -> {
				writeName(message.name(), out);
				out.writeByte(message.type());
				out.writeInt(message.sequenceId());
			}
			case COMPACT -> {
				out.writeByte(COMPACT_ID);
				out.writeByte(message.type() << COMPACT_TYPE_SHIFT | COMPACT_VERSION);
				Varint.write(out, message.sequenceId());
				Varint.write(out, ByteBufUtil.utf8Bytes(message.name()));
				ByteBufUtil.writeUtf8(out, message.name());
			}
			case JSON -> throw new IllegalArgumentException("protocol: json (expected: binary or compact)");
		}
	}

	private static void writeName(String name, ByteBuf out) {
		int lengthIndex = out.writerIndex();
		out.writeInt(0);
		out.setInt(lengthIndex, ByteBufUtil.writeUtf8(out, name));
	}

	private static TProtocolException malformed(String message) {
		return new TProtocolException(TProtocolException.INVALID_DATA, message);
	}

}
