package io.github.thriftboot.netty.protocol;

import java.util.Map;

/**
 * What surrounds a message on the wire. Immutable.
 *
 * @param transport how the message is wrapped
 * @param protocol how the message is encoded
 * @param flags the THeader flags, 0 without THeader
 * @param headers the THeader key/values, empty without THeader
 * @param zlib whether the message is compressed
 * @param timeoutMillis how long the caller still waits, which THeader tells under the key
 * {@code client_timeout}; 0 if it does not tell
 */
public record Envelope(ThriftTransport transport, ThriftProtocol protocol, int flags, Map<String, String> headers,
		boolean zlib, int timeoutMillis) {

	/**
	 * THeader flag: the sender accepts replies in another order than its requests. So
	 * understood by fbthrift, Drift and Kitex too.
	 */
	public static final int OUT_OF_ORDER = 0x0001;

	/**
	 * The longest time that an envelope tells, more than eleven days.
	 */
	public static final int MAX_TIMEOUT_MILLIS = 999_999_999;

	/**
	 * Key of the header by which a client tells that it understands compressed replies.
	 */
	private static final String ACCEPT_TRANSFORM = "thrift-accept-transform";

	private static final String ZLIB = "zlib";

	/**
	 * Create an envelope without headers.
	 * @param transport how the message is wrapped
	 * @param protocol how the message is encoded
	 * @param flags the THeader flags
	 */
	public Envelope(ThriftTransport transport, ThriftProtocol protocol, int flags) {
		this(transport, protocol, flags, Map.of());
	}

	/**
	 * Create an envelope of a message that is not compressed.
	 * @param transport how the message is wrapped
	 * @param protocol how the message is encoded
	 * @param flags the THeader flags
	 * @param headers the THeader key/values
	 */
	public Envelope(ThriftTransport transport, ThriftProtocol protocol, int flags, Map<String, String> headers) {
		this(transport, protocol, flags, headers, false, 0);
	}

	/**
	 * Whether replies to this message may overtake each other.
	 * @return {@code true} when the out-of-order flag is set
	 */
	public boolean outOfOrder() {
		return (this.flags & OUT_OF_ORDER) != 0;
	}

	/**
	 * Whether the sender of this message understands compressed replies.
	 * @return {@code true} if a header says so
	 */
	public boolean acceptsZlib() {
		return ZLIB.equals(this.headers.get(ACCEPT_TRANSFORM));
	}

	/**
	 * Return this envelope for a message that is not compressed.
	 * @return the envelope
	 */
	Envelope uncompressed() {
		return new Envelope(this.transport, this.protocol, this.flags, this.headers, false, this.timeoutMillis);
	}

	/**
	 * Return this envelope for a message that is compressed.
	 * @return the envelope
	 */
	Envelope compressed() {
		return new Envelope(this.transport, this.protocol, this.flags, this.headers, true, this.timeoutMillis);
	}

	/**
	 * Return the envelope that a reply to this message goes out in, without headers.
	 * @return the envelope of the reply
	 */
	public Envelope reply() {
		return reply(Map.of());
	}

	/**
	 * Return the envelope that a reply to this message goes out in: the same dialect, and
	 * only the flag that we interpret. The reply is not compressed.
	 * @param replyHeaders the key/values of the reply
	 * @return the envelope of the reply
	 */
	public Envelope reply(Map<String, String> replyHeaders) {
		return new Envelope(this.transport, this.protocol, this.flags & OUT_OF_ORDER, replyHeaders);
	}

}
