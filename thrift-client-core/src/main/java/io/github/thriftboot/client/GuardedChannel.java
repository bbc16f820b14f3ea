package io.github.thriftboot.client;

import java.util.function.Function;

import io.github.thriftboot.netty.client.ThriftChannel;
import io.github.thriftboot.netty.protocol.ThriftMethod;

/**
 * A channel with what stands before it: what all proxies of one client call through.
 * Thread-safe.
 */
public final class GuardedChannel implements AutoCloseable {

	private final ThriftChannel channel;

	private final Function<ThriftMethod, MethodOptions> options;

	/**
	 * Put breakers, limits and fallbacks before a channel.
	 * @param channel the channel, closed with this object
	 * @param options tells for each method how its calls are made; all clients share the
	 * breakers and limits in them
	 */
	public GuardedChannel(ThriftChannel channel, Function<ThriftMethod, MethodOptions> options) {
		this.channel = channel;
		this.options = options;
	}

	String service() {
		return this.channel.service();
	}

	/**
	 * Return what calls a method.
	 * @param method the method
	 * @return calls it as the options say
	 */
	GuardedMethod method(ThriftMethod method) {
		return new GuardedMethod(this.channel, method, this.options.apply(method));
	}

	/**
	 * Close the channel: later calls fail at once.
	 */
	@Override
	public void close() {
		this.channel.close();
	}

}
