package io.github.thriftboot.netty.tls;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.github.thriftboot.netty.client.NoInstanceException;
import io.github.thriftboot.netty.client.ThriftCallException;
import io.github.thriftboot.netty.client.ThriftChannel;
import io.github.thriftboot.netty.client.UnprocessedException;
import io.github.thriftboot.netty.server.ThriftServer;
import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.netty.test.LogCapture;
import io.github.thriftboot.netty.test.Packets;
import io.github.thriftboot.netty.test.RawConnection;
import io.github.thriftboot.netty.test.RawMessage;
import io.github.thriftboot.netty.test.RawServer;
import io.github.thriftboot.netty.test.TestCertificate;
import io.github.thriftboot.netty.test.TestClient;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.EchoService;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Peers that do not agree about TLS: no handler runs, the call is told why, and goes to
 * another instance if there is one.
 */
class TlsRefusalIntegrationTests {

	private static final TestCertificate OTHER = TestCertificate.authority("Other authority");

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	private final LogCapture serverLog = new LogCapture(TlsHandshakeWatcher.class.getPackage());

	private final LogCapture clientLog = new LogCapture(ThriftChannel.class.getPackage());

	@AfterEach
	void stopCapture() {
		this.serverLog.close();
		this.clientLog.close();
	}

	@ParameterizedTest(name = "{0}, {2}")
	@MethodSource
	void clientWithoutAValidCertificateIsRefused(String title, @Nullable TestCertificate client, String version)
			throws Exception {
		EchoHandler refusing = new EchoHandler("refusing");
		TlsContext context = TestTls.context(TestTls.SERVER);
		TlsContext fixed = new TlsContext(context.context(), List.of(version), List.of());
		ThriftServer server = this.runtime.start(TestTls.server(refusing, TestTls.SERVER, ClientAuth.NEED)
			.tls(new ServerTls(() -> fixed, ClientAuth.NEED, false, ServerTls.DEFAULT_HANDSHAKE_TIMEOUT)));

		// what the server says; its own log has the details
		verifyRefused(TestTls.client(client), server, refusing, "Received fatal alert: ");
	}

	static Stream<Arguments> clientWithoutAValidCertificateIsRefused() {
		return Stream.of("TLSv1.3", "TLSv1.2")
			.flatMap((version) -> Stream.of(Arguments.of("none", null, version),
					Arguments.of("self-signed", TestCertificate.selfSigned("self"), version),
					Arguments.of("of another authority", OTHER.issue("client"), version),
					Arguments.of("expired", TestTls.AUTHORITY.issueExpired("client"), version)));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource
	void serverWithoutAValidCertificateIsRefused(String title, TestCertificate certificate, String reason)
			throws Exception {
		EchoHandler refused = new EchoHandler("refused");
		ThriftServer server = this.runtime.start(TestTls.server(refused, certificate, ClientAuth.NONE));

		verifyRefused(TestTls.client(null), server, refused, reason);
	}

	static Stream<Arguments> serverWithoutAValidCertificateIsRefused() {
		return Stream.of(
				Arguments.of("for another host", TestTls.AUTHORITY.issue("server", "10.0.0.1", "example.org"),
						"No subject alternative names matching IP address 127.0.0.1 found"),
				Arguments.of("expired", TestTls.AUTHORITY.issueExpired("server", "127.0.0.1"), "NotAfter: "),
				Arguments.of("self-signed", TestCertificate.selfSigned("server", "127.0.0.1"),
						"unable to find valid certification path"),
				Arguments.of("of another authority", OTHER.issue("server", "127.0.0.1"),
						"unable to find valid certification path"));
	}

	/**
	 * A call to the server alone ends with the reason; with another instance beside, all
	 * calls are answered there.
	 */
	private void verifyRefused(Consumer<ThriftChannel.Builder> tls, ThriftServer server, EchoHandler handler,
			String reason) throws Exception {
		ThriftServer good = this.runtime
			.start(TestTls.server(new EchoHandler("good"), TestTls.SERVER, ClientAuth.NONE));
		TestClient alone = this.runtime.client(tls, server.port());

		ThriftCallException failure = catchThrowableOfType(ThriftCallException.class,
				() -> alone.call("echo", Packets.ofSize(10)));

		assertThat(failure).isInstanceOfAny(UnprocessedException.class, NoInstanceException.class)
			.hasMessageContaining("TLS handshake failed: ")
			.hasMessageContaining(reason)
			.hasRootCauseInstanceOf(Exception.class);
		assertThat(this.clientLog.lines()).filteredOn((line) -> line.startsWith("WARN"))
			.singleElement()
			.asString()
			.contains(":" + server.port() + " cannot be called: TLS handshake failed: ");

		TestClient client = this.runtime.client(tls, server.port(), good.port());
		for (int i = 0; i < 50; i++) {
			assertThat(client.<String>call("whoAmI")).isEqualTo("good");
		}
		assertThat(handler.executions()).isEmpty();
		assertThat(this.serverLog.lines()).isNotEmpty()
			.allSatisfy((line) -> assertThat(line).startsWith("WARN Closed connection from /127.0.0.1:")
				.contains(": TLS handshake failed: "));
	}

	@Test
	void hostNameIsNotVerifiedIfThatIsOff() throws Exception {
		ThriftServer server = this.runtime.start(
				TestTls.server(new EchoHandler(), TestTls.AUTHORITY.issue("server", "example.org"), ClientAuth.NONE));
		TlsContext context = TestTls.context(null);
		ClientTls careless = new ClientTls(() -> context, false);

		assertThat(this.runtime.client((options) -> options.tls(true).tlsSettings(careless), server.port())
			.<String>call("whoAmI")).isEqualTo("echo");
	}

	@Test
	void plaintextClientIsToldOfTls() throws Exception {
		EchoHandler handler = new EchoHandler("secure");
		ThriftServer secure = this.runtime.start(TestTls.server(handler, TestTls.SERVER, ClientAuth.NONE));
		ThriftServer plain = this.runtime.start(new EchoHandler("plain"));
		try (LogCapture log = new LogCapture(TlsDetector.class)) {
			TestClient alone = this.runtime.client(secure.port());

			assertThatExceptionOfType(UnprocessedException.class)
				.isThrownBy(() -> alone.call("echo", Packets.ofSize(100_000)))
				.withMessageContaining("the peer expects TLS");

			TestClient client = this.runtime.client(secure.port(), plain.port());
			for (int i = 0; i < 50; i++) {
				assertThat(client.<String>call("whoAmI")).isEqualTo("plain");
			}
			assertThat(handler.executions()).isEmpty();
			assertThat(log.lines()).isNotEmpty()
				.allSatisfy((line) -> assertThat(line)
					.endsWith(": TLS is required, it looks like Thrift with transport header"));
		}
	}

	@Test
	void anyPlaintextGetsAnAlertAndIsClosed() throws Exception {
		ThriftServer server = this.runtime.start(TestTls.server(new EchoHandler(), TestTls.SERVER, ClientAuth.NONE));
		try (LogCapture log = new LogCapture(TlsDetector.class)) {
			RawConnection connection = this.runtime.open(server.port());
			connection.send(
					RawMessage.call(RawMessage.FRAMED, "echo", 1, new EchoService.echo_args(Packets.ofSize(200_000))));

			assertThat(connection.receiveUntilClosed()).as("bytes of the alert").isEqualTo(7);
			assertThat(log.lines()).hasSize(1);
		}
	}

	@Test
	void tlsClientIsToldOfPlaintext() throws Exception {
		ThriftServer plain = this.runtime.start(new EchoHandler("plain"));
		ThriftServer secure = this.runtime
			.start(TestTls.server(new EchoHandler("secure"), TestTls.SERVER, ClientAuth.NONE));
		RawServer babbling = this.runtime.start((connection) -> {
			connection.write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes());
			connection.receiveUntilClosed();
		});
		try (LogCapture log = new LogCapture(ThriftServer.class.getPackage())) {
			assertRefused(plain.port(), "the peer closed the connection, maybe because it does not speak TLS");
			assertRefused(babbling.port(), "the peer does not speak TLS");
			assertThat(this.runtime.client(TestTls.client(null), plain.port(), secure.port()).<String>call("whoAmI"))
				.isEqualTo("secure");
			assertThat(log.lines()).isNotEmpty()
				.allSatisfy((line) -> assertThat(line).endsWith(": it looks like a TLS hello"));
		}
	}

	@Test
	void handshakeIsBoundedByTheTimeToConnect() throws Exception {
		RawServer silent = this.runtime.start((connection) -> connection.receiveUntilClosed());
		TestClient client = this.runtime.client(
				TestTls.client(null).andThen((options) -> options.connectTimeout(Duration.ofMillis(200))),
				silent.port());

		assertThatExceptionOfType(UnprocessedException.class).isThrownBy(() -> client.call("whoAmI"))
			.withMessageContaining("the peer has not completed it in time");
	}

	private void assertRefused(int port, String reason) {
		TestClient client = this.runtime.client(TestTls.client(null), port);
		assertThatExceptionOfType(UnprocessedException.class).isThrownBy(() -> client.call("whoAmI"))
			.withMessageContaining(reason);
	}

}
