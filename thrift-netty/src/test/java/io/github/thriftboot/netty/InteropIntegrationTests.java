package io.github.thriftboot.netty;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import io.github.thriftboot.netty.client.RequestEncodingException;
import io.github.thriftboot.netty.protocol.Envelope;
import io.github.thriftboot.netty.protocol.LibthriftProtocols;
import io.github.thriftboot.netty.protocol.ThriftProtocol;
import io.github.thriftboot.netty.protocol.ThriftServiceDescriptor;
import io.github.thriftboot.netty.protocol.ThriftTransport;
import io.github.thriftboot.netty.server.ThriftServer;
import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.netty.test.OtherHandler;
import io.github.thriftboot.netty.test.Packets;
import io.github.thriftboot.netty.test.RawConnection;
import io.github.thriftboot.netty.test.RawMessage;
import io.github.thriftboot.netty.test.TestClient;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.Declined;
import io.github.thriftboot.test.EchoService;
import io.github.thriftboot.test.OtherService;
import io.github.thriftboot.test.Packet;
import io.github.thriftboot.test.Profile;
import io.github.thriftboot.test.Strict;
import io.github.thriftboot.test.StrictService;
import org.apache.thrift.TApplicationException;
import org.apache.thrift.TMultiplexedProcessor;
import org.apache.thrift.TProcessor;
import org.apache.thrift.protocol.TBinaryProtocol;
import org.apache.thrift.protocol.TCompactProtocol;
import org.apache.thrift.protocol.TMultiplexedProtocol;
import org.apache.thrift.protocol.TProtocol;
import org.apache.thrift.protocol.TProtocolFactory;
import org.apache.thrift.server.TServer;
import org.apache.thrift.server.TThreadedSelectorServer;
import org.apache.thrift.transport.TNonblockingServerSocket;
import org.apache.thrift.transport.TSocket;
import org.apache.thrift.transport.TTransport;
import org.apache.thrift.transport.TTransportException;
import org.apache.thrift.transport.layered.TFastFramedTransport;
import org.apache.thrift.transport.layered.TFramedTransport;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Our client and our server, plain Apache clients on the same port, and our client on the
 * port of a plain Apache server.
 */
class InteropIntegrationTests {

	private static final int TIMEOUT_MILLIS = 20_000;

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	private final EchoHandler handler = new EchoHandler("tester");

	@ParameterizedTest
	@CsvSource({ "BINARY, false, false", "BINARY, false, true", "BINARY, true, false", "BINARY, true, true",
			"COMPACT, false, false", "COMPACT, false, true", "COMPACT, true, false", "COMPACT, true, true" })
	void apacheClientCallsOurServer(ThriftProtocol protocol, boolean fast, boolean multiplexed) throws Exception {
		ThriftServer server = this.runtime.start(ThriftServer.builder()
			.service("EchoService", TestRuntime.ECHO, this.handler)
			.service("OtherService", OtherHandler.SERVICE, new OtherHandler())
			.defaultService("EchoService"));
		EchoService.Iface ours = this.runtime.client(server.port()).as(EchoService.Iface.class);
		assertThat(ours.whoAmI()).isEqualTo("tester");
		TSocket socket = new TSocket("localhost", server.port(), TIMEOUT_MILLIS);
		this.runtime.closing(socket::close);
		TTransport transport = fast ? new TFastFramedTransport(socket) : new TFramedTransport(socket);
		transport.open();
		TProtocol thrift = LibthriftProtocols.create(protocol, transport);

		EchoService.Client echo = new EchoService.Client(
				multiplexed ? new TMultiplexedProtocol(thrift, "EchoService") : thrift);
		for (int i = 0; i < 3; i++) {
			assertEverythingWorks(echo);
		}
		assertThat(new OtherService.Client(multiplexed ? new TMultiplexedProtocol(thrift, "OtherService") : thrift)
			.upper("text")).isEqualTo("TEXT");
		assertThat(ours.add(40, 2)).as("beside it").isEqualTo(42);
		assertThat(TestRuntime.connections(server)).isEqualTo(2);
	}

	private void assertEverythingWorks(EchoService.Iface client) throws Exception {
		Packet packet = Packets.ofSize(5_000);
		Profile profile = new Profile("näme 😀", List.of("a", "b"), Map.of("x", Long.MIN_VALUE));
		assertThat(client.whoAmI()).isEqualTo("tester");
		assertThat(client.echo(packet)).isEqualTo(packet);
		assertThat(client.add(Integer.MAX_VALUE, 1)).isEqualTo(Integer.MIN_VALUE);
		assertThat(client.profile(profile)).isEqualTo(profile);
		client.nothing();
		assertThat(client.blob(100_000).remaining()).isEqualTo(100_000);
		assertThatExceptionOfType(Declined.class).isThrownBy(() -> client.decline(3))
			.satisfies((declined) -> assertThat(declined.getCode()).isEqualTo(3));
		assertApplicationError(() -> client.misbehave("runtime"), TApplicationException.INTERNAL_ERROR);
		assertApplicationError(() -> client.misbehave("null"), TApplicationException.MISSING_RESULT);
		assertApplicationError(() -> client.misbehave("application-7"), TApplicationException.PROTOCOL_ERROR);
		Packet note = Packets.ofSize(100);
		client.note(note);
		await().untilAsserted(() -> assertThat(this.handler.executions()).containsEntry(note.getNonce(), 1));
	}

	private static void assertApplicationError(ThrowingCallable call, int type) {
		assertThatExceptionOfType(TApplicationException.class).isThrownBy(call)
			.satisfies((ex) -> assertThat(ex.getType()).isEqualTo(type));
	}

	@ParameterizedTest
	@CsvSource({ "HEADER, BINARY, true", "HEADER, COMPACT, false", "FRAMED, BINARY, false", "FRAMED, COMPACT, true" })
	void ourClientCallsOurServer(ThriftTransport transport, ThriftProtocol protocol, boolean multiplexed)
			throws Exception {
		ThriftServer server = this.runtime.start(this.handler);
		TestClient client = this.runtime.client(
				(options) -> options.transport(transport).protocol(protocol).multiplexed(multiplexed), server.port());

		for (int i = 0; i < 3; i++) {
			assertEverythingWorks(client.as(EchoService.Iface.class));
		}
	}

	@Test
	void requestWithoutARequiredFieldIsNotSent() throws Exception {
		StrictService.Iface strictHandler = (strict) -> strict;
		ThriftServiceDescriptor service = ThriftServiceDescriptor.of(StrictService.class);
		ThriftServer server = this.runtime
			.start(ThriftServer.builder().service("StrictService", service, strictHandler));
		StrictService.Iface client = this.runtime.client(this.runtime.pool(), service, (options) -> {
		}, TestRuntime.instances(server.port())).as(StrictService.Iface.class);

		assertThatExceptionOfType(RequestEncodingException.class).isThrownBy(() -> client.strict(new Strict()))
			.withMessageContaining("StrictService:strict")
			.withMessageContaining("name");
		assertThat(client.strict(new Strict("set"))).isEqualTo(new Strict("set"));
	}

	@ParameterizedTest
	@EnumSource(names = { "BINARY", "COMPACT" })
	void pipelinedFramesAreAnsweredInOrder(ThriftProtocol protocol) throws Exception {
		ThriftServer server = this.runtime.start(this.handler);
		Envelope framed = new Envelope(ThriftTransport.FRAMED, protocol, 0);
		RawConnection connection = this.runtime.open(server.port());
		RawMessage[] requests = IntStream.range(0, 200).mapToObj((i) -> switch (i % 5) {
			// the first ones of each round are the slowest
			case 0 -> RawMessage.call(framed, "echoLater", i, new EchoService.echoLater_args(Packets.ofSize(i), 3));
			case 1 -> RawMessage.call(framed, "misbehave", i, new EchoService.misbehave_args("application-7"));
			case 2 -> RawMessage.call(framed, "missing", i, new EchoService.nothing_args());
			case 3 -> RawMessage.call(framed, "note", i, new EchoService.note_args(Packets.ofSize(i)));
			default -> RawMessage.call(framed, "add", i, new EchoService.add_args(i, 1));
		}).toArray(RawMessage[]::new);

		connection.send(requests);

		List<Integer> ids = new ArrayList<>();
		for (int i = 0; i < 160; i++) {
			ids.add(connection.receive().id());
		}
		assertThat(ids).isEqualTo(IntStream.range(0, 200).filter((i) -> i % 5 != 3).boxed().toList());
	}

	@ParameterizedTest
	@CsvSource({ "BINARY, false", "BINARY, true", "COMPACT, false", "COMPACT, true" })
	void ourClientCallsAnApacheServer(ThriftProtocol protocol, boolean multiplexed) throws Exception {
		int port = startApacheServer(protocol, multiplexed);
		TestClient client = this.runtime.client(
				(options) -> options.transport(ThriftTransport.FRAMED).protocol(protocol).multiplexed(multiplexed),
				port);

		for (int i = 0; i < 3; i++) {
			assertEverythingWorks(client.as(EchoService.Iface.class));
		}
		List<Packet> packets = IntStream.range(0, 100).mapToObj((i) -> Packets.ofSize(i * 50)).toList();
		assertThat(packets.stream().map((packet) -> client.callAsync("echo", packet)).toList()).zipSatisfy(packets,
				(call, packet) -> assertThat(call).succeedsWithin(Duration.ofSeconds(20)).isEqualTo(packet));
	}

	private int startApacheServer(ThriftProtocol protocol, boolean multiplexed) throws TTransportException {
		TNonblockingServerSocket socket = new TNonblockingServerSocket(
				new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
		TProcessor processor = new EchoService.Processor<>(this.handler);
		if (multiplexed) {
			TMultiplexedProcessor services = new TMultiplexedProcessor();
			services.registerProcessor("EchoService", processor);
			processor = services;
		}
		TProtocolFactory protocols = (protocol == ThriftProtocol.BINARY) ? new TBinaryProtocol.Factory()
				: new TCompactProtocol.Factory();
		TServer server = new TThreadedSelectorServer(
				new TThreadedSelectorServer.Args(socket).processor(processor).protocolFactory(protocols));
		new Thread(server::serve, "apache-server").start();
		this.runtime.closing(server::stop);
		return socket.getPort();
	}

}
