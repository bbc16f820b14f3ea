package io.github.thriftboot.netty.interop;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.github.thriftboot.netty.protocol.Dialect;
import io.github.thriftboot.netty.protocol.ThriftProtocol;
import io.github.thriftboot.netty.protocol.ThriftTransport;
import io.github.thriftboot.netty.test.TestClient;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.types.ExtendedService;
import io.github.thriftboot.test.types.NamesakeService;
import io.github.thriftboot.test.types.UuidService;
import io.github.thriftboot.test.types.Uuids;
import org.apache.thrift.TMultiplexedProcessor;
import org.apache.thrift.TProcessor;
import org.apache.thrift.protocol.TProtocolFactory;
import org.apache.thrift.server.THsHaServer;
import org.apache.thrift.server.TServer;
import org.apache.thrift.server.TThreadPoolServer;
import org.apache.thrift.server.TThreadedSelectorServer;
import org.apache.thrift.transport.TMemoryBuffer;
import org.apache.thrift.transport.TNonblockingServerSocket;
import org.apache.thrift.transport.TServerSocket;
import org.apache.thrift.transport.TTransportException;
import org.apache.thrift.transport.TTransportFactory;
import org.apache.thrift.transport.layered.TFramedTransport;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests of our client with every server that it can call.
 */
class ClientInteropIntegrationTests {

	@RegisterExtension
	static final InteropResults results = new InteropResults("apache-servers");

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	private final TypesHandler handler = new TypesHandler();

	@ParameterizedTest
	@MethodSource
	void ourClientCallsApacheServer(ServerKind kind, ThriftProtocol protocol, boolean multiplexed) throws Exception {
		results.record(ApacheClient.library() + ", " + kind.className(), InteropResult.FROM_CLIENT,
				new PeerDialect(kind.transport().key(), protocol.key(), multiplexed),
				() -> callApacheServer(kind, protocol, multiplexed));
	}

	private void callApacheServer(ServerKind kind, ThriftProtocol protocol, boolean multiplexed) throws Exception {
		Dialect dialect = new Dialect(kind.transport(), protocol);
		TProtocolFactory protocols = ApacheClient.Protocol.valueOf(protocol.name()).factory();
		int port = start(kind, protocols, multiplexed ? services() : new ExtendedService.Processor<>(this.handler));
		TypesClients clients = new TypesClients(this.runtime, dialect, multiplexed, port);

		new TypesMatrix(clients.types(), this.handler).verify();

		int uuidPort = multiplexed ? port : start(kind, protocols, new UuidService.Processor<>(this.handler));
		TypesMatrix.verify(new TypesClients(this.runtime, dialect, multiplexed, uuidPort).uuids(), true, false);
		if (multiplexed) {
			assertThat(clients.namesakes().noArguments()).isEqualTo("namesake");
		}
		TestClient concurrent = clients.client(TypesClients.TYPES);
		List<CompletableFuture<Object>> calls = IntStream.range(0, 100)
			.mapToObj((i) -> concurrent.callAsync("echoInt", i))
			.toList();
		assertThat(calls).zipSatisfy(IntStream.range(0, 100).boxed().toList(),
				(call, value) -> assertThat(call).succeedsWithin(Duration.ofSeconds(20)).isEqualTo(value));
	}

	static Stream<Arguments> ourClientCallsApacheServer() {
		return Arrays.stream(ServerKind.values())
			.flatMap((kind) -> Arrays.stream(ThriftProtocol.values())
				.flatMap((protocol) -> Stream.of(true, false)
					.map((multiplexed) -> Arguments.of(kind, protocol, multiplexed))));
	}

	/**
	 * If this fails, the tests with Apache's library can pass it containers, too.
	 */
	@ParameterizedTest
	@EnumSource
	void libthriftStillCannotReadContainersOfUuids(ApacheClient.Protocol protocol) throws Exception {
		TMemoryBuffer buffer = new TMemoryBuffer(128);
		TypesCorpus.uuids().write(protocol.factory().getProtocol(buffer));

		assertThatExceptionOfType(TTransportException.class)
			.isThrownBy(() -> new Uuids().read(protocol.factory().getProtocol(buffer)))
			.withMessage("unrecognized type code");
	}

	private TProcessor services() {
		TMultiplexedProcessor services = new TMultiplexedProcessor();
		services.registerProcessor("ExtendedService", new ExtendedService.Processor<>(this.handler));
		services.registerProcessor("UuidService", new UuidService.Processor<>(this.handler));
		services.registerProcessor("NamesakeService", new NamesakeService.Processor<>(TypesClients.namesake()));
		return services;
	}

	private int start(ServerKind kind, TProtocolFactory protocols, TProcessor processor) throws TTransportException {
		InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
		TServer server;
		int port;
		if (kind == ServerKind.THREAD_POOL || kind == ServerKind.THREAD_POOL_FRAMED) {
			TServerSocket socket = new TServerSocket(address);
			port = socket.getServerSocket().getLocalPort();
			server = new TThreadPoolServer(new TThreadPoolServer.Args(socket).processor(processor)
				.protocolFactory(protocols)
				.transportFactory(
						(kind == ServerKind.THREAD_POOL) ? new TTransportFactory() : new TFramedTransport.Factory()));
		}
		else {
			TNonblockingServerSocket socket = new TNonblockingServerSocket(address);
			port = socket.getPort();
			server = (kind == ServerKind.HS_HA)
					? new THsHaServer(new THsHaServer.Args(socket).processor(processor).protocolFactory(protocols))
					: new TThreadedSelectorServer(
							new TThreadedSelectorServer.Args(socket).processor(processor).protocolFactory(protocols));
		}
		Thread thread = new Thread(server::serve, "apache-server");
		thread.setDaemon(true);
		thread.start();
		this.runtime.closing(server::stop);
		return port;
	}

	enum ServerKind {

		THREADED_SELECTOR("TThreadedSelectorServer"), HS_HA("THsHaServer"), THREAD_POOL("TThreadPoolServer"),

		THREAD_POOL_FRAMED("TThreadPoolServer");

		private final String className;

		ServerKind(String className) {
			this.className = className;
		}

		String className() {
			return this.className;
		}

		private ThriftTransport transport() {
			return (this == THREAD_POOL) ? ThriftTransport.UNFRAMED : ThriftTransport.FRAMED;
		}

	}

}
