package io.github.thriftboot.netty.server;

import io.github.thriftboot.netty.protocol.ThriftMessage;
import org.jspecify.annotations.Nullable;

/**
 * The place of one request among the replies of its connection. The reply is put in by
 * any thread before it is handed over; everything else happens on the event loop.
 */
final class ReplySlot {

	private final boolean ordered;

	private @Nullable ThriftMessage reply;

	private boolean completed;

	ReplySlot(boolean ordered) {
		this.ordered = ordered;
	}

	/**
	 * Whether the reply has to wait for those of earlier requests.
	 * @return {@code true} unless the peer accepts replies out of order
	 */
	boolean ordered() {
		return this.ordered;
	}

	boolean completed() {
		return this.completed;
	}

	void complete(@Nullable ThriftMessage message) {
		this.reply = message;
		this.completed = true;
	}

	/**
	 * Take the reply out; whoever does so releases it.
	 * @return the message, or {@code null} if the request gets none or it was taken
	 */
	@Nullable ThriftMessage takeReply() {
		ThriftMessage message = this.reply;
		this.reply = null;
		return message;
	}

}
