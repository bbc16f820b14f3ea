package io.github.thriftboot.netty.client;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import io.github.thriftboot.netty.protocol.Envelope;
import io.github.thriftboot.netty.protocol.ThriftProtocol;
import io.github.thriftboot.netty.protocol.ThriftTransport;
import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.netty.test.OtherHandler;
import io.github.thriftboot.netty.test.RawMessage;
import io.github.thriftboot.netty.test.RawServer;
import io.github.thriftboot.netty.test.TestClient;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.EchoService;
import io.github.thriftboot.test.OtherService;
import org.apache.thrift.TApplicationException;
import org.apache.thrift.TException;
import org.apache.thrift.TMultiplexedProcessor;
import org.apache.thrift.TProcessor;
import org.apache.thrift.protocol.TBinaryProtocol;
import org.apache.thrift.protocol.TMessageType;
import org.apache.thrift.protocol.TProtocol;
import org.apache.thrift.server.ServerContext;
import org.apache.thrift.server.TServer;
import org.apache.thrift.server.TServerEventHandler;
import org.apache.thrift.server.TThreadPoolServer;
import org.apache.thrift.server.TThreadedSelectorServer;
import org.apache.thrift.transport.TNonblockingServerSocket;
import org.apache.thrift.transport.TServerSocket;
import org.apache.thrift.transport.TTransport;
import org.apache.thrift.transport.layered.TFramedTransport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Pings do no harm, whatever the server makes of them.
 */
class HeartbeatIntegrationTests {

	private static final Duration INTERVAL = Duration.ofMillis(100);

	private static final Duration TIMEOUT = Duration.ofMillis(2_000);

	private static final Duration LONG = Duration.ofSeconds(20);

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	private final AtomicInteger accepted = new AtomicInteger();

	private final AtomicInteger messages = new AtomicInteger();

	@ParameterizedTest
	@CsvSource({ "false, false", "false, true", "true, false", "true, true" })
	void apacheServerKeepsTheConnection(boolean selector, boolean multiplexed) throws Exception {
		int port = selector ? startSelectorServer(multiplexed) : startThreadPoolServer(multiplexed);
		TestClient client = client((options) -> options.transport(ThriftTransport.FRAMED).multiplexed(multiplexed),
				port);
		assertThat((int) client.call("add", 40, 2)).isEqualTo(42);
		int before = this.messages.get();

		await().atMost(LONG).untilAsserted(() -> assertThat(this.messages.get()).isGreaterThan(before + 3));

		for (int i = 0; i < 10; i++) {
			assertThat((int) client.call("add", i, 1)).isEqualTo(i + 1);
		}
		assertThat(this.accepted).as("connections").hasValue(1);
	}

	private int startSelectorServer(boolean multiplexed) throws Exception {
		TNonblockingServerSocket socket = new TNonblockingServerSocket(
				new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
		serve(new TThreadedSelectorServer(new TThreadedSelectorServer.Args(socket).processor(processor(multiplexed))
			.protocolFactory(new TBinaryProtocol.Factory())));
		return socket.getPort();
	}

	private int startThreadPoolServer(boolean multiplexed) throws Exception {
		ServerSocket socket = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
		serve(new TThreadPoolServer(new TThreadPoolServer.Args(new TServerSocket(socket)).minWorkerThreads(2)
			.processor(processor(multiplexed))
			.transportFactory(new TFramedTransport.Factory())
			.protocolFactory(new TBinaryProtocol.Factory())));
		return socket.getLocalPort();
	}

	private void serve(TServer server) {
		server.setServerEventHandler(new Connections(this.accepted));
		new Thread(server::serve, "apache-server").start();
		this.runtime.closing(server::stop);
	}

	private TProcessor processor(boolean multiplexed) {
		TProcessor processor = new EchoService.Processor<>(new EchoHandler());
		if (multiplexed) {
			TMultiplexedProcessor services = new TMultiplexedProcessor();
			services.registerProcessor("OtherService", new OtherService.Processor<>(new OtherHandler()));
			services.registerProcessor("EchoService", processor);
			processor = services;
		}
		TProcessor target = processor;
		return new TProcessor() {

			@Override
			public void process(TProtocol in, TProtocol out) throws TException {
				target.process(in, out);
				HeartbeatIntegrationTests.this.messages.incrementAndGet();
			}

		};
	}

	@ParameterizedTest
	@EnumSource
	void anyAnswerIsASignOfLife(ThriftTransport transport) throws Exception {
		Envelope envelope = new Envelope(transport, ThriftProtocol.BINARY, 0);
		Queue<String> pings = new ConcurrentLinkedQueue<>();
		RawServer server = this.runtime.start((connection) -> {
			while (true) {
				RawMessage request = connection.receive().withEnvelope(envelope);
				if (!request.name().endsWith("$ping")) {
					connection.send(request.reply(new EchoService.add_result(42)));
					continue;
				}
				assertThat(request.type()).isEqualTo(TMessageType.CALL);
				pings.add(request.name());
				connection.send(switch (pings.size() % 3) {
					case 0 -> request.reply(new EchoService.nothing_result());
					case 1 -> RawMessage.of(envelope, TMessageType.EXCEPTION, "$ping", request.id(),
							new TApplicationException(TApplicationException.UNKNOWN_METHOD));
					default -> RawMessage.of(envelope, TMessageType.EXCEPTION, "", 0, new TApplicationException());
				});
			}
		});
		TestClient client = client((options) -> options.transport(transport), server.port());
		client.call("add", 40, 2);

		await().atMost(LONG).untilAsserted(() -> assertThat(pings).hasSizeGreaterThan(6));

		assertThat((int) client.call("add", 40, 2)).isEqualTo(42);
		assertThat(server.accepted()).isOne();
		assertThat(pings).containsOnly("EchoService:$ping");
	}

	@Test
	void peerThatAnswersInOrderIsNotAskedWhileItOwesAReply() throws Exception {
		CountDownLatch answer = new CountDownLatch(1);
		Queue<Long> millisToPing = new ConcurrentLinkedQueue<>();
		RawServer server = this.runtime.start((connection) -> {
			RawMessage request = connection.receive();
			answer.await();
			connection.send(request.reply(new EchoService.add_result(42)));
			long answered = System.nanoTime();
			RawMessage ping = connection.receive();
			assertThat(ping.name()).isEqualTo("$ping");
			millisToPing.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - answered));
			connection.send(ping.reply(new EchoService.nothing_result()));
			connection.receive();
		});
		TestClient client = client((options) -> options.transport(ThriftTransport.FRAMED).multiplexed(false),
				server.port());
		CompletableFuture<Object> slow = client.callAsync(LONG, "add", 40, 2);

		await().pollDelay(INTERVAL.multipliedBy(8)).untilAsserted(() -> assertThat(slow).isNotDone());
		answer.countDown();

		assertThat(slow).succeedsWithin(LONG).isEqualTo(42);
		await().atMost(LONG).untilAsserted(() -> assertThat(millisToPing).hasSize(1));
		assertThat(millisToPing).as("not before the reply").allMatch((millis) -> millis >= INTERVAL.toMillis() / 2);
	}

	@Test
	void peerThatClosesOnAPingIsAskedOnceAndServesOn() throws Exception {
		AtomicInteger pings = new AtomicInteger();
		RawServer server = this.runtime.start((connection) -> {
			while (true) {
				RawMessage request = connection.receive();
				if (request.name().endsWith("$ping")) {
					pings.incrementAndGet();
					return;
				}
				connection.send(request.reply(new EchoService.add_result(42)));
			}
		});
		TestClient client = client((options) -> options.transport(ThriftTransport.FRAMED), server.port());
		client.call("add", 40, 2);
		await().atMost(LONG).untilAsserted(() -> assertThat(server.accepted()).isEqualTo(2));
		await().atMost(LONG).until(() -> client.channel().instances().size() == 1);

		for (int i = 0; i < 20; i++) {
			assertThat((int) client.call("add", 40, 2)).isEqualTo(42);
			TimeUnit.NANOSECONDS.sleep(INTERVAL.toNanos() / 4);
		}
		await().pollDelay(INTERVAL.multipliedBy(5)).untilAsserted(() -> assertThat(pings).hasValue(1));

		assertThat(server.accepted()).isEqualTo(2);
	}

	@Test
	void busyConnectionIsNotAsked() throws Exception {
		Queue<String> pings = new ConcurrentLinkedQueue<>();
		RawServer server = this.runtime.start((connection) -> {
			while (true) {
				RawMessage request = connection.receive();
				if (request.name().endsWith("$ping")) {
					pings.add(request.name());
				}
				connection.send(request.reply(new EchoService.add_result(42)));
			}
		});
		TestClient client = this.runtime.client(
				(options) -> options
					.connections((connections) -> connections.heartbeat(Duration.ofSeconds(1), TIMEOUT)),
				server.port());
		long start = System.nanoTime();

		while (System.nanoTime() - start < Duration.ofSeconds(3).toNanos()) {
			client.call("add", 40, 2);
		}

		assertThat(pings).isEmpty();
	}

	private TestClient client(Consumer<ThriftChannel.Builder> options, int port) {
		return this.runtime.client((builder) -> {
			builder.connections((connections) -> connections.heartbeat(INTERVAL, TIMEOUT));
			options.accept(builder);
		}, port);
	}

	/**
	 * Counts the connections of an Apache server.
	 */
	private record Connections(AtomicInteger count) implements TServerEventHandler {

		@Override
		public void preServe() {
		}

		@Override
		public ServerContext createContext(TProtocol in, TProtocol out) {
			this.count.incrementAndGet();
			return new NoContext();
		}

		@Override
		public void deleteContext(ServerContext context, TProtocol in, TProtocol out) {
		}

		@Override
		public void processContext(ServerContext context, TTransport in, TTransport out) {
		}

	}

	private static final class NoContext implements ServerContext {

		@Override
		public <T> T unwrap(Class<T> type) {
			throw new UnsupportedOperationException();
		}

		@Override
		public boolean isWrapperFor(Class<?> type) {
			return false;
		}

	}

}
