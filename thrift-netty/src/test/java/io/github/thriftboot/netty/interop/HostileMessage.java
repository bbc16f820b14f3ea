package io.github.thriftboot.netty.interop;

import io.github.thriftboot.netty.protocol.Dialect;
import org.apache.thrift.protocol.TMessage;

/**
 * A message that is meant to do harm to its reader.
 *
 * @param title what is wrong with it
 * @param method the method that it calls or answers
 * @param errorType the type of the error that it makes
 * @param end what a reader finds who has no frame to go by
 * @param content makes the message
 */
record HostileMessage(String title, String method, int errorType, End end, Content content) {

	/**
	 * Make the message.
	 * @param dialect its dialect
	 * @param head the name, the type and the sequence id of the message
	 * @return what goes over the wire
	 */
	byte[] wire(Dialect dialect, TMessage head) {
		return this.content.wire(dialect, head);
	}

	@Override
	public String toString() {
		return this.method + ", " + this.title;
	}

	/**
	 * Whether a message has an end that can be found without a frame.
	 */
	enum End {

		/**
		 * It has one, so whoever sent it can be told, and the next message follows.
		 */
		FOUND,

		/**
		 * It cannot have one.
		 */
		NONE,

		/**
		 * It may still come.
		 */
		TO_COME

	}

	/**
	 * Makes a message.
	 */
	interface Content {

		byte[] wire(Dialect dialect, TMessage head);

	}

}
