package io.github.thriftboot.client.eureka;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

import io.github.thriftboot.netty.protocol.ThriftServiceDescriptor;
import io.github.thriftboot.netty.registry.InstanceMetadata;
import io.github.thriftboot.netty.server.ThriftServer;
import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.test.EchoService;

/**
 * A server of the test service that answers with its name.
 */
final class TestProvider implements AutoCloseable {

	private final String name;

	private final ThriftServer server;

	TestProvider(String name) {
		this(name, 0);
	}

	TestProvider(String name, int port) {
		this.name = name;
		this.server = ThriftServer.builder()
			.address(new InetSocketAddress("localhost", port))
			.service("EchoService", ThriftServiceDescriptor.of(EchoService.class), new EchoHandler(name))
			.eventLoopThreads(1)
			.build();
		this.server.bind().join();
		this.server.start();
	}

	int port() {
		return this.server.port();
	}

	TestProvider registerIn(TestEureka eureka) {
		return registerIn(eureka, Map.of());
	}

	TestProvider registerIn(TestEureka eureka, Map<String, String> more) {
		Map<String, String> metadata = new HashMap<>(
				new InstanceMetadata(port(), Set.of("EchoService"), 100, null, null, false, 1).toMap());
		metadata.putAll(more);
		eureka.register(this.name, metadata);
		return this;
	}

	void deregisterFrom(TestEureka eureka) {
		eureka.deregister(this.name);
	}

	/**
	 * Stop, without a word to Eureka.
	 */
	@Override
	public void close() {
		this.server.shutdown(Duration.ZERO).join();
	}

}
