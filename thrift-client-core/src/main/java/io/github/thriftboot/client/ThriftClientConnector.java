package io.github.thriftboot.client;

import io.github.thriftboot.netty.protocol.ThriftServiceDescriptor;

/**
 * Opens what a client calls through, as the configuration of that client says.
 */
@FunctionalInterface
public interface ThriftClientConnector {

	/**
	 * Open the channel of a client. Called once for each name; all clients of that name
	 * share the result.
	 * @param name the name of the client
	 * @param service the name of the service on the wire and in the registry
	 * @param descriptor describes the service
	 * @return a new channel, closed by the caller
	 * @throws RuntimeException if the configuration of the client cannot work
	 */
	GuardedChannel connect(String name, String service, ThriftServiceDescriptor descriptor);

}
