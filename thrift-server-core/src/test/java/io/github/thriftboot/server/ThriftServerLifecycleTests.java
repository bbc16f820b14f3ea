package io.github.thriftboot.server;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.github.thriftboot.netty.protocol.ThriftProtocol;
import io.github.thriftboot.netty.protocol.ThriftServiceDescriptor;
import io.github.thriftboot.netty.protocol.ThriftTransport;
import io.github.thriftboot.netty.registry.InstanceMetadata;
import io.github.thriftboot.netty.server.ThriftServer;
import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.test.EchoService;
import org.apache.thrift.TException;
import org.apache.thrift.transport.TTransportException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.context.support.GenericApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link ThriftServerLifecycle}.
 */
class ThriftServerLifecycleTests {

	private static final String PORT_PROPERTY = "local.thrift.server.port";

	private final GenericApplicationContext parent = new GenericApplicationContext();

	private final GenericApplicationContext context = new GenericApplicationContext(this.parent);

	private final EchoHandler handler = new EchoHandler();

	private ThriftServerLifecycle lifecycle = lifecycle(Duration.ZERO);

	@AfterEach
	void stop() {
		this.handler.openGate();
		this.lifecycle.stop();
	}

	private ThriftServerLifecycle lifecycle(Duration registryWait) {
		return new ThriftServerLifecycle(this.context, this::bind, 7, registryWait, Duration.ofSeconds(10));
	}

	private ThriftServer bind() {
		ThriftServer server = ThriftServer.builder()
			.address(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
			.service("EchoService", ThriftServiceDescriptor.of(EchoService.class), this.handler)
			.eventLoopThreads(1)
			.build();
		server.bind().join();
		return server;
	}

	private int port() {
		InstanceMetadata metadata = this.lifecycle.metadata();
		assertThat(metadata).isNotNull();
		return metadata.port();
	}

	private void refreshed(GenericApplicationContext refreshed) {
		this.lifecycle.onApplicationEvent(new ContextRefreshedEvent(refreshed));
	}

	@Test
	void tellsWhatRegistriesNeedWhileItRuns() {
		assertThat(this.lifecycle.metadata()).isNull();
		long before = System.currentTimeMillis();
		this.lifecycle.start();
		InstanceMetadata metadata = this.lifecycle.metadata();
		assertThat(metadata).isNotNull();
		assertThat(metadata.port()).isPositive();
		assertThat(metadata.services()).containsExactly("EchoService");
		assertThat(metadata.weight()).isEqualTo(7);
		assertThat(metadata.transport()).isEqualTo(ThriftTransport.HEADER);
		assertThat(metadata.protocol()).isEqualTo(ThriftProtocol.BINARY);
		assertThat(metadata.started()).isBetween(before, System.currentTimeMillis());
		this.lifecycle.stop();
		assertThat(this.lifecycle.metadata()).isNull();
	}

	@Test
	void startsBeforeEurekaRegistersAndStopsAfterIt() {
		assertThat(this.lifecycle.getPhase()).isNegative();
		assertThat(this.lifecycle.isAutoStartup()).isTrue();
	}

	@Test
	void portIsKnownToOwnAndParentEnvironmentWhileItRuns() {
		this.lifecycle.start();
		String port = Integer.toString(port());
		assertThat(this.context.getEnvironment().getProperty(PORT_PROPERTY)).isEqualTo(port);
		assertThat(this.parent.getEnvironment().getProperty(PORT_PROPERTY)).isEqualTo(port);
		this.lifecycle.stop();
		assertThat(this.context.getEnvironment().containsProperty(PORT_PROPERTY)).isFalse();
		assertThat(this.parent.getEnvironment().containsProperty(PORT_PROPERTY)).isFalse();
	}

	@Test
	void portOfSiblingStaysInParentEnvironment() {
		this.lifecycle.start();
		GenericApplicationContext sibling = new GenericApplicationContext(this.parent);
		ThriftServerLifecycle other = new ThriftServerLifecycle(sibling, this::bind, 1, Duration.ZERO, Duration.ZERO);
		other.start();
		try {
			this.lifecycle.stop();
			InstanceMetadata metadata = other.metadata();
			assertThat(metadata).isNotNull();
			assertThat(this.parent.getEnvironment().getProperty(PORT_PROPERTY, Integer.class))
				.isEqualTo(metadata.port());
		}
		finally {
			other.stop();
		}
	}

	@Test
	void requestWaitsUntilOwnContextIsRefreshed() throws Exception {
		this.lifecycle.start();
		try (EchoConnection connection = EchoConnection.open(port())) {
			EchoService.Client client = connection.echo();
			client.send_add(1, 2);
			connection.timeout(200);
			assertThatExceptionOfType(TTransportException.class).isThrownBy(client::recv_add)
				.matches((ex) -> ex.getType() == TTransportException.TIMED_OUT);
			connection.timeout(10_000);
			refreshed(this.context);
			assertThat(client.recv_add()).isEqualTo(3);
		}
	}

	@Test
	void refreshOfChildContextStartsNothing() throws Exception {
		this.lifecycle.start();
		refreshed(new GenericApplicationContext(this.context));
		try (EchoConnection connection = EchoConnection.open(port())) {
			connection.timeout(200);
			assertThatExceptionOfType(TTransportException.class).isThrownBy(() -> connection.echo().add(1, 2))
				.matches((ex) -> ex.getType() == TTransportException.TIMED_OUT);
		}
	}

	@Test
	void restartsWithNewServerThatReadsAtOnce() throws Exception {
		this.lifecycle.start();
		refreshed(this.context);
		int firstPort = port();
		this.lifecycle.stop();
		assertThat(this.lifecycle.isRunning()).isFalse();
		assertThat(EchoConnection.isRefused(firstPort)).isTrue();
		this.lifecycle.start();
		assertThat(this.context.getEnvironment().getProperty(PORT_PROPERTY, Integer.class)).isEqualTo(port());
		try (EchoConnection connection = EchoConnection.open(port())) {
			assertThat(connection.echo().add(1, 2)).isEqualTo(3);
		}
	}

	@Test
	void startAndStopMayBeRepeated() {
		this.lifecycle.start();
		int port = port();
		this.lifecycle.start();
		assertThat(port()).isEqualTo(port);
		this.lifecycle.stop();
		this.lifecycle.stop();
		assertThat(this.lifecycle.isRunning()).isFalse();
	}

	@Test
	void doesNotRunIfThereIsNothingToExport() {
		this.lifecycle = new ThriftServerLifecycle(this.context, () -> null, 1, Duration.ZERO, Duration.ZERO);
		this.lifecycle.start();
		refreshed(this.context);
		assertThat(this.lifecycle.isRunning()).isFalse();
		assertThat(this.lifecycle.metadata()).isNull();
		assertThat(this.context.getEnvironment().containsProperty(PORT_PROPERTY)).isFalse();
	}

	@Test
	void doesNotRunIfServerCannotBeMade() {
		this.lifecycle = new ThriftServerLifecycle(this.context, () -> {
			throw new IllegalStateException("no server");
		}, 1, Duration.ZERO, Duration.ZERO);
		assertThatIllegalStateException().isThrownBy(this.lifecycle::start).withMessage("no server");
		assertThat(this.lifecycle.isRunning()).isFalse();
	}

	@Test
	void servesOnWhileRegistriesTellThatItLeaves() throws Exception {
		this.lifecycle = lifecycle(Duration.ofSeconds(2));
		this.lifecycle.start();
		refreshed(this.context);
		int port = port();
		long before = System.nanoTime();
		CompletableFuture<Void> stopped = CompletableFuture.runAsync(this.lifecycle::stop);
		try (EchoConnection connection = EchoConnection.open(port)) {
			assertThat(connection.echo().add(1, 2)).isEqualTo(3);
			assertThat(stopped).isNotDone();
		}
		stopped.get(10, TimeUnit.SECONDS);
		assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThanOrEqualTo(Duration.ofSeconds(2));
		assertThat(EchoConnection.isRefused(port)).isTrue();
	}

	@Test
	void instanceTakenOutLeavesRegistriesFirstServesOnAndComesBack() throws Exception {
		RecordingRegistration registration = new RecordingRegistration();
		this.context.getBeanFactory().registerSingleton("registration", registration);
		this.lifecycle = lifecycle(Duration.ofMillis(500));
		this.lifecycle.start();
		refreshed(this.context);
		int port = port();
		registration.port = port;

		this.lifecycle.takeOut();

		assertThat(registration.events).containsExactly("leave while serving");
		assertThat(EchoConnection.isRefused(port)).isTrue();
		assertThat(this.lifecycle.metadata()).isNull();
		assertThat(this.lifecycle.isOut()).isTrue();
		assertThat(this.lifecycle.isRunning()).isTrue();
		assertThat(keepAliveThreads()).singleElement().satisfies((thread) -> assertThat(thread.isDaemon()).isFalse());

		this.lifecycle.takeOut();
		this.lifecycle.putBack();
		this.lifecycle.putBack();

		assertThat(this.lifecycle.isOut()).isFalse();
		try (EchoConnection connection = EchoConnection.open(port())) {
			assertThat(connection.echo().add(1, 2)).isEqualTo(3);
		}
		assertThat(registration.events).containsExactly("leave while serving", "join at " + port());
		await().until(() -> keepAliveThreads().isEmpty());
	}

	@Test
	void stopOfAnInstanceThatIsOutLeavesNoThread() {
		this.lifecycle.start();
		refreshed(this.context);

		this.lifecycle.takeOut();
		this.lifecycle.stop();

		assertThat(this.lifecycle.isRunning()).isFalse();
		await().until(() -> keepAliveThreads().isEmpty());
		this.lifecycle.putBack();
		assertThat(this.lifecycle.isRunning()).isFalse();
	}

	private static List<Thread> keepAliveThreads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().equals("thrift-server-out"))
			.toList();
	}

	@Test
	void interruptEndsStopEarly() {
		this.lifecycle = lifecycle(Duration.ofMinutes(5));
		this.lifecycle.start();
		int port = port();
		Thread stopper = new Thread(this.lifecycle::stop, "stopper");
		stopper.start();
		stopper.interrupt();
		await().until(() -> !stopper.isAlive() && EchoConnection.isRefused(port));
	}

	private final class RecordingRegistration implements ServerRegistration {

		private final List<String> events = new ArrayList<>();

		private int port;

		@Override
		public void leave() {
			try (EchoConnection connection = EchoConnection.open(this.port)) {
				this.events.add("leave while " + ((connection.echo().add(1, 2) == 3) ? "serving" : "failing"));
			}
			catch (TException ex) {
				throw new IllegalStateException(ex);
			}
		}

		@Override
		public void join() {
			this.events.add("join at " + port());
		}

	}

}
