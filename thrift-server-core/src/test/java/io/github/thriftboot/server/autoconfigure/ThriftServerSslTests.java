package io.github.thriftboot.server.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;

import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.netty.test.TestCertificate;
import io.github.thriftboot.server.EchoConnection;
import io.github.thriftboot.server.ThriftServer;
import io.github.thriftboot.server.ThriftServerLifecycle;
import io.github.thriftboot.test.EchoService;
import org.apache.thrift.TException;
import org.apache.thrift.protocol.TBinaryProtocol;
import org.apache.thrift.transport.TSocket;
import org.apache.thrift.transport.TTransportException;
import org.apache.thrift.transport.layered.TFramedTransport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleRegistry;
import org.springframework.boot.ssl.SslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests of the server's TLS: properties, bundles that change, failures of the start.
 */
@ExtendWith(OutputCaptureExtension.class)
class ThriftServerSslTests {

	private static final TestCertificate AUTHORITY = TestCertificate.authority("Test authority");

	private static final TestCertificate CLIENT = AUTHORITY.issue("client");

	private static final String BUNDLE = "spring.ssl.bundle.pem.server.";

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ThriftServerAutoConfiguration.class, SslAutoConfiguration.class))
		.withUserConfiguration(EchoConfiguration.class)
		.withPropertyValues("thrift.server.port=0", "thrift.server.address=127.0.0.1");

	private ApplicationContextRunner withBundle() {
		TestCertificate server = server("server");
		return this.contextRunner.withPropertyValues(BUNDLE + "keystore.certificate=" + server.certificatePem(),
				BUNDLE + "keystore.private-key=" + server.keyPem(),
				BUNDLE + "truststore.certificate=" + AUTHORITY.certificatePem());
	}

	private static TestCertificate server(String name) {
		return AUTHORITY.issue(name, "127.0.0.1", "localhost");
	}

	@Test
	void bundleTurnsTlsOn() {
		withBundle().withPropertyValues("thrift.server.ssl.bundle=server").run((context) -> {
			assertThat(certificate(context, null)).isEqualTo("CN=server");
			assertThat(context.getBean(ThriftServerLifecycle.class).metadata().toMap()).containsEntry("thrift-ssl",
					"true");
			try (EchoConnection plain = EchoConnection.open(port(context))) {
				assertThatExceptionOfType(TException.class).isThrownBy(() -> plain.echo().whoAmI());
			}
		});
	}

	@Test
	void everyPropertyReachesTheServer() {
		withBundle()
			.withPropertyValues("thrift.server.ssl.bundle=server", "thrift.server.ssl.client-auth=need",
					"thrift.server.ssl.allow-plaintext=true", "thrift.server.ssl.handshake-timeout=3s")
			.run((context) -> {
				assertThat(certificate(context, CLIENT)).isEqualTo("CN=server");
				assertThatExceptionOfType(SSLException.class).isThrownBy(() -> certificate(context, null));
				assertThat(context.getBean(ThriftServerLifecycle.class).metadata().toMap()).containsEntry("thrift-ssl",
						"false");
				try (EchoConnection plain = EchoConnection.open(port(context))) {
					assertThat(plain.echo().whoAmI()).isEqualTo("echo");
				}
				assertThat(context.getBean(ThriftServerProperties.class).getSsl().getHandshakeTimeout()).hasSeconds(3);
			});
	}

	@Test
	void plaintextThatIsAllowedIsWarnedOfOnce(CapturedOutput output) {
		withBundle().withPropertyValues("thrift.server.ssl.bundle=server", "thrift.server.ssl.allow-plaintext=true")
			.run((context) -> assertThat(output.toString()
				.lines()
				.filter((line) -> line.contains("WARN") && line.contains("'thrift.server.ssl.allow-plaintext'")
						&& line.contains("Remove it as soon as all clients use TLS")))
				.hasSize(1));
	}

	@Test
	void plaintextIsNotWarnedOfWhereItIsRefusedOrTlsIsOff(CapturedOutput output) {
		withBundle().withPropertyValues("thrift.server.ssl.bundle=server").run((context) -> {
		});
		this.contextRunner.withPropertyValues("thrift.server.ssl.allow-plaintext=true").run((context) -> {
		});
		assertThat(output).doesNotContain("allow-plaintext");
	}

	@Test
	void tlsIsOffWithoutABundleAndWhereItIsTurnedOff() {
		withBundle().withPropertyValues("thrift.server.ssl.bundle=server", "thrift.server.ssl.enabled=false")
			.run((context) -> {
				try (EchoConnection plain = EchoConnection.open(port(context))) {
					assertThat(plain.echo().whoAmI()).isEqualTo("echo");
				}
			});
		this.contextRunner
			.run((context) -> assertThat(context.getBean(ThriftServerLifecycle.class).metadata().ssl()).isFalse());
	}

	@Test
	void restartedServerFollowsItsBundleOnce(CapturedOutput output) {
		withBundle().withPropertyValues("thrift.server.ssl.bundle=server").run((context) -> {
			ThriftServerLifecycle lifecycle = context.getBean(ThriftServerLifecycle.class);
			lifecycle.stop();
			lifecycle.start();
			context.getBean(SslBundleRegistry.class).updateBundle("server", bundle(server("renewed")));
			assertThat(certificate(context, null)).isEqualTo("CN=renewed");

			context.getBean(SslBundleRegistry.class).updateBundle("server", trustOnly());
			assertThat(output).containsOnlyOnce("SSL bundle 'server' cannot be reloaded");
		});
	}

	@Test
	void bundleThatCannotBeUsedLeavesTheOldOneInUse(CapturedOutput output) {
		withBundle().withPropertyValues("thrift.server.ssl.bundle=server").run((context) -> {
			context.getBean(SslBundleRegistry.class).updateBundle("server", trustOnly());
			assertThat(output).contains("SSL bundle 'server' cannot be reloaded, the old ones stay in use",
					"no private key");
			assertThat(certificate(context, null)).isEqualTo("CN=server");
		});
	}

	@Test
	void filesOfABundleAreFollowed(@TempDir Path directory) {
		write(directory, server("first"));
		this.contextRunner
			.withPropertyValues("thrift.server.ssl.bundle=server", BUNDLE + "reload-on-update=true",
					"spring.ssl.bundle.watch.file.quiet-period=100ms",
					BUNDLE + "keystore.certificate=" + directory.resolve("server.pem").toUri(),
					BUNDLE + "keystore.private-key=" + directory.resolve("server.key").toUri())
			.run((context) -> {
				assertThat(certificate(context, null)).isEqualTo("CN=first");

				write(directory, server("second"));
				await().until(() -> certificate(context, null).equals("CN=second"));
			});
	}

	private static void write(Path directory, TestCertificate certificate) {
		try {
			Files.writeString(directory.resolve("server.pem"), certificate.certificatePem());
			Files.writeString(directory.resolve("server.key"), certificate.keyPem());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			bundle=other                           | thrift.server.ssl.bundle            | other | one of [server]
			enabled=true                           | thrift.server.ssl.enabled           | true  | needs a certificate
			bundle=server,handshake-timeout=0s     | thrift.server.ssl.handshake-timeout | PT0S  | more than 0s
			""")
	void wrongPropertyEndsTheStart(String properties, String property, String value, String text) {
		ApplicationContextRunner runner = withBundle();
		for (String own : properties.split(",")) {
			runner = runner.withPropertyValues("thrift.server.ssl." + own);
		}
		assertFailure(runner, property, value, text);
	}

	@Test
	void bundleWithoutAKeyEndsTheStart() {
		assertFailure(
				this.contextRunner.withPropertyValues("thrift.server.ssl.bundle=server",
						BUNDLE + "truststore.certificate=" + AUTHORITY.certificatePem()),
				"thrift.server.ssl.bundle", "server", "no private key");
	}

	@Test
	void keyOfAnotherCertificateEndsTheStart() {
		assertFailure(
				withBundle().withPropertyValues("thrift.server.ssl.bundle=server",
						BUNDLE + "keystore.private-key=" + server("other").keyPem()),
				"thrift.server.ssl.bundle", "server",
				"cannot be used: its private key does not belong to its certificate of CN=server.");
	}

	@Test
	void protocolThatIsTooOldEndsTheStart() {
		assertFailure(
				withBundle().withPropertyValues("thrift.server.ssl.bundle=server",
						BUNDLE + "options.enabled-protocols=TLSv1.1"),
				"thrift.server.ssl.bundle", "server", "protocols: 'TLSv1.1'");
	}

	@Test
	void fileThatIsMissingEndsTheStart() {
		assertFailure(
				this.contextRunner.withPropertyValues("thrift.server.ssl.bundle=server",
						BUNDLE + "keystore.certificate=file:/no/such/file.pem"),
				"thrift.server.ssl.bundle", "server", "cannot be used");
	}

	private static void assertFailure(ApplicationContextRunner runner, String property, String value, String text) {
		runner.run((context) -> assertThat(context).getFailure()
			.rootCause()
			.isInstanceOfSatisfying(InvalidConfigurationPropertyValueException.class, (ex) -> {
				assertThat(ex.getName()).isEqualTo(property);
				assertThat(String.valueOf(ex.getValue())).isEqualTo(value);
				assertThat(ex.getReason()).contains(text);
			}));
	}

	private static SslBundle bundle(TestCertificate certificate) {
		SslStoreBundle stores = new PemSslStoreBundle(
				PemSslStoreDetails.forCertificates(certificate.certificatePem()).withPrivateKey(certificate.keyPem()),
				PemSslStoreDetails.forCertificate(AUTHORITY.certificatePem()));
		return SslBundle.of(stores);
	}

	private static SslBundle trustOnly() {
		return SslBundle.of(new PemSslStoreBundle(null, PemSslStoreDetails.forCertificate(AUTHORITY.certificatePem())));
	}

	private static int port(ApplicationContext context) {
		return context.getEnvironment().getRequiredProperty("local.thrift.server.port", Integer.class);
	}

	/**
	 * Call the server and tell the certificate that it has shown.
	 */
	private static String certificate(ApplicationContext context, @Nullable TestCertificate own) throws Exception {
		try (SSLSocket socket = (SSLSocket) TestCertificate.context(own, AUTHORITY)
			.getSocketFactory()
			.createSocket(InetAddress.getLoopbackAddress(), port(context))) {
			socket.setSoTimeout(10_000);
			socket.startHandshake();
			EchoService.Client client = new EchoService.Client(
					new TBinaryProtocol(new TFramedTransport(new TSocket(socket))));
			try {
				assertThat(client.whoAmI()).isEqualTo("echo");
			}
			catch (TTransportException ex) {
				throw new SSLException(ex);
			}
			return ((X509Certificate) socket.getSession().getPeerCertificates()[0]).getSubjectX500Principal().getName();
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class EchoConfiguration {

		@Bean
		@ThriftServer
		EchoHandler echoHandler() {
			return new EchoHandler();
		}

	}

}
