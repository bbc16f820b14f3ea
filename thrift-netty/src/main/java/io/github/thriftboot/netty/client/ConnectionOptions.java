package io.github.thriftboot.netty.client;

import io.github.thriftboot.netty.protocol.MessageLimits;
import io.github.thriftboot.netty.protocol.ThriftProtocol;
import io.github.thriftboot.netty.protocol.ThriftTransport;
import io.github.thriftboot.netty.tls.ClientTls;
import org.jspecify.annotations.Nullable;

/**
 * How to connect to an instance and what to speak there. Channels whose options for an
 * address are equal share its connections.
 *
 * @param transport how messages are wrapped
 * @param protocol how messages are encoded
 * @param limits the limits of messages
 * @param settings how connections are kept
 * @param tls how TLS is spoken, or {@code null} for plaintext
 */
record ConnectionOptions(ThriftTransport transport, ThriftProtocol protocol, MessageLimits limits,
		ConnectionSettings settings, @Nullable ClientTls tls) {

	/**
	 * Say how the peer is spoken to, for messages about a peer that does not understand.
	 * @return the values under the names of their configuration keys
	 */
	String spoken() {
		return "transport " + this.transport.key() + ", protocol " + this.protocol.key() + ", ssl "
				+ (this.tls != null);
	}

}
