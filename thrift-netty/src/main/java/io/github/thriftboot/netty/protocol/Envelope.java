package io.github.thriftboot.netty.protocol;

import java.util.Map;

/**
 * What surrounds a message on the wire. Immutable.
 *
 * @param transport how the message is wrapped
 * @param protocol how the message is encoded
 * @param flags the THeader flags, 0 without THeader
 * @param headers the THeader key/values, empty without THeader
 */
public record Envelope(ThriftTransport transport, ThriftProtocol protocol, int flags, Map<String, String> headers) {

	/**
	 * THeader flag: the sender accepts replies in another order than its requests. So
	 * understood by fbthrift, Drift and Kitex too.
	 */
	public static final int OUT_OF_ORDER = 0x0001;

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
	 * Whether replies to this message may overtake each other.
	 * @return {@code true} when the out-of-order flag is set
	 */
	public boolean outOfOrder() {
		return (this.flags & OUT_OF_ORDER) != 0;
	}

	/**
	 * Return the envelope that a reply to this message goes out in: the same dialect,
	 * only the flag that we interpret, no headers.
	 * @return the envelope of the reply
	 */
	public Envelope reply() {
		return new Envelope(this.transport, this.protocol, this.flags & OUT_OF_ORDER);
	}

}
