package io.github.thriftboot.netty.protocol;

import java.util.Locale;

import org.apache.thrift.protocol.TBinaryProtocol;
import org.apache.thrift.protocol.TCompactProtocol;
import org.apache.thrift.protocol.TProtocol;
import org.apache.thrift.transport.TTransport;
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
	COMPACT(2);

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
			case BINARY -> new TBinaryProtocol(transport);
			case COMPACT -> new TCompactProtocol(transport);
		};
	}

	/**
	 * Return the protocol id of the THeader envelope.
	 * @return the id
	 */
	public int headerId() {
		return this.headerId;
	}

	/**
	 * Return the name used in configuration and in registry metadata.
	 * @return the lower-case name
	 */
	public String key() {
		return name().toLowerCase(Locale.ROOT);
	}

	/**
	 * Find a protocol by its THeader protocol id.
	 * @param id the id
	 * @return the protocol, or {@code null} when the id is none that we speak
	 */
	public static @Nullable ThriftProtocol ofHeaderId(int id) {
		for (ThriftProtocol protocol : values()) {
			if (protocol.headerId == id) {
				return protocol;
			}
		}
		return null;
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

}
