package io.github.thriftboot.netty.transport;

import java.nio.channels.spi.SelectorProvider;
import java.util.concurrent.ThreadFactory;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;

/**
 * Makes groups of event loops.
 */
public final class EventLoops {

	private EventLoops() {
	}

	/**
	 * Make a group on NIO, which loads on every platform.
	 * @param name the prefix of the threads' names
	 * @param threads the number of event loops, 0 for one a core
	 * @param daemon whether the threads let the process end
	 * @return a new group, shut down by the caller
	 */
	public static EventLoopGroup create(String name, int threads, boolean daemon) {
		NettyVersion.check();
		ThreadFactory threadFactory = new DefaultThreadFactory(name, daemon);
		int count = (threads > 0) ? threads : Runtime.getRuntime().availableProcessors();
		return new MultiThreadIoEventLoopGroup(count, threadFactory,
				NioIoHandler.newFactory(SelectorProvider.provider(), () -> new SpinningSelect(new AdaptiveSpin())));
	}

}
