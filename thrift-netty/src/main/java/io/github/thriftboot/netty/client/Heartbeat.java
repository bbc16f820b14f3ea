package io.github.thriftboot.netty.client;

import io.github.thriftboot.netty.protocol.Envelope;
import io.github.thriftboot.netty.protocol.Ping;
import io.github.thriftboot.netty.protocol.ThriftMessage;
import io.github.thriftboot.netty.protocol.ThriftTransport;
import io.github.thriftboot.netty.transport.FrameWriter;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import org.apache.thrift.TException;
import org.apache.thrift.protocol.TMessageType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the peer of a connection for signs of life, in a way that does no harm to any
 * server, and notes what it makes of it. Confined to the connection's event loop.
 */
final class Heartbeat {

	private static final Logger logger = LoggerFactory.getLogger(Heartbeat.class);

	private final Endpoint endpoint;

	private final PendingCalls pending;

	private final Liveness liveness;

	/**
	 * The id of a ping that was not answered on the present channel, or 0.
	 */
	private int pingId;

	/**
	 * How many ids were given out when the channel was last looked at.
	 */
	private int idsAtLook;

	Heartbeat(Endpoint endpoint, PendingCalls pending) {
		this.endpoint = endpoint;
		this.pending = pending;
		this.liveness = new Liveness(endpoint.options().settings());
	}

	/**
	 * Begin with a new channel.
	 * @param now the present {@link System#nanoTime()}
	 */
	void started(long now) {
		this.pingId = 0;
		this.idsAtLook = this.pending.givenOut();
		this.liveness.started(now);
	}

	/**
	 * Note that something was received.
	 */
	void received() {
		this.liveness.received();
	}

	/**
	 * Return a number that changes when something is received.
	 * @return the number
	 */
	int mark() {
		return this.liveness.mark();
	}

	/**
	 * Whether a peer that was lost or silent has to show that it lives before it gets
	 * calls again.
	 * @return {@code false} if it may be one that cannot be asked
	 */
	boolean isProofDue() {
		return this.liveness.isOn() && this.endpoint.isWorthAsking();
	}

	/**
	 * Note that a call has timed out and nothing was received since it was written.
	 * @param channel the channel
	 * @param writer writes to it
	 * @param now the present {@link System#nanoTime()}
	 */
	void onSuspicion(Channel channel, FrameWriter writer, long now) {
		if (this.liveness.isOn() && !this.liveness.isAsked()) {
			ask(channel, writer, now);
		}
	}

	/**
	 * Ask the peer for a sign of life. One that answers in order is asked only if it owes
	 * nothing, because a ping waits behind everything else there. One that may do so, as
	 * it has not answered yet, is asked if nobody waits for what it owes. One that does
	 * not take what it is sent is not sent even more.
	 * @param channel the channel
	 * @param writer writes to it
	 * @param now the present {@link System#nanoTime()}
	 */
	void ask(Channel channel, FrameWriter writer, long now) {
		boolean ready = this.endpoint.isOrdered() ? owesNothing()
				: this.endpoint.hasAnswered() || this.pending.waiting() == 0;
		if (!ready || !this.endpoint.pings().allowed()) {
			return;
		}
		if (outgoing(channel) == 0) {
			writePing(channel, writer);
		}
		this.liveness.asked(now);
	}

	private boolean owesNothing() {
		return this.pending.waiting() + this.pending.abandoned() == 0;
	}

	/**
	 * Return how many bytes wait in this process for the peer to take them.
	 */
	private static long outgoing(Channel channel) {
		ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
		return (buffer != null) ? buffer.totalPendingWriteBytes() - buffer.currentProgress() : 0;
	}

	private void writePing(Channel channel, FrameWriter writer) {
		ConnectionOptions options = this.endpoint.options();
		Envelope envelope = new Envelope(options.transport(), options.protocol(),
				(options.transport() == ThriftTransport.HEADER) ? Envelope.OUT_OF_ORDER : 0);
		try {
			ByteBuf body = this.endpoint.codec()
				.encodeBody(Ping.EMPTY, options.protocol(), Ping.METHOD, channel.alloc());
			try {
				int id = this.pending.nextId();
				writer.write(new ThriftMessage(envelope, this.endpoint.pings().name(), TMessageType.CALL, id, body));
				writer.flush();
				this.pingId = id;
				this.idsAtLook = this.pending.givenOut();
			}
			finally {
				body.release();
			}
		}
		catch (TException | RuntimeException ex) {
			logger.debug("{} cannot be asked for a sign of life", this.endpoint.address(), ex);
		}
	}

	/**
	 * Take a reply that belongs to no call for the answer to a ping, if it can be that.
	 * @param sequenceId the id of the reply
	 * @return {@code false} if there was no ping
	 */
	boolean isAnswer(int sequenceId) {
		if (this.pingId == 0 || !(sequenceId == this.pingId || owesNothing())) {
			return false;
		}
		this.pingId = 0;
		this.endpoint.pings().onAnswer();
		return true;
	}

	/**
	 * Note that the channel is lost.
	 * @param answered whether calls were answered on it
	 * @return {@code true} if it seems that the peer has closed it because it was asked
	 */
	boolean isRefusal(boolean answered) {
		if (this.pingId != 0) {
			return this.endpoint.pings().onClosedWhenAsked();
		}
		if (this.endpoint.pings().onLostUnasked(answered)) {
			logger.info("{} closes connections on which it is asked for a sign of life, and is asked no more",
					this.endpoint.address());
		}
		return false;
	}

	/**
	 * Look at the peer.
	 * @param channel the channel
	 * @param now the present {@link System#nanoTime()}
	 * @return what is known of the peer
	 */
	Liveness.Verdict look(Channel channel, long now) {
		int ids = this.pending.givenOut();
		if (this.endpoint.isOrdered() && ids != this.idsAtLook) {
			// what was sent, such as a oneway call, may keep the peer from an answer
			this.liveness.used(now);
		}
		this.idsAtLook = ids;
		Liveness.Verdict verdict = this.liveness.look(now, outgoing(channel));
		if (verdict == Liveness.Verdict.DEAD) {
			// it will not be the peer that closes
			this.pingId = 0;
		}
		return verdict;
	}

	/**
	 * Return when to look next.
	 * @param now the present {@link System#nanoTime()}
	 * @return nanoseconds from now, {@link Long#MAX_VALUE} for never
	 */
	long nanosToNextLook(long now) {
		return this.liveness.nanosToNextLook(now);
	}

}
