package io.github.thriftboot.netty.protocol;

import org.apache.thrift.transport.TTransportException;

/**
 * A message is larger than the maximum frame size, so it was not sent, or a reply was and
 * has been skipped. Trying again does not help.
 */
public final class MessageTooLargeException extends TTransportException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create the exception.
	 * @param name the method name
	 * @param size the size of the frame in bytes, as far as it is known
	 * @param maxFrameSize the limit in bytes
	 */
	public MessageTooLargeException(String name, long size, int maxFrameSize) {
		super(MESSAGE_SIZE_LIMIT,
				"message of '" + name + "': " + size + " bytes or more (expected: at most max-frame-size "
						+ maxFrameSize + "); raise it on both sides or send less");
	}

}
