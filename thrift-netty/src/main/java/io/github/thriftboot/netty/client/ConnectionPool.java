package io.github.thriftboot.netty.client;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.github.thriftboot.netty.protocol.MessageCodec;
import io.github.thriftboot.netty.protocol.MessageLimits;
import io.github.thriftboot.netty.transport.EventLoops;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections of an application, shared by all its channels: two channels that call
 * the same address in the same way use the same connections. Owns the event loops.
 * Thread-safe. Its threads are daemons.
 */
public final class ConnectionPool implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(ConnectionPool.class);

	private static final String THREAD_PREFIX = "thrift-client";

	private static final int RESOLVER_THREADS = 4;

	private static final int RESOLVER_QUEUE = 10_000;

	private static final long CLOSE_TIMEOUT_SECONDS = 10;

	private final EventLoopGroup eventLoops;

	private final ExecutorService resolver;

	private final int firstSequenceId;

	private final Map<Endpoint.Key, Shared> endpoints = new HashMap<>();

	/**
	 * A codec keeps buffers for the threads that use it, so there is not one for each
	 * connection.
	 */
	private final Map<MessageLimits, MessageCodec> codecs = new ConcurrentHashMap<>();

	/**
	 * All connections, those included that finish their calls after their endpoint was
	 * given back.
	 */
	private final Set<ThriftConnection> connections = ConcurrentHashMap.newKeySet();

	private final CompletableFuture<Void> closed = new CompletableFuture<>();

	private boolean closing;

	/**
	 * Create a pool.
	 * @param eventLoopThreads the number of event loops, 0 for one a core
	 */
	public ConnectionPool(int eventLoopThreads) {
		this(eventLoopThreads, 1);
	}

	/**
	 * Create a pool for a test of sequence ids.
	 * @param eventLoopThreads the number of event loops, 0 for one a core
	 * @param firstSequenceId the first id of each connection
	 */
	ConnectionPool(int eventLoopThreads, int firstSequenceId) {
		if (eventLoopThreads < 0) {
			throw new IllegalArgumentException("eventLoopThreads: " + eventLoopThreads + " (expected: >= 0)");
		}
		this.firstSequenceId = firstSequenceId;
		this.eventLoops = EventLoops.create(THREAD_PREFIX, eventLoopThreads, true);
		ThreadPoolExecutor executor = new ThreadPoolExecutor(RESOLVER_THREADS, RESOLVER_THREADS, 10, TimeUnit.SECONDS,
				new LinkedBlockingQueue<>(RESOLVER_QUEUE), new DefaultThreadFactory("thrift-resolver", true));
		executor.allowCoreThreadTimeOut(true);
		this.resolver = executor;
	}

	/**
	 * Whether the current thread must not wait for a call, because it is the one that
	 * would bring the reply.
	 * @return {@code true} on an event loop of this pool
	 */
	boolean inEventLoop() {
		Thread thread = Thread.currentThread();
		for (var executor : this.eventLoops) {
			if (executor.inEventLoop(thread)) {
				return true;
			}
		}
		return false;
	}

	EventLoop nextEventLoop() {
		return this.eventLoops.next();
	}

	/**
	 * Return the event loop for what is not about a connection. It is always the same, so
	 * that the connections stay evenly spread over all of them.
	 * @return an event loop
	 */
	EventExecutor timer() {
		return this.eventLoops.iterator().next();
	}

	/**
	 * Return what encodes and decodes messages.
	 * @param limits the limits of messages
	 * @return the codec that all who have the same limits share
	 */
	MessageCodec codec(MessageLimits limits) {
		return this.codecs.computeIfAbsent(limits, MessageCodec::new);
	}

	int firstSequenceId() {
		return this.firstSequenceId;
	}

	Bootstrap bootstrap(EventLoop eventLoop, Endpoint.Key key) {
		Bootstrap bootstrap = new Bootstrap().group(eventLoop)
			.option(ChannelOption.CONNECT_TIMEOUT_MILLIS,
					(int) Math.max(1, key.options().settings().connectTimeout().toMillis()));
		if (key.unixSocket() != null) {
			return bootstrap.channel(NioDomainSocketChannel.class);
		}
		return bootstrap.channel(NioSocketChannel.class)
			.option(ChannelOption.TCP_NODELAY, true)
			.option(ChannelOption.SO_KEEPALIVE, true);
	}

	/**
	 * Find an address to connect to, without blocking an event loop.
	 * @param key where to connect
	 * @param attempt counts the attempts; a name with several addresses gives another one
	 * each time
	 * @return completes with an address, or fails if there is none
	 */
	CompletableFuture<SocketAddress> resolve(Endpoint.Key key, int attempt) {
		Path unixSocket = key.unixSocket();
		return (unixSocket != null) ? CompletableFuture.completedFuture(UnixDomainSocketAddress.of(unixSocket))
				: resolve(key.host(), attempt).thenApply((address) -> new InetSocketAddress(address, key.port()));
	}

	private CompletableFuture<InetAddress> resolve(String host, int attempt) {
		InetAddress literal = NetUtil.createInetAddressFromIpAddressString(host);
		if (literal != null) {
			return CompletableFuture.completedFuture(literal);
		}
		try {
			return CompletableFuture.supplyAsync(() -> {
				try {
					InetAddress[] addresses = InetAddress.getAllByName(host);
					return addresses[Math.floorMod(attempt, addresses.length)];
				}
				catch (java.net.UnknownHostException ex) {
					throw new CompletionException(ex);
				}
			}, this.resolver);
		}
		catch (RejectedExecutionException ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	/**
	 * Get the endpoint of an address, to be given back with {@link #release}.
	 * @param key the address and the options
	 * @return the endpoint that all who ask for it share
	 */
	Endpoint acquire(Endpoint.Key key) {
		synchronized (this.endpoints) {
			if (this.closing) {
				throw new IllegalStateException("the connection pool is closed");
			}
			Shared shared = this.endpoints.computeIfAbsent(key, (newKey) -> new Shared(new Endpoint(newKey, this)));
			shared.users++;
			return shared.endpoint;
		}
	}

	/**
	 * Give an endpoint back; the last one to do so closes it.
	 * @param endpoint the endpoint
	 */
	void release(Endpoint endpoint) {
		synchronized (this.endpoints) {
			Shared shared = this.endpoints.get(endpoint.key());
			if (shared == null || shared.endpoint != endpoint || --shared.users > 0) {
				return;
			}
			this.endpoints.remove(endpoint.key());
		}
		endpoint.close();
	}

	void opened(ThriftConnection connection) {
		this.connections.add(connection);
	}

	void closed(ThriftConnection connection) {
		this.connections.remove(connection);
	}

	/**
	 * Whether the pool is closed, or being closed.
	 * @return {@code true} if it gives out no more endpoints
	 */
	boolean isClosed() {
		synchronized (this.endpoints) {
			return this.closing;
		}
	}

	/**
	 * Close all connections and end all threads. Calls that are in flight fail.
	 * @return completes when everything is released, always normally
	 */
	public CompletableFuture<Void> shutdown() {
		Map<Endpoint.Key, Shared> open;
		synchronized (this.endpoints) {
			if (this.closing) {
				return this.closed;
			}
			this.closing = true;
			open = new HashMap<>(this.endpoints);
			this.endpoints.clear();
		}
		open.values().forEach((shared) -> shared.endpoint.close());
		this.connections.forEach(ThriftConnection::abort);
		this.resolver.shutdownNow();
		this.eventLoops.shutdownGracefully(0, 2, TimeUnit.SECONDS)
			.addListener((terminated) -> this.closed.complete(null));
		return this.closed;
	}

	/**
	 * Do as {@link #shutdown()} and wait for it, for a bounded time.
	 */
	@Override
	public void close() {
		try {
			shutdown().get(CLOSE_TIMEOUT_SECONDS, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (ExecutionException | TimeoutException ex) {
			logger.warn("Event loops did not end within {} s", CLOSE_TIMEOUT_SECONDS, ex);
		}
	}

	/**
	 * An endpoint and the number of channels that use it.
	 */
	private static final class Shared {

		private final Endpoint endpoint;

		private int users;

		Shared(Endpoint endpoint) {
			this.endpoint = endpoint;
		}

	}

}
