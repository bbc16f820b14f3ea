package io.github.thriftboot.netty.client;

import java.time.Duration;

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
 * @param connectTimeout how long one attempt to connect may take
 * @param maxConnections the most connections to an instance that answers in order
 * @param pipelining the most calls at once on a connection that answers in order
 */
record ConnectionOptions(ThriftTransport transport, ThriftProtocol protocol, MessageLimits limits,
		Duration connectTimeout, int maxConnections, int pipelining) {
}
