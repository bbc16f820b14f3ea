package io.github.thriftboot.benchmarks.thrift.runtime;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.github.thriftboot.benchmarks.BenchmarkCaller;
import io.github.thriftboot.benchmarks.BenchmarkClient;
import io.github.thriftboot.benchmarks.Payload;
import io.github.thriftboot.benchmarks.api.EchoService;
import io.github.thriftboot.benchmarks.echo.EchoRequest;
import io.github.thriftboot.netty.client.ConnectionPool;
import io.github.thriftboot.netty.client.InstanceSource;
import io.github.thriftboot.netty.client.ThriftChannel;
import io.github.thriftboot.netty.client.ThriftInstance;
import io.github.thriftboot.netty.protocol.ThriftServiceDescriptor;

/**
 * A client of this project's runtime. An instance has one connection, so that several
 * connections take several pools.
 */
final class RuntimeClient implements BenchmarkClient {

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	private final ThriftServiceDescriptor service = ThriftServiceDescriptor.of(EchoService.class);

	private final List<ConnectionPool> pools = new ArrayList<>();

	private final List<ThriftChannel> channels = new ArrayList<>();

	private int given;

	RuntimeClient(int port, int connections) {
		InstanceSource instances = InstanceSource
			.of(List.of(ThriftInstance.of(InetAddress.getLoopbackAddress().getHostAddress(), port)));
		for (int i = 0; i < connections; i++) {
			ConnectionPool pool = new ConnectionPool(1);
			this.pools.add(pool);
			this.channels.add(ThriftChannel.builder(pool, RuntimeServer.SERVICE, instances).timeout(TIMEOUT).build());
		}
	}

	@Override
	public BenchmarkCaller caller(Payload payload) {
		ThriftChannel channel = this.channels.get(this.given++ % this.channels.size());
		return new RuntimeCaller(channel, this.service, new EchoRequest(payload));
	}

	@Override
	public void close() {
		this.channels.forEach(ThriftChannel::close);
		this.pools.forEach(ConnectionPool::close);
	}

}
