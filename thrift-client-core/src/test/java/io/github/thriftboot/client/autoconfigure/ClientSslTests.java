package io.github.thriftboot.client.autoconfigure;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.github.thriftboot.client.ImportThriftClients;
import io.github.thriftboot.client.ThriftClientConfigurationException;
import io.github.thriftboot.client.ThriftClientFactory;
import io.github.thriftboot.netty.client.InstanceSource;
import io.github.thriftboot.netty.client.ThriftCallException;
import io.github.thriftboot.netty.client.ThriftInstance;
import io.github.thriftboot.netty.context.ThriftContext;
import io.github.thriftboot.netty.server.ThriftServer;
import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.netty.test.LogCapture;
import io.github.thriftboot.netty.test.TestCertificate;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.netty.tls.ClientAuth;
import io.github.thriftboot.netty.tls.ServerTls;
import io.github.thriftboot.netty.tls.TlsContext;
import io.github.thriftboot.test.EchoService;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleRegistry;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests of clients that use TLS: which ones do, with which bundle, and bundles that
 * change.
 */
class ClientSslTests {

	private static final TestCertificate AUTHORITY = TestCertificate.authority("Test authority");

	private static final TestCertificate CLIENT = AUTHORITY.issue("client");

	private static final String BUNDLE = "spring.ssl.bundle.pem.";

	private static ThriftServer secure;

	private static ThriftServer plain;

	/**
	 * Keeps what is expected of failing handshakes off the console.
	 */
	private LogCapture log;

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ThriftClientAutoConfiguration.class, SslAutoConfiguration.class))
		.withUserConfiguration(ClientConfiguration.class)
		.withPropertyValues("thrift.client.timeout=10s", "thrift.client.circuit-breaker.enabled=false",
				BUNDLE + "trust.truststore.certificate=" + AUTHORITY.certificatePem(),
				BUNDLE + "client.truststore.certificate=" + AUTHORITY.certificatePem(),
				BUNDLE + "client.keystore.certificate=" + CLIENT.certificatePem(),
				BUNDLE + "client.keystore.private-key=" + CLIENT.keyPem());

	@BeforeAll
	static void startServers() {
		TlsContext context = TlsContext.of(TestCertificate.context(AUTHORITY.issue("server", "localhost"), AUTHORITY));
		secure = start(builder("secure")
			.tls(new ServerTls(() -> context, ClientAuth.WANT, false, ServerTls.DEFAULT_HANDSHAKE_TIMEOUT)));
		plain = start(builder("plain"));
	}

	private static ThriftServer.Builder builder(String name) {
		return ThriftServer.builder().service("EchoService", TestRuntime.ECHO, new WhoCalls(name)).eventLoopThreads(1);
	}

	private static ThriftServer start(ThriftServer.Builder builder) {
		ThriftServer server = builder.address(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).build();
		server.bind().join();
		server.start();
		return server;
	}

	@AfterAll
	static void stopServers() {
		secure.shutdown(Duration.ZERO).join();
		plain.shutdown(Duration.ZERO).join();
	}

	@BeforeEach
	void startCapture() {
		this.log = new LogCapture(TlsContext.class.getPackage());
	}

	@AfterEach
	void stopCapture() {
		this.log.close();
	}

	private static String secureAddress() {
		return "localhost:" + secure.port();
	}

	@Test
	void bundleTurnsTlsOnForAllClientsOrForOne() {
		this.runner
			.withPropertyValues("thrift.client.ssl.bundle=trust", "thrift.client.addresses=" + secureAddress(),
					"thrift.client.service.two.ssl.bundle=client", "thrift.client.service.three.ssl.enabled=false",
					"thrift.client.service.three.addresses=localhost:" + plain.port())
			.run((context) -> {
				assertThat(context.getBean(EchoService.Iface.class).whoAmI()).isEqualTo("secure nobody");
				ThriftClientFactory factory = context.getBean(ThriftClientFactory.class);
				assertThat(factory.create(EchoService.Iface.class, "two").whoAmI()).isEqualTo("secure CN=client");
				assertThat(factory.create(EchoService.Iface.class, "three").whoAmI()).isEqualTo("plain");
			});
	}

	@Test
	void hostNameIsVerifiedUnlessThatIsTurnedOff() {
		ApplicationContextRunner byAddress = this.runner.withPropertyValues("thrift.client.ssl.bundle=trust",
				"thrift.client.addresses=127.0.0.1:" + secure.port());
		byAddress.run((context) -> assertThatExceptionOfType(ThriftCallException.class)
			.isThrownBy(() -> context.getBean(EchoService.Iface.class).whoAmI())
			.withMessageContaining("TLS handshake failed: No subject alternative names matching IP address 127.0.0.1"));
		byAddress.withPropertyValues("thrift.client.service.EchoService.ssl.verify-hostname=false")
			.run((context) -> assertThat(context.getBean(EchoService.Iface.class).whoAmI()).isEqualTo("secure nobody"));
	}

	@Test
	void withoutABundleTheAuthoritiesOfTheJvmAreTrusted() {
		this.runner.withPropertyValues("thrift.client.ssl.enabled=true", "thrift.client.addresses=" + secureAddress())
			.run((context) -> assertThatExceptionOfType(ThriftCallException.class)
				.isThrownBy(() -> context.getBean(EchoService.Iface.class).whoAmI())
				.withMessageContaining("TLS handshake failed: unable to find valid certification path"));
	}

	@Test
	void withoutConfigurationTheInstanceTells() {
		this.runner
			.withBean(InstanceSource.class,
					() -> InstanceSource.of(List.of(ThriftInstance.of("localhost",
							Map.of("thrift-port", "" + secure.port(), "thrift-ssl", "true")))))
			.run((context) -> assertThatExceptionOfType(ThriftCallException.class)
				.isThrownBy(() -> context.getBean(EchoService.Iface.class).whoAmI())
				.withMessageContaining("TLS handshake failed: unable to find valid certification path"));
	}

	@Test
	void clientsOfOneBundleShareConnectionsAndFollowIt() {
		this.runner
			.withPropertyValues("thrift.client.ssl.bundle=trust", "thrift.client.addresses=" + secureAddress(),
					"thrift.client.connections.max-age=200ms")
			.run((context) -> {
				EchoService.Iface one = context.getBean(EchoService.Iface.class);
				EchoService.Iface two = context.getBean(ThriftClientFactory.class)
					.create(EchoService.Iface.class, "two");
				assertThat(one.whoAmI()).isEqualTo("secure nobody");
				assertThat(two.whoAmI()).isEqualTo("secure nobody");
				// two of them only while one takes the place of another
				await().until(() -> TestRuntime.connections(secure) == 1);

				context.getBean(SslBundleRegistry.class)
					.updateBundle("trust",
							SslBundle.of(new PemSslStoreBundle(
									PemSslStoreDetails.forCertificates(CLIENT.certificatePem())
										.withPrivateKey(CLIENT.keyPem()),
									PemSslStoreDetails.forCertificate(AUTHORITY.certificatePem()))));
				await().until(() -> one.whoAmI().equals("secure CN=client"));
				context.getBean(SslBundleRegistry.class)
					.updateBundle("trust", SslBundle.of(new PemSslStoreBundle(null,
							PemSslStoreDetails.forCertificate("-----BEGIN CERTIFICATE-----\nbad\n"))));
				assertThat(this.log.lines()).contains(
						"WARN TLS certificates of SSL bundle 'trust' cannot be reloaded, the old ones stay in use");
				assertThat(two.whoAmI()).isEqualTo("secure CN=client");
			});
	}

	@Test
	void bundleThatIsNotThereEndsTheStart() {
		assertFailure(this.runner.withPropertyValues("thrift.client.service.EchoService.ssl.bundle=other"), "'other'",
				"there is none of this name", "[client, trust]");
		assertFailure(
				new ApplicationContextRunner()
					.withConfiguration(AutoConfigurations.of(ThriftClientAutoConfiguration.class))
					.withUserConfiguration(ClientConfiguration.class)
					.withPropertyValues("thrift.client.ssl.bundle=other"),
				"'other'", "there is no bean of type", "Define one");
		assertFailure(this.runner.withPropertyValues("thrift.client.ssl.bundle=trust",
				BUNDLE + "trust.options.enabled-protocols=TLSv1"), "'trust'", "protocols: 'TLSv1'", "Correct");
	}

	@Test
	void keyOfAnotherCertificateEndsTheStart() {
		assertFailure(
				this.runner.withPropertyValues("thrift.client.ssl.bundle=client",
						BUNDLE + "client.keystore.private-key=" + AUTHORITY.issue("other").keyPem()),
				"'client'", "private key does not belong to its certificate of CN=client", "Correct");
	}

	private static void assertFailure(ApplicationContextRunner runner, String bundle, String text, String action) {
		runner.withPropertyValues("thrift.client.addresses=localhost:1")
			.run((context) -> assertThat(context).getFailure().satisfies((failure) -> {
				Throwable cause = failure;
				while (!(cause instanceof ThriftClientConfigurationException) && cause.getCause() != null) {
					cause = cause.getCause();
				}
				assertThat(cause).isInstanceOfSatisfying(ThriftClientConfigurationException.class,
						(ex) -> assertThat(ex).hasMessageContainingAll("Thrift client 'EchoService'", bundle, text)
							.extracting(ThriftClientConfigurationException::action)
							.asString()
							.contains(action));
			}));
	}

	@Configuration(proxyBeanMethods = false)
	@ImportThriftClients(EchoService.Iface.class)
	static class ClientConfiguration {

	}

	/**
	 * Tells its name and who calls.
	 */
	private static final class WhoCalls extends EchoHandler {

		private final String name;

		WhoCalls(String name) {
			this.name = name;
		}

		@Override
		public String whoAmI() {
			ThriftContext context = ThriftContext.current();
			if (context == null || context.tlsSession() == null) {
				return this.name;
			}
			return this.name + " " + ((context.peerCertificate() != null)
					? context.peerCertificate().getSubjectX500Principal().getName() : "nobody");
		}

	}

}
