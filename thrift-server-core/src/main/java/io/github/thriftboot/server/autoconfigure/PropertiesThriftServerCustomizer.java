package io.github.thriftboot.server.autoconfigure;

import java.net.InetAddress;
import java.net.InetSocketAddress;

import io.github.thriftboot.netty.server.ThriftServer;

/**
 * Applies the properties to the builder of the server.
 *
 * @param properties the properties to apply
 */
record PropertiesThriftServerCustomizer(ThriftServerProperties properties) implements ThriftServerCustomizer {

	@Override
	public void customize(ThriftServer.Builder builder) {
		InetAddress address = this.properties.getAddress();
		int port = this.properties.getPort();
		builder.address((address != null) ? new InetSocketAddress(address, port) : new InetSocketAddress(port));
		builder.defaultService(this.properties.getDefaultService());
		builder.maxFrameSize(Math.toIntExact(this.properties.getMaxFrameSize().toBytes()));
		builder.handlerThreads(this.properties.getExecutor().getThreads(),
				this.properties.getExecutor().getQueueCapacity());
		builder.handlerTimeout(this.properties.getHandlerTimeout());
		builder.eventLoopThreads(this.properties.getEventLoopThreads());
	}

}
