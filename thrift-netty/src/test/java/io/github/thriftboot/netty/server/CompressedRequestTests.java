package io.github.thriftboot.netty.server;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.github.thriftboot.netty.protocol.Envelope;
import io.github.thriftboot.netty.protocol.RemoteApplicationException;
import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.netty.test.Packets;
import io.github.thriftboot.netty.test.RawMessage;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.EchoService;
import io.github.thriftboot.test.Packet;
import io.netty.channel.embedded.EmbeddedChannel;
import org.apache.thrift.TApplicationException;
import org.apache.thrift.protocol.TMessageType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Requests in {@link ThriftServerHandler} that are compressed or large. Handlers, and all
 * that takes time before them, run when and in the order in which a test says so.
 */
class CompressedRequestTests {

	private static final int SIZE = 100_000;

	private static final Envelope OUT_OF_ORDER = RawMessage.OUT_OF_ORDER;

	private static final Envelope IN_ORDER = RawMessage.IN_ORDER;

	private final EchoHandler handler = new EchoHandler();

	private final List<Runnable> tasks = new ArrayList<>();

	private final ThriftServer server = ThriftServer.builder()
		.service("EchoService", TestRuntime.ECHO, this.handler)
		.executor(this.tasks::add)
		.executes("EchoService", "profile", 1)
		.maxCallsPerConnection(4)
		.maxCallMemory(10 * SIZE)
		.build();

	private final EmbeddedChannel channel = new EmbeddedChannel(new DialectDetector(this.server));

	@AfterEach
	void nothingIsLeft() {
		this.tasks.forEach(Runnable::run);
		assertThat(this.channel.finishAndReleaseAll()).as("a reply that the test did not expect").isFalse();
		assertThat(this.server.calls().memory().taken()).isZero();
		assertThat(this.server.shutdown(Duration.ofSeconds(60))).succeedsWithin(Duration.ofSeconds(20));
	}

	@Test
	void requestIsInflatedWhereItsHandlerRuns() throws Exception {
		Packet packet = zeros(SIZE);
		byte[] request = echo(OUT_OF_ORDER, 1, packet).toCompressedBytes();
		assertThat(request).hasSizeLessThan(1_000);
		send(request);

		assertThat(this.tasks).hasSize(1);
		assertThat(this.server.calls().memory().taken()).as("what it is inflated to").isZero();
		run(0);

		assertThat(replies()).singleElement().satisfies((reply) -> {
			assertThat(reply.id()).isOne();
			assertThat(reply.read(new EchoService.echo_result()).getSuccess()).isEqualTo(packet);
		});
	}

	@Test
	void repliesKeepTheOrderOfTheirRequests() throws Exception {
		send(echo(IN_ORDER, 1, zeros(SIZE)).toCompressedBytes(), add(IN_ORDER, 2).toBytes(),
				echo(IN_ORDER, 3, zeros(SIZE)).toCompressedBytes(), add(OUT_OF_ORDER, 4).toBytes());

		run(3);
		assertThat(replies()).extracting(RawMessage::id).containsExactly(4);
		run(2);
		run(1);
		assertThat(replies()).isEmpty();
		run(0);
		assertThat(replies()).extracting(RawMessage::id).containsExactly(1, 2, 3);
	}

	@Test
	void damagedRequestIsAnsweredInItsPlace() throws Exception {
		byte[] damaged = echo(IN_ORDER, 2, Packets.ofSize(SIZE)).toCompressedBytes();
		damaged[SIZE / 2] ^= 1;
		send(add(IN_ORDER, 1).toBytes(), damaged, add(IN_ORDER, 3).toBytes());

		run(2);
		run(1);
		assertThat(replies()).isEmpty();
		run(0);

		List<RawMessage> replies = replies();
		assertThat(replies).extracting(RawMessage::id).containsExactly(1, 2, 3);
		assertThat(replies.get(1).readError().getType()).isEqualTo(TApplicationException.INVALID_TRANSFORM);
		assertThat(this.handler.executions()).isEmpty();
	}

	@Test
	void requestThatIsDamagedFromTheStartIsAnsweredAtOnce() throws Exception {
		byte[] damaged = echo(OUT_OF_ORDER, 2, zeros(SIZE)).toCompressedBytes();
		damaged[18] ^= -1;
		send(damaged);

		assertThat(this.tasks).isEmpty();
		assertThat(replies()).singleElement().satisfies((reply) -> {
			assertThat(reply.id()).isEqualTo(2);
			assertThat(reply.readError().getType()).isEqualTo(TApplicationException.INVALID_TRANSFORM);
		});
	}

	@Test
	void limitsHoldBeforeARequestIsInflated() throws Exception {
		RawMessage profile = RawMessage.call(OUT_OF_ORDER, "profile", 1, new EchoService.echo_args(zeros(SIZE)));
		send(profile.toCompressedBytes(), profile.withId(2).toCompressedBytes());
		assertRejected("limit", 2);

		for (int id = 3; id <= 7; id++) {
			send(echo(OUT_OF_ORDER, id, zeros(SIZE)).toCompressedBytes());
		}
		assertRejected("limit", 6, 7);
		assertThat(this.tasks).hasSize(4);
		for (int i = 0; i < 4; i++) {
			run(0);
		}
		assertThat(replies()).extracting(RawMessage::id).containsExactly(1, 3, 4, 5);
	}

	@Test
	void pingIsAnsweredWithoutAHandler() throws Exception {
		RawMessage ping = RawMessage.call(OUT_OF_ORDER, "EchoService:$ping", 5, new EchoService.nothing_args());
		// also one that is as large as nobody sends it
		RawMessage large = RawMessage.call(OUT_OF_ORDER, "$ping", 6, new EchoService.echo_args(Packets.ofSize(SIZE)));

		send(ping.toCompressedBytes(), large.toCompressedBytes());

		assertThat(this.tasks).isEmpty();
		assertThat(replies()).extracting(RawMessage::id).containsExactly(5, 6);
	}

	@Test
	void methodThatIsUnknownIsRefusedWithoutAHandler() throws Exception {
		send(echo(OUT_OF_ORDER, 3, Packets.ofSize(SIZE)).withName("missing").toCompressedBytes());

		assertThat(this.tasks).isEmpty();
		assertThat(replies()).singleElement()
			.satisfies(
					(reply) -> assertThat(reply.readError().getType()).isEqualTo(TApplicationException.UNKNOWN_METHOD));
	}

	@Test
	void onewayRequestRunsWithoutAReply() throws Exception {
		Packet packet = Packets.ofSize(SIZE);
		byte[] damaged = RawMessage.of(IN_ORDER, TMessageType.ONEWAY, "note", 2, new EchoService.note_args(packet))
			.toCompressedBytes();
		damaged[SIZE / 2] ^= 1;
		send(RawMessage.of(IN_ORDER, TMessageType.ONEWAY, "note", 1, new EchoService.note_args(packet))
			.toCompressedBytes(), damaged);

		run(0);
		run(0);

		assertThat(replies()).isEmpty();
		assertThat(this.handler.executions()).containsOnlyKeys(packet.getNonce()).containsValue(1);
	}

	@Test
	void requestsHaveNoMoreMemoryThanTheyMay() throws Exception {
		for (int id = 1; id <= 4; id++) {
			send(echo(OUT_OF_ORDER, id, Packets.ofSize(2 * SIZE)).toBytes());
		}
		assertRejected("overloaded", 3, 4);
		send(add(OUT_OF_ORDER, 5).toBytes());
		assertThat(this.tasks).as("small ones need none").hasSize(3);

		run(0);
		assertThat(replies()).extracting(RawMessage::id).containsExactly(1);
		send(echo(OUT_OF_ORDER, 6, Packets.ofSize(2 * SIZE)).toBytes());
		assertThat(this.tasks).hasSize(3);
		for (int i = 0; i < 3; i++) {
			run(0);
		}
		assertThat(replies()).extracting(RawMessage::id).containsExactly(2, 5, 6);
	}

	@Test
	void requestThatIsInflatedHasNoMoreMemoryThanItMay() throws Exception {
		send(echo(OUT_OF_ORDER, 1, Packets.ofSize(4 * SIZE)).toBytes(),
				echo(OUT_OF_ORDER, 2, zeros(3 * SIZE)).toCompressedBytes());
		assertThat(this.tasks).hasSize(2);

		run(1);
		assertRejected("overloaded", 2);
		run(0);
		assertThat(replies()).extracting(RawMessage::id).containsExactly(1);
		assertThat(this.handler.executions().values()).containsExactly(1);

		send(echo(OUT_OF_ORDER, 3, Packets.ofSize(15 * SIZE)).toCompressedBytes());
		run(0);
		assertThat(replies()).as("alone it may have all")
			.extracting(RawMessage::type)
			.containsExactly(TMessageType.REPLY);
	}

	@Test
	void requestsOfAConnectionThatIsGoneAreReleased() throws Exception {
		send(echo(IN_ORDER, 1, Packets.ofSize(SIZE)).toCompressedBytes(),
				echo(IN_ORDER, 2, Packets.ofSize(SIZE)).toBytes());
		assertThat(this.server.calls().memory().taken()).isGreaterThan(2 * SIZE);
		this.channel.close();

		run(0);
		run(0);

		assertThat(replies()).isEmpty();
	}

	private void assertRejected(String reason, int... ids) throws Exception {
		List<RawMessage> replies = replies();
		assertThat(replies.stream().mapToInt(RawMessage::id).toArray()).containsExactly(ids);
		for (RawMessage reply : replies) {
			assertThat(reply.readError().getType()).isEqualTo(RemoteApplicationException.NOT_PROCESSED);
			assertThat(reply.readError()).hasMessage("not processed: " + reason);
		}
	}

	private static Packet zeros(int size) {
		return Packets.of(new byte[size]);
	}

	private static RawMessage echo(Envelope envelope, int id, Packet packet) {
		return RawMessage.call(envelope, "EchoService:echo", id, new EchoService.echo_args(packet));
	}

	private static RawMessage add(Envelope envelope, int id) {
		return RawMessage.call(envelope, "EchoService:add", id, new EchoService.add_args(40, 2));
	}

	private void send(byte[]... requests) {
		for (byte[] request : requests) {
			this.channel.writeInbound(this.channel.alloc().buffer().writeBytes(request));
		}
	}

	/**
	 * Run one of the handlers that wait.
	 */
	private void run(int index) {
		this.tasks.remove(index).run();
	}

	private List<RawMessage> replies() throws Exception {
		return EmbeddedReplies.take(this.channel);
	}

}
