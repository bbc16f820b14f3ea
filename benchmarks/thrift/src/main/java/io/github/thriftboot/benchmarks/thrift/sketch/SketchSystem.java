package io.github.thriftboot.benchmarks.thrift.sketch;

import java.util.concurrent.ExecutorService;

import io.github.thriftboot.benchmarks.BenchmarkCaller;
import io.github.thriftboot.benchmarks.BenchmarkClient;
import io.github.thriftboot.benchmarks.BenchmarkServer;
import io.github.thriftboot.benchmarks.BenchmarkSystem;
import io.github.thriftboot.benchmarks.HandlerLoad;
import io.github.thriftboot.benchmarks.HandlerMode;
import io.github.thriftboot.benchmarks.Payload;
import io.github.thriftboot.benchmarks.Versions;
import io.github.thriftboot.benchmarks.thrift.NettyClient;
import io.github.thriftboot.benchmarks.thrift.NettyServer;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import org.apache.thrift.TBase;

/**
 * How fast framed Thrift over Netty can be if one leaves out what a product needs: no
 * THeader, no timeouts but for the patience of the caller, no limits, no interceptors, no
 * reconnection, a table of calls that never changes. A yardstick, not a limit.
 */
public final class SketchSystem implements BenchmarkSystem {

	private static final int MAX_FRAME_BYTES = 16_384_000;

	@Override
	public String name() {
		return "sketch";
	}

	@Override
	public String description() {
		return Versions.of("Netty", Channel.class) + ", structs of " + Versions.of("libthrift", TBase.class)
				+ ": framed Thrift and nothing that a product needs; handlers on the event loop, on a pool where they wait";
	}

	@Override
	public boolean asynchronous() {
		return true;
	}

	@Override
	public BenchmarkServer startServer(HandlerLoad load) {
		ExecutorService executor = (load == HandlerLoad.WAIT) ? HandlerMode.POOL.newExecutor(load) : null;
		NettyServer server = new NettyServer(
				() -> new ChannelHandler[] { newDecoder(), new SketchServerHandler(executor) });
		return new BenchmarkServer() {

			@Override
			public int port() {
				return server.port();
			}

			@Override
			public void close() {
				server.close();
				if (executor != null) {
					executor.shutdownNow();
				}
			}

		};
	}

	@Override
	public BenchmarkClient connect(int port, int connections) {
		NettyClient<SketchConnection> client = new NettyClient<>(port, connections,
				() -> new ChannelHandler[] { newDecoder() }, SketchConnection::new);
		return new BenchmarkClient() {

			@Override
			public BenchmarkCaller caller(Payload payload) {
				return client.next().newCaller(payload);
			}

			@Override
			public void close() {
				client.close();
			}

		};
	}

	private static LengthFieldBasedFrameDecoder newDecoder() {
		return new LengthFieldBasedFrameDecoder(MAX_FRAME_BYTES, 0, Integer.BYTES);
	}

}
