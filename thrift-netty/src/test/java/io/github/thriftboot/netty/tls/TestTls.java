package io.github.thriftboot.netty.tls;

import java.util.function.Consumer;

import io.github.thriftboot.netty.client.ThriftChannel;
import io.github.thriftboot.netty.server.ThriftServer;
import io.github.thriftboot.netty.test.TestCertificate;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.EchoService;
import org.jspecify.annotations.Nullable;

/**
 * Servers and clients with certificates of one authority.
 */
final class TestTls {

	static final TestCertificate AUTHORITY = TestCertificate.authority("Test authority");

	static final TestCertificate SERVER = AUTHORITY.issue("server", "127.0.0.1", "localhost");

	static final TestCertificate CLIENT = AUTHORITY.issue("client");

	private TestTls() {
	}

	/**
	 * Make the context of one side, which trusts the authority.
	 * @param own its certificate, or {@code null} for none
	 * @return the context
	 */
	static TlsContext context(@Nullable TestCertificate own) {
		return TlsContext.of(TestCertificate.context(own, AUTHORITY));
	}

	/**
	 * Make a server.
	 * @param handler the handler
	 * @param own its certificate
	 * @param clientAuth whether clients show theirs
	 * @return the server, not built
	 */
	static ThriftServer.Builder server(EchoService.Iface handler, TestCertificate own, ClientAuth clientAuth) {
		TlsContext context = context(own);
		return ThriftServer.builder()
			.service(TestRuntime.ECHO.name(), TestRuntime.ECHO, handler)
			.tls(new ServerTls(() -> context, clientAuth, false, ServerTls.DEFAULT_HANDSHAKE_TIMEOUT));
	}

	/**
	 * Let a client use TLS.
	 * @param own its certificate, or {@code null} for none
	 * @return sets the options of a channel
	 */
	static Consumer<ThriftChannel.Builder> client(@Nullable TestCertificate own) {
		TlsContext context = context(own);
		ClientTls tls = new ClientTls(() -> context, true);
		return (options) -> options.tls(true).tlsSettings(tls);
	}

}
