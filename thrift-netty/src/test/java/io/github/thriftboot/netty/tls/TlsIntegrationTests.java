package io.github.thriftboot.netty.tls;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import io.github.thriftboot.netty.context.ThriftContext;
import io.github.thriftboot.netty.protocol.ThriftProtocol;
import io.github.thriftboot.netty.protocol.ThriftTransport;
import io.github.thriftboot.netty.server.ThriftServer;
import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.netty.test.Packets;
import io.github.thriftboot.netty.test.TestClient;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.Packet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Calls over TLS.
 */
class TlsIntegrationTests {

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	@ParameterizedTest
	@CsvSource({ "HEADER,BINARY", "HEADER,COMPACT", "FRAMED,BINARY", "UNFRAMED,COMPACT" })
	void callsOfEveryDialectAndSizeAreAnswered(ThriftTransport transport, ThriftProtocol protocol) throws Exception {
		ThriftServer server = this.runtime.start(TestTls.server(new EchoHandler(), TestTls.SERVER, ClientAuth.NONE));
		TestClient client = this.runtime.client(
				TestTls.client(null).andThen((options) -> options.transport(transport).protocol(protocol)),
				server.port());

		for (int size : new int[] { 0, 1, 5_000, 16_384, 1_000_000 }) {
			Packet packet = Packets.ofSize(size);
			assertThat(client.<Packet>call("echo", packet)).isEqualTo(packet);
		}
		List<CompletableFuture<Object>> calls = IntStream.range(0, 500)
			.mapToObj((i) -> client.callAsync("add", i, 1))
			.toList();
		for (int i = 0; i < calls.size(); i++) {
			assertThat(calls.get(i)).succeedsWithin(Duration.ofSeconds(20)).isEqualTo(i + 1);
		}
		client.call("note", Packets.ofSize(10));
	}

	@ParameterizedTest
	@EnumSource
	void handlerSeesTheCertificateOfItsCaller(ClientAuth clientAuth) throws Exception {
		ThriftServer server = this.runtime.start(TestTls.server(new WhoCalls(), TestTls.SERVER, clientAuth));
		TestClient client = this.runtime.client(TestTls.client(TestTls.CLIENT), server.port());

		String expected = (clientAuth != ClientAuth.NONE) ? "CN=client" : "nobody";
		assertThat(client.<String>call("whoAmI")).isEqualTo(expected + " with TLSv1.3");
	}

	@Test
	void certificateThatIsOnlyWantedMayBeMissing() throws Exception {
		ThriftServer server = this.runtime.start(TestTls.server(new WhoCalls(), TestTls.SERVER, ClientAuth.WANT));

		assertThat(this.runtime.client(TestTls.client(null), server.port()).<String>call("whoAmI"))
			.isEqualTo("nobody with TLSv1.3");
	}

	@Test
	void oldestVersionIsTls12() throws Exception {
		TlsContext context = TestTls.context(TestTls.SERVER);
		TlsContext old = new TlsContext(context.context(), List.of("TLSv1.2"), List.of());
		ThriftServer server = this.runtime.start(TestTls.server(new WhoCalls(), TestTls.SERVER, ClientAuth.NEED)
			.tls(new ServerTls(() -> old, ClientAuth.NEED, false, Duration.ofSeconds(5))));

		assertThat(this.runtime.client(TestTls.client(TestTls.CLIENT), server.port()).<String>call("whoAmI"))
			.isEqualTo("CN=client with TLSv1.2");
		assertThatExceptionOfType(IllegalArgumentException.class)
			.isThrownBy(() -> new TlsContext(context.context(), List.of("TLSv1.1"), List.of()))
			.withMessageContaining("protocols: 'TLSv1.1'");
		assertThatExceptionOfType(IllegalArgumentException.class)
			.isThrownBy(() -> new TlsContext(context.context(), List.of(), List.of("NO_SUCH_CIPHER")))
			.withMessageContaining("ciphers: 'NO_SUCH_CIPHER'");
	}

	@Test
	void plaintextIsServedBesideTlsWhereItIsAllowed() throws Exception {
		TlsContext context = TestTls.context(TestTls.SERVER);
		ThriftServer server = this.runtime.start(TestTls.server(new WhoCalls(), TestTls.SERVER, ClientAuth.NONE)
			.tls(new ServerTls(() -> context, ClientAuth.NONE, true, ServerTls.DEFAULT_HANDSHAKE_TIMEOUT)));

		assertThat(server.isTlsRequired()).isFalse();
		assertThat(this.runtime.client(server.port()).<String>call("whoAmI")).isEqualTo("plaintext");
		assertThat(this.runtime.client(TestTls.client(null), server.port()).<String>call("whoAmI"))
			.isEqualTo("nobody with TLSv1.3");
	}

	@Test
	void halfAHelloIsClosedWhenItsTimeIsOver() throws Exception {
		TlsContext context = TestTls.context(TestTls.SERVER);
		ThriftServer server = this.runtime.start(TestTls.server(new EchoHandler(), TestTls.SERVER, ClientAuth.NONE)
			.tls(new ServerTls(() -> context, ClientAuth.NONE, false, Duration.ofMillis(200))));
		var connection = this.runtime.open(server.port());

		connection.write(new byte[] { 0x16, 3, 1, 1, 0, 1 });

		connection.receiveUntilClosed();
		assertThat(server.isTlsRequired()).isTrue();
	}

	@Test
	void stopAnswersCallsInFlight() throws Exception {
		EchoHandler handler = new EchoHandler();
		handler.closeGate();
		ThriftServer server = this.runtime.start(TestTls.server(handler, TestTls.SERVER, ClientAuth.NONE));
		TestClient client = this.runtime.client(TestTls.client(null), server.port());
		CompletableFuture<Object> waiting = client.callAsync("misbehave", "wait");
		await().until(() -> handler.waiting() == 1);

		CompletableFuture<Void> stopped = server.shutdown(Duration.ofSeconds(20));
		handler.openGate();

		assertThat(waiting).succeedsWithin(Duration.ofSeconds(20));
		assertThat(stopped).succeedsWithin(Duration.ofSeconds(20));
	}

	/**
	 * Tells who calls.
	 */
	private static final class WhoCalls extends EchoHandler {

		@Override
		public String whoAmI() {
			ThriftContext context = ThriftContext.current();
			if (context == null || context.tlsSession() == null) {
				return "plaintext";
			}
			String who = (context.peerCertificate() != null)
					? context.peerCertificate().getSubjectX500Principal().getName() : "nobody";
			return who + " with " + context.tlsSession().getProtocol();
		}

	}

}
