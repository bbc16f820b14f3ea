package io.github.thriftboot.server.autoconfigure;

import io.github.thriftboot.netty.server.ThriftServer;

/**
 * Customizes the Thrift server before it is built. Beans of this type are called in their
 * order, after the {@code thrift.server} properties have been applied, once for every
 * start of the server.
 */
@FunctionalInterface
public interface ThriftServerCustomizer {

	/**
	 * Customize the server.
	 * @param builder the builder of the server
	 */
	void customize(ThriftServer.Builder builder);

}
