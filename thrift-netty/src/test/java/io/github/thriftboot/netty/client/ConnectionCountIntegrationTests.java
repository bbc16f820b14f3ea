package io.github.thriftboot.netty.client;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.thriftboot.netty.protocol.Envelope;
import io.github.thriftboot.netty.protocol.ThriftProtocol;
import io.github.thriftboot.netty.protocol.ThriftTransport;
import io.github.thriftboot.netty.server.ThriftServer;
import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.netty.test.Packets;
import io.github.thriftboot.netty.test.RawMessage;
import io.github.thriftboot.netty.test.RawServer;
import io.github.thriftboot.netty.test.TestClient;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.EchoService;
import io.github.thriftboot.test.Packet;
import org.apache.thrift.TException;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How many connections calls open: one where the peer answers out of order, a bounded
 * number where it answers in order.
 */
class ConnectionCountIntegrationTests {

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	@RepeatedTest(10)
	void sixteenThreadsOnTwoChannelsThatRaceToTheFirstUseOpenOneConnection() throws Exception {
		RawServer server = this.runtime.start((connection) -> {
			while (true) {
				connection.send(connection.receive().reply(new EchoService.add_result(42)));
			}
		});
		ConnectionPool pool = this.runtime.pool();
		List<TestClient> clients = new ArrayList<>();
		for (int i = 0; i < 2; i++) {
			clients.add(this.runtime.client(pool, TestRuntime.ECHO, (options) -> {
			}, TestRuntime.instances(server.port())));
		}
		CyclicBarrier start = new CyclicBarrier(16);

		TestRuntime.runInThreads(16, (thread) -> {
			TestClient client = clients.get(thread % 2);
			start.await(20, TimeUnit.SECONDS);
			assertThat((int) client.call("add", 40, 2)).isEqualTo(42);
		});

		assertThat(server.accepted()).isOne();
	}

	@ParameterizedTest
	@CsvSource({ "1, 1", "4, 1", "3, 5" })
	void connectionsToAPeerThatAnswersInOrderGrowWithTheCallsAndAreBounded(int maxConnections, int pipelining)
			throws Exception {
		AtomicInteger tooMany = new AtomicInteger();
		AtomicInteger mostInFlight = new AtomicInteger();
		AtomicInteger inFlight = new AtomicInteger();
		EchoHandler handler = new EchoHandler() {

			@Override
			public Packet echo(Packet packet) throws TException {
				int now = inFlight.incrementAndGet();
				mostInFlight.accumulateAndGet(now, Math::max);
				if (now > maxConnections * pipelining) {
					tooMany.incrementAndGet();
				}
				try {
					return super.echoLater(packet, 1);
				}
				finally {
					inFlight.decrementAndGet();
				}
			}

		};
		ThriftServer server = this.runtime.start(handler);
		TestClient client = this.runtime.client((options) -> options.transport(ThriftTransport.FRAMED)
			.maxConnections(maxConnections)
			.pipelining(pipelining), server.port());

		TestRuntime.runInThreads(24, (thread) -> {
			for (int i = 0; i < 25; i++) {
				Packet packet = Packets.ofSize(i);
				assertThat((Packet) client.call("echo", packet)).isEqualTo(packet);
			}
		});

		int connections = TestRuntime.connections(server);
		LoggerFactory.getLogger("figures")
			.info("framed: {} connections of at most {}, {} calls in flight of at most {}", connections, maxConnections,
					mostInFlight, maxConnections * pipelining);
		assertThat(connections).isEqualTo(maxConnections);
		assertThat(tooMany).as("more calls at once than connections times pipelining").hasValue(0);
		assertThat(handler.executions()).hasSize(600).allSatisfy((nonce, count) -> assertThat(count).isOne());
	}

	@Test
	void oneFramedCallAtATimeNeedsOneConnection() throws Exception {
		ThriftServer server = this.runtime.start(new EchoHandler());
		TestClient client = this.runtime.client((options) -> options.transport(ThriftTransport.FRAMED), server.port());

		for (int i = 0; i < 200; i++) {
			client.call("add", i, 1);
		}

		assertThat(TestRuntime.connections(server)).isOne();
	}

	@Test
	void headerPeerThatAnswersInOrderIsGivenSeveralConnections() throws Exception {
		Envelope inOrder = new Envelope(ThriftTransport.HEADER, ThriftProtocol.BINARY, 0);
		RawServer server = this.runtime.start((connection) -> {
			while (true) {
				RawMessage request = connection.receive();
				if (request.name().endsWith("echoLater")) {
					TimeUnit.MILLISECONDS.sleep(request.read(new EchoService.echoLater_args()).getMillis());
					EchoService.echoLater_result result = new EchoService.echoLater_result(
							request.read(new EchoService.echoLater_args()).getPacket());
					connection.send(RawMessage.call(inOrder, request.name(), request.id(), result).reply(result));
				}
				else {
					connection.send(RawMessage.call(inOrder, request.name(), request.id(), new EchoService.add_args())
						.reply(new EchoService.add_result(42)));
				}
			}
		});
		TestClient client = this.runtime.client((options) -> options.maxConnections(4), server.port());
		// the first reply tells that the peer answers in order
		client.call("add", 40, 2);

		TestRuntime.runInThreads(8, (thread) -> {
			for (int i = 0; i < 20; i++) {
				Packet packet = Packets.ofSize(i);
				assertThat((Packet) client.call("echoLater", packet, 2)).isEqualTo(packet);
			}
		});

		assertThat(server.accepted()).isBetween(2, 4);
	}

}
