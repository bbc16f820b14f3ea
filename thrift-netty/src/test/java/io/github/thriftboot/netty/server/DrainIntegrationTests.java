package io.github.thriftboot.netty.server;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;

import io.github.thriftboot.netty.protocol.Envelope;
import io.github.thriftboot.netty.protocol.RemoteApplicationException;
import io.github.thriftboot.netty.protocol.ThriftTransport;
import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.netty.test.RawConnection;
import io.github.thriftboot.netty.test.RawMessage;
import io.github.thriftboot.netty.test.TestClient;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.EchoService;
import org.apache.thrift.protocol.TMessageType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A server that stops tells its clients to leave.
 */
class DrainIntegrationTests {

	private static final Duration LONG = Duration.ofSeconds(20);

	private static final Duration GRACE = Duration.ofSeconds(60);

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	private final EchoHandler handler = new EchoHandler();

	@AfterEach
	void openGate() {
		this.handler.openGate();
	}

	@Test
	void clientThatAnnouncesItIsToldOnceAndItsLateCallsAreNotProcessed() throws Exception {
		ThriftServer server = this.runtime.start(this.handler);
		RawConnection connection = this.runtime.open(server.port());
		this.handler.closeGate();
		connection.write(announced(
				RawMessage.call(RawMessage.OUT_OF_ORDER, "misbehave", 1, new EchoService.misbehave_args("wait"))));
		await().atMost(LONG).until(() -> this.handler.waiting() == 1);

		CompletableFuture<Void> stopped = server.shutdown(GRACE);

		RawMessage told = connection.receive();
		assertThat(told.name()).isEqualTo("$drain");
		assertThat(told.type()).isEqualTo(TMessageType.ONEWAY);
		assertThat(told.id()).isZero();
		assertThat(told.envelope().transport()).isEqualTo(ThriftTransport.HEADER);
		connection.send(RawMessage.call(RawMessage.OUT_OF_ORDER, "add", 2, new EchoService.add_args(40, 2)));
		RawMessage late = connection.receive();
		assertThat(late.id()).isEqualTo(2);
		assertThat(late.readError().getType()).isEqualTo(RemoteApplicationException.NOT_PROCESSED);
		assertThat(late.readError()).hasMessage("not processed: draining");
		this.handler.openGate();
		assertThat(connection.receive().id()).isEqualTo(1);
		assertThat(stopped).as("the client may still send").isNotDone();
		connection.close();
		assertThat(stopped).succeedsWithin(LONG);
	}

	@Test
	void clientThatDoesNotLeaveHoldsUpTheStopForAMomentOnly() throws Exception {
		ThriftServer server = this.runtime.start(this.handler);
		RawConnection connection = this.runtime.open(server.port());
		connection
			.write(announced(RawMessage.call(RawMessage.OUT_OF_ORDER, "add", 1, new EchoService.add_args(40, 2))));
		assertThat(connection.receive().id()).isEqualTo(1);

		CompletableFuture<Void> stopped = server.shutdown(GRACE);

		assertThat(connection.receive().name()).isEqualTo("$drain");
		assertThat(connection.receiveUntilClosed()).isZero();
		assertThat(stopped).succeedsWithin(LONG);
	}

	@Test
	void clientThatDoesNotAnnounceItIsServedAndNotTold() throws Exception {
		ThriftServer server = this.runtime.start(this.handler);
		RawConnection connection = this.runtime.open(server.port());
		this.handler.closeGate();
		connection
			.send(RawMessage.call(RawMessage.OUT_OF_ORDER, "misbehave", 1, new EchoService.misbehave_args("wait")));
		await().atMost(LONG).until(() -> this.handler.waiting() == 1);

		CompletableFuture<Void> stopped = server.shutdown(GRACE);

		connection.send(RawMessage.call(RawMessage.OUT_OF_ORDER, "add", 2, new EchoService.add_args(40, 2)));
		assertThat(connection.receive().read(new EchoService.add_result()).getSuccess()).isEqualTo(42);
		this.handler.openGate();
		assertThat(connection.receive().id()).isEqualTo(1);
		assertThat(connection.receiveUntilClosed()).isZero();
		assertThat(stopped).succeedsWithin(LONG);
	}

	@Test
	void ourClientFinishesWhatIsInFlightAndLeaves() throws Exception {
		ThriftServer server = this.runtime.start(this.handler);
		ThriftServer other = this.runtime.start(new EchoHandler("other"));
		TestClient client = this.runtime.client(server.port());
		TestClient both = this.runtime.client(server.port(), other.port());
		await().atMost(LONG).until(() -> both.call("whoAmI").equals("echo"));
		this.handler.closeGate();
		CompletableFuture<Object> call = client.callAsync("misbehave", "wait");
		await().atMost(LONG).until(() -> this.handler.waiting() == 1);

		CompletableFuture<Void> stopped = server.shutdown(GRACE);

		await().atMost(LONG).until(() -> TestRuntime.connections(server) == 1);
		for (int i = 0; i < 50; i++) {
			assertThat((String) both.call("whoAmI")).isEqualTo("other");
		}
		this.handler.openGate();
		assertThat(call).succeedsWithin(LONG).isEqualTo("waited");
		assertThat(stopped).succeedsWithin(LONG);
	}

	@Test
	void ourClientComesBackWhenTheServerDoes() throws Exception {
		ThriftServer first = this.runtime.start(this.handler);
		int port = first.port();
		TestClient client = this.runtime.client(port);
		assertThat((String) client.call("whoAmI")).isEqualTo("echo");
		assertThat(first.shutdown(GRACE)).succeedsWithin(LONG);

		this.runtime.startOn(port,
				ThriftServer.builder().service("EchoService", TestRuntime.ECHO, new EchoHandler("second")));

		await().atMost(LONG).ignoreExceptions().until(() -> client.call("whoAmI").equals("second"));
	}

	/**
	 * Encode a request with the header that announces what the client understands.
	 */
	private static byte[] announced(RawMessage request) {
		byte[] header = HexFormat.of().parseHex("000001010c7468726966742d647261696e013100");
		byte[] message = request.message();
		return ByteBuffer.allocate(14 + header.length + message.length)
			.putInt(10 + header.length + message.length)
			.putShort((short) 0x0fff)
			.putShort((short) Envelope.OUT_OF_ORDER)
			.putInt(request.id())
			.putShort((short) (header.length / 4))
			.put(header)
			.put(message)
			.array();
	}

}
