package io.github.thriftboot.netty.client;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.function.IntFunction;
import java.util.zip.Deflater;

import io.github.thriftboot.netty.context.CallHeaders;
import io.github.thriftboot.netty.interop.Wire;
import io.github.thriftboot.netty.protocol.Envelope;
import io.github.thriftboot.netty.protocol.MessageTooLargeException;
import io.github.thriftboot.netty.protocol.RemoteApplicationException;
import io.github.thriftboot.netty.protocol.ThriftProtocol;
import io.github.thriftboot.netty.protocol.ThriftTransport;
import io.github.thriftboot.netty.server.ThriftServer;
import io.github.thriftboot.netty.test.RawConnection;
import io.github.thriftboot.netty.test.RawMessage;
import io.github.thriftboot.netty.test.RawServer;
import io.github.thriftboot.netty.test.SizedTextHandler;
import io.github.thriftboot.netty.test.TestClient;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.EchoService;
import org.apache.thrift.TApplicationException;
import org.apache.thrift.TException;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Messages compressed with zlib of exactly the maximum size and one byte more: what goes
 * over the wire and what it is inflated to have the same limit.
 */
class CompressedSizeLimitIntegrationTests {

	private static final int LIMIT = 300_000;

	private static final int NO_LIMIT = 1_000_000;

	/**
	 * From here on ids take as many bytes in both protocols, however many calls there
	 * are.
	 */
	private static final int FIRST_ID = 100_000;

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	private final SizedTextHandler handler = new SizedTextHandler();

	@ParameterizedTest
	@EnumSource(names = { "BINARY", "COMPACT" })
	void requestThatInflatesToMoreThanTheLimitIsRefusedAlone(ThriftProtocol protocol) throws Exception {
		ThriftServer server = server(LIMIT);
		RawConnection connection = this.runtime.open(server.port());
		int size = LIMIT - (request(protocol, LIMIT).message().length - LIMIT);

		assertAnswered(connection, compressed(request(protocol, size), Deflater.BEST_SPEED), size);
		TApplicationException error = refusal(connection, compressed(request(protocol, size + 1), Deflater.BEST_SPEED));

		assertThat(error.getType()).isEqualTo(TApplicationException.INVALID_TRANSFORM);
		assertThat(error).hasMessageContaining("more than 300000 bytes")
			.hasMessageContaining("max-decompressed-size 300000");
		assertAnswered(connection, request(protocol, 10).toBytes(), 10);
		assertThat(this.handler.texts()).isEqualTo(2);
	}

	@ParameterizedTest
	@EnumSource(names = { "BINARY", "COMPACT" })
	void compressedRequestOverTheLimitIsRefusedAlone(ThriftProtocol protocol) throws Exception {
		ThriftServer server = server(LIMIT);
		RawConnection connection = this.runtime.open(server.port());
		int size = sizeOfFrame(LIMIT, (textSize) -> request(protocol, textSize));

		assertAnswered(connection, compressed(request(protocol, size), Deflater.NO_COMPRESSION), size);
		TApplicationException error = refusal(connection,
				compressed(request(protocol, size + 1), Deflater.NO_COMPRESSION));

		assertThat(error.getType()).isEqualTo(TApplicationException.PROTOCOL_ERROR);
		assertThat(error).hasMessageContaining("300001").hasMessageContaining("max-frame-size 300000");
		assertAnswered(connection, request(protocol, 10).toBytes(), 10);
		assertThat(this.handler.texts()).isEqualTo(2);
	}

	@ParameterizedTest
	@EnumSource(names = { "BINARY", "COMPACT" })
	void replyThatIsNotToBeInflatedIsNotSentByTheServer(ThriftProtocol protocol) throws Exception {
		TestClient client = client(server(LIMIT).port(), protocol, NO_LIMIT);
		int size = LIMIT - (reply(protocol, LIMIT).message().length - LIMIT);
		try (CallHeaders headers = CallHeaders.open()) {
			headers.put("thrift-accept-transform", "zlib");

			assertReceived(client, size);
			assertThatExceptionOfType(RemoteApplicationException.class)
				.isThrownBy(() -> assertReceived(client, size + 1))
				.satisfies((ex) -> assertThat(ex.getType()).isEqualTo(TApplicationException.INTERNAL_ERROR))
				.withMessageContaining("300001")
				.withMessageContaining("max-frame-size 300000");

			assertReceived(client, 10);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "BINARY", "COMPACT" })
	void replyThatInflatesToMoreThanTheLimitOfTheClientIsAnError(ThriftProtocol protocol) throws Exception {
		TestClient client = client(server(NO_LIMIT).port(), protocol, LIMIT);
		int size = LIMIT - (reply(protocol, LIMIT).message().length - LIMIT);
		try (CallHeaders headers = CallHeaders.open()) {
			headers.put("thrift-accept-transform", "zlib");

			assertReceived(client, size);
			assertThatExceptionOfType(TApplicationException.class).isThrownBy(() -> assertReceived(client, size + 1))
				.satisfies((ex) -> assertThat(ex.getType()).isEqualTo(TApplicationException.INVALID_TRANSFORM))
				.withMessageContaining("more than 300000 bytes")
				.withMessageContaining("max-decompressed-size 300000");

			assertReceived(client, 10);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "BINARY", "COMPACT" })
	void compressedReplyOverTheLimitOfTheClientIsAnError(ThriftProtocol protocol) throws Exception {
		RawServer server = this.runtime.start((connection) -> {
			while (true) {
				RawMessage request = connection.receive();
				int size = Integer.parseInt(request.read(new EchoService.misbehave_args()).getHow().split(" ")[1]);
				RawMessage reply = request.reply(new EchoService.misbehave_result(SizedTextHandler.text(size)));
				connection.write(compressed(reply, Deflater.NO_COMPRESSION));
			}
		});
		TestClient client = client(server.port(), protocol, LIMIT);
		int size = sizeOfFrame(LIMIT, (textSize) -> reply(protocol, textSize));

		assertReceived(client, size);
		assertThatExceptionOfType(MessageTooLargeException.class).isThrownBy(() -> assertReceived(client, size + 1))
			.withMessageContaining("misbehave")
			.withMessageContaining("300001")
			.withMessageContaining("max-frame-size 300000");

		assertReceived(client, 10);
		assertThat(server.accepted()).isOne();
	}

	private ThriftServer server(int maxFrameSize) {
		return this.runtime.start(ThriftServer.builder()
			.service("EchoService", TestRuntime.ECHO, this.handler)
			.maxFrameSize(maxFrameSize));
	}

	private TestClient client(int port, ThriftProtocol protocol, int maxFrameSize) {
		return this.runtime.client(this.runtime.pool(new ConnectionPool(1, FIRST_ID)), TestRuntime.ECHO,
				(options) -> options.protocol(protocol).maxFrameSize(maxFrameSize), TestRuntime.instances(port));
	}

	private static void assertReceived(TestClient client, int size) throws TException {
		assertThat((String) client.call("misbehave", SizedTextHandler.request(size)))
			.isEqualTo(SizedTextHandler.text(size));
	}

	private static void assertAnswered(RawConnection connection, byte[] request, int textSize) throws Exception {
		connection.write(request);

		RawMessage reply = connection.receive();

		assertThat(reply.id()).isEqualTo(FIRST_ID);
		assertThat(reply.read(new EchoService.misbehave_result()).getSuccess())
			.isEqualTo(SizedTextHandler.digest(SizedTextHandler.text(textSize)));
	}

	private static TApplicationException refusal(RawConnection connection, byte[] request) throws Exception {
		connection.write(request);

		RawMessage reply = connection.receive();

		assertThat(reply.id()).isEqualTo(FIRST_ID);
		return reply.readError();
	}

	private static RawMessage request(ThriftProtocol protocol, int textSize) {
		return RawMessage.call(new Envelope(ThriftTransport.HEADER, protocol, Envelope.OUT_OF_ORDER),
				"EchoService:misbehave", FIRST_ID, new EchoService.misbehave_args(SizedTextHandler.text(textSize)));
	}

	private static RawMessage reply(ThriftProtocol protocol, int textSize) {
		return request(protocol, 0).reply(new EchoService.misbehave_result(SizedTextHandler.text(textSize)));
	}

	/**
	 * Find the text with which a message, compressed without getting smaller, makes a
	 * frame of a size.
	 */
	private static int sizeOfFrame(int frameSize, IntFunction<RawMessage> message) {
		int textSize = frameSize;
		for (int i = 0; i < 5; i++) {
			textSize -= compressed(message.apply(textSize), Deflater.NO_COMPRESSION).length - Integer.BYTES - frameSize;
		}
		assertThat(compressed(message.apply(textSize), Deflater.NO_COMPRESSION)).hasSize(Integer.BYTES + frameSize);
		assertThat(compressed(message.apply(textSize + 1), Deflater.NO_COMPRESSION))
			.hasSize(Integer.BYTES + frameSize + 1);
		return textSize;
	}

	/**
	 * Encode a frame with the zlib transform.
	 */
	private static byte[] compressed(RawMessage message, int level) {
		Deflater deflater = new Deflater(level);
		byte[] content = message.message();
		deflater.setInput(content);
		deflater.finish();
		byte[] chunk = new byte[2 * content.length + 100];
		ByteArrayOutputStream payload = new ByteArrayOutputStream();
		while (!deflater.finished()) {
			payload.writeBytes(Arrays.copyOf(chunk, deflater.deflate(chunk)));
		}
		deflater.end();
		return Wire.envelope(message.id(), message.envelope().flags(),
				Wire.bytes(message.envelope().protocol().headerId(), 1, 1), payload.toByteArray());
	}

}
