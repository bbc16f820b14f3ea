package io.github.thriftboot.netty;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

import io.github.thriftboot.netty.client.InstanceSource;
import io.github.thriftboot.netty.client.NoInstanceException;
import io.github.thriftboot.netty.client.ThriftChannel;
import io.github.thriftboot.netty.client.ThriftInstance;
import io.github.thriftboot.netty.client.UnprocessedException;
import io.github.thriftboot.netty.protocol.ThriftTransport;
import io.github.thriftboot.netty.server.ThriftServer;
import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.netty.test.LogCapture;
import io.github.thriftboot.netty.test.Packets;
import io.github.thriftboot.netty.test.TestCertificate;
import io.github.thriftboot.netty.test.TestClient;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.netty.test.UnixTransports;
import io.github.thriftboot.netty.tls.ClientTls;
import io.github.thriftboot.netty.tls.ServerTls;
import io.github.thriftboot.netty.tls.TlsContext;
import io.github.thriftboot.test.Declined;
import io.github.thriftboot.test.EchoService;
import io.github.thriftboot.test.Packet;
import org.apache.thrift.protocol.TBinaryProtocol;
import org.apache.thrift.server.TServer;
import org.apache.thrift.server.TThreadPoolServer;
import org.apache.thrift.transport.TServerTransport;
import org.apache.thrift.transport.TTransport;
import org.apache.thrift.transport.layered.TFramedTransport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Calls over Unix sockets, alone and beside TCP.
 */
@Timeout(120)
class UnixSocketIntegrationTests {

	private static final Duration LONG = Duration.ofSeconds(20);

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	@TempDir
	private Path directory;

	private final EchoHandler handler = new EchoHandler();

	@AfterEach
	void openGate() {
		this.handler.openGate();
	}

	private Path path() {
		return this.directory.resolve("s");
	}

	private ThriftServer.Builder onlySocket() {
		return withHandler(this.handler).address(null).unixSocket(path());
	}

	private static ThriftServer.Builder withHandler(EchoService.Iface handler) {
		return ThriftServer.builder().service(TestRuntime.ECHO.name(), TestRuntime.ECHO, handler);
	}

	private TestClient client(ThriftInstance... instances) {
		return client((options) -> {
		}, instances);
	}

	private TestClient client(Consumer<ThriftChannel.Builder> options, ThriftInstance... instances) {
		return this.runtime.client(this.runtime.pool(), TestRuntime.ECHO, options,
				InstanceSource.of(Arrays.asList(instances)));
	}

	private ThriftInstance instance() {
		return ThriftInstance.ofUnixSocket(path());
	}

	@Test
	void callsOfAllKindsAreMade() throws Exception {
		ThriftServer server = this.runtime.startAsIs(onlySocket());
		TestClient client = client(instance());

		assertThat((int) client.call("add", 40, 2)).isEqualTo(42);
		assertThat(client.callAsync("add", 1, 2)).succeedsWithin(LONG).isEqualTo(3);
		assertThatExceptionOfType(Declined.class).isThrownBy(() -> client.call("decline", 7));
		Packet noted = Packets.ofSize(10);
		client.call("note", noted);
		await().atMost(LONG).until(() -> this.handler.executions().containsKey(noted.getNonce()));
		for (int size : new int[] { 0, 70_000, 8_000_000 }) {
			Packet packet = Packets.ofSize(size);
			assertThat(client.<Packet>call("echo", packet)).isEqualTo(packet);
		}

		assertThat(server.port()).isEqualTo(-1);
		assertThat(TestRuntime.connections(server)).isOne();
	}

	@Test
	void manyThreadsShareAConnection() throws Exception {
		ThriftServer server = this.runtime.startAsIs(onlySocket());
		TestClient client = client(instance());

		TestRuntime.runInThreads(16, (number) -> {
			for (int i = 0; i < 200; i++) {
				Packet packet = Packets.ofSize((number * 200 + i) % 3_000);
				assertThat(client.<Packet>call("echo", packet)).isEqualTo(packet);
			}
		});

		assertThat(TestRuntime.connections(server)).isOne();
		assertThat(this.handler.executions()).hasSize(3_200).allSatisfy((nonce, count) -> assertThat(count).isOne());
	}

	@Test
	void portAndSocketLeadToTheSameServer() throws Exception {
		Queue<SocketAddress> peers = new ConcurrentLinkedQueue<>();
		ThriftServer server = this.runtime
			.start(withHandler(this.handler).unixSocket(path()).interceptor((call, next) -> {
				peers.add(call.context().peer());
				return next.proceed(call);
			}));

		assertThat((int) client(instance()).call("add", 40, 2)).isEqualTo(42);
		assertThat((int) this.runtime.client(server.port()).call("add", 40, 2)).isEqualTo(42);

		assertThat(peers).hasSize(2).hasAtLeastOneElementOfType(InetSocketAddress.class);
		assertThat(peers.peek()).isEqualTo(UnixDomainSocketAddress.of(""));
		assertThat(TestRuntime.connections(server)).isEqualTo(2);
	}

	@Test
	void apacheClientCallsOurServer() throws Exception {
		this.runtime.startAsIs(onlySocket());
		TTransport transport = this.runtime.closing(new TFramedTransport(UnixTransports.connect(path())));
		EchoService.Client client = new EchoService.Client(new TBinaryProtocol(transport));

		for (int size : new int[] { 0, 70_000, 2_000_000 }) {
			Packet packet = Packets.ofSize(size);
			assertThat(client.echo(packet)).isEqualTo(packet);
		}
		assertThat(client.add(40, 2)).isEqualTo(42);
	}

	@Test
	void ourClientCallsApacheServerThatAnswersInOrder() throws Exception {
		TServerTransport listening = UnixTransports.listen(path());
		TServer server = new TThreadPoolServer(
				new TThreadPoolServer.Args(listening).processor(new EchoService.Processor<>(this.handler))
					.transportFactory(new TFramedTransport.Factory()));
		Thread thread = new Thread(server::serve, "apache-server");
		thread.setDaemon(true);
		thread.start();
		this.runtime.closing(server::stop);
		TestClient client = client((options) -> options.transport(ThriftTransport.FRAMED).multiplexed(false),
				instance());

		TestRuntime.runInThreads(4, (number) -> {
			for (int i = 0; i < 50; i++) {
				Packet packet = Packets.ofSize(i * 1_000);
				assertThat(client.<Packet>call("echo", packet)).isEqualTo(packet);
			}
		});
	}

	@Test
	void callsInFlightOutliveTheFile() throws Exception {
		ThriftServer server = this.runtime.startAsIs(onlySocket());
		TestClient client = client(instance());
		this.handler.closeGate();
		CompletableFuture<Object> call = client.callAsync("misbehave", "wait");
		await().atMost(LONG).until(() -> this.handler.waiting() == 1);

		CompletableFuture<Void> stopped = server.shutdown(LONG);

		await().atMost(LONG).until(() -> !path().toFile().exists());
		assertThat(stopped).isNotDone();
		this.handler.openGate();
		assertThat(call).succeedsWithin(LONG).isEqualTo("waited");
		assertThat(stopped).succeedsWithin(LONG);
	}

	@Test
	void clientComesBackWhenTheServerDoes() throws Exception {
		ThriftServer first = this.runtime.startAsIs(onlySocket());
		TestClient client = client(instance());
		assertThat((int) client.call("add", 40, 2)).isEqualTo(42);

		assertThat(first.shutdown(LONG)).succeedsWithin(LONG);
		assertThatExceptionOfType(NoInstanceException.class).isThrownBy(() -> client.call("add", 40, 2))
			.withMessageContaining("unix:" + path());
		this.runtime.startAsIs(onlySocket());

		await().atMost(LONG)
			.ignoreExceptions()
			.untilAsserted(() -> assertThat((int) client.call("add", 40, 2)).isEqualTo(42));
	}

	@Test
	void socketAndPortAreInstancesOfOneList() throws Exception {
		EchoHandler overTcp = new EchoHandler("tcp");
		ThriftServer tcp = this.runtime.start(overTcp);
		ThriftServer unix = this.runtime
			.startAsIs(withHandler(new EchoHandler("unix")).address(null).unixSocket(path()));
		TestClient client = client(instance(), TestRuntime.instance(tcp.port()));

		await().atMost(LONG).until(() -> client.call("whoAmI").equals("unix"));
		await().atMost(LONG).until(() -> client.call("whoAmI").equals("tcp"));
		assertThat(unix.shutdown(LONG)).succeedsWithin(LONG);

		for (int i = 0; i < 100; i++) {
			assertThat(client.<String>call("whoAmI")).isEqualTo("tcp");
		}
	}

	@Test
	void peersWithoutAnAddressCountInAllAndNotByAddress() throws Exception {
		ThriftServer server = this.runtime.start(withHandler(this.handler).unixSocket(path())
			.connections((limits) -> limits.maxConnections(4).maxConnectionsPerAddress(1)));
		assertThat((int) this.runtime.client(server.port()).call("add", 40, 2)).isEqualTo(42);
		TestClient client = client(instance());
		assertThat((int) client.call("add", 40, 2)).isEqualTo(42);
		SocketChannel third = connect();
		SocketChannel fourth = connect();
		await().atMost(LONG).until(() -> TestRuntime.connections(server) == 4);

		assertThat(read(connect())).as("one too many").isNegative();

		assertThat((int) client.call("add", 40, 2)).isEqualTo(42);
		third.close();
		await().atMost(LONG).until(() -> TestRuntime.connections(server) == 3);
		assertThat((int) client(instance()).call("add", 40, 2)).isEqualTo(42);
		assertThat(fourth.isConnected()).isTrue();
	}

	private SocketChannel connect() throws IOException {
		return this.runtime.closing(SocketChannel.open(UnixDomainSocketAddress.of(path())));
	}

	private static int read(SocketChannel connection) {
		try {
			return connection.read(ByteBuffer.allocate(1));
		}
		catch (IOException ex) {
			// a reset
			return -1;
		}
	}

	@Test
	void logsNamePeersWithoutAnAddressAndTrustNoName() throws Exception {
		this.runtime.startAsIs(onlySocket().accessLog(true));
		try (LogCapture access = new LogCapture("io.github.thriftboot.access");
				LogCapture log = new LogCapture(ThriftServer.class.getPackage())) {
			assertThat((int) client(instance()).call("add", 40, 2)).isEqualTo(42);
			await().atMost(LONG).until(() -> !access.lines().isEmpty());
			assertThat(access.lines().get(0)).startsWith("INFO unix EchoService.add OK ");

			speakHttp(connect());
			SocketChannel named = this.runtime.closing(SocketChannel.open(StandardProtocolFamily.UNIX));
			named.bind(UnixDomainSocketAddress.of(this.directory.resolve("a\nb")));
			named.connect(UnixDomainSocketAddress.of(path()));
			speakHttp(named);

			assertThat(log.lines()).anyMatch((line) -> line.startsWith("WARN Closed connection from unix: it looks"))
				.anyMatch((line) -> line.startsWith("WARN Closed connection from unix:" + this.directory + "/a?b: it"));
		}
	}

	private static void speakHttp(SocketChannel connection) throws IOException {
		connection.write(StandardCharsets.US_ASCII.encode("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
		assertThat(read(connection)).isNegative();
	}

	@Test
	void tlsIsSpokenOnTheSocketTooAndTheCertificateIsOneOfThisHost() throws Exception {
		TestCertificate authority = TestCertificate.authority("authority");
		Queue<Boolean> secure = new ConcurrentLinkedQueue<>();
		this.runtime.startAsIs(onlySocket().tls(serverTls(authority, "localhost")).interceptor((call, next) -> {
			secure.add(call.context().tlsSession() != null);
			return next.proceed(call);
		}));
		Path elsewhere = this.directory.resolve("e");
		this.runtime.startAsIs(onlySocket().unixSocket(elsewhere).tls(serverTls(authority, "example.org")));
		TlsContext context = TlsContext.of(TestCertificate.context(null, authority));
		ClientTls tls = new ClientTls(() -> context, true);
		Consumer<ThriftChannel.Builder> options = (channel) -> channel.tls(true)
			.tlsSettings(tls)
			// the first handshake of a JVM takes its time
			.connections((connections) -> connections.connectTimeout(LONG));

		assertThat((int) client(options, instance()).call("add", 40, 2)).isEqualTo(42);

		assertThat(secure).containsExactly(true);
		try (LogCapture log = new LogCapture(ThriftChannel.class.getPackage());
				LogCapture server = new LogCapture(ServerTls.class.getPackage())) {
			assertThatExceptionOfType(UnprocessedException.class)
				.isThrownBy(() -> client(options, ThriftInstance.ofUnixSocket(elsewhere)).call("add", 40, 2))
				.withMessageContaining("localhost");
			assertThatExceptionOfType(UnprocessedException.class).as("without TLS")
				.isThrownBy(() -> client(instance()).call("add", 40, 2));
			assertThat(log.lines()).anyMatch((line) -> line.contains("unix:" + elsewhere + " cannot be called: "));
			assertThat(server.lines())
				.anyMatch((line) -> line.startsWith("WARN Closed connection from unix: TLS is required"));
		}
	}

	private static ServerTls serverTls(TestCertificate authority, String host) {
		TlsContext context = TlsContext.of(TestCertificate.context(authority.issue("server", host), authority));
		return ServerTls.of(() -> context);
	}

}
