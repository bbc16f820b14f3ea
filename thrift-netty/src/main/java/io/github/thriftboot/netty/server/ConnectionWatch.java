package io.github.thriftboot.netty.server;

import java.time.Duration;
import java.util.function.BooleanSupplier;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether the peer of a connection does its part in time: shows what it speaks,
 * ends the messages that it begins, reads its replies, and asks something now and then.
 * Confined to the event loop of the connection.
 * <p>
 * Nothing is timed while messages come and go: each look compares what there is with what
 * there was at the last one. So a time ends up to two looks late, never early.
 */
final class ConnectionWatch extends ChannelOutboundHandlerAdapter {

	/**
	 * Why a connection is closed whose peer has done nothing wrong.
	 */
	static final String UNUSED = "not used any more";

	/**
	 * A peer that takes less than this within the time for writing does not read.
	 */
	private static final int LEAST_TAKEN_BYTES = 64 * 1024;

	private final ConnectionLimits limits;

	private final Channel channel;

	private final Clock firstByte = new Clock();

	private final Clock frame = new Clock();

	private final Clock idle = new Clock();

	private final Clock write = new Clock();

	private @Nullable ThriftServerHandler handler;

	private @Nullable BooleanSupplier partialMessage;

	private int requestsAtLastLook;

	/**
	 * Bytes that were given to the channel.
	 */
	private long writtenBytes;

	/**
	 * How many of them the peer had taken when the time for writing began.
	 */
	private long takenAtBeginning;

	private long takenAtLastLook;

	private long unreadBytes;

	ConnectionWatch(ConnectionLimits limits, Channel channel) {
		this.limits = limits;
		this.channel = channel;
	}

	/**
	 * The peer has shown what it speaks.
	 * @param handler reads its requests
	 * @param partialMessage whether a message has arrived in part
	 */
	void detected(ThriftServerHandler handler, BooleanSupplier partialMessage) {
		this.handler = handler;
		this.partialMessage = partialMessage;
	}

	@Override
	public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
		if (message instanceof ByteBuf bytes) {
			this.writtenBytes += bytes.readableBytes();
		}
		context.write(message, promise);
	}

	/**
	 * Look at the connection.
	 * @param now the present {@link System#nanoTime()}
	 * @return why it has to be closed, or {@code null}
	 */
	@Nullable String look(long now) {
		ThriftServerHandler reader = this.handler;
		BooleanSupplier partial = this.partialMessage;
		if (reader == null || partial == null) {
			return this.firstByte.isOver(true, now, this.limits.firstByteTimeout())
					? "nothing that can be recognized within " + text(this.limits.firstByteTimeout()) : null;
		}
		if (isWriteOver(now)) {
			return "replies not read for " + text(this.limits.writeTimeout());
		}
		int requests = reader.requests();
		if (requests != this.requestsAtLastLook) {
			// what is there in part has begun after the last look
			this.requestsAtLastLook = requests;
			this.frame.stop();
			this.idle.stop();
		}
		boolean incomplete = partial.getAsBoolean();
		// while we do not read it is not the peer that is late
		if (this.frame.isOver(incomplete && this.channel.config().isAutoRead(), now, this.limits.frameTimeout())) {
			return "message not complete within " + text(this.limits.frameTimeout());
		}
		boolean unused = !incomplete && !reader.isBusy();
		return this.idle.isOver(unused, now, this.limits.idleTimeout()) ? UNUSED : null;
	}

	/**
	 * Return how many bytes wait for the peer to read them.
	 * @return the number, 0 if it has read some since the last look
	 */
	long unreadBytes() {
		return this.unreadBytes;
	}

	private boolean isWriteOver(long now) {
		ChannelOutboundBuffer buffer = this.channel.unsafe().outboundBuffer();
		long waiting = (buffer != null) ? buffer.totalPendingWriteBytes() - buffer.currentProgress() : 0;
		long taken = this.writtenBytes - waiting;
		this.unreadBytes = (taken == this.takenAtLastLook) ? waiting : 0;
		this.takenAtLastLook = taken;
		if (!this.write.isRunning() || taken - this.takenAtBeginning >= LEAST_TAKEN_BYTES) {
			this.takenAtBeginning = taken;
			this.write.stop();
		}
		return this.write.isOver(waiting > 0, now, this.limits.writeTimeout());
	}

	private static String text(Duration timeout) {
		return timeout.toMillis() + " ms";
	}

	/**
	 * Measures how long something goes on.
	 */
	private static final class Clock {

		private boolean running;

		private long since;

		boolean isRunning() {
			return this.running;
		}

		void stop() {
			this.running = false;
		}

		boolean isOver(boolean goesOn, long now, Duration limit) {
			if (!goesOn || limit.isZero()) {
				this.running = false;
			}
			else if (!this.running) {
				this.running = true;
				this.since = now;
			}
			return this.running && now - this.since >= limit.toNanos();
		}

	}

}
