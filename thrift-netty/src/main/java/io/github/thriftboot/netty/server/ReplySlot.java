package io.github.thriftboot.netty.server;

import io.github.thriftboot.netty.protocol.ThriftMessage;
import org.jspecify.annotations.Nullable;

/**
 * The place of one request among the replies of its connection. The reply is put in by
 * any thread before it is handed over; everything else happens on the event loop.
 */
final class ReplySlot {

	private final boolean ordered;

	/**
	 * Written by the thread that answers, before it hands the slot to the event loop.
	 */
	private @Nullable ThriftMessage handedIn;

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

	/**
	 * Put the reply in, from any thread. Nothing is seen of it before
	 * {@link #complete()}: until then the event loop may give the slot up.
	 * @param message the reply, or {@code null} for none
	 */
	void handIn(@Nullable ThriftMessage message) {
		this.handedIn = message;
	}

	/**
	 * Take what was handed in for the reply, on the event loop.
	 */
	void complete() {
		this.reply = this.handedIn;
		this.handedIn = null;
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
