package io.github.thriftboot.netty.protocol;

import java.nio.ByteBuffer;
import java.util.Locale;

import io.netty.buffer.ByteBufUtil;
import org.apache.thrift.TException;
import org.apache.thrift.protocol.TBinaryProtocol;
import org.apache.thrift.protocol.TCompactProtocol;
import org.apache.thrift.protocol.TJSONProtocol;
import org.apache.thrift.protocol.TList;
import org.apache.thrift.protocol.TMap;
import org.apache.thrift.protocol.TProtocol;
import org.apache.thrift.protocol.TProtocolException;
import org.apache.thrift.protocol.TSet;
import org.apache.thrift.protocol.TType;
import org.apache.thrift.transport.TTransport;
import org.apache.thrift.transport.TTransportException;
import org.jspecify.annotations.Nullable;

/**
 * How a message is encoded.
 */
public enum ThriftProtocol {

	/**
	 * The strict binary protocol; protocol id 0 in THeader.
	 */
	BINARY(0),

	/**
	 * The compact protocol; protocol id 2 in THeader.
	 */
	COMPACT(2),

	/**
	 * The JSON protocol, which nobody puts in THeader.
	 */
	JSON(ThriftProtocol.NOT_IN_HEADER),

	/**
	 * The binary protocol as clients of Thrift's first years write it: without a version
	 * in front of a message.
	 */
	OLD_BINARY(ThriftProtocol.NOT_IN_HEADER);

	private static final int NOT_IN_HEADER = -1;

	private final int headerId;

	ThriftProtocol(int headerId) {
		this.headerId = headerId;
	}

	/**
	 * Make a protocol object for one message, with no limits but those of the transport.
	 * Protocol objects keep state, so an object is never used for a second message.
	 * @param transport the transport to read from or write to
	 * @return a new protocol object
	 */
	public TProtocol create(TTransport transport) {
		return create(transport, Integer.MAX_VALUE, Integer.MAX_VALUE);
	}

	/**
	 * Make a protocol object for one message.
	 * @param transport the transport to read from
	 * @param limits bound the strings and containers that are read
	 * @return a new protocol object
	 */
	TProtocol create(TTransport transport, MessageLimits limits) {
		return create(transport, limits.maxStringLength(), limits.maxContainerLength());
	}

	private TProtocol create(TTransport transport, int maxStringLength, int maxContainerLength) {
		return switch (this) {
			case BINARY -> new Binary(transport, maxStringLength, maxContainerLength, true);
			case OLD_BINARY -> new Binary(transport, maxStringLength, maxContainerLength, false);
			case COMPACT -> new Compact(transport, maxStringLength, maxContainerLength);
			case JSON -> new Json(transport, maxStringLength, maxContainerLength);
		};
	}

	/**
	 * Whether messages of this protocol may be put in the THeader envelope.
	 * @return {@code true} for binary and compact
	 */
	public boolean isAllowedInHeader() {
		return this.headerId != NOT_IN_HEADER;
	}

	/**
	 * Return the protocol id of the THeader envelope.
	 * @return the id, meaningful only if the protocol {@linkplain #isAllowedInHeader() is
	 * allowed there}
	 */
	public int headerId() {
		return this.headerId;
	}

	/**
	 * Return the name used in configuration and in registry metadata.
	 * @return the lower-case name
	 */
	public String key() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	/**
	 * Find a protocol by its THeader protocol id.
	 * @param id the id
	 * @return the protocol, or {@code null} when the id is none that we speak
	 */
	public static @Nullable ThriftProtocol ofHeaderId(int id) {
		if (id == BINARY.headerId) {
			return BINARY;
		}
		return (id == COMPACT.headerId) ? COMPACT : null;
	}

	/**
	 * Find a protocol by its {@link #key()}, in any case.
	 * @param key the key, may be {@code null}
	 * @return the protocol, or {@code null} when the key names none
	 */
	public static @Nullable ThriftProtocol ofKey(@Nullable String key) {
		for (ThriftProtocol protocol : values()) {
			if (protocol.key().equalsIgnoreCase(key)) {
				return protocol;
			}
		}
		return null;
	}

	/**
	 * Return the least size of a value, which libthrift 0.25.0 does not know of a UUID:
	 * containers of them could not be read.
	 */
	private static int uuidSize() {
		return 2 * Long.BYTES;
	}

	/**
	 * Return binary data in the form that libthrift 0.25.0 writes right: it takes the
	 * array of a buffer, and in JSON all of it.
	 */
	private static ByteBuffer inArray(ByteBuffer data) {
		if (data.hasArray() && data.arrayOffset() == 0 && data.position() == 0) {
			return data;
		}
		byte[] bytes = new byte[data.remaining()];
		data.duplicate().get(bytes);
		return ByteBuffer.wrap(bytes);
	}

	private static final class Binary extends TBinaryProtocol {

		Binary(TTransport transport, int maxStringLength, int maxContainerLength, boolean strictWrite) {
			super(transport, maxStringLength, maxContainerLength, false, strictWrite);
		}

		@Override
		public int getMinSerializedSize(byte type) throws TTransportException {
			return (type == TType.UUID) ? uuidSize() : super.getMinSerializedSize(type);
		}

		@Override
		public void writeBinary(ByteBuffer data) throws TException {
			super.writeBinary(data.hasArray() ? data : inArray(data));
		}

	}

	private static final class Compact extends TCompactProtocol {

		Compact(TTransport transport, int maxStringLength, int maxContainerLength) {
			super(transport, maxStringLength, maxContainerLength);
		}

		@Override
		public int getMinSerializedSize(byte type) throws TTransportException {
			return (type == TType.UUID) ? uuidSize() : super.getMinSerializedSize(type);
		}

	}

	/**
	 * Has the limits that libthrift gives to the other protocols alone.
	 */
	private static final class Json extends TJSONProtocol {

		private final int maxStringLength;

		private final int maxContainerLength;

		Json(TTransport transport, int maxStringLength, int maxContainerLength) {
			super(transport);
			this.maxStringLength = maxStringLength;
			this.maxContainerLength = maxContainerLength;
		}

		@Override
		protected void checkReadBytesAvailable(TList list) throws TException {
			checkLength(list.size, this.maxContainerLength);
			super.checkReadBytesAvailable(list);
		}

		@Override
		protected void checkReadBytesAvailable(TSet set) throws TException {
			checkLength(set.size, this.maxContainerLength);
			super.checkReadBytesAvailable(set);
		}

		@Override
		protected void checkReadBytesAvailable(TMap map) throws TException {
			checkLength(map.size, this.maxContainerLength);
			super.checkReadBytesAvailable(map);
		}

		@Override
		public String readString() throws TException {
			String value = super.readString();
			if (ByteBufUtil.utf8MaxBytes(value) > this.maxStringLength) {
				checkLength(ByteBufUtil.utf8Bytes(value), this.maxStringLength);
			}
			return value;
		}

		@Override
		public ByteBuffer readBinary() throws TException {
			ByteBuffer value = super.readBinary();
			checkLength(value.remaining(), this.maxStringLength);
			return value;
		}

		private static void checkLength(int length, int maxLength) throws TProtocolException {
			if (length > maxLength) {
				throw new TProtocolException(TProtocolException.SIZE_LIMIT, "Length exceeded max allowed: " + length);
			}
		}

		@Override
		public int getMinSerializedSize(byte type) throws TTransportException {
			return (type == TType.UUID) ? uuidSize() : super.getMinSerializedSize(type);
		}

		@Override
		public void writeBinary(ByteBuffer data) throws TException {
			super.writeBinary(inArray(data));
		}

	}

}
