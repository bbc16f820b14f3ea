package io.github.thriftboot.netty.protocol;

import java.util.Locale;

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

}
