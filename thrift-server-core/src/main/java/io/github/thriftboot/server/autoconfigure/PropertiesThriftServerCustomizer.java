package io.github.thriftboot.server.autoconfigure;

import java.net.InetAddress;
import java.net.InetSocketAddress;

import io.github.thriftboot.netty.protocol.MessageLimits;
import io.github.thriftboot.netty.server.ConnectionLimits;
import io.github.thriftboot.netty.server.ThriftServer;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.PropertyMapper;
import org.springframework.util.unit.DataSize;

/**
 * Applies the properties to the builder of the server.
 *
 * @param properties the properties to apply
 */
record PropertiesThriftServerCustomizer(ThriftServerProperties properties) implements ThriftServerCustomizer {

	@Override
	public void customize(ThriftServer.Builder builder) {
		builder.address(address());
		builder.unixSocket(this.properties.getUnixSocket());
		builder.defaultService(this.properties.getDefaultService());
		builder.limits(this::applyMessageLimits);
		builder.connections(this::applyConnectionLimits);
		builder.maxCalls(this.properties.getCalls().getMax());
		builder.maxCallsPerConnection(this.properties.getCalls().getMaxPerConnection());
		applyAdaptiveLimit(builder);
		PropertyMapper.get()
			.from(this.properties.getCalls()::getMaxMemory)
			.as(DataSize::toBytes)
			.to(builder::maxCallMemory);
		builder.handlerThreads(this.properties.getExecutor().getThreads(),
				this.properties.getExecutor().getQueueCapacity());
		builder.handlerTimeout(this.properties.getHandlerTimeout());
		builder.accessLog(this.properties.getAccessLog().isEnabled());
		builder.eventLoopThreads(this.properties.getEventLoopThreads());
	}

	private @Nullable InetSocketAddress address() {
		InetAddress address = this.properties.getAddress();
		int port = this.properties.getPort();
		if (port < 0) {
			return null;
		}
		return (address != null) ? new InetSocketAddress(address, port) : new InetSocketAddress(port);
	}

	private void applyAdaptiveLimit(ThriftServer.Builder builder) {
		ThriftServerCallProperties calls = this.properties.getCalls();
		if (calls.getAdaptive().isEnabled()) {
			Integer max = calls.getAdaptive().getMax();
			builder.adaptiveLimit(calls.getAdaptive().getMin(), (max != null) ? max : calls.getMax());
		}
	}

	private void applyConnectionLimits(ConnectionLimits.Builder limits) {
		ThriftServerConnectionProperties connections = this.properties.getConnections();
		limits.maxConnections(connections.getMax())
			.maxConnectionsPerAddress(connections.getMaxPerAddress())
			.firstByteTimeout(connections.getFirstByteTimeout())
			.frameTimeout(connections.getFrameTimeout())
			.idleTimeout(connections.getIdleTimeout())
			.writeTimeout(connections.getWriteTimeout());
	}

	private void applyMessageLimits(MessageLimits.Builder limits) {
		PropertyMapper map = PropertyMapper.get();
		map.from(this.properties::getMaxFrameSize).as(DataSize::toBytes).to(limits::maxFrameSize);
		map.from(this.properties::getMaxStringLength).as(DataSize::toBytes).to(limits::maxStringLength);
		map.from(this.properties::getMaxContainerLength).to(limits::maxContainerLength);
		map.from(this.properties::getMaxRecursionDepth).to(limits::maxRecursionDepth);
		map.from(this.properties::getMaxHeaders).to(limits::maxHeaders);
		map.from(this.properties::getMaxHeaderSize).as(DataSize::toBytes).to(limits::maxHeaderSize);
		map.from(this.properties::getMaxDecompressedSize).as(DataSize::toBytes).to(limits::maxDecompressedSize);
		map.from(this.properties::getMaxCompressionRatio).to(limits::maxCompressionRatio);
	}

}
