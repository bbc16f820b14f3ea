package io.github.thriftboot.netty.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

import io.github.thriftboot.netty.interop.Wire;
import io.github.thriftboot.test.types.TypesService;
import org.apache.thrift.TSerializable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Dialect}.
 */
class DialectTests {

	private static final String[] NAMES = { "a", "_", "Z9", "get", "ping", "echo", "Service:method",
			"x".repeat(1_000) };

	@ParameterizedTest
	@EnumSource
	void unframedMessageIsRecognised(ThriftProtocol protocol) {
		for (String name : NAMES) {
			byte[] message = Wire.call(protocol, name, 0, new TypesService.nothing_args());

			assertThat(detect(message)).as(name).isEqualTo(new Dialect(ThriftTransport.UNFRAMED, protocol));
		}
	}

	@ParameterizedTest
	@EnumSource
	void framedMessageIsRecognised(ThriftProtocol protocol) {
		TSerializable large = new TypesService.echoString_args("x".repeat(1_000_000));
		for (String name : NAMES) {
			for (TSerializable args : new TSerializable[] { new TypesService.nothing_args(), large }) {
				byte[] message = Wire.call(protocol, name, 0, args);
				byte[] length = ByteBuffer.allocate(4).putInt(message.length).array();

				assertThat(detect(Wire.join(length, message))).as(name)
					.isEqualTo(new Dialect(ThriftTransport.FRAMED, protocol));
			}
		}
	}

	@ParameterizedTest
	@CsvSource({
			// any message type, any version of compact with 1 in the low bits
			"80010004 00000000, UNFRAMED, BINARY", "82210001, UNFRAMED, COMPACT", "82e10001, UNFRAMED, COMPACT",
			"82810001, UNFRAMED, COMPACT", "5b312c22, UNFRAMED, JSON", "00000011 80010001, FRAMED, BINARY",
			"00000011 82218000, FRAMED, COMPACT", "00000011 5b312c22, FRAMED, JSON",
			// the fewest bytes of the old style
			"00000009 00000000, FRAMED, OLD_BINARY", "0000000a 00000001, FRAMED, OLD_BINARY",
			"00000001 61010000, UNFRAMED, OLD_BINARY", "00000004 70696e67, UNFRAMED, OLD_BINARY",
			// no length is too large here, the decoder skips it
			"3fffffff 80010001, FRAMED, BINARY", "00fa0001 0fff0000, HEADER, BINARY",
			"0000000e 0fff0001, HEADER, BINARY", "0000000e 0fffffff, HEADER, BINARY" })
	void firstWordsTell(String hex, ThriftTransport transport, ThriftProtocol protocol) {
		assertThat(detect(parse(hex))).isEqualTo(new Dialect(transport, protocol));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "GET / HTTP/1.1|an HTTP request", "POST /x HTTP/1.1|an HTTP request",
					"OPTIONS * HTTP/1.1|an HTTP request", "HTTP/1.1 200 OK|an HTTP answer", "PRI * HTTP/2.0|HTTP/2",
					"PROXY TCP4 1.2.3.4|a PROXY protocol header", "SSH-2.0-OpenSSH_9.2|SSH",
					"hello world|no Thrift at all", "{\"jsonrpc\":2}|no Thrift at all",
					"[1, \"spaced\"|no Thrift at all", "[2,\"other version|no Thrift at all",
					"\\r\\n\\r\\nquit\\r\\n|no Thrift at all", "  indented text|no Thrift at all" })
	void foreignTextIsNamed(String text, String name) {
		String start = text.replace("\\r", "\r").replace("\\n", "\n");

		assertForeign(start.getBytes(StandardCharsets.US_ASCII), name);
	}

	@ParameterizedTest
	@CsvSource({
			// hellos of TLS 1.0 to 1.3, records of several lengths
			"1603010200 010001fc0303, a TLS hello", "16030100a5 010000a10303, a TLS hello",
			"1603030001 00000000, a TLS hello", "1503010002 022800, a TLS alert",
			"0d0a0d0a000d0a515549540a, a PROXY protocol header", "aced000573720010, Java serialization",
			"fffb1ffffb20, telnet", "fffd01fffd, telnet", "00000020 10000000, Kitex TTHeader",
			// look-alikes of strict messages
			"80020001 00000001, no Thrift", "82220001 00000001, no Thrift", "83210001 00000001, no Thrift",
			"00000011 80020001, no Thrift", "00000011 82220000, no Thrift",
			// lengths that do not fit
			"00000000 80010001, no Thrift", "ffffffff 00000001, telnet", "80000000 00000001, no Thrift",
			"40000000 80010001, no Thrift", "00000008 00000000, no Thrift", "00000009 00000001, no Thrift",
			// neither a name nor its length
			"00000005 30313233, no Thrift", "00000005 00616161, no Thrift", "00100000 61616161, no Thrift",
			"00100000 00080000, no Thrift", "00000010 c3a46161, no Thrift" })
	void foreignBytesAreNamed(String hex, String name) {
		assertForeign(parse(hex), name);
	}

	private static void assertForeign(byte[] start, String name) {
		assertThat(detect(start)).isNull();
		assertThat(Dialect.describe(word(start, 0), word(start, 4))).contains(name);
	}

	private static Dialect detect(byte[] start) {
		int first = word(start, 0);
		// as few bytes as a connection needs
		return Dialect.detect(first, Dialect.isDecidedBy(first) ? 0 : word(start, 4));
	}

	private static int word(byte[] bytes, int offset) {
		return ByteBuffer.wrap(Arrays.copyOf(bytes, 8)).getInt(offset);
	}

	private static byte[] parse(String hex) {
		return HexFormat.of().parseHex(hex.replace(" ", ""));
	}

}
