package io.github.thriftboot.netty.protocol;

import io.netty.buffer.ByteBuf;

/**
 * One Thrift message: a request, a reply or an exception. Whoever holds the message owns
 * its body and releases it once.
 *
 * @param envelope what surrounds the message
 * @param name the method name as on the wire, with the service prefix if there is one
 * @param type the message type, a constant of
 * {@link org.apache.thrift.protocol.TMessageType}
 * @param sequenceId the sequence id
 * @param body the encoded struct behind the message header; of a compressed message, both
 * of them as they are compressed
 */
public record ThriftMessage(Envelope envelope, String name, byte type, int sequenceId, ByteBuf body) {

	/**
	 * Release the body.
	 */
	public void release() {
		this.body.release();
	}

}
