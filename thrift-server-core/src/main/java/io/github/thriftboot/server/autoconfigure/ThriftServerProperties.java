package io.github.thriftboot.server.autoconfigure;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;

import io.github.thriftboot.netty.transport.UnixSockets;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.util.unit.DataSize;

/**
 * {@link ConfigurationProperties Properties} of the Thrift server.
 */
@ConfigurationProperties("thrift.server")
public class ThriftServerProperties {

	private static final long LARGEST_FRAME_SIZE = DataSize.ofMegabytes(256).toBytes();

	/**
	 * Network address to which the server should bind. All addresses if not set.
	 */
	private @Nullable InetAddress address;

	/**
	 * Port on which the server should listen. Use '0' to bind to a dynamic port, and '-1'
	 * to listen only on 'unix-socket', and to announce nothing in the registry.
	 */
	private int port = 9090;

	/**
	 * Absolute path of a Unix socket on which the server should listen, too. At most 102
	 * bytes. The permissions of its directory decide who may connect.
	 */
	private @Nullable Path unixSocket;

	/**
	 * Share of the calls that this instance should get relative to others, announced in
	 * the registry. Use '0' to get none while other instances are available.
	 */
	private int weight = 100;

	/**
	 * Name of the exported service that answers calls of clients that do not name a
	 * service. Only needed if several services have methods of the same name.
	 */
	private @Nullable String defaultService;

	/**
	 * Maximum size of a frame, received or sent. At most 256MB.
	 */
	private DataSize maxFrameSize = DataSize.ofBytes(16384000);

	/**
	 * Maximum length of a string or binary value, received. As 'max-frame-size' if not
	 * set.
	 */
	private @Nullable DataSize maxStringLength;

	/**
	 * Maximum number of elements of a list, set or map, received.
	 */
	private int maxContainerLength = 1000000;

	/**
	 * Maximum number of structs inside each other, received. At most 1000.
	 */
	private int maxRecursionDepth = 64;

	/**
	 * Maximum number of headers of a message, received or sent. 8 to 10000.
	 */
	private int maxHeaders = 64;

	/**
	 * Maximum size of all headers of a message, received or sent. 1KB to 255KB.
	 */
	private DataSize maxHeaderSize = DataSize.ofKilobytes(8);

	/**
	 * Maximum size of a compressed message, received, once it is decompressed. As
	 * 'max-frame-size' if not set.
	 */
	private @Nullable DataSize maxDecompressedSize;

	/**
	 * Maximum size of a compressed message, received, once it is decompressed, as a
	 * multiple of its compressed size. Up to 1MB any multiple is accepted.
	 */
	private int maxCompressionRatio = 100;

	/**
	 * Number of threads that read and write the connections. Use '0' for one thread for
	 * each processor.
	 */
	private int eventLoopThreads;

	/**
	 * Time for a handler that answers through a callback to complete a call. After that
	 * the call is answered as an internal error.
	 */
	private Duration handlerTimeout = Duration.ofSeconds(60);

	/**
	 * Services that differ from others, by the name that they are exported under.
	 */
	private final Map<String, ThriftServerServiceProperties> service = new LinkedHashMap<>();

	private final AccessLog accessLog = new AccessLog();

	@NestedConfigurationProperty
	private final ThriftServerConnectionProperties connections = new ThriftServerConnectionProperties();

	@NestedConfigurationProperty
	private final ThriftServerCallProperties calls = new ThriftServerCallProperties();

	private final Executor executor = new Executor();

	private final Shutdown shutdown = new Shutdown();

	@NestedConfigurationProperty
	private final ThriftServerSslProperties ssl = new ThriftServerSslProperties();

	public @Nullable InetAddress getAddress() {
		return this.address;
	}

	public void setAddress(@Nullable InetAddress address) {
		this.address = address;
	}

	public int getPort() {
		return this.port;
	}

	public void setPort(int port) {
		this.port = port;
	}

	public @Nullable Path getUnixSocket() {
		return this.unixSocket;
	}

	public void setUnixSocket(@Nullable Path unixSocket) {
		this.unixSocket = unixSocket;
	}

	public int getWeight() {
		return this.weight;
	}

	public void setWeight(int weight) {
		this.weight = weight;
	}

	public @Nullable String getDefaultService() {
		return this.defaultService;
	}

	public void setDefaultService(@Nullable String defaultService) {
		this.defaultService = defaultService;
	}

	public DataSize getMaxFrameSize() {
		return this.maxFrameSize;
	}

	public void setMaxFrameSize(DataSize maxFrameSize) {
		this.maxFrameSize = maxFrameSize;
	}

	public @Nullable DataSize getMaxStringLength() {
		return this.maxStringLength;
	}

	public void setMaxStringLength(@Nullable DataSize maxStringLength) {
		this.maxStringLength = maxStringLength;
	}

	public int getMaxContainerLength() {
		return this.maxContainerLength;
	}

	public void setMaxContainerLength(int maxContainerLength) {
		this.maxContainerLength = maxContainerLength;
	}

	public int getMaxRecursionDepth() {
		return this.maxRecursionDepth;
	}

	public void setMaxRecursionDepth(int maxRecursionDepth) {
		this.maxRecursionDepth = maxRecursionDepth;
	}

	public int getMaxHeaders() {
		return this.maxHeaders;
	}

	public void setMaxHeaders(int maxHeaders) {
		this.maxHeaders = maxHeaders;
	}

	public DataSize getMaxHeaderSize() {
		return this.maxHeaderSize;
	}

	public void setMaxHeaderSize(DataSize maxHeaderSize) {
		this.maxHeaderSize = maxHeaderSize;
	}

	public @Nullable DataSize getMaxDecompressedSize() {
		return this.maxDecompressedSize;
	}

	public void setMaxDecompressedSize(@Nullable DataSize maxDecompressedSize) {
		this.maxDecompressedSize = maxDecompressedSize;
	}

	public int getMaxCompressionRatio() {
		return this.maxCompressionRatio;
	}

	public void setMaxCompressionRatio(int maxCompressionRatio) {
		this.maxCompressionRatio = maxCompressionRatio;
	}

	public int getEventLoopThreads() {
		return this.eventLoopThreads;
	}

	public void setEventLoopThreads(int eventLoopThreads) {
		this.eventLoopThreads = eventLoopThreads;
	}

	public Duration getHandlerTimeout() {
		return this.handlerTimeout;
	}

	public void setHandlerTimeout(Duration handlerTimeout) {
		this.handlerTimeout = handlerTimeout;
	}

	public Map<String, ThriftServerServiceProperties> getService() {
		return this.service;
	}

	public AccessLog getAccessLog() {
		return this.accessLog;
	}

	public ThriftServerConnectionProperties getConnections() {
		return this.connections;
	}

	public ThriftServerCallProperties getCalls() {
		return this.calls;
	}

	public Executor getExecutor() {
		return this.executor;
	}

	public Shutdown getShutdown() {
		return this.shutdown;
	}

	public ThriftServerSslProperties getSsl() {
		return this.ssl;
	}

	/**
	 * Check the values that binding cannot check.
	 * @throws InvalidConfigurationPropertyValueException if a value is out of range
	 */
	void validate() {
		require(this.port >= -1 && this.port <= 65535, "port", this.port,
				"A port is expected, 1 to 65535, 0 for any free one, or -1 for none.");
		require(this.port >= 0 || this.unixSocket != null, "port", this.port,
				"A port is expected unless the server listens on 'thrift.server.unix-socket'. Set either, or "
						+ "'thrift.server.enabled=false' to start no server at all.");
		requireUnixSocket(this.unixSocket);
		require(this.weight >= 0, "weight", this.weight, "A number of at least 0 is expected.");
		requireUpToLargestFrame("max-frame-size", this.maxFrameSize);
		requireUpToLargestFrame("max-string-length", this.maxStringLength);
		requireRange("max-container-length", this.maxContainerLength, 1, LARGEST_FRAME_SIZE);
		requireRange("max-recursion-depth", this.maxRecursionDepth, 1, 1_000);
		requireRange("max-headers", this.maxHeaders, 8, 10_000);
		require(this.maxHeaderSize.toKilobytes() >= 1 && this.maxHeaderSize.toBytes() <= 255 * 1024, "max-header-size",
				this.maxHeaderSize, "A size of 1KB to 255KB is expected.");
		requireUpToLargestFrame("max-decompressed-size", this.maxDecompressedSize);
		requireRange("max-compression-ratio", this.maxCompressionRatio, 1, 10_000);
		require(this.eventLoopThreads >= 0, "event-loop-threads", this.eventLoopThreads,
				"A number of at least 1 is expected, or 0 for one thread for each processor.");
		require(!this.handlerTimeout.isNegative() && !this.handlerTimeout.isZero(), "handler-timeout",
				this.handlerTimeout, "A duration of more than 0s is expected.");
		this.connections.validate();
		this.calls.validate();
		require(this.executor.threads > 0, "executor.threads", this.executor.threads,
				"A number of at least 1 is expected.");
		require(this.executor.queueCapacity >= 0, "executor.queue-capacity", this.executor.queueCapacity,
				"A number of at least 1 is expected, or 0 for no queue.");
		require(!this.executor.eventLoopWarnAfter.isNegative() && !this.executor.eventLoopWarnAfter.isZero(),
				"executor.event-loop-warn-after", this.executor.eventLoopWarnAfter,
				"A duration of more than 0s is expected.");
		require(!this.ssl.getHandshakeTimeout().isNegative() && !this.ssl.getHandshakeTimeout().isZero(),
				"ssl.handshake-timeout", this.ssl.getHandshakeTimeout(), "A duration of more than 0s is expected.");
		require(!this.shutdown.gracePeriod.isNegative(), "shutdown.grace-period", this.shutdown.gracePeriod,
				"A duration of at least 0s is expected.");
		require(!this.shutdown.registryWait.isNegative(), "shutdown.registry-wait", this.shutdown.registryWait,
				"A duration of at least 0s is expected.");
	}

	private static void requireUnixSocket(@Nullable Path path) {
		if (path != null) {
			try {
				UnixSockets.check(path);
			}
			catch (IllegalArgumentException ex) {
				require(false, "unix-socket", path, "An absolute path of at most " + UnixSockets.MAX_PATH_BYTES
						+ " bytes is expected, such as '/run/app/thrift.sock'.");
			}
		}
	}

	private static void requireUpToLargestFrame(String name, @Nullable DataSize size) {
		if (size != null) {
			require(size.toBytes() > 0 && size.toBytes() <= LARGEST_FRAME_SIZE, name, size,
					"A size of 1B to 256MB is expected.");
		}
	}

	static void requireAtLeastOne(String name, int value) {
		require(value >= 1, name, value, "A number of at least 1 is expected.");
	}

	static void requireAtLeastOneByte(String name, @Nullable DataSize value) {
		if (value != null) {
			require(value.toBytes() >= 1, name, value, "A size of at least 1B is expected.");
		}
	}

	static void requireNotNegative(String name, Duration value) {
		require(!value.isNegative(), name, value, "A duration of more than 0s is expected, or 0 for no limit.");
	}

	private static void requireRange(String name, int value, long least, long largest) {
		require(value >= least && value <= largest, name, value,
				"A number of " + least + " to " + largest + " is expected.");
	}

	static void require(boolean valid, String name, Object value, String expectation) {
		if (!valid) {
			throw new InvalidConfigurationPropertyValueException("thrift.server." + name, value, expectation);
		}
	}

	/**
	 * Properties of the access log.
	 */
	public static class AccessLog {

		/**
		 * Whether each request is logged, by the logger 'io.github.thriftboot.access' at
		 * level INFO.
		 */
		private boolean enabled;

		public boolean isEnabled() {
			return this.enabled;
		}

		public void setEnabled(boolean enabled) {
			this.enabled = enabled;
		}

	}

	/**
	 * Properties of the threads that run handlers. Not used with virtual threads.
	 */
	public static class Executor {

		/**
		 * Maximum number of threads that run handlers. Not used with virtual threads.
		 */
		private int threads = 200;

		/**
		 * Number of calls that may wait for a thread. Further calls are answered as not
		 * processed. Not used with virtual threads.
		 */
		private int queueCapacity = 1000;

		/**
		 * Time after which a method that blocks its event loop is logged. Only for
		 * methods whose executor is 'event-loop'.
		 */
		private Duration eventLoopWarnAfter = Duration.ofMillis(100);

		public int getThreads() {
			return this.threads;
		}

		public void setThreads(int threads) {
			this.threads = threads;
		}

		public int getQueueCapacity() {
			return this.queueCapacity;
		}

		public void setQueueCapacity(int queueCapacity) {
			this.queueCapacity = queueCapacity;
		}

		public Duration getEventLoopWarnAfter() {
			return this.eventLoopWarnAfter;
		}

		public void setEventLoopWarnAfter(Duration eventLoopWarnAfter) {
			this.eventLoopWarnAfter = eventLoopWarnAfter;
		}

	}

	/**
	 * Properties of the shutdown of the server.
	 */
	public static class Shutdown {

		/**
		 * Maximum time that calls in flight may take to finish before their connections
		 * are closed. If a duration suffix is not specified, seconds will be used.
		 */
		@DurationUnit(ChronoUnit.SECONDS)
		private Duration gracePeriod = Duration.ofSeconds(30);

		/**
		 * Time to serve on after the registry has been told that the server leaves, for
		 * clients that only learn it from there. If a duration suffix is not specified,
		 * seconds will be used.
		 */
		@DurationUnit(ChronoUnit.SECONDS)
		private Duration registryWait = Duration.ZERO;

		public Duration getGracePeriod() {
			return this.gracePeriod;
		}

		public void setGracePeriod(Duration gracePeriod) {
			this.gracePeriod = gracePeriod;
		}

		public Duration getRegistryWait() {
			return this.registryWait;
		}

		public void setRegistryWait(Duration registryWait) {
			this.registryWait = registryWait;
		}

	}

}
