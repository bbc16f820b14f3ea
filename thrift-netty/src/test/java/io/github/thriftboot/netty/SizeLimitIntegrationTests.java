package io.github.thriftboot.netty;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.thriftboot.netty.client.RequestEncodingException;
import io.github.thriftboot.netty.protocol.Envelope;
import io.github.thriftboot.netty.protocol.MessageTooLargeException;
import io.github.thriftboot.netty.protocol.RemoteApplicationException;
import io.github.thriftboot.netty.protocol.ThriftProtocol;
import io.github.thriftboot.netty.protocol.ThriftTransport;
import io.github.thriftboot.netty.server.ThriftServer;
import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.netty.test.Packets;
import io.github.thriftboot.netty.test.RawMessage;
import io.github.thriftboot.netty.test.TestClient;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.EchoService;
import io.github.thriftboot.test.Packet;
import org.apache.thrift.TApplicationException;
import org.apache.thrift.TException;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Messages of exactly the maximum size and one byte more, in both directions, while small
 * calls go on over the same connection.
 */
class SizeLimitIntegrationTests {

	private static final int LIMIT = 300_000;

	private static final int NO_LIMIT = 1_000_000;

	/**
	 * What our client's THeader takes, its 14 bytes without key/values included: one
	 * key/value with a name of 14 and a time left of 5 characters, padded.
	 */
	private static final int CLIENT_HEADER = 10 + 28;

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	private final EchoHandler handler = new EchoHandler();

	private final AtomicInteger smallCalls = new AtomicInteger();

	private volatile boolean stopped;

	private Thread smallCaller;

	private volatile Throwable smallCallFailure;

	@AfterEach
	void smallCallsWentOn() throws Exception {
		int before = this.smallCalls.get();
		this.stopped = true;
		this.smallCaller.join();
		assertThat(this.smallCallFailure).isNull();
		assertThat(before).isPositive();
	}

	@ParameterizedTest
	@EnumSource
	void requestOverTheLimitOfTheClientIsNotSent(ThriftTransport transport) throws Exception {
		ThriftServer server = server(NO_LIMIT);
		TestClient client = client(server, transport, LIMIT);

		assertLimit((size) -> echo(client, size), LIMIT - requestOverhead(transport), RequestEncodingException.class)
			.hasCauseInstanceOf(MessageTooLargeException.class);
		assertThatExceptionOfType(RequestEncodingException.class).isThrownBy(() -> echo(client, NO_LIMIT))
			.withCauseInstanceOf(MessageTooLargeException.class)
			.withMessageContaining("300000");

		assertThat(this.handler.executions()).hasSize(1);
		assertConnectionIsKept(server, client);
	}

	@ParameterizedTest
	@EnumSource
	void requestOverTheLimitOfTheServerIsRefused(ThriftTransport transport) throws Exception {
		ThriftServer server = server(LIMIT);
		TestClient client = client(server, transport, NO_LIMIT);

		assertLimit((size) -> echo(client, size), LIMIT - requestOverhead(transport), RemoteApplicationException.class)
			.extracting("type")
			.isEqualTo(TApplicationException.PROTOCOL_ERROR);

		assertThat(this.handler.executions()).hasSize(1);
		assertConnectionIsKept(server, client);
	}

	@ParameterizedTest
	@EnumSource
	void replyOverTheLimitOfTheServerIsAnError(ThriftTransport transport) throws Exception {
		ThriftServer server = server(LIMIT);
		TestClient client = client(server, transport, NO_LIMIT);

		assertLimit((size) -> blob(client, size), LIMIT - replyOverhead(transport), RemoteApplicationException.class)
			.extracting("type")
			.isEqualTo(TApplicationException.INTERNAL_ERROR);
		assertThatExceptionOfType(RemoteApplicationException.class).isThrownBy(() -> blob(client, NO_LIMIT))
			.withMessageContaining("300000");

		assertConnectionIsKept(server, client);
	}

	@ParameterizedTest
	@EnumSource
	void replyOverTheLimitOfTheClientIsAnError(ThriftTransport transport) throws Exception {
		ThriftServer server = server(NO_LIMIT);
		TestClient client = client(server, transport, LIMIT);

		assertLimit((size) -> blob(client, size), LIMIT - replyOverhead(transport), MessageTooLargeException.class);

		assertConnectionIsKept(server, client);
	}

	/**
	 * A message of the size passes, with one byte more it fails and tells both numbers.
	 */
	private static AbstractThrowableAssert<?, ? extends Throwable> assertLimit(Call call, int size,
			Class<? extends Throwable> failure) throws TException {
		assertThat(call.ofSize(size)).isEqualTo(size);
		return assertThatThrownBy(() -> call.ofSize(size + 1)).isExactlyInstanceOf(failure)
			.hasMessageContaining("300001")
			.hasMessageContaining("300000");
	}

	private ThriftServer server(int maxFrameSize) {
		return this.runtime.start(ThriftServer.builder()
			.service("EchoService", TestRuntime.ECHO, this.handler)
			.maxFrameSize(maxFrameSize));
	}

	private TestClient client(ThriftServer server, ThriftTransport transport, int maxFrameSize) {
		TestClient client = this.runtime.client(
				(options) -> options.transport(transport).maxFrameSize(maxFrameSize).maxConnections(1).pipelining(10),
				server.port());
		this.smallCaller = new Thread(() -> {
			try {
				while (!this.stopped) {
					assertThat((int) client.call("add", this.smallCalls.incrementAndGet(), 1))
						.isEqualTo(this.smallCalls.get() + 1);
				}
			}
			catch (Throwable ex) {
				this.smallCallFailure = ex;
			}
		});
		this.smallCaller.start();
		return client;
	}

	private static int requestOverhead(ThriftTransport transport) {
		Envelope framed = new Envelope(ThriftTransport.FRAMED, ThriftProtocol.BINARY, 0);
		int bytes = RawMessage.call(framed, "EchoService:echo", 1, new EchoService.echo_args(Packets.ofSize(0)))
			.toBytes().length - Integer.BYTES;
		return bytes + ((transport == ThriftTransport.HEADER) ? CLIENT_HEADER : 0);
	}

	private static int replyOverhead(ThriftTransport transport) {
		Envelope envelope = new Envelope(transport, ThriftProtocol.BINARY, 0);
		EchoService.blob_result result = new EchoService.blob_result(ByteBuffer.allocate(0));
		return RawMessage.call(envelope, "blob", 1, new EchoService.blob_args(0)).reply(result).toBytes().length
				- Integer.BYTES;
	}

	private static int echo(TestClient client, int size) throws TException {
		Packet reply = client.call("echo", Packets.ofSize(size));
		assertThat(Packets.isIntact(reply)).isTrue();
		return reply.getData().length;
	}

	private static int blob(TestClient client, int size) throws TException {
		ByteBuffer reply = client.call("blob", size);
		return reply.remaining();
	}

	private void assertConnectionIsKept(ThriftServer server, TestClient client) throws TException {
		assertThat((int) client.call("add", 40, 2)).isEqualTo(42);
		assertThat(TestRuntime.connections(server)).isOne();
	}

	private interface Call {

		int ofSize(int size) throws TException;

	}

}
