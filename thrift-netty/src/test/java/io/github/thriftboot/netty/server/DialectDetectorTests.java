package io.github.thriftboot.netty.server;

import java.time.Duration;
import java.util.HexFormat;
import java.util.List;

import io.github.thriftboot.netty.protocol.Envelope;
import io.github.thriftboot.netty.protocol.ThriftProtocol;
import io.github.thriftboot.netty.protocol.ThriftTransport;
import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.netty.test.LogCapture;
import io.github.thriftboot.netty.test.Packets;
import io.github.thriftboot.netty.test.RawMessage;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.EchoService;
import io.github.thriftboot.test.Packet;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import org.apache.thrift.TApplicationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DialectDetector}. The other dialects are tested with Apache's clients.
 */
class DialectDetectorTests {

	private final ThriftServer server = ThriftServer.builder()
		.service("EchoService", TestRuntime.ECHO, new EchoHandler())
		.executor(Runnable::run)
		.build();

	private final EmbeddedChannel channel = new EmbeddedChannel(new DialectDetector(this.server));

	@AfterEach
	void stop() {
		assertThat(this.channel.finish()).isFalse();
		this.server.shutdown(Duration.ZERO).join();
	}

	@ParameterizedTest
	@EnumSource(names = { "BINARY", "COMPACT" })
	void headerIsAnsweredInTheProtocolOfEachRequest(ThriftProtocol protocol) throws Exception {
		for (ThriftProtocol next : new ThriftProtocol[] { protocol, ThriftProtocol.COMPACT, ThriftProtocol.BINARY }) {
			assertAnswered(new Envelope(ThriftTransport.HEADER, next, 0));
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "BINARY", "COMPACT" })
	void framedIsAnsweredFramed(ThriftProtocol protocol) throws Exception {
		assertAnswered(new Envelope(ThriftTransport.FRAMED, protocol, 0));
		assertAnswered(new Envelope(ThriftTransport.FRAMED, protocol, 0));
	}

	private void assertAnswered(Envelope envelope) throws Exception {
		RawMessage request = RawMessage.call(envelope, "add", 7, new EchoService.add_args(40, 2));
		for (byte b : request.toBytes()) {
			assertThat(this.channel.<Object>readOutbound()).isNull();
			this.channel.writeInbound(this.channel.alloc().buffer(1).writeByte(b));
		}

		assertThat(EmbeddedReplies.take(this.channel)).singleElement()
			.usingRecursiveComparison()
			.isEqualTo(request.reply(new EchoService.add_result(42)));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			16030100c8010000c4      | a TLS hello
			1603030047000000        | a TLS hello
			474554202f20485454502f  | an HTTP request
			504f5354202f20485454502f| an HTTP request
			50555420202f2048        | an HTTP request
			48454144202f2048        | an HTTP request
			505249202a20485454502f  | HTTP/2
			50524f585920544350342031| a PROXY protocol header
			0d0a0d0a000d0a515549540a| a PROXY protocol header
			fffb1ffffb20fffb18      | telnet
			68656c6c6f0d0a0d0a      | no Thrift at all
			5353482d322e302d        | SSH
			aced0005737200          | Java serialization
			aced000573720000        | Java serialization
			0000004010000000        | Kitex TTHeader
			0000000000000000        | no Thrift at all
			fffffeff80010001        | telnet
			8000000080010001        | no Thrift at all
			7fffffff80010001        | no Thrift at all
			4000000080010001        | no Thrift at all
			""")
	void anythingElseIsClosedWithoutAnAnswerAndWithOneLine(String hex, String looksLike) {
		byte[] bytes = HexFormat.of().parseHex(hex);
		try (LogCapture log = new LogCapture(DialectDetector.class)) {
			this.channel.writeInbound(Unpooled.copiedBuffer(bytes, new byte[8 - Math.min(8, bytes.length)]));

			assertThat(this.channel.isOpen()).isFalse();
			assertThat(this.channel.<Object>readOutbound()).isNull();
			assertThat(log.lines()).singleElement()
				.asString()
				.startsWith("WARN Closed connection from ")
				.contains("it looks like", looksLike)
				.isPrintable();
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 3 })
	void connectionThatEndsBeforeItTellsIsNoReasonForALine(int length) {
		try (LogCapture log = new LogCapture(DialectDetector.class)) {
			this.channel.writeInbound(this.channel.alloc().buffer().writeZero(length));
			this.channel.finish();

			assertThat(log.lines()).isEmpty();
			assertThat(this.channel.<Object>readOutbound()).isNull();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET / HTTP/1.1\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\u0016\u0003\u0001",
			"[1,\"add\"" })
	void lookAlikeInsideAFrameIsData(String text) throws Exception {
		Packet packet = Packets.of(text.getBytes());
		RawMessage named = RawMessage.call(RawMessage.FRAMED, text, 1, new EchoService.echo_args(packet));

		this.channel.writeInbound(Unpooled.wrappedBuffer(named.toBytes(), named.withName("echo").toBytes()));

		List<RawMessage> replies = EmbeddedReplies.take(this.channel);
		assertThat(replies).hasSize(2);
		assertThat(replies.get(0).readError().getType()).isEqualTo(TApplicationException.UNKNOWN_METHOD);
		assertThat(replies.get(1).read(new EchoService.echo_result()).getSuccess()).isEqualTo(packet);
	}

}
