package io.github.thriftboot.client;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

import io.github.thriftboot.netty.protocol.ThriftServiceDescriptor;
import io.github.thriftboot.netty.registry.InstanceMetadata;
import io.github.thriftboot.netty.server.ThriftServer;
import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.test.EchoService;

/**
 * A real server of the test service on a free port.
 */
public final class EchoServer implements AutoCloseable {

	private final EchoHandler handler;

	private final ThriftServer server;

	public EchoServer() {
		this("echo", 0);
	}

	public EchoServer(String name, int port) {
		this.handler = new EchoHandler(name);
		this.server = ThriftServer.builder()
			.address(new InetSocketAddress("localhost", port))
			.service("EchoService", ThriftServiceDescriptor.of(EchoService.class), this.handler)
			.eventLoopThreads(1)
			.build();
		this.server.bind().join();
		this.server.start();
	}

	public EchoHandler handler() {
		return this.handler;
	}

	public int port() {
		return this.server.port();
	}

	public String address() {
		return "localhost:" + port();
	}

	public Map<String, String> metadata(String... services) {
		return new InstanceMetadata(port(), Set.of(services), 100, null, null, false, 1).toMap();
	}

	@Override
	public void close() {
		this.server.shutdown(Duration.ZERO).join();
	}

}
