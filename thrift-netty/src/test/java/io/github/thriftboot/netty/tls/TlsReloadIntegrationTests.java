package io.github.thriftboot.netty.tls;

import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import javax.net.ssl.SSLSocket;

import io.github.thriftboot.netty.client.ThriftChannel;
import io.github.thriftboot.netty.server.ThriftServer;
import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.netty.test.LogCapture;
import io.github.thriftboot.netty.test.TestCertificate;
import io.github.thriftboot.netty.test.TestClient;
import io.github.thriftboot.netty.test.TestRuntime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

/**
 * Certificates that are replaced while calls are made.
 */
class TlsReloadIntegrationTests {

	private static final int CALLERS = 8;

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	@Test
	void reloadLosesNoCallAndNewConnectionsUseTheNewCertificate() throws Exception {
		ReloadableTlsContext context = new ReloadableTlsContext("bundle 'server'",
				TestTls.context(TestTls.AUTHORITY.issue("server 0", "127.0.0.1")));
		ThriftServer server = this.runtime
			.start(TestTls.server(new EchoHandler(), TestTls.SERVER, ClientAuth.NONE).tls(ServerTls.of(context)));
		// connections that are replaced all the time, and one that stays
		TestClient[] clients = { client(Duration.ofMillis(300), server.port()), client(Duration.ZERO, server.port()) };
		AtomicInteger calls = new AtomicInteger();
		AtomicBoolean stop = new AtomicBoolean();

		try (LogCapture log = new LogCapture(ReloadableTlsContext.class)) {
			TestRuntime.runInThreads(CALLERS + 1, (number) -> {
				if (number < CALLERS) {
					callUntil(stop, calls, clients[number % clients.length]);
					return;
				}
				try {
					for (int i = 1; i <= 5; i++) {
						TestCertificate next = TestTls.AUTHORITY.issue("server " + i, "127.0.0.1");
						awaitMore(calls);
						context.reload(() -> TestTls.context(next));
						assertThat(certificate(server.port()).getSubjectX500Principal().getName())
							.isEqualTo("CN=server " + i);
						awaitMore(calls);
					}
					context.reload(() -> {
						throw new IllegalStateException("bad file");
					});
					assertThat(certificate(server.port()).getSubjectX500Principal().getName()).isEqualTo("CN=server 5");
					awaitMore(calls);
				}
				finally {
					stop.set(true);
				}
			});
			assertThat(log.lines()).containsExactly(
					"WARN TLS certificates of bundle 'server' cannot be reloaded, the old ones stay in use");
		}
	}

	private TestClient client(Duration maxAge, int port) {
		return this.runtime.client(TestTls.client(null)
			.andThen((options) -> options.connections((connections) -> connections.maxAge(maxAge))), port);
	}

	/**
	 * Call; the first failure fails the test.
	 */
	private static void callUntil(AtomicBoolean stop, AtomicInteger calls, TestClient client) throws Exception {
		while (!stop.get()) {
			assertThat(client.<Integer>call("add", calls.get(), 1)).isPositive();
			calls.incrementAndGet();
		}
	}

	private static void awaitMore(AtomicInteger calls) {
		int before = calls.get();
		await().until(() -> calls.get() > before + 200);
	}

	private static X509Certificate certificate(int port) throws Exception {
		try (SSLSocket socket = (SSLSocket) TestTls.context(null)
			.context()
			.getSocketFactory()
			.createSocket(InetAddress.getLoopbackAddress(), port)) {
			socket.startHandshake();
			return (X509Certificate) socket.getSession().getPeerCertificates()[0];
		}
	}

	@Test
	void clientUsesItsNewCertificateForNewConnections() throws Exception {
		ReloadableTlsContext context = new ReloadableTlsContext("bundle 'client'",
				TestTls.context(TestTls.AUTHORITY.issueExpired("client")));
		ThriftServer server = this.runtime.start(TestTls.server(new EchoHandler(), TestTls.SERVER, ClientAuth.NEED));
		ClientTls tls = new ClientTls(context, true);
		TestClient client = this.runtime.client((options) -> options.tls(true).tlsSettings(tls), server.port());
		try (LogCapture serverLog = new LogCapture(TlsHandshakeWatcher.class);
				LogCapture clientLog = new LogCapture(ThriftChannel.class.getPackage())) {
			await().until(() -> catchThrowable(() -> client.call("whoAmI")) != null);

			context.reload(() -> TestTls.context(TestTls.CLIENT));

			await().ignoreExceptions().until(() -> client.call("whoAmI").equals("echo"));
			assertThat(serverLog.lines()).isNotEmpty();
			assertThat(clientLog.lines()).hasSize(1);
		}
	}

}
