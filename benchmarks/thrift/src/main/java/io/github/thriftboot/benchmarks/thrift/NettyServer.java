package io.github.thriftboot.benchmarks.thrift;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

import io.github.thriftboot.benchmarks.BenchmarkServer;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;

/**
 * A server with an event loop for each core and no options but the usual ones.
 */
public final class NettyServer implements BenchmarkServer {

	private final EventLoopGroup eventLoops = new MultiThreadIoEventLoopGroup(
			Runtime.getRuntime().availableProcessors(), NioIoHandler.newFactory());

	private final Channel channel;

	/**
	 * Start a server.
	 * @param handlers sets up accepted connections
	 */
	public NettyServer(ConnectionHandlers handlers) {
		this.channel = new ServerBootstrap().group(this.eventLoops)
			.channel(NioServerSocketChannel.class)
			.option(ChannelOption.SO_BACKLOG, 1024)
			.childOption(ChannelOption.TCP_NODELAY, true)
			.childHandler(new ChannelInitializer<>() {

				@Override
				protected void initChannel(Channel connection) {
					connection.pipeline().addLast(handlers.create());
				}

			})
			.bind(InetAddress.getLoopbackAddress(), 0)
			.syncUninterruptibly()
			.channel();
	}

	@Override
	public int port() {
		return ((InetSocketAddress) this.channel.localAddress()).getPort();
	}

	@Override
	public void close() {
		this.eventLoops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
	}

	/**
	 * Makes the handlers of a connection.
	 */
	@FunctionalInterface
	public interface ConnectionHandlers {

		/**
		 * Make the handlers.
		 * @return new handlers in the order of the pipeline
		 */
		ChannelHandler[] create();

	}

}
