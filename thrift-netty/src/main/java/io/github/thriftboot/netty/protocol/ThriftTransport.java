package io.github.thriftboot.netty.protocol;

import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * How a message is wrapped on the wire.
 */
public enum ThriftTransport {

	/**
	 * The THeader envelope: length, magic, flags, sequence id, header, message.
	 */
	HEADER,

	/**
	 * A four-byte length and the message, as {@code TFramedTransport} of Apache Thrift.
	 */
	FRAMED,

	/**
	 * The message alone, as a bare {@code TSocket} of Apache Thrift.
	 */
	UNFRAMED;

	/**
	 * Return the name used in configuration and in registry metadata.
	 * @return the lower-case name
	 */
	public String key() {
		return name().toLowerCase(Locale.ROOT);
	}

	/**
	 * Find a transport by its {@link #key()}, in any case.
	 * @param key the key, may be {@code null}
	 * @return the transport, or {@code null} when the key names none
	 */
	public static @Nullable ThriftTransport ofKey(@Nullable String key) {
		for (ThriftTransport transport : values()) {
			if (transport.key().equalsIgnoreCase(key)) {
				return transport;
			}
		}
		return null;
	}

}
