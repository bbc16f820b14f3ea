package io.github.thriftboot.netty.protocol;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import org.apache.thrift.TApplicationException;
import org.apache.thrift.protocol.TProtocolException;
import org.jspecify.annotations.Nullable;

/**
 * The THeader envelope of Apache Thrift ({@code doc/specs/HeaderFormat.md}), without the
 * length in front of it:
 *
 * <pre>
 * | u16 0x0FFF | u16 flags | i32 sequence id | u16 header size in 32-bit words |
 * | varint protocol id | varint transform count | varint transform ids ... |
 * | infos: varint 1 | varint count | count x (varint length, key, varint length, value) |
 * | padding of zeros to a multiple of 4 | message ... |
 * </pre>
 */
final class HeaderFrame {

	static final int MAGIC = 0x0FFF;

	private static final int INFO_KEY_VALUE = 1;

	private static final int WORD = 4;

	private HeaderFrame() {
	}

	/**
	 * Read an envelope and leave the frame at the start of its message.
	 * @param frame the frame
	 * @param limits bound the key/values
	 * @return the envelope and the sequence id
	 * @throws MalformedMessageException if the header cannot be read or is over a limit
	 */
	static Decoded decode(ByteBuf frame, MessageLimits limits) throws MalformedMessageException {
		if (frame.readableBytes() < 10 || frame.readUnsignedShort() != MAGIC) {
			throw new MalformedMessageException(TApplicationException.PROTOCOL_ERROR, "not a THeader frame", null, 0);
		}
		int flags = frame.readUnsignedShort();
		int sequenceId = frame.readInt();
		int headerBytes = frame.readUnsignedShort() * WORD;
		// until the protocol is known, an error is told in binary
		Envelope fallback = new Envelope(ThriftTransport.HEADER, ThriftProtocol.BINARY, flags);
		try {
			if (headerBytes > frame.readableBytes()) {
				throw malformed("header size: " + headerBytes + " (expected: at most " + frame.readableBytes() + ")");
			}
			ByteBuf header = frame.readSlice(headerBytes);
			int protocolId = readVarint(header);
			ThriftProtocol protocol = ThriftProtocol.ofHeaderId(protocolId);
			if (protocol == null) {
				throw new HeaderError(TApplicationException.INVALID_PROTOCOL,
						"protocol id: " + protocolId + " (expected: 0 or 2)");
			}
			fallback = new Envelope(ThriftTransport.HEADER, protocol, flags);
			boolean zlib = readTransforms(header);
			Map<String, String> headers = readInfos(header, limits);
			return new Decoded(new Envelope(ThriftTransport.HEADER, protocol, flags, headers, zlib), sequenceId);
		}
		catch (HeaderError ex) {
			throw new MalformedMessageException(ex.errorType, ex.getMessage(), fallback, sequenceId);
		}
	}

	/**
	 * Write an envelope.
	 * @param out the buffer to append to
	 * @param envelope the envelope
	 * @param sequenceId the sequence id
	 * @param limits bound the key/values
	 * @throws TProtocolException if the key/values are over a limit
	 */
	static void encode(ByteBuf out, Envelope envelope, int sequenceId, MessageLimits limits) throws TProtocolException {
		out.writeShort(MAGIC);
		out.writeShort(envelope.flags());
		out.writeInt(sequenceId);
		int sizeIndex = out.writerIndex();
		out.writeShort(0);
		writeVarint(out, envelope.protocol().headerId());
		if (envelope.zlib()) {
			writeVarint(out, 1);
			writeVarint(out, ZlibTransform.ID);
		}
		else {
			writeVarint(out, 0);
		}
		Map<String, String> headers = envelope.headers();
		int keyValuesIndex = out.writerIndex();
		if (!headers.isEmpty()) {
			writeVarint(out, INFO_KEY_VALUE);
			writeVarint(out, headers.size());
			keyValuesIndex = out.writerIndex();
			headers.forEach((key, value) -> {
				writeString(out, key);
				writeString(out, value);
			});
		}
		int length = out.writerIndex() - sizeIndex - 2;
		out.writeZero((WORD - length % WORD) % WORD);
		int bytes = out.writerIndex() - keyValuesIndex;
		if (headers.size() > limits.maxHeaders() || bytes > limits.maxHeaderSize()) {
			throw new TProtocolException(TProtocolException.SIZE_LIMIT, overLimit(headers.size(), bytes, limits));
		}
		out.setShort(sizeIndex, (length + WORD - 1) / WORD);
	}

	private static boolean readTransforms(ByteBuf header) throws HeaderError {
		int count = readVarint(header);
		if (count < 0 || count > 1) {
			throw new HeaderError(TApplicationException.INVALID_TRANSFORM,
					"transforms: " + count + " (expected: at most 1)");
		}
		if (count == 0) {
			return false;
		}
		int id = readVarint(header);
		if (id != ZlibTransform.ID) {
			throw new HeaderError(TApplicationException.INVALID_TRANSFORM,
					"transform: " + id + " (expected: " + ZlibTransform.ID + " for zlib)");
		}
		return true;
	}

	private static Map<String, String> readInfos(ByteBuf header, MessageLimits limits) throws HeaderError {
		Map<String, String> headers = Map.of();
		while (header.isReadable()) {
			// 0 is padding; what follows an id that we do not know cannot be told apart
			if (readVarint(header) != INFO_KEY_VALUE) {
				break;
			}
			int count = readVarint(header);
			int bytes = header.readableBytes();
			if (count < 0 || count > limits.maxHeaders() - headers.size() || bytes > limits.maxHeaderSize()) {
				throw malformed(overLimit(count, bytes, limits));
			}
			if (headers.isEmpty()) {
				headers = new HashMap<>();
			}
			for (int i = 0; i < count; i++) {
				headers.put(readString(header), readString(header));
			}
		}
		return headers;
	}

	private static String readString(ByteBuf header) throws HeaderError {
		int length = readVarint(header);
		if (length < 0 || length > header.readableBytes()) {
			throw malformed("header length: " + length + " (expected: 0 to " + header.readableBytes() + ")");
		}
		return header.readString(length, StandardCharsets.UTF_8);
	}

	private static int readVarint(ByteBuf header) throws HeaderError {
		int value = 0;
		for (int shift = 0; shift < 35; shift += 7) {
			if (!header.isReadable()) {
				throw malformed("header ends too early");
			}
			byte b = header.readByte();
			value |= (b & 0x7F) << shift;
			if (b >= 0) {
				return value;
			}
		}
		throw malformed("number in header is longer than 5 bytes");
	}

	private static void writeString(ByteBuf out, String value) {
		writeVarint(out, ByteBufUtil.utf8Bytes(value));
		ByteBufUtil.writeUtf8(out, value);
	}

	private static void writeVarint(ByteBuf out, int value) {
		int rest = value;
		while ((rest & ~0x7F) != 0) {
			out.writeByte((rest & 0x7F) | 0x80);
			rest >>>= 7;
		}
		out.writeByte(rest);
	}

	private static String overLimit(int count, int bytes, MessageLimits limits) {
		return "headers: " + count + " in " + bytes + " bytes (expected: at most max-headers " + limits.maxHeaders()
				+ " in max-header-size " + limits.maxHeaderSize() + " bytes)";
	}

	private static HeaderError malformed(String message) {
		return new HeaderError(TApplicationException.PROTOCOL_ERROR, message);
	}

	/**
	 * An envelope with its sequence id.
	 *
	 * @param envelope the envelope
	 * @param sequenceId the sequence id
	 */
	record Decoded(Envelope envelope, int sequenceId) {
	}

	private static final class HeaderError extends Exception {

		private static final long serialVersionUID = 1L;

		private final int errorType;

		HeaderError(int errorType, String message) {
			super(message, null, false, false);
			this.errorType = errorType;
		}

		@Override
		public String getMessage() {
			@Nullable String message = super.getMessage();
			return (message != null) ? message : "";
		}

	}

}
