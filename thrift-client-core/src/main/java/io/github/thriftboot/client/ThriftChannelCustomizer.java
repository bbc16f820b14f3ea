package io.github.thriftboot.client;

import io.github.thriftboot.netty.client.ThriftChannel;

/**
 * Changes how a client calls, after the properties have been applied. Beans of this type
 * are called in their order, once for each client.
 */
@FunctionalInterface
public interface ThriftChannelCustomizer {

	/**
	 * Change the channel of a client.
	 * @param client the name of the client
	 * @param builder builds its channel
	 */
	void customize(String client, ThriftChannel.Builder builder);

}
