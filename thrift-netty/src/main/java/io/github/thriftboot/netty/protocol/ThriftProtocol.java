package io.github.thriftboot.netty.protocol;

import java.nio.ByteBuffer;
import java.util.Locale;

import org.apache.thrift.TException;
import org.apache.thrift.protocol.TBinaryProtocol;
import org.apache.thrift.protocol.TCompactProtocol;
import org.apache.thrift.protocol.TJSONProtocol;
import org.apache.thrift.protocol.TProtocol;
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
	 * Make a protocol object for one message. Protocol objects keep state, so an object
	 * is never used for a second message.
	 * @param transport the transport to read from or write to
	 * @return a new protocol object
	 */
	public TProtocol create(TTransport transport) {
		return switch (this) {
			case BINARY -> new Binary(transport, true);
			case OLD_BINARY -> new Binary(transport, false);
			case COMPACT -> new Compact(transport);
			case JSON -> new Json(transport);
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

		Binary(TTransport transport, boolean strictWrite) {
			super(transport, false, strictWrite);
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

		Compact(TTransport transport) {
			super(transport);
		}

		@Override
		public int getMinSerializedSize(byte type) throws TTransportException {
			return (type == TType.UUID) ? uuidSize() : super.getMinSerializedSize(type);
		}

	}

	private static final class Json extends TJSONProtocol {

		Json(TTransport transport) {
			super(transport);
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
