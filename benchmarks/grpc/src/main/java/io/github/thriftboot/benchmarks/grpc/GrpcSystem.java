package io.github.thriftboot.benchmarks.grpc;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

import io.github.thriftboot.benchmarks.BenchmarkClient;
import io.github.thriftboot.benchmarks.BenchmarkServer;
import io.github.thriftboot.benchmarks.BenchmarkSystem;
import io.github.thriftboot.benchmarks.HandlerLoad;
import io.github.thriftboot.benchmarks.Versions;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.Channel;

/**
 * grpc-java with its defaults: handlers and callbacks on its own pool, no deadlines. Or
 * with {@code directExecutor} on both sides: on the event loops.
 */
final class GrpcSystem implements BenchmarkSystem {

	private final String name;

	private final boolean direct;

	GrpcSystem(String name, boolean direct) {
		this.name = name;
		this.direct = direct;
	}

	@Override
	public String name() {
		return this.name;
	}

	@Override
	public String description() {
		return Versions.of("grpc-java", NettyServerBuilder.class) + ", " + Versions.of("Netty", Channel.class)
				+ (this.direct ? ": directExecutor on both sides, handlers asynchronous where they wait"
						: ": the default pool on both sides");
	}

	@Override
	public boolean asynchronous() {
		return true;
	}

	@Override
	public BenchmarkServer startServer(HandlerLoad load) throws IOException {
		NettyServerBuilder builder = NettyServerBuilder
			.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
			.addService(new GrpcEchoHandler(this.direct));
		if (this.direct) {
			builder.directExecutor();
		}
		Server server = builder.build().start();
		return new BenchmarkServer() {

			@Override
			public int port() {
				return server.getPort();
			}

			@Override
			public void close() {
				server.shutdownNow();
			}

		};
	}

	@Override
	public BenchmarkClient connect(int port, int connections) {
		return new GrpcClient(port, connections, this.direct);
	}

}
