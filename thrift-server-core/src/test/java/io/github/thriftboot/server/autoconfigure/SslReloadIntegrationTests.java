package io.github.thriftboot.server.autoconfigure;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import javax.net.ssl.SSLSocket;

import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.netty.test.TestCertificate;
import io.github.thriftboot.netty.test.TestClient;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.netty.tls.ClientTls;
import io.github.thriftboot.netty.tls.TlsContext;
import io.github.thriftboot.server.ThriftServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Files of an SSL bundle that are written over while calls are made (E2).
 */
@ExtendWith(OutputCaptureExtension.class)
class SslReloadIntegrationTests {

	private static final TestCertificate AUTHORITY = TestCertificate.authority("Test authority");

	private static final int CALLERS = 4;

	private static final Duration LONG = Duration.ofSeconds(30);

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	@TempDir
	Path directory;

	@Test
	void badFilesLeaveTheOldCertificateInUseAndGoodOnesReplaceIt(CapturedOutput output) throws Exception {
		write(issue("first"));
		int port = startServer();
		// connections that are replaced all the time, and one that stays
		TestClient[] clients = { client(Duration.ofMillis(300), port), client(Duration.ZERO, port) };
		AtomicInteger calls = new AtomicInteger();
		AtomicBoolean stop = new AtomicBoolean();

		TestRuntime.runInThreads(CALLERS + 1, (number) -> {
			if (number < CALLERS) {
				callUntil(stop, calls, clients[number % clients.length]);
				return;
			}
			try {
				awaitMore(calls);
				writeRefused("-----BEGIN CERTIFICATE-----\nnone\n", output);
				assertThat(certificate(port)).isEqualTo("CN=first");
				awaitMore(calls);

				writeRefused(issue("of another key").certificatePem(), output);
				assertThat(certificate(port)).isEqualTo("CN=first");
				awaitMore(calls);

				write(issue("second"));
				await().atMost(LONG).until(() -> certificate(port).equals("CN=second"));
				awaitMore(calls);
			}
			finally {
				stop.set(true);
			}
		});
	}

	private int startServer() {
		String bundle = "--spring.ssl.bundle.pem.server.";
		ConfigurableApplicationContext context = this.runtime
			.closing(new SpringApplicationBuilder(EchoApplication.class).web(WebApplicationType.NONE)
				.run("--thrift.server.port=0", "--thrift.server.address=127.0.0.1", "--thrift.server.ssl.bundle=server",
						bundle + "reload-on-update=true", "--spring.ssl.bundle.watch.file.quiet-period=100ms",
						bundle + "keystore.certificate=" + this.directory.resolve("server.pem").toUri(),
						bundle + "keystore.private-key=" + this.directory.resolve("server.key").toUri()));
		return context.getEnvironment().getRequiredProperty("local.thrift.server.port", int.class);
	}

	private TestClient client(Duration maxAge, int port) {
		ClientTls tls = new ClientTls(() -> TlsContext.of(TestCertificate.context(null, AUTHORITY)), true);
		return this.runtime.client((
				options) -> options.tls(true).tlsSettings(tls).connections((connections) -> connections.maxAge(maxAge)),
				port);
	}

	/**
	 * Call; the first failure fails the test.
	 */
	private static void callUntil(AtomicBoolean stop, AtomicInteger calls, TestClient client) throws Exception {
		while (!stop.get()) {
			assertThat(client.<Integer>call("add", 40, 2)).isEqualTo(42);
			calls.incrementAndGet();
		}
	}

	private static void awaitMore(AtomicInteger calls) {
		int before = calls.get();
		await().atMost(LONG).until(() -> calls.get() > before + 200);
	}

	/**
	 * Write over the file of the certificate, and wait for the warning.
	 */
	private void writeRefused(String certificate, CapturedOutput output) throws IOException {
		long before = refusals(output);
		Files.writeString(this.directory.resolve("server.pem"), certificate);
		await().atMost(LONG).until(() -> refusals(output) > before);
	}

	private static long refusals(CapturedOutput output) {
		return output.toString()
			.lines()
			.filter((line) -> line.contains("WARN")
					&& line.contains("SSL bundle 'server' cannot be reloaded, the old ones stay in use"))
			.count();
	}

	private static TestCertificate issue(String name) {
		return AUTHORITY.issue(name, "127.0.0.1");
	}

	private void write(TestCertificate certificate) throws IOException {
		Files.writeString(this.directory.resolve("server.pem"), certificate.certificatePem());
		Files.writeString(this.directory.resolve("server.key"), certificate.keyPem());
	}

	/**
	 * Open a connection and tell the certificate that the server shows.
	 */
	private static String certificate(int port) throws Exception {
		try (SSLSocket socket = (SSLSocket) TestCertificate.context(null, AUTHORITY)
			.getSocketFactory()
			.createSocket(InetAddress.getLoopbackAddress(), port)) {
			socket.setSoTimeout((int) LONG.toMillis());
			socket.startHandshake();
			return ((X509Certificate) socket.getSession().getPeerCertificates()[0]).getSubjectX500Principal().getName();
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class EchoApplication {

		@Bean
		@ThriftServer
		EchoHandler echoHandler() {
			return new EchoHandler();
		}

	}

}
