package io.github.thriftboot.benchmarks.thrift;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;

/**
 * Connections to a server, each with an event loop of its own, given out in turn.
 *
 * @param <T> what makes calls on a connection
 */
public final class NettyClient<T> implements AutoCloseable {

	private final EventLoopGroup eventLoops;

	private final List<T> connections = new ArrayList<>();

	private int given;

	/**
	 * Connect.
	 * @param port the port of the server
	 * @param count the number of connections
	 * @param handlers sets up a connection
	 * @param connection makes what calls on it
	 */
	public NettyClient(int port, int count, NettyServer.ConnectionHandlers handlers, Function<Channel, T> connection) {
		this.eventLoops = new MultiThreadIoEventLoopGroup(count, NioIoHandler.newFactory());
		Bootstrap bootstrap = new Bootstrap().group(this.eventLoops)
			.channel(NioSocketChannel.class)
			.option(ChannelOption.TCP_NODELAY, true)
			.handler(new ChannelInitializer<>() {

				@Override
				protected void initChannel(Channel channel) {
					channel.pipeline().addLast(handlers.create());
				}

			});
		for (int i = 0; i < count; i++) {
			// the group takes its event loops in turn
			Channel channel = bootstrap.connect(InetAddress.getLoopbackAddress(), port).syncUninterruptibly().channel();
			this.connections.add(connection.apply(channel));
		}
	}

	/**
	 * Give out a connection.
	 * @return the next one
	 */
	public T next() {
		return this.connections.get(this.given++ % this.connections.size());
	}

	@Override
	public void close() {
		this.eventLoops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
	}

}
