package io.github.thriftboot.netty.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;

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
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Sequence ids where they change their sign and wrap, while calls are parked.
 */
class SequenceIdIntegrationTests {

	private static final int PARKED = 100;

	private static final int ROUNDS = 20;

	private static final Duration TIMEOUT = Duration.ofSeconds(20);

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	private final EchoHandler handler = new EchoHandler();

	@ParameterizedTest
	@ValueSource(ints = { Integer.MAX_VALUE - 999, -1000, -5 })
	void repliesFindTheirCallsWhateverTheFirstId(int firstId) throws Exception {
		this.handler.closeGate();
		ThriftServer server = this.runtime.start(this.handler);
		TestClient client = this.runtime.client(this.runtime.pool(new ConnectionPool(1, firstId)), TestRuntime.ECHO,
				(options) -> {
				}, TestRuntime.instances(server.port()));
		List<CompletableFuture<Object>> parked = new ArrayList<>();
		for (int i = 0; i < PARKED; i++) {
			parked.add(client.callAsync("misbehave", "wait"));
		}

		for (int round = 0; round < ROUNDS; round++) {
			List<Packet> packets = Stream.generate(() -> Packets.ofSize(10)).limit(100).toList();
			List<CompletableFuture<Object>> calls = packets.stream()
				.map((packet) -> client.callAsync("echo", packet))
				.toList();
			assertThat(calls).zipSatisfy(packets,
					(call, packet) -> assertThat(call).succeedsWithin(TIMEOUT).isEqualTo(packet));
		}
		assertThat(parked).noneMatch(CompletableFuture::isDone);
		this.handler.openGate();

		assertThat(parked).allSatisfy((call) -> assertThat(call).succeedsWithin(TIMEOUT).isEqualTo("waited"));
	}

	@ParameterizedTest
	@EnumSource(names = { "HEADER", "FRAMED" })
	void idIsNeverZeroAndNeverUsedTwice(ThriftTransport transport) throws Exception {
		Queue<Integer> ids = new ConcurrentLinkedQueue<>();
		RawServer server = this.runtime.start((connection) -> {
			while (true) {
				RawMessage request = connection.receive();
				ids.add(request.id());
				if (request.name().equals("add")) {
					connection.send(request.reply(new EchoService.add_result(42)));
				}
			}
		});
		TestClient client = this.runtime.client(this.runtime.pool(new ConnectionPool(1, -50)), TestRuntime.ECHO,
				(options) -> options.transport(transport).multiplexed(false).maxConnections(1).pipelining(1_000),
				TestRuntime.instances(server.port()));

		for (int i = 0; i < 200; i++) {
			// never answered
			client.callAsync("nothing");
			client.call("note", Packets.ofSize(0));
			assertThat((int) client.call("add", 40, 2)).isEqualTo(42);
		}

		assertThat(ids).hasSize(600).doesNotHaveDuplicates().doesNotContain(0).contains(-50, -1, 1, 2);
	}

}
