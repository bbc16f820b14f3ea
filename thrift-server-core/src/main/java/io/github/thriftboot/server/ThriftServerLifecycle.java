package io.github.thriftboot.server;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

import io.github.thriftboot.netty.protocol.ThriftProtocol;
import io.github.thriftboot.netty.protocol.ThriftTransport;
import io.github.thriftboot.netty.registry.InstanceMetadata;
import io.github.thriftboot.netty.server.ThriftServer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;

/**
 * Starts and stops the Thrift server with its application context. The port is bound
 * before registries register the application; requests are read once the context is
 * refreshed. At stop registries go first, then calls in flight finish. An instance may be
 * taken out and put back by hand, in the same steps. Thread-safe.
 */
public final class ThriftServerLifecycle implements SmartLifecycle, ApplicationListener<ContextRefreshedEvent> {

	/**
	 * The phase of the server. Eureka registers in phase 0, so it finds the port bound,
	 * and has left the registry when the server stops. What handlers need until they are
	 * finished belongs into a lower phase.
	 */
	public static final int PHASE = -1024;

	private static final Logger logger = LoggerFactory.getLogger(ThriftServerLifecycle.class);

	private static final String PORT_PROPERTY = "local.thrift.server.port";

	private static final String PORT_PROPERTY_SOURCE = "thrift.server.ports";

	/**
	 * How long closing the connections may take beyond the grace period.
	 */
	private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

	private final ConfigurableApplicationContext context;

	private final Supplier<@Nullable ThriftServer> servers;

	private final int weight;

	private final Duration registryWait;

	private final Duration gracePeriod;

	private final Object lifecycleMonitor = new Object();

	private volatile @Nullable RunningServer running;

	private volatile boolean refreshed;

	/**
	 * Keeps the process alive while the instance is out.
	 */
	private volatile @Nullable CountDownLatch out;

	/**
	 * Create the lifecycle of a server.
	 * @param context the application context whose life the server shares
	 * @param servers gives a new server for every start, bound but not started, or
	 * {@code null} if the application exports nothing
	 * @param weight the share of calls that the server wants, told to registries
	 * @param registryWait how long to serve on after registries have been told that the
	 * server leaves, zero or more
	 * @param gracePeriod how long calls in flight may take to finish, zero or more
	 */
	public ThriftServerLifecycle(ConfigurableApplicationContext context, Supplier<@Nullable ThriftServer> servers,
			int weight, Duration registryWait, Duration gracePeriod) {
		this.context = context;
		this.servers = servers;
		this.weight = weight;
		this.registryWait = registryWait;
		this.gracePeriod = gracePeriod;
	}

	/**
	 * Return what registries tell of the running server.
	 * @return the metadata, with the real port, or {@code null} while no server runs, or
	 * it has no port
	 */
	public @Nullable InstanceMetadata metadata() {
		RunningServer running = this.running;
		return (running != null) ? running.metadata() : null;
	}

	/**
	 * Bind the server, and wait until it is bound.
	 * @throws RuntimeException if the server cannot be made or bound; nothing stays open
	 */
	@Override
	public void start() {
		synchronized (this.lifecycleMonitor) {
			if (this.running != null) {
				return;
			}
			ThriftServer server = this.servers.get();
			if (server == null) {
				return;
			}
			RunningServer running = new RunningServer(server, metadata(server));
			if (running.metadata() != null) {
				publishPort(running.metadata().port());
			}
			this.running = running;
			if (this.refreshed) {
				// a restart: no event will follow
				server.start();
			}
			logger.info("Thrift server started on {}, exporting {}", running.place(),
					String.join(", ", server.services()));
		}
	}

	private @Nullable InstanceMetadata metadata(ThriftServer server) {
		return (server.port() < 0) ? null : new InstanceMetadata(server.port(), server.services(), this.weight,
				ThriftTransport.HEADER, ThriftProtocol.BINARY, server.isTlsRequired(), System.currentTimeMillis());
	}

	@Override
	public void onApplicationEvent(ContextRefreshedEvent event) {
		// the events of child contexts come here, too
		if (event.getApplicationContext() != this.context) {
			return;
		}
		this.refreshed = true;
		RunningServer running = this.running;
		if (running != null) {
			running.server().start();
		}
	}

	/**
	 * Wait for clients to learn from registries that the server leaves, let calls in
	 * flight finish and close the server. Blocks that long whatever
	 * {@code spring.lifecycle.timeout-per-shutdown-phase} says.
	 */
	@Override
	public void stop() {
		synchronized (this.lifecycleMonitor) {
			endOut();
			RunningServer running = this.running;
			if (running == null) {
				return;
			}
			String place = running.place();
			try {
				shutdown(running.server());
			}
			finally {
				if (running.metadata() != null) {
					withdrawPort(running.metadata().port());
				}
				this.running = null;
			}
			logger.info("Thrift server on {} stopped", place);
		}
	}

	/**
	 * Take the instance out by hand: leave registries, and stop the server as at the end
	 * of the application, which goes on. Blocks as {@link #stop()} does. Does nothing if
	 * no server runs.
	 */
	public void takeOut() {
		synchronized (this.lifecycleMonitor) {
			if (this.running == null) {
				return;
			}
			registrations().forEach(ServerRegistration::leave);
			CountDownLatch end = new CountDownLatch(1);
			// no daemon: the threads of the server were what kept the process alive
			Thread keepAlive = new Thread(() -> awaitUninterruptibly(end), "thrift-server-out");
			keepAlive.start();
			try {
				stop();
			}
			finally {
				this.out = end;
			}
			logger.info("Thrift server is out of registries and takes no calls until it is put back");
		}
	}

	/**
	 * Put the instance back after {@link #takeOut()}: start a new server, and join
	 * registries. Does nothing if the instance is not out.
	 * @throws RuntimeException if the server cannot be made or bound; the instance stays
	 * out then
	 */
	public void putBack() {
		synchronized (this.lifecycleMonitor) {
			if (this.out == null) {
				return;
			}
			start();
			endOut();
			registrations().forEach(ServerRegistration::join);
		}
	}

	private List<ServerRegistration> registrations() {
		return this.context.getBeanFactory().getBeanProvider(ServerRegistration.class).orderedStream().toList();
	}

	private void endOut() {
		CountDownLatch end = this.out;
		if (end != null) {
			this.out = null;
			end.countDown();
		}
	}

	private static void awaitUninterruptibly(CountDownLatch latch) {
		while (true) {
			try {
				latch.await();
				return;
			}
			catch (InterruptedException ex) {
				// nobody but the lifecycle ends this thread
			}
		}
	}

	private void shutdown(ThriftServer server) {
		try {
			TimeUnit.NANOSECONDS.sleep(this.registryWait.toNanos());
			server.shutdown(this.gracePeriod)
				.get(this.gracePeriod.plus(CLOSE_TIMEOUT).toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			// who interrupts a stop wants it to be over
			server.shutdown(Duration.ZERO);
			Thread.currentThread().interrupt();
		}
		catch (ExecutionException | TimeoutException ex) {
			logger.warn("Thrift server has not stopped within its grace period of {}", this.gracePeriod, ex);
		}
	}

	/**
	 * Whether there is something to stop.
	 * @return {@code true} while a server runs, or the instance is out
	 */
	@Override
	public boolean isRunning() {
		return this.running != null || this.out != null;
	}

	/**
	 * Whether the instance has been taken out by hand.
	 * @return {@code true} between {@link #takeOut()} and {@link #putBack()}
	 */
	public boolean isOut() {
		return this.out != null;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

	/**
	 * Make the port known to the environments of this context and of its parents, as
	 * Spring Boot does with the port of a web server.
	 */
	private void publishPort(int port) {
		for (ApplicationContext current = this.context; current != null; current = current.getParent()) {
			if (current instanceof ConfigurableApplicationContext configurable) {
				MutablePropertySources sources = configurable.getEnvironment().getPropertySources();
				if (!sources.contains(PORT_PROPERTY_SOURCE)) {
					sources.addFirst(new MapPropertySource(PORT_PROPERTY_SOURCE, new ConcurrentHashMap<>()));
				}
				ports(sources).put(PORT_PROPERTY, port);
			}
		}
	}

	private void withdrawPort(int port) {
		for (ApplicationContext current = this.context; current != null; current = current.getParent()) {
			if (current instanceof ConfigurableApplicationContext configurable) {
				// only our own: a parent has the port of the child that started last
				ports(configurable.getEnvironment().getPropertySources()).remove(PORT_PROPERTY, port);
			}
		}
	}

	private static Map<String, Object> ports(MutablePropertySources sources) {
		PropertySource<?> source = sources.get(PORT_PROPERTY_SOURCE);
		return (source instanceof MapPropertySource ports) ? ports.getSource() : new ConcurrentHashMap<>();
	}

	/**
	 * A server that is bound.
	 *
	 * @param server the server
	 * @param metadata what registries tell of it, or {@code null} if it has no port
	 */
	private record RunningServer(ThriftServer server, @Nullable InstanceMetadata metadata) {

		String place() {
			String port = (this.metadata != null) ? "port " + this.metadata.port() : "";
			String socket = (this.server.unixSocket() != null) ? "Unix socket " + this.server.unixSocket() : "";
			return port + ((port.isEmpty() || socket.isEmpty()) ? "" : " and ") + socket;
		}

	}

}
