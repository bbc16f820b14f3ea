package io.github.thriftboot.netty.client;

import java.util.concurrent.Future;

import io.github.thriftboot.netty.transport.FrameWriter;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * The states of a {@link ThriftConnection}.
 */
sealed interface ConnectionState {

	/**
	 * There is a channel to read from and to write to.
	 */
	sealed interface Open extends ConnectionState {

		Channel channel();

		FrameWriter writer();

		long since();

	}

	record Idle() implements ConnectionState {
	}

	record Connecting() implements ConnectionState {
	}

	/**
	 * The peer was lost before; it has been asked for a sign of life, and gets calls once
	 * it gives it.
	 */
	record Proving(Channel channel, FrameWriter writer, long since) implements Open {
	}

	record Ready(Channel channel, FrameWriter writer, long since) implements Open {
	}

	/**
	 * The server stops, but still answers what is in flight.
	 */
	record Leaving(Channel channel) implements ConnectionState {
	}

	record Waiting(Future<?> timer) implements ConnectionState {
	}

	record Closing(@Nullable Channel channel) implements ConnectionState {
	}

}
