package io.github.thriftboot.netty.client;

import io.github.thriftboot.netty.protocol.MessageLimits;
import io.github.thriftboot.netty.protocol.ThriftProtocol;
import io.github.thriftboot.netty.protocol.ThriftTransport;

/**
 * How to connect to an instance and what to speak there. Channels whose options for an
 * address are equal share its connections.
 *
 * @param transport how messages are wrapped
 * @param protocol how messages are encoded
 * @param limits the limits of messages
 * @param settings how connections are kept
 */
record ConnectionOptions(ThriftTransport transport, ThriftProtocol protocol, MessageLimits limits,
		ConnectionSettings settings) {
}
