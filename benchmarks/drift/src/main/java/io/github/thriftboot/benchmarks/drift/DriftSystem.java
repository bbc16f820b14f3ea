package io.github.thriftboot.benchmarks.drift;

import java.util.List;
import java.util.Set;

import io.airlift.drift.codec.ThriftCodecManager;
import io.airlift.drift.server.DriftServer;
import io.airlift.drift.server.DriftService;
import io.airlift.drift.server.stats.NullMethodInvocationStatsFactory;
import io.airlift.drift.transport.netty.server.DriftNettyServerConfig;
import io.airlift.drift.transport.netty.server.DriftNettyServerTransport;
import io.airlift.drift.transport.netty.server.DriftNettyServerTransportFactory;
import io.github.thriftboot.benchmarks.BenchmarkClient;
import io.github.thriftboot.benchmarks.BenchmarkServer;
import io.github.thriftboot.benchmarks.BenchmarkSystem;
import io.github.thriftboot.benchmarks.BenchmarkSystemProvider;
import io.github.thriftboot.benchmarks.HandlerLoad;
import io.github.thriftboot.benchmarks.Versions;
import io.netty.channel.Channel;

/**
 * Drift with THeader and the binary protocol, so that calls share a connection. Handlers
 * run on its worker threads; Drift has no other way.
 */
public final class DriftSystem implements BenchmarkSystem, BenchmarkSystemProvider {

	@Override
	public List<BenchmarkSystem> systems() {
		return List.of(this);
	}

	@Override
	public String name() {
		return "drift";
	}

	@Override
	public String description() {
		return Versions.of("Drift", DriftServer.class) + ", " + Versions.of("Netty", Channel.class)
				+ ": THeader; handlers on its workers, asynchronous where they wait";
	}

	@Override
	public boolean asynchronous() {
		return true;
	}

	@Override
	public BenchmarkServer startServer(HandlerLoad load) {
		DriftServer server = new DriftServer(
				new DriftNettyServerTransportFactory(
						new DriftNettyServerConfig().setPort(0).setWorkerThreadCount(load.threads())),
				new ThriftCodecManager(), new NullMethodInvocationStatsFactory(),
				Set.of(new DriftService(new DriftEchoHandler())), Set.of());
		server.start();
		return new BenchmarkServer() {

			@Override
			public int port() {
				return ((DriftNettyServerTransport) server.getServerTransport()).getPort();
			}

			@Override
			public void close() {
				server.shutdown();
			}

		};
	}

	@Override
	public BenchmarkClient connect(int port, int connections) {
		return new DriftEchoClient(port, connections);
	}

}
