package io.github.thriftboot.netty.interop;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;

import io.github.thriftboot.netty.context.CallHeaders;
import io.github.thriftboot.netty.protocol.Dialect;
import io.github.thriftboot.netty.protocol.ThriftProtocol;
import io.github.thriftboot.netty.protocol.ThriftTransport;
import io.github.thriftboot.netty.server.ThriftServer;
import io.github.thriftboot.netty.test.TestClient;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.types.TypesService;
import org.apache.thrift.TApplicationException;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of what only THeader has: headers and compression.
 */
class HeaderInteropIntegrationTests {

	private static final int MAX_FRAME_SIZE = 4_000_000;

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	private ThriftServer server;

	@BeforeEach
	void startServer() {
		this.server = this.runtime
			.start(ServerInteropIntegrationTests.builder(new TypesHandler()).maxFrameSize(MAX_FRAME_SIZE));
	}

	@ParameterizedTest
	@EnumSource(names = { "BINARY", "COMPACT" })
	void compressedRequestIsAnsweredUncompressed(ThriftProtocol protocol) throws Exception {
		DialectConnection connection = open(protocol);
		TypesService.echo_result result = new TypesService.echo_result();

		connection.write(zlibCall(protocol, 5, Wire.deflate(echo(protocol, 5))));

		assertThat(connection.receive(result).error()).isNull();
		assertThat(result.getSuccess()).isEqualTo(TypesCorpus.full());
		assertThat(connection.frame()[11]).as("transforms").isZero();
	}

	@ParameterizedTest
	@EnumSource(names = { "BINARY", "COMPACT" })
	void payloadThatCannotBeInflatedFailsAlone(ThriftProtocol protocol) throws Exception {
		byte[] message = echo(protocol, 7);
		byte[] good = Wire.deflate(message);
		byte[] damaged = good.clone();
		damaged[good.length / 2] ^= 0x55;
		byte[] cut = Arrays.copyOf(good, good.length - 10);
		byte[] tooDense = Wire.deflate(message, new byte[2_000_000]);
		byte[] tooLarge = Wire.deflate(message, random(MAX_FRAME_SIZE - 10_000), new byte[20_000]);
		DialectConnection connection = open(protocol);
		for (byte[] payload : new byte[][] { damaged, cut, { 1, 2, 3 }, tooDense, tooLarge }) {
			connection.write(zlibCall(protocol, 7, payload));

			DialectConnection.Message reply = connection.receive(null);

			assertThat(reply.error().getType()).isEqualTo(TApplicationException.INVALID_TRANSFORM);
			assertThat(reply.head().seqid).isEqualTo(7);
			assertStillAnswers(connection);
		}
	}

	@Test
	void oversizedFrameWithAWholeMessageInItsHeadFailsAlone() throws Exception {
		DialectConnection connection = open(ThriftProtocol.BINARY);
		byte[] payload = Wire.join(
				Wire.deflate(Wire.call(ThriftProtocol.BINARY, "nothing", 8, new TypesService.nothing_args())),
				new byte[MAX_FRAME_SIZE]);
		connection.write(zlibCall(ThriftProtocol.BINARY, 8, payload));

		assertThat(connection.receive(null).error().getMessage()).contains("max-frame-size " + MAX_FRAME_SIZE);
		assertStillAnswers(connection);
	}

	@Test
	void transformsThatAreNotKnownAreRefused() throws Exception {
		DialectConnection connection = open(ThriftProtocol.BINARY);
		for (byte[] header : new byte[][] { Wire.bytes(0, 1, 2), Wire.bytes(0, 2, 1, 1) }) {
			connection.write(Wire.envelope(9, 0, header, echo(ThriftProtocol.BINARY, 9)));

			assertThat(connection.receive(null).error().getType()).isEqualTo(TApplicationException.INVALID_TRANSFORM);
		}
		assertStillAnswers(connection);
	}

	@Test
	void replyIsCompressedWhenTheCallerAcceptsIt() throws Exception {
		DialectConnection connection = open(ThriftProtocol.BINARY);
		byte[] accept = Wire.bytes(0, 0, 1, 1, "thrift-accept-transform", "zlib");
		connection.write(Wire.envelope(3, 1, accept, Wire.call(ThriftProtocol.BINARY, "echoString", 3,
				new TypesService.echoString_args("x".repeat(10_000)))));

		assertThat(connection.frame()).hasSizeLessThan(1_000);
		assertThat(new byte[] { connection.frame()[11], connection.frame()[12] }).as("transforms")
			.containsExactly(1, 1);
	}

	@Test
	void ourClientReadsCompressedReplies() throws Exception {
		TestClient client = client();
		try (CallHeaders headers = CallHeaders.open()) {
			headers.put("thrift-accept-transform", "zlib");
			for (int size : new int[] { 0, 1, 10_000, 1_000_000, 2_000_000, 3_900_000 }) {
				ByteBuffer dense = ByteBuffer.allocate(size);
				assertThat(client.<ByteBuffer>call("echoBinary", dense)).as("%d zeros", size).isEqualTo(dense);
				ByteBuffer incompressible = ByteBuffer.wrap(random(size));
				assertThat(client.<ByteBuffer>call("echoBinary", incompressible)).as("%d bytes", size)
					.isEqualTo(incompressible);
			}
		}
	}

	@Test
	void headersGoToTheHandlerAndBack() throws Exception {
		TestClient client = client();
		try (CallHeaders headers = CallHeaders.open().put("tenant", "acmé").put("empty", "")) {
			assertThat(client.<Map<String, String>>call("headers")).containsEntry("tenant", "acmé")
				.containsEntry("empty", "");
			assertThat(headers.reply()).containsEntry("reply-tenant", "acmé").containsEntry("reply-empty", "");
			client.call("nothing");
			assertThat(headers.reply()).isEmpty();
		}
		assertThat(client.<Map<String, String>>call("headers")).isEmpty();
	}

	@Test
	void headersGoWithAsynchronousCalls() {
		TestClient client = client();
		CallHeaders headers = CallHeaders.open().put("tenant", "acme");
		var call = client.callAsync("headers");
		headers.close();

		assertThat(call).succeedsWithin(Duration.ofSeconds(20))
			.satisfies((value) -> assertThat(value).asInstanceOf(InstanceOfAssertFactories.MAP)
				.containsEntry("tenant", "acme"));
		assertThat(headers.reply()).containsEntry("reply-tenant", "acme");
	}

	@Test
	void dialectsWithoutHeadersIgnoreThem() throws Exception {
		for (ThriftTransport transport : new ThriftTransport[] { ThriftTransport.FRAMED, ThriftTransport.UNFRAMED }) {
			TestClient client = new TypesClients(this.runtime, new Dialect(transport, ThriftProtocol.BINARY), true,
					this.server.port())
				.client(TypesClients.TYPES);
			try (CallHeaders headers = CallHeaders.open().put("tenant", "acme")) {
				assertThat(client.<Map<String, String>>call("headers")).isEmpty();
				assertThat(headers.reply()).isEmpty();
			}
		}
	}

	@Test
	void headersOverALimitFailAlone() throws Exception {
		DialectConnection connection = open(ThriftProtocol.COMPACT);
		byte[] many = Wire.bytes(2, 0, 1, 65);
		byte[] endless = Wire.bytes(2, 0, 1, 255, 255, 255, 255, 255, 255);
		for (int i = 0; i < 65; i++) {
			many = Wire.join(many, Wire.bytes("k" + i, "v"));
		}
		byte[] large = Wire.bytes(2, 0, 1, 1, "k", "v".repeat(9_000));
		byte[] negative = Wire.bytes(2, 0, 1, 1, 255, 255, 255, 255, 15);
		byte[] floods = new byte[0xFFFF * 4];
		Arrays.fill(floods, (byte) 1);
		floods[0] = 2;
		floods[1] = 0;
		for (byte[] header : new byte[][] { many, endless, large, negative, floods }) {
			connection.write(Wire.envelope(4, 1, header, echo(ThriftProtocol.COMPACT, 4)));

			DialectConnection.Message reply = connection.receive(null);

			assertThat(reply.error().getType()).isEqualTo(TApplicationException.PROTOCOL_ERROR);
			assertThat(reply.head().seqid).isEqualTo(4);
		}
		assertStillAnswers(connection);
	}

	private static void assertStillAnswers(DialectConnection connection) throws Exception {
		connection.call("noArguments", 99, new TypesService.noArguments_args());
		assertThat(connection.receive(null)).satisfies((reply) -> {
			assertThat(reply.error()).isNull();
			assertThat(reply.head().seqid).isEqualTo(99);
		});
	}

	private DialectConnection open(ThriftProtocol protocol) throws IOException {
		return this.runtime
			.closing(DialectConnection.open(this.server.port(), new Dialect(ThriftTransport.HEADER, protocol)));
	}

	private TestClient client() {
		return new TypesClients(this.runtime, new Dialect(ThriftTransport.HEADER, ThriftProtocol.BINARY), true,
				this.server.port())
			.client(TypesClients.TYPES);
	}

	private static byte[] echo(ThriftProtocol protocol, int id) {
		return Wire.call(protocol, "echo", id, new TypesService.echo_args(TypesCorpus.full()));
	}

	private static byte[] zlibCall(ThriftProtocol protocol, int id, byte[] payload) {
		return Wire.envelope(id, 1, Wire.bytes(protocol.headerId(), 1, 1), payload);
	}

	private static byte[] random(int size) {
		byte[] bytes = new byte[size];
		new Random(size).nextBytes(bytes);
		return bytes;
	}

}
