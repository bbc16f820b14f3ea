package io.github.thriftboot.netty.server;

import java.io.ByteArrayOutputStream;
import java.io.ObjectOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;

import io.github.thriftboot.netty.interop.Wire;
import io.github.thriftboot.netty.protocol.Dialect;
import io.github.thriftboot.netty.protocol.Envelope;
import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.netty.test.LogCapture;
import io.github.thriftboot.netty.test.Packets;
import io.github.thriftboot.netty.test.RawConnection;
import io.github.thriftboot.netty.test.RawMessage;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.EchoService;
import io.github.thriftboot.test.Packet;
import org.apache.thrift.TApplicationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Programs that speak something else than Thrift: they get no byte, and the log gets one
 * line that names what they speak. The same bytes inside a message are data.
 */
class ForeignStartIntegrationTests {

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	private final LogCapture log = new LogCapture(ThriftServer.class.getPackage());

	@AfterEach
	void stopCapture() {
		this.log.close();
	}

	@ParameterizedTest
	@MethodSource("foreignStarts")
	void foreignStartIsClosedWithoutAnAnswerAndWithOneLine(ForeignStart start) throws Exception {
		ThriftServer server = this.runtime.start(new EchoHandler());
		RawConnection connection = this.runtime.open(server.port());

		connection.write(Wire.join(start.bytes(), add(RawMessage.FRAMED).toBytes()));

		assertThat(connection.receiveUntilClosed()).as("bytes of an answer").isZero();
		// nothing can be logged after this
		assertThat(server.shutdown(Duration.ZERO)).succeedsWithin(Duration.ofSeconds(20));
		assertThat(this.log.lines()).singleElement()
			.asString()
			.startsWith("WARN Closed connection from /127.0.0.1:")
			.endsWith(": it looks like " + start.looksLike())
			.isPrintable();
	}

	/**
	 * Return what other programs send first, whole messages of theirs.
	 */
	static List<ForeignStart> foreignStarts() throws Exception {
		return List.of(new ForeignStart("TLS hello", tlsHello(), "a TLS hello"),
				new ForeignStart("HTTP/1 GET",
						text("GET /thrift HTTP/1.1\r\nHost: localhost:9090\r\nAccept: */*\r\n\r\n"), "an HTTP request"),
				new ForeignStart("HTTP/1 POST",
						text("POST /thrift HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"),
						"an HTTP request"),
				new ForeignStart("HTTP/2 preface",
						Wire.join(text("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), hex("000000 04 00 00000000")), "HTTP/2"),
				new ForeignStart("PROXY v1", text("PROXY TCP4 192.0.2.1 192.0.2.2 56324 9090\r\n"),
						"a PROXY protocol header"),
				new ForeignStart("PROXY v2", hex("0d0a0d0a000d0a515549540a 21 11 000c c0000201 c0000202 dc04 2382"),
						"a PROXY protocol header"),
				new ForeignStart("telnet", hex("fffd03 fffb18 fffb1f fffb20 fffb21 fffb22 fffb27 fffd05"), "telnet"),
				new ForeignStart("Java serialization", serialized(), "Java serialization"),
				new ForeignStart("Kitex TTHeader", ttHeader(), "Kitex TTHeader"));
	}

	private static byte[] tlsHello() throws Exception {
		SSLEngine engine = SSLContext.getDefault().createSSLEngine("localhost", 9090);
		engine.setUseClientMode(true);
		ByteBuffer hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
		engine.wrap(ByteBuffer.allocate(0), hello);
		return Arrays.copyOf(hello.array(), hello.position());
	}

	private static byte[] serialized() throws Exception {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
			out.writeObject(List.of("a", "b"));
		}
		return bytes.toByteArray();
	}

	/**
	 * Magic, flags, sequence id, size of the header in words, protocol id, no transform,
	 * no info, padding; and a message, as Kitex puts it there by default.
	 */
	private static byte[] ttHeader() {
		return RawMessage
			.withLength(Wire.join(hex("1000 0000 00000001 0001 00 00 0000"), add(RawMessage.FRAMED).message()));
	}

	@ParameterizedTest
	@MethodSource("io.github.thriftboot.netty.interop.Wire#clientDialects")
	void lookAlikeInsideAMessageIsData(Dialect dialect) throws Exception {
		Envelope envelope = new Envelope(dialect.transport(), dialect.protocol(), 0);
		RawConnection connection = this.runtime.open(this.runtime.start(new EchoHandler()).port());

		for (ForeignStart start : foreignStarts()) {
			Packet packet = Packets.of(start.bytes());
			// also where it comes in a packet of its own
			byte[] request = RawMessage.call(envelope, "echo", 1, new EchoService.echo_args(packet)).toBytes();
			int split = indexOf(request, start.bytes());
			connection.write(Arrays.copyOf(request, split));
			connection.write(Arrays.copyOfRange(request, split, request.length));
			assertThat(connection.receive().read(new EchoService.echo_result()).getSuccess()).isEqualTo(packet);

			String text = new String(start.bytes(), StandardCharsets.ISO_8859_1);
			connection.send(RawMessage.call(envelope, "misbehave", 2, new EchoService.misbehave_args(text)),
					RawMessage.call(envelope, text, 3, new EchoService.add_args(40, 2)), add(envelope));
			assertThat(connection.receive().read(new EchoService.misbehave_result()).getSuccess()).isEqualTo(text);
			assertThat(connection.receive().readError().getType()).isEqualTo(TApplicationException.UNKNOWN_METHOD);
			assertThat(connection.receive().read(new EchoService.add_result()).getSuccess()).isEqualTo(42);
		}
		assertThat(this.log.lines()).isEmpty();
	}

	/**
	 * Find bytes in a message; in JSON they are written otherwise, and any place will do.
	 */
	private static int indexOf(byte[] message, byte[] bytes) {
		int index = new String(message, StandardCharsets.ISO_8859_1)
			.indexOf(new String(bytes, StandardCharsets.ISO_8859_1));
		return (index >= 0) ? index : message.length / 2;
	}

	private static RawMessage add(Envelope envelope) {
		return RawMessage.call(envelope, "add", 4, new EchoService.add_args(40, 2));
	}

	private static byte[] text(String text) {
		return text.getBytes(StandardCharsets.US_ASCII);
	}

	private static byte[] hex(String hex) {
		return HexFormat.of().parseHex(hex.replace(" ", ""));
	}

	/**
	 * What a program sends that does not speak Thrift.
	 *
	 * @param title says what it is
	 * @param bytes the bytes
	 * @param looksLike what the log calls it
	 */
	record ForeignStart(String title, byte[] bytes, String looksLike) {

		@Override
		public String toString() {
			return this.title;
		}

	}

}
