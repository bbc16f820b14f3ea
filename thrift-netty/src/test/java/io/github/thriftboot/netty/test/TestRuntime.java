package io.github.thriftboot.netty.test;

import java.lang.reflect.Field;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import io.github.thriftboot.netty.client.ConnectionPool;
import io.github.thriftboot.netty.client.InstanceSource;
import io.github.thriftboot.netty.client.ThriftChannel;
import io.github.thriftboot.netty.client.ThriftInstance;
import io.github.thriftboot.netty.protocol.ThriftServiceDescriptor;
import io.github.thriftboot.netty.server.ThriftServer;
import io.github.thriftboot.test.EchoService;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Makes the servers and clients of a test. After the test it closes them and checks that
 * nothing is left: no call that waits, no call that the server has not ended, no thread.
 */
public final class TestRuntime implements AfterEachCallback {

	/**
	 * The service of most tests.
	 */
	public static final ThriftServiceDescriptor ECHO = ThriftServiceDescriptor.of(EchoService.class);

	/**
	 * Longer than a stop takes that has nothing to wait for.
	 */
	private static final Duration GRACE = Duration.ofSeconds(60);

	private static final Duration STOP_TIMEOUT = Duration.ofSeconds(20);

	private final List<ThriftServer> servers = new ArrayList<>();

	private final List<ConnectionPool> pools = new ArrayList<>();

	private final List<ThriftChannel> channels = new ArrayList<>();

	private final List<AutoCloseable> resources = new ArrayList<>();

	/**
	 * Start a server on any free port.
	 * @param builder the server
	 * @return the server
	 */
	public ThriftServer start(ThriftServer.Builder builder) {
		return startOn(0, builder);
	}

	/**
	 * Start a server.
	 * @param port its port
	 * @param builder the server
	 * @return the server
	 */
	public ThriftServer startOn(int port, ThriftServer.Builder builder) {
		return startAsIs(builder.address(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
	}

	/**
	 * Start a server that listens where its builder says.
	 * @param builder the server
	 * @return the server
	 */
	public ThriftServer startAsIs(ThriftServer.Builder builder) {
		ThriftServer server = builder.build();
		this.servers.add(server);
		server.bind().join();
		server.start();
		return server;
	}

	/**
	 * Start a server that exports the service of most tests.
	 * @param handler the handler
	 * @return the server
	 */
	public ThriftServer start(EchoService.Iface handler) {
		return start(ThriftServer.builder().service(ECHO.name(), ECHO, handler));
	}

	/**
	 * Start a server that does what a script says.
	 * @param script the script
	 * @return the server
	 */
	public RawServer start(RawServer.Script script) {
		return closing(RawServer.start(script));
	}

	/**
	 * Open a connection, to be closed after the test.
	 * @param port the port
	 * @return the connection
	 * @throws Exception if nobody listens
	 */
	public RawConnection open(int port) throws Exception {
		return closing(RawConnection.open(port));
	}

	/**
	 * Close something after the test, before the servers.
	 * @param <T> its type
	 * @param resource what to close
	 * @return the same
	 */
	public <T extends AutoCloseable> T closing(T resource) {
		this.resources.add(resource);
		return resource;
	}

	/**
	 * Make a client of the service of most tests with connections of its own.
	 * @param options sets what differs from the defaults
	 * @param ports where the instances are
	 * @return the client
	 */
	public TestClient client(Consumer<ThriftChannel.Builder> options, int... ports) {
		return client(pool(), ECHO, options, instances(ports));
	}

	/**
	 * Make a client of the service of most tests with connections of its own.
	 * @param ports where the instances are
	 * @return the client
	 */
	public TestClient client(int... ports) {
		return client((options) -> {
		}, ports);
	}

	/**
	 * Make a client.
	 * @param pool its connections
	 * @param service its service
	 * @param options sets what differs from the defaults
	 * @param instances where the instances are
	 * @return the client
	 */
	public TestClient client(ConnectionPool pool, ThriftServiceDescriptor service,
			Consumer<ThriftChannel.Builder> options, InstanceSource instances) {
		ThriftChannel.Builder builder = ThriftChannel.builder(pool, service.name(), instances)
			.timeout(Duration.ofSeconds(20));
		options.accept(builder);
		ThriftChannel channel = builder.build();
		this.channels.add(channel);
		return new TestClient(service, channel);
	}

	/**
	 * Make a fixed list of instances on this machine.
	 * @param ports their ports
	 * @return the list
	 */
	public static InstanceSource instances(int... ports) {
		return InstanceSource.of(Arrays.stream(ports).mapToObj(TestRuntime::instance).toList());
	}

	/**
	 * Make an instance on this machine.
	 * @param port its port
	 * @return the instance
	 */
	public static ThriftInstance instance(int port) {
		return ThriftInstance.of(InetAddress.getLoopbackAddress().getHostAddress(), port);
	}

	/**
	 * Make connections, to be closed after the test.
	 * @return the connections
	 */
	public ConnectionPool pool() {
		return pool(new ConnectionPool(2));
	}

	/**
	 * Close connections after the test.
	 * @param pool the connections
	 * @return the same
	 */
	public ConnectionPool pool(ConnectionPool pool) {
		this.pools.add(pool);
		return pool;
	}

	@Override
	public void afterEach(ExtensionContext context) throws Exception {
		Map<Object, String> endpoints = new LinkedHashMap<>();
		for (ConnectionPool pool : this.pools) {
			for (Object shared : ((Map<?, ?>) read(pool, "endpoints")).values()) {
				Object endpoint = read(shared, "endpoint");
				endpoints.put(read(endpoint, "outstanding"), endpoint.toString());
			}
		}
		this.channels.forEach(ThriftChannel::close);
		this.pools.forEach((pool) -> assertThat(pool.shutdown()).succeedsWithin(STOP_TIMEOUT));
		for (AutoCloseable resource : this.resources) {
			resource.close();
		}
		this.servers.forEach((server) -> assertThat(server.shutdown(GRACE)).as("no call is left on the server")
			.succeedsWithin(STOP_TIMEOUT));
		endpoints.forEach((outstanding, endpoint) -> assertThat(((AtomicInteger) outstanding).get())
			.as("calls that the client has not ended at %s", endpoint)
			.isZero());
		assertThat(threadsLeft()).isEmpty();
	}

	/**
	 * Read what nothing but a test wants to know.
	 */
	private static Object read(Object target, String name) throws ReflectiveOperationException {
		Field field = target.getClass().getDeclaredField(name);
		field.setAccessible(true);
		return field.get(target);
	}

	/**
	 * Run a task in several threads at once and wait for all of them.
	 * @param count the number of threads
	 * @param task what each of them does, given its number
	 * @throws Exception what the task threw
	 */
	public static void runInThreads(int count, ThreadTask task) throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(count);
		try {
			List<Future<?>> running = new ArrayList<>();
			for (int i = 0; i < count; i++) {
				int number = i;
				running.add(threads.submit(() -> {
					task.run(number);
					return null;
				}));
			}
			for (Future<?> thread : running) {
				thread.get(3, TimeUnit.MINUTES);
			}
		}
		finally {
			threads.shutdownNow();
		}
	}

	/**
	 * Return the number of open connections.
	 * @param server the server
	 * @return the number
	 */
	public static int connections(ThriftServer server) {
		return openConnections(server).size();
	}

	/**
	 * Return the open connections.
	 * @param server the server
	 * @return what the server has of each
	 */
	public static Collection<?> openConnections(ThriftServer server) {
		try {
			return (Collection<?>) read(server, "connections");
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Wait for the end of the runtime's threads, whose work is done.
	 * @return the names of those that do not end
	 */
	private static List<String> threadsLeft() throws InterruptedException {
		long deadline = System.nanoTime() + STOP_TIMEOUT.toNanos();
		List<String> left = new ArrayList<>();
		for (Thread thread : Thread.getAllStackTraces().keySet()) {
			if (thread.getName().startsWith("thrift-")) {
				thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
				if (thread.isAlive()) {
					left.add(thread.getName());
				}
			}
		}
		return left;
	}

	/**
	 * What one of several threads does.
	 */
	@FunctionalInterface
	public interface ThreadTask {

		/**
		 * Run.
		 * @param number the number of the thread, from 0
		 * @throws Exception to fail the test
		 */
		void run(int number) throws Exception;

	}

}
