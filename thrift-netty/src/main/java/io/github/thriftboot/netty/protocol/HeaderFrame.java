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
 *
 * The time that a caller still waits is one of the key/values, {@code client_timeout} in
 * milliseconds (the name is fbthrift's). As every request of ours carries it, it is read
 * and written without strings.
 */
final class HeaderFrame {

	static final int MAGIC = 0x0FFF;

	private static final int FIXED_BYTES = 10;

	private static final int INFO_KEY_VALUE = 1;

	private static final int WORD = 4;

	private static final byte[] CLIENT_TIMEOUT = "client_timeout".getBytes(StandardCharsets.US_ASCII);

	/**
	 * So many digits fit into an {@code int}; a longer time is none that anybody waits.
	 */
	private static final int MAX_TIMEOUT_DIGITS = 9;

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
		if (frame.readableBytes() < FIXED_BYTES || frame.readUnsignedShort() != MAGIC) {
			throw new MalformedMessageException(TApplicationException.PROTOCOL_ERROR, "not a THeader frame", null, 0);
		}
		int flags = frame.readUnsignedShort();
		int sequenceId = frame.readInt();
		int headerBytes = frame.readUnsignedShort() * WORD;
		// until the protocol is known, an error is told in binary
		ThriftProtocol protocol = ThriftProtocol.BINARY;
		try {
			if (headerBytes > frame.readableBytes()) {
				throw malformed("header size: " + headerBytes + " (expected: at most " + frame.readableBytes() + ")");
			}
			int end = frame.readerIndex() + headerBytes;
			protocol = readProtocol(frame, end);
			boolean zlib = readTransforms(frame, end);
			Infos infos = new Infos();
			infos.read(frame, end, limits);
			frame.readerIndex(end);
			return new Decoded(
					new Envelope(ThriftTransport.HEADER, protocol, flags, infos.headers, zlib, infos.timeoutMillis),
					sequenceId);
		}
		catch (HeaderError ex) {
			throw new MalformedMessageException(ex.errorType, ex.getMessage(),
					new Envelope(ThriftTransport.HEADER, protocol, flags), sequenceId);
		}
	}

	private static ThriftProtocol readProtocol(ByteBuf frame, int end) throws HeaderError {
		int id = readVarint(frame, end);
		ThriftProtocol protocol = ThriftProtocol.ofHeaderId(id);
		if (protocol == null) {
			throw new HeaderError(TApplicationException.INVALID_PROTOCOL, "protocol id: " + id + " (expected: 0 or 2)");
		}
		return protocol;
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
		out.writeInt(MAGIC << Short.SIZE | envelope.flags());
		out.writeInt(sequenceId);
		int sizeIndex = out.writerIndex();
		out.writeShort(0);
		Varint.write(out, envelope.protocol().headerId());
		if (envelope.zlib()) {
			Varint.write(out, 1);
			Varint.write(out, ZlibTransform.ID);
		}
		else {
			Varint.write(out, 0);
		}
		int count = envelope.headers().size() + ((envelope.timeoutMillis() > 0) ? 1 : 0);
		if (count > 0) {
			Varint.write(out, INFO_KEY_VALUE);
			Varint.write(out, count);
		}
		int keyValuesIndex = out.writerIndex();
		writeKeyValues(out, envelope.headers(), envelope.timeoutMillis());
		int length = out.writerIndex() - sizeIndex - Short.BYTES;
		out.writeZero((WORD - length % WORD) % WORD);
		int bytes = out.writerIndex() - keyValuesIndex;
		if (count > limits.maxHeaders() || bytes > limits.maxHeaderSize()) {
			throw new TProtocolException(TProtocolException.SIZE_LIMIT, overLimit(count, bytes, limits));
		}
		out.setShort(sizeIndex, (length + WORD - 1) / WORD);
	}

	private static void writeKeyValues(ByteBuf out, Map<String, String> headers, int timeoutMillis) {
		if (timeoutMillis > 0) {
			Varint.write(out, CLIENT_TIMEOUT.length);
			out.writeBytes(CLIENT_TIMEOUT);
			writeDecimal(out, timeoutMillis);
		}
		if (!headers.isEmpty()) {
			headers.forEach((key, value) -> {
				writeString(out, key);
				writeString(out, value);
			});
		}
	}

	private static boolean readTransforms(ByteBuf frame, int end) throws HeaderError {
		int count = readVarint(frame, end);
		if (count < 0 || count > 1) {
			throw new HeaderError(TApplicationException.INVALID_TRANSFORM,
					"transforms: " + count + " (expected: at most 1)");
		}
		if (count == 0) {
			return false;
		}
		int id = readVarint(frame, end);
		if (id != ZlibTransform.ID) {
			throw new HeaderError(TApplicationException.INVALID_TRANSFORM,
					"transform: " + id + " (expected: " + ZlibTransform.ID + " for zlib)");
		}
		return true;
	}

	private static int readLength(ByteBuf frame, int end) throws HeaderError {
		int length = readVarint(frame, end);
		int left = end - frame.readerIndex();
		if (length < 0 || length > left) {
			throw malformed("header length: " + length + " (expected: 0 to " + left + ")");
		}
		return length;
	}

	private static int readVarint(ByteBuf frame, int end) throws HeaderError {
		int value = 0;
		for (int shift = 0; shift < 35; shift += 7) {
			if (frame.readerIndex() >= end) {
				throw malformed("header ends too early");
			}
			byte b = frame.readByte();
			value |= (b & 0x7F) << shift;
			if (b >= 0) {
				return value;
			}
		}
		throw malformed("number in header is longer than 5 bytes");
	}

	private static void writeString(ByteBuf out, String value) {
		Varint.write(out, ByteBufUtil.utf8Bytes(value));
		ByteBufUtil.writeUtf8(out, value);
	}

	private static void writeDecimal(ByteBuf out, int value) {
		int digits = 1;
		int unit = 1;
		while (value / unit >= 10) {
			unit *= 10;
			digits++;
		}
		out.writeByte(digits);
		for (; unit > 0; unit /= 10) {
			out.writeByte('0' + value / unit % 10);
		}
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

	/**
	 * The key/values while they are read.
	 */
	private static final class Infos {

		private Map<String, String> headers = Map.of();

		private int timeoutMillis;

		private int count;

		void read(ByteBuf frame, int end, MessageLimits limits) throws HeaderError {
			while (frame.readerIndex() < end) {
				// 0 is padding; what follows an id that we do not know cannot be told
				// apart
				if (readVarint(frame, end) != INFO_KEY_VALUE) {
					return;
				}
				int added = readVarint(frame, end);
				int bytes = end - frame.readerIndex();
				if (added < 0 || added > limits.maxHeaders() - this.count || bytes > limits.maxHeaderSize()) {
					throw malformed(overLimit(added, bytes, limits));
				}
				this.count += added;
				for (int i = 0; i < added; i++) {
					readKeyValue(frame, end);
				}
			}
		}

		private void readKeyValue(ByteBuf frame, int end) throws HeaderError {
			int length = readLength(frame, end);
			if (isClientTimeout(frame, length)) {
				frame.skipBytes(length);
				readTimeout(frame, readLength(frame, end));
				return;
			}
			String key = frame.readString(length, StandardCharsets.UTF_8);
			if (this.headers.isEmpty()) {
				this.headers = new HashMap<>();
			}
			this.headers.put(key, frame.readString(readLength(frame, end), StandardCharsets.UTF_8));
		}

		private static boolean isClientTimeout(ByteBuf frame, int length) {
			if (length != CLIENT_TIMEOUT.length) {
				return false;
			}
			int start = frame.readerIndex();
			for (int i = 0; i < length; i++) {
				if (frame.getByte(start + i) != CLIENT_TIMEOUT[i]) {
					return false;
				}
			}
			return true;
		}

		/**
		 * Read a number; anything else tells no time.
		 */
		private void readTimeout(ByteBuf frame, int length) {
			int value = 0;
			for (int i = 0; i < length; i++) {
				int digit = frame.readByte() - '0';
				boolean valid = digit >= 0 && digit <= 9 && length <= MAX_TIMEOUT_DIGITS && value >= 0;
				value = valid ? value * 10 + digit : -1;
			}
			this.timeoutMillis = Math.max(0, value);
		}

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
