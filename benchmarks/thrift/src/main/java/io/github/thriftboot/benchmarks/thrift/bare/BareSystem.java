package io.github.thriftboot.benchmarks.thrift.bare;

import java.util.function.Function;

import io.github.thriftboot.benchmarks.BenchmarkCaller;
import io.github.thriftboot.benchmarks.BenchmarkClient;
import io.github.thriftboot.benchmarks.BenchmarkServer;
import io.github.thriftboot.benchmarks.BenchmarkSystem;
import io.github.thriftboot.benchmarks.HandlerLoad;
import io.github.thriftboot.benchmarks.Payload;
import io.github.thriftboot.benchmarks.Versions;
import io.github.thriftboot.benchmarks.echo.EchoRequest;
import io.github.thriftboot.benchmarks.thrift.NettyClient;
import io.github.thriftboot.benchmarks.thrift.NettyServer;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import org.apache.thrift.TException;
import org.apache.thrift.TSerializer;

/**
 * Netty and nothing else: frames with as many bytes as the Thrift structs have, sent back
 * as they are. The client writes and flushes from the caller's thread, or, where calls
 * are in flight, from the loop that read the reply. This is how one writes a client with
 * Netty first; it is the reference of all ratios, so it is not tuned.
 */
public final class BareSystem implements BenchmarkSystem {

	@Override
	public String name() {
		return "bare";
	}

	@Override
	public String description() {
		return Versions.of("Netty", Channel.class) + ": frames of the same size, sent back as they are; no Thrift";
	}

	@Override
	public boolean asynchronous() {
		return true;
	}

	@Override
	public BenchmarkServer startServer(HandlerLoad load) {
		return new NettyServer(() -> new ChannelHandler[] { BareFrame.newDecoder(), new BareServerHandler() });
	}

	@Override
	public BenchmarkClient connect(int port, int connections) {
		NettyClient<Channel> client = new NettyClient<>(port, connections,
				() -> new ChannelHandler[] { BareFrame.newDecoder(), new BareClientHandler() }, Function.identity());
		return new BenchmarkClient() {

			@Override
			public BenchmarkCaller caller(Payload payload) throws TException {
				byte[] content = new TSerializer().serialize(new EchoRequest(payload).struct());
				Channel channel = client.next();
				return channel.pipeline()
					.get(BareClientHandler.class)
					.newCaller(channel, content, payload.handlerMillis());
			}

			@Override
			public void close() {
				client.close();
			}

		};
	}

}
