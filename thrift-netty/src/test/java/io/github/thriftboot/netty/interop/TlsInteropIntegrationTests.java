package io.github.thriftboot.netty.interop;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;

import io.github.thriftboot.netty.protocol.ThriftTransport;
import io.github.thriftboot.netty.server.ThriftServer;
import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.netty.test.Packets;
import io.github.thriftboot.netty.test.TestCertificate;
import io.github.thriftboot.netty.test.TestClient;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.netty.tls.ClientAuth;
import io.github.thriftboot.netty.tls.ClientTls;
import io.github.thriftboot.netty.tls.ServerTls;
import io.github.thriftboot.netty.tls.TlsContext;
import io.github.thriftboot.test.EchoService;
import io.github.thriftboot.test.Packet;
import org.apache.thrift.protocol.TBinaryProtocol;
import org.apache.thrift.server.TServer;
import org.apache.thrift.server.TThreadPoolServer;
import org.apache.thrift.transport.TSSLTransportFactory;
import org.apache.thrift.transport.TSSLTransportFactory.TSSLTransportParameters;
import org.apache.thrift.transport.TServerSocket;
import org.apache.thrift.transport.TSocket;
import org.apache.thrift.transport.TTransport;
import org.apache.thrift.transport.TTransportFactory;
import org.apache.thrift.transport.layered.TFramedTransport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Apache's library for Java as a peer that speaks TLS, both with certificates.
 */
class TlsInteropIntegrationTests {

	private static final Duration LONG = Duration.ofSeconds(20);

	private static final TestCertificate AUTHORITY = TestCertificate.authority("Test authority");

	private static final TestCertificate SERVER = AUTHORITY.issue("server", "127.0.0.1");

	private static final TestCertificate CLIENT = AUTHORITY.issue("client");

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	@TempDir
	private Path directory;

	private String trust;

	@BeforeEach
	void writeTrust() {
		this.trust = TestCertificate.writeStore(this.directory.resolve("trust.p12"), null, AUTHORITY).toString();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void apacheClientCallsOurServer(boolean framed) throws Exception {
		TlsContext context = TlsContext.of(TestCertificate.context(SERVER, AUTHORITY));
		ThriftServer server = this.runtime.start(ThriftServer.builder()
			.service(TestRuntime.ECHO.name(), TestRuntime.ECHO, new EchoHandler())
			.tls(new ServerTls(() -> context, ClientAuth.NEED, false, ServerTls.DEFAULT_HANDSHAKE_TIMEOUT)));

		TSocket socket = TSSLTransportFactory.getClientSocket("127.0.0.1", server.port(), 20_000, parameters(CLIENT));
		this.runtime.closing(socket::close);
		TTransport transport = framed ? new TFramedTransport(socket) : socket;
		EchoService.Client client = new EchoService.Client(new TBinaryProtocol(transport));

		for (int size : new int[] { 0, 5_000, 500_000 }) {
			Packet packet = Packets.ofSize(size);
			assertThat(client.echo(packet)).isEqualTo(packet);
		}
		assertThat(client.add(40, 2)).isEqualTo(42);
	}

	@ParameterizedTest
	@EnumSource(names = { "FRAMED", "UNFRAMED" })
	void ourClientCallsApacheServer(ThriftTransport dialect) throws Exception {
		TServerSocket socket = TSSLTransportFactory.getServerSocket(0, 20_000, InetAddress.getLoopbackAddress(),
				required(parameters(SERVER)));
		TThreadPoolServer.Args args = new TThreadPoolServer.Args(socket)
			.processor(new EchoService.Processor<>(new EchoHandler()))
			.transportFactory(
					(dialect == ThriftTransport.FRAMED) ? new TFramedTransport.Factory() : new TTransportFactory());
		TServer server = new TThreadPoolServer(args);
		Thread thread = new Thread(server::serve, "apache-server");
		thread.setDaemon(true);
		thread.start();
		this.runtime.closing(server::stop);
		TlsContext context = TlsContext.of(TestCertificate.context(CLIENT, AUTHORITY));
		ClientTls tls = new ClientTls(() -> context, true);

		TestClient client = this.runtime.client(
				(options) -> options.transport(dialect)
					.multiplexed(false)
					.tls(true)
					.tlsSettings(tls)
					.timeout(LONG)
					// the first handshake of a JVM takes its time
					.connections((connections) -> connections.connectTimeout(LONG)),
				socket.getServerSocket().getLocalPort());

		for (int size : new int[] { 0, 5_000, 500_000 }) {
			Packet packet = Packets.ofSize(size);
			assertThat(client.<Packet>call("echo", packet)).isEqualTo(packet);
		}
		TestRuntime.runInThreads(4, (number) -> {
			for (int i = 0; i < 50; i++) {
				assertThat(client.<Integer>call("add", number, i)).isEqualTo(number + i);
			}
		});
	}

	private static TSSLTransportParameters required(TSSLTransportParameters parameters) {
		parameters.requireClientAuth(true);
		return parameters;
	}

	private TSSLTransportParameters parameters(TestCertificate own) {
		Path store = TestCertificate.writeStore(this.directory.resolve("own.p12"), own, null);
		TSSLTransportParameters parameters = new TSSLTransportParameters();
		parameters.setKeyStore(store.toString(), TestCertificate.PASSWORD, null, "PKCS12");
		parameters.setTrustStore(this.trust, TestCertificate.PASSWORD, null, "PKCS12");
		return parameters;
	}

}
