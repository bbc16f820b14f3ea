package io.github.thriftboot.netty.server;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import io.github.thriftboot.netty.protocol.MessageCodec;
import io.github.thriftboot.netty.protocol.MessageLimits;
import io.github.thriftboot.netty.protocol.ThriftServiceDescriptor;
import io.github.thriftboot.netty.server.ServiceRouter.ExportedService;
import io.github.thriftboot.netty.tls.ServerTls;
import io.github.thriftboot.netty.transport.EventLoops;
import io.github.thriftboot.netty.transport.UnixSockets;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ImmediateEventExecutor;
import org.jspecify.annotations.Nullable;

/**
 * A Thrift server: many services on one port, or a Unix socket, many calls at once on
 * every connection. Handlers run on an executor, never on an event loop unless the
 * executor says so.
 * <p>
 * Life: {@link #bind()} once, {@link #start()} once, {@link #shutdown(Duration)} at the
 * end, also when {@code bind} failed. Thread-safe. The event loop threads are no daemons,
 * so a bound server keeps its process alive.
 */
public final class ThriftServer {

	/**
	 * The default port.
	 */
	public static final int DEFAULT_PORT = 9090;

	/**
	 * The default number of handler threads.
	 */
	public static final int DEFAULT_HANDLER_THREADS = 200;

	/**
	 * The default number of calls that may wait for a handler thread.
	 */
	public static final int DEFAULT_HANDLER_QUEUE_CAPACITY = 1_000;

	/**
	 * The default time for an asynchronous handler to complete a call.
	 */
	public static final Duration DEFAULT_HANDLER_TIMEOUT = Duration.ofSeconds(60);

	/**
	 * The default number of calls in the server at once.
	 */
	public static final int DEFAULT_MAX_CALLS = 10_000;

	/**
	 * The default number of calls of one connection at once: half of all, so that no peer
	 * shuts the others out.
	 */
	public static final int DEFAULT_MAX_CALLS_PER_CONNECTION = 5_000;

	private static final int BACKLOG = 1024;

	/**
	 * Part of the memory of the JVM for replies that peers leave unread.
	 */
	private static final int UNREAD_SHARE = 8;

	private static final long MAX_UNREAD_BYTES = 256 * 1024 * 1024;

	/**
	 * Part of the memory of the JVM for the requests of calls.
	 */
	private static final int REQUEST_SHARE = 4;

	/**
	 * How often a connection is read before it is the turn of others: with 64 KiB at
	 * most, so that nobody waits long while messages of one peer are looked through.
	 */
	private static final int READS_IN_A_ROW = 4;

	/**
	 * How long a peer that does not read may hold up the end of its connection.
	 */
	private static final long CLOSE_TIMEOUT_MILLIS = 1_000;

	private final @Nullable InetSocketAddress address;

	private final @Nullable UnixSocketListener unixSocket;

	private final MessageCodec codec;

	private final ServiceRouter router;

	private final ServerExtensions extensions;

	private final HandlerPool handlerPool;

	private final long handlerTimeoutNanos;

	private final Map<EventExecutor, ArrivalClock> arrivals = new ConcurrentHashMap<>();

	private final @Nullable ServerTls tls;

	private final CallLimits calls;

	private final ConnectionLimits connectionLimits;

	private final EventLoopGroup eventLoops;

	private final Map<EventExecutor, ConnectionSweep> sweeps = new IdentityHashMap<>();

	private final ChannelGroup connections = new DefaultChannelGroup("thrift-server", ImmediateEventExecutor.INSTANCE);

	private final AtomicBoolean bound = new AtomicBoolean();

	private final DrainProgress drain;

	private final CompletableFuture<Void> closed = new CompletableFuture<>();

	private volatile @Nullable Channel serverChannel;

	private volatile boolean started;

	private volatile boolean closing;

	private ThriftServer(Builder builder) {
		if (builder.address == null && builder.unixSocket == null) {
			throw new IllegalArgumentException("address: null (expected: an address, or else a unixSocket)");
		}
		this.address = builder.address;
		this.unixSocket = (builder.unixSocket != null) ? new UnixSocketListener(builder.unixSocket) : null;
		this.codec = new MessageCodec(builder.limits.build());
		AdaptiveLimit adaptiveLimit = (builder.adaptiveMin > 0)
				? new AdaptiveLimit(builder.adaptiveMin, builder.adaptiveMax) : null;
		this.router = new ServiceRouter(builder.exportedServices(), builder.defaultService, builder.executes,
				adaptiveLimit);
		this.calls = new CallLimits(builder.maxCalls, builder.maxCallsPerConnection, adaptiveLimit,
				new RequestMemory(builder.maxCallMemory));
		this.extensions = new ServerExtensions(ServerInvocation.chain(builder.interceptors),
				List.copyOf(builder.exceptionMappers), builder.accessLog ? new AccessLog() : null);
		// without a thread until the first call
		this.handlerPool = new HandlerPool(builder.handlerThreads, builder.handlerQueueCapacity);
		this.handlerTimeoutNanos = builder.handlerTimeout.toNanos();
		this.tls = builder.tls;
		this.connectionLimits = builder.connectionLimits.build();
		this.eventLoops = EventLoops.create("thrift-server", builder.eventLoopThreads, false);
		this.drain = new DrainProgress(this.calls, this.eventLoops);
		List<EventExecutor> loops = new ArrayList<>();
		this.eventLoops.forEach(loops::add);
		long unreadBytes = Math.min(Runtime.getRuntime().maxMemory() / UNREAD_SHARE, MAX_UNREAD_BYTES) / loops.size();
		loops.forEach((loop) -> this.sweeps.put(loop,
				new ConnectionSweep(this.connectionLimits, unreadBytes, System::nanoTime)));
	}

	/**
	 * Start to build a server.
	 * @return a new builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Bind the port, the Unix socket or both, and accept connections. Their requests wait
	 * until {@link #start()}.
	 * @return completes with the address, its port being the real one, or with
	 * {@code null} if there is only a Unix socket; or fails with the cause, such as a
	 * {@link java.net.BindException}, which is a {@link UnixSocketException} if the port
	 * is not to blame
	 * @throws IllegalStateException if called twice
	 */
	public CompletableFuture<@Nullable InetSocketAddress> bind() {
		if (!this.bound.compareAndSet(false, true)) {
			throw new IllegalStateException("the server was bound before");
		}
		ServerBootstrap bootstrap = new ServerBootstrap().group(this.eventLoops)
			.option(ChannelOption.SO_BACKLOG, BACKLOG)
			.childOption(ChannelOption.RECVBUF_ALLOCATOR,
					new AdaptiveRecvByteBufAllocator().maxMessagesPerRead(READS_IN_A_ROW))
			.handler(new ConnectionAdmission(this.connectionLimits))
			.childHandler(new ConnectionInitializer());
		CompletableFuture<@Nullable InetSocketAddress> port = (this.address != null)
				? bindPort(bootstrap.clone(), this.address) : CompletableFuture.completedFuture(null);
		UnixSocketListener socket = this.unixSocket;
		return (socket != null) ? port.thenCombine(socket.bind(bootstrap), (address, bound) -> address) : port;
	}

	private CompletableFuture<@Nullable InetSocketAddress> bindPort(ServerBootstrap bootstrap,
			InetSocketAddress address) {
		CompletableFuture<@Nullable InetSocketAddress> result = new CompletableFuture<>();
		ChannelFuture binding = bootstrap.channel(NioServerSocketChannel.class)
			.option(ChannelOption.SO_REUSEADDR, true)
			.childOption(ChannelOption.TCP_NODELAY, true)
			.childOption(ChannelOption.SO_KEEPALIVE, true)
			.bind(address);
		binding.addListener((future) -> {
			if (future.isSuccess()) {
				this.serverChannel = binding.channel();
				result.complete((InetSocketAddress) binding.channel().localAddress());
			}
			else {
				result.completeExceptionally(future.cause());
			}
		});
		return result;
	}

	/**
	 * Read requests from now on.
	 */
	public void start() {
		this.started = true;
		this.connections.forEach((connection) -> connection.config().setAutoRead(true));
		this.sweeps.forEach((eventLoop, sweep) -> sweep.start(eventLoop));
	}

	/**
	 * Return the port.
	 * @return the real port, or -1 if the server only has a Unix socket
	 * @throws IllegalStateException if the server is not bound
	 */
	public int port() {
		if (this.address == null) {
			return -1;
		}
		Channel channel = this.serverChannel;
		if (channel == null) {
			throw new IllegalStateException("the server is not bound");
		}
		return ((InetSocketAddress) channel.localAddress()).getPort();
	}

	/**
	 * Return the path of the Unix socket.
	 * @return the path, or {@code null} if there is only a port
	 */
	public @Nullable Path unixSocket() {
		return (this.unixSocket != null) ? this.unixSocket.path() : null;
	}

	/**
	 * Whether clients have to use TLS.
	 * @return {@code false} if connections without TLS are served
	 */
	public boolean isTlsRequired() {
		return this.tls != null && !this.tls.plaintextAllowed();
	}

	/**
	 * Return the names of the exported services.
	 * @return the names
	 */
	public Set<String> services() {
		return this.router.serviceNames();
	}

	/**
	 * Return how many calls may be in the server now.
	 * @return the number, which changes if there is an adaptive limit
	 */
	public int callLimit() {
		return this.calls.present();
	}

	/**
	 * Stop: accept no more connections, tell clients that understand it to leave, let
	 * calls in flight finish, close all connections and end all threads. Late calls of
	 * clients that were told are answered as not processed, other clients are served as
	 * long as calls are in flight. A call that is still running after the grace period is
	 * cut off.
	 * @param grace how long calls in flight may take
	 * @return completes when everything is released, always normally; the same for every
	 * call of this method
	 */
	public CompletableFuture<Void> shutdown(Duration grace) {
		if (!this.drain.begin()) {
			return this.closed;
		}
		// first, so that a client which is told finds nobody to connect to
		CompletableFuture<Void> unreachable = CompletableFuture.allOf(closePort(), closeUnixSocket());
		unreachable.thenRun(this::drainConnections);
		// calls may have ended before, but this ends the threads that close the port
		this.drain.end(grace).runAfterBoth(unreachable, this::closeConnections);
		return this.closed;
	}

	private CompletableFuture<Void> closePort() {
		CompletableFuture<Void> result = new CompletableFuture<>();
		Channel channel = this.serverChannel;
		if (channel != null) {
			channel.close().addListener((closed) -> result.complete(null));
		}
		else {
			result.complete(null);
		}
		return result;
	}

	private CompletableFuture<Void> closeUnixSocket() {
		return (this.unixSocket != null) ? this.unixSocket.close() : CompletableFuture.completedFuture(null);
	}

	private void drainConnections() {
		for (Channel connection : this.connections) {
			connection.eventLoop().execute(() -> {
				ThriftServerHandler handler = connection.pipeline().get(ThriftServerHandler.class);
				if (handler != null) {
					handler.drain();
				}
			});
		}
		this.drain.look();
	}

	private void closeConnections() {
		this.closing = true;
		for (Channel connection : this.connections) {
			// behind the replies that are still on their way
			connection.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
		}
		this.eventLoops.schedule(() -> this.connections.close(), CLOSE_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
		this.connections.newCloseFuture().addListener((all) -> {
			this.handlerPool.close();
			this.eventLoops.shutdownGracefully(0, 1, TimeUnit.SECONDS)
				.addListener((terminated) -> this.closed.complete(null));
		});
	}

	MessageCodec codec() {
		return this.codec;
	}

	/**
	 * Return the clock of an event loop.
	 * @param eventLoop the event loop of a connection
	 * @return the clock that all its connections share
	 */
	ArrivalClock arrivals(EventExecutor eventLoop) {
		return this.arrivals.computeIfAbsent(eventLoop, (loop) -> new ArrivalClock(loop, System::nanoTime));
	}

	ServiceRouter router() {
		return this.router;
	}

	ServerExtensions extensions() {
		return this.extensions;
	}

	HandlerPool handlerPool() {
		return this.handlerPool;
	}

	CallLimits calls() {
		return this.calls;
	}

	DrainProgress drainProgress() {
		return this.drain;
	}

	long handlerTimeoutNanos() {
		return this.handlerTimeoutNanos;
	}

	/**
	 * Whether the grace period is over, so that no call may start any more.
	 * @return {@code true} once connections are being closed
	 */
	boolean isClosing() {
		return this.closing;
	}

	/**
	 * Sets up accepted connections.
	 */
	private final class ConnectionInitializer extends ChannelInitializer<Channel> {

		@Override
		protected void initChannel(Channel connection) {
			connection.config().setAutoRead(false);
			ServerTls tls = ThriftServer.this.tls;
			if (tls != null) {
				connection.pipeline().addLast(tls.newDetector());
			}
			connection.pipeline().addLast(new DialectDetector(ThriftServer.this));
			ConnectionSweep sweep = ThriftServer.this.sweeps.get(connection.eventLoop());
			if (sweep != null) {
				sweep.watch(connection);
			}
			ThriftServer.this.connections.add(connection);
			// after the connection is in the group: start() either finds it there, or was
			// called before this line
			if (ThriftServer.this.started) {
				connection.config().setAutoRead(true);
			}
			if (ThriftServer.this.closing) {
				// it was accepted before, and comes too late to be found there
				connection.close();
			}
		}

	}

	/**
	 * Builds a {@link ThriftServer}. Not thread-safe.
	 */
	public static final class Builder {

		private @Nullable InetSocketAddress address = new InetSocketAddress(DEFAULT_PORT);

		private @Nullable Path unixSocket;

		private final List<ExportedService> services = new ArrayList<>();

		private @Nullable String defaultService;

		private @Nullable Executor executor;

		private int handlerThreads = DEFAULT_HANDLER_THREADS;

		private int handlerQueueCapacity = DEFAULT_HANDLER_QUEUE_CAPACITY;

		private Duration handlerTimeout = DEFAULT_HANDLER_TIMEOUT;

		private final List<ThriftServerInterceptor> interceptors = new ArrayList<>();

		private final List<ThriftExceptionMapper> exceptionMappers = new ArrayList<>();

		private boolean accessLog;

		private int maxCalls = DEFAULT_MAX_CALLS;

		private int maxCallsPerConnection = DEFAULT_MAX_CALLS_PER_CONNECTION;

		/**
		 * The least number, or 0 for no adaptive limit.
		 */
		private int adaptiveMin;

		private int adaptiveMax;

		private long maxCallMemory = Runtime.getRuntime().maxMemory() / REQUEST_SHARE;

		private final Map<String, Integer> executes = new HashMap<>();

		private final MessageLimits.Builder limits = MessageLimits.builder();

		private @Nullable ServerTls tls;

		private final ConnectionLimits.Builder connectionLimits = ConnectionLimits.builder();

		private int eventLoopThreads;

		private Builder() {
		}

		/**
		 * Set where to listen.
		 * @param address the address; port 0 for any free one, or {@code null} to listen
		 * only on a Unix socket
		 * @return this builder
		 */
		public Builder address(@Nullable InetSocketAddress address) {
			this.address = address;
			return this;
		}

		/**
		 * Listen on a Unix socket, too. The file appears in {@link ThriftServer#bind()}
		 * and goes in {@link ThriftServer#shutdown(Duration)}. What a process left there
		 * that died is replaced; binding fails if somebody listens there, or there is no
		 * socket but something else. Who may connect is decided by the permissions of the
		 * directory. Limits and TLS hold as for the port, but for the number of
		 * connections from an address.
		 * @param path where, absolute and at most 102 bytes long, in a directory that
		 * exists; or {@code null}, the default, for none
		 * @return this builder
		 * @throws IllegalArgumentException if the path cannot be one of a socket
		 */
		public Builder unixSocket(@Nullable Path path) {
			this.unixSocket = (path != null) ? UnixSockets.check(path) : null;
			return this;
		}

		/**
		 * Export a service whose handler runs on the server's executor.
		 * @param name the name on the wire
		 * @param service the methods
		 * @param handler implements the {@code Iface} or the {@code AsyncIface}
		 * @return this builder
		 */
		public Builder service(String name, ThriftServiceDescriptor service, Object handler) {
			return service(name, service, handler, null);
		}

		/**
		 * Export a service.
		 * @param name the name on the wire
		 * @param service the methods
		 * @param handler implements the {@code Iface} or the {@code AsyncIface}
		 * @param executor where the handler runs, or {@code null} for the server's
		 * executor
		 * @return this builder
		 * @throws IllegalArgumentException if the handler implements neither interface,
		 * or the name holds a colon
		 */
		public Builder service(String name, ThriftServiceDescriptor service, Object handler,
				@Nullable Executor executor) {
			return service(name, service, handler, executor, Map.of());
		}

		/**
		 * Export a service whose methods run in different places.
		 * @param name the name on the wire
		 * @param service the methods
		 * @param handler implements the {@code Iface} or the {@code AsyncIface}
		 * @param executor where the handler runs, or {@code null} for the server's
		 * executor
		 * @param methodExecutors where methods run that differ, by their names in the IDL
		 * @return this builder
		 * @throws IllegalArgumentException if the handler implements neither interface,
		 * the name holds a colon, or the service has no such method
		 */
		public Builder service(String name, ThriftServiceDescriptor service, Object handler,
				@Nullable Executor executor, Map<String, Executor> methodExecutors) {
			Class<?> asyncIface = service.asyncIface();
			if (!service.iface().isInstance(handler) && (asyncIface == null || !asyncIface.isInstance(handler))) {
				throw new IllegalArgumentException("handler of " + name + ": " + handler.getClass().getName()
						+ " (expected: an implementation of " + service.iface().getName() + ")");
			}
			if (name.isEmpty() || name.indexOf(':') >= 0) {
				throw new IllegalArgumentException("service: '" + name + "' (expected: a name without ':')");
			}
			methodExecutors.keySet().forEach(service::method);
			this.services.add(new ExportedService(name, service, handler, executor, Map.copyOf(methodExecutors)));
			return this;
		}

		/**
		 * Add an interceptor, inside of those that were added before.
		 * @param interceptor stands around every call
		 * @return this builder
		 */
		public Builder interceptor(ThriftServerInterceptor interceptor) {
			this.interceptors.add(interceptor);
			return this;
		}

		/**
		 * Add an exception mapper, asked after those that were added before.
		 * @param mapper says what callers get for exceptions that the IDL does not
		 * declare
		 * @return this builder
		 */
		public Builder exceptionMapper(ThriftExceptionMapper mapper) {
			this.exceptionMappers.add(mapper);
			return this;
		}

		/**
		 * Set whether each request is logged, in one line of the logger
		 * {@code io.github.thriftboot.access} at level INFO.
		 * @param enabled whether to log, {@code false} by default
		 * @return this builder
		 */
		public Builder accessLog(boolean enabled) {
			this.accessLog = enabled;
			return this;
		}

		/**
		 * Set the service of bare method names.
		 * @param defaultService the name of an exported service, or {@code null}
		 * @return this builder
		 */
		public Builder defaultService(@Nullable String defaultService) {
			this.defaultService = defaultService;
			return this;
		}

		/**
		 * Set the size of the pool that handlers run on. The server owns the pool; its
		 * threads end when they are idle. Calls that find the queue full are answered as
		 * not processed.
		 * @param threads the most threads, 200 by default
		 * @param queueCapacity the calls that may wait for one, 1,000 by default
		 * @return this builder
		 */
		public Builder handlerThreads(int threads, int queueCapacity) {
			if (threads < 1) {
				throw new IllegalArgumentException("handlerThreads: " + threads + " (expected: >= 1)");
			}
			if (queueCapacity < 0) {
				throw new IllegalArgumentException("handlerQueueCapacity: " + queueCapacity + " (expected: >= 0)");
			}
			this.handlerThreads = threads;
			this.handlerQueueCapacity = queueCapacity;
			return this;
		}

		/**
		 * Set where handlers run, instead of the server's own pool. Calls that it rejects
		 * are answered as not processed.
		 * @param executor the executor, not shut down by the server; it must run or
		 * reject what it is given
		 * @return this builder
		 */
		public Builder executor(Executor executor) {
			this.executor = executor;
			return this;
		}

		private List<ExportedService> exportedServices() {
			Executor executor = this.executor;
			return (executor != null) ? this.services.stream().map((service) -> service.orOn(executor)).toList()
					: this.services;
		}

		/**
		 * Set how long an asynchronous handler may take to complete a call. After that,
		 * or when the caller's deadline has passed, the call is answered as an internal
		 * error.
		 * @param timeout the time, 60 s by default
		 * @return this builder
		 */
		public Builder handlerTimeout(Duration timeout) {
			if (timeout.isNegative() || timeout.isZero()) {
				throw new IllegalArgumentException("handlerTimeout: " + timeout + " (expected: > 0)");
			}
			this.handlerTimeout = timeout;
			return this;
		}

		/**
		 * Set how many calls may be in the server at once, those that wait included.
		 * Further ones are answered as not processed.
		 * @param calls the number, 10,000 by default
		 * @return this builder
		 */
		public Builder maxCalls(int calls) {
			if (calls < 1) {
				throw new IllegalArgumentException("maxCalls: " + calls + " (expected: >= 1)");
			}
			this.maxCalls = calls;
			return this;
		}

		/**
		 * Set how many calls of one connection may be in the server at once, those that
		 * wait included. Further ones are answered as not processed.
		 * @param calls the number, 5,000 by default
		 * @return this builder
		 */
		public Builder maxCallsPerConnection(int calls) {
			if (calls < 1) {
				throw new IllegalArgumentException("maxCallsPerConnection: " + calls + " (expected: >= 1)");
			}
			this.maxCallsPerConnection = calls;
			return this;
		}

		/**
		 * Let the server find out by itself how many calls may be in it at once: as many
		 * as do not make each other wait for long. Further ones are answered as not
		 * processed. The other limits hold besides.
		 * @param min the least number, with which it begins
		 * @param max the largest number
		 * @return this builder
		 */
		public Builder adaptiveLimit(int min, int max) {
			if (min < 1) {
				throw new IllegalArgumentException("adaptiveLimit: min " + min + " (expected: >= 1)");
			}
			if (max < min) {
				throw new IllegalArgumentException("adaptiveLimit: max " + max + " (expected: >= min " + min + ")");
			}
			this.adaptiveMin = min;
			this.adaptiveMax = max;
			return this;
		}

		/**
		 * Set how much memory the requests of calls may take that are in the server,
		 * those that wait included: of all connections together, half of it of one. A
		 * compressed request counts with what it is inflated to as well. Further ones are
		 * answered as not processed. Requests of up to 1 KiB, and one that is alone, are
		 * always let in.
		 * @param bytes the size in bytes, a quarter of the memory of the JVM by default
		 * @return this builder
		 */
		public Builder maxCallMemory(long bytes) {
			if (bytes < 1) {
				throw new IllegalArgumentException("maxCallMemory: " + bytes + " (expected: >= 1)");
			}
			this.maxCallMemory = bytes;
			return this;
		}

		/**
		 * Set how many calls of a method may be in the server at once, those that wait
		 * included. Further ones are answered as not processed.
		 * @param service the name of an exported service
		 * @param method the name of a method on the wire
		 * @param calls the number
		 * @return this builder
		 */
		public Builder executes(String service, String method, int calls) {
			if (calls < 1) {
				throw new IllegalArgumentException(
						"executes of " + service + ":" + method + ": " + calls + " (expected: >= 1)");
			}
			this.executes.put(service + ":" + method, calls);
			return this;
		}

		/**
		 * Set the largest frame to read or write.
		 * @param bytes the size in bytes, 16,384,000 by default
		 * @return this builder
		 */
		public Builder maxFrameSize(int bytes) {
			this.limits.maxFrameSize(bytes);
			return this;
		}

		/**
		 * Change the limits of messages, those of frames among them.
		 * @param change sets what differs
		 * @return this builder
		 */
		public Builder limits(Consumer<MessageLimits.Builder> change) {
			change.accept(this.limits);
			return this;
		}

		/**
		 * Serve with TLS.
		 * @param tls how, or {@code null}, the default, for plaintext
		 * @return this builder
		 */
		public Builder tls(@Nullable ServerTls tls) {
			this.tls = tls;
			return this;
		}

		/**
		 * Change the limits of connections.
		 * @param change sets what differs
		 * @return this builder
		 */
		public Builder connections(Consumer<ConnectionLimits.Builder> change) {
			change.accept(this.connectionLimits);
			return this;
		}

		/**
		 * Set the number of event loops.
		 * @param threads the number, 0 for one a core
		 * @return this builder
		 */
		public Builder eventLoopThreads(int threads) {
			if (threads < 0) {
				throw new IllegalArgumentException("eventLoopThreads: " + threads + " (expected: >= 0)");
			}
			this.eventLoopThreads = threads;
			return this;
		}

		/**
		 * Build the server. Nothing is opened yet.
		 * @return a new server
		 * @throws IllegalArgumentException if a service is exported twice, the default
		 * service or a method with a limit is not exported, a limit is out of range, or
		 * there is neither an address nor a Unix socket
		 */
		public ThriftServer build() {
			return new ThriftServer(this);
		}

	}

}
