package io.github.thriftboot.netty.client;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.thriftboot.netty.interop.Wire;
import io.github.thriftboot.netty.protocol.Dialect;
import io.github.thriftboot.netty.protocol.Envelope;
import io.github.thriftboot.netty.protocol.MessageTooLargeException;
import io.github.thriftboot.netty.protocol.RemoteApplicationException;
import io.github.thriftboot.netty.protocol.ThriftTransport;
import io.github.thriftboot.netty.server.ThriftServer;
import io.github.thriftboot.netty.test.RawMessage;
import io.github.thriftboot.netty.test.SizedTextHandler;
import io.github.thriftboot.netty.test.TestClient;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.EchoService;
import org.apache.thrift.TApplicationException;
import org.apache.thrift.TException;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Messages of exactly the maximum size and one byte more, in every dialect of our client
 * and both directions, while small calls go on over the same connection.
 */
class SizeLimitIntegrationTests {

	private static final int LIMIT = 300_000;

	private static final int NO_LIMIT = 1_000_000;

	/**
	 * From here on ids take as many bytes in every protocol, however many small calls
	 * there are.
	 */
	private static final int FIRST_ID = 100_000;

	/**
	 * What our client puts into THeader beside what a {@link RawMessage} has there: one
	 * key/value with a name of 14 and a time left of 5 characters, padded.
	 */
	private static final int CLIENT_HEADERS = 24;

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	private final SizedTextHandler handler = new SizedTextHandler();

	private final AtomicInteger smallCalls = new AtomicInteger();

	private volatile boolean stopped;

	private Thread smallCaller;

	private volatile Throwable smallCallFailure;

	static List<Dialect> dialects() {
		return Wire.clientDialects();
	}

	@AfterEach
	void smallCallsWentOn() throws Exception {
		int before = this.smallCalls.get();
		this.stopped = true;
		this.smallCaller.join();
		assertThat(this.smallCallFailure).isNull();
		assertThat(before).isPositive();
	}

	@ParameterizedTest
	@MethodSource("dialects")
	void requestOverTheLimitOfTheClientIsNotSent(Dialect dialect) throws Exception {
		ThriftServer server = server(NO_LIMIT);
		TestClient client = client(server, dialect, LIMIT);

		assertLimit((size) -> send(client, size), LIMIT - requestOverhead(dialect), RequestEncodingException.class)
			.hasCauseInstanceOf(MessageTooLargeException.class);
		assertThatExceptionOfType(RequestEncodingException.class).isThrownBy(() -> send(client, NO_LIMIT))
			.withCauseInstanceOf(MessageTooLargeException.class)
			.withMessageContaining("300000");

		assertThat(this.handler.texts()).isOne();
		assertConnectionIsKept(server, client);
	}

	@ParameterizedTest
	@MethodSource("dialects")
	void requestOverTheLimitOfTheServerIsRefused(Dialect dialect) throws Exception {
		ThriftServer server = server(LIMIT);
		TestClient client = client(server, dialect, NO_LIMIT);

		assertLimit((size) -> send(client, size), LIMIT - requestOverhead(dialect), RemoteApplicationException.class)
			.extracting("type")
			.isEqualTo(TApplicationException.PROTOCOL_ERROR);

		assertThat(this.handler.texts()).isOne();
		assertConnectionIsKept(server, client);
	}

	@ParameterizedTest
	@MethodSource("dialects")
	void replyOverTheLimitOfTheServerIsAnError(Dialect dialect) throws Exception {
		ThriftServer server = server(LIMIT);
		TestClient client = client(server, dialect, NO_LIMIT);

		assertLimit((size) -> receive(client, size), LIMIT - replyOverhead(dialect), RemoteApplicationException.class)
			.extracting("type")
			.isEqualTo(TApplicationException.INTERNAL_ERROR);
		assertThatExceptionOfType(RemoteApplicationException.class).isThrownBy(() -> receive(client, NO_LIMIT))
			.withMessageContaining("300000");

		assertConnectionIsKept(server, client);
	}

	@ParameterizedTest
	@MethodSource("dialects")
	void replyOverTheLimitOfTheClientIsAnError(Dialect dialect) throws Exception {
		ThriftServer server = server(NO_LIMIT);
		TestClient client = client(server, dialect, LIMIT);

		assertLimit((size) -> receive(client, size), LIMIT - replyOverhead(dialect), MessageTooLargeException.class);

		assertConnectionIsKept(server, client);
	}

	/**
	 * A message of the size passes, with one byte more it fails and tells both numbers.
	 */
	private static AbstractThrowableAssert<?, ? extends Throwable> assertLimit(Call call, int size,
			Class<? extends Throwable> failure) throws TException {
		call.ofSize(size);
		return assertThatThrownBy(() -> call.ofSize(size + 1)).isExactlyInstanceOf(failure)
			.hasMessageContaining("300001")
			.hasMessageContaining("300000");
	}

	private ThriftServer server(int maxFrameSize) {
		return this.runtime.start(ThriftServer.builder()
			.service("EchoService", TestRuntime.ECHO, this.handler)
			.maxFrameSize(maxFrameSize));
	}

	private TestClient client(ThriftServer server, Dialect dialect, int maxFrameSize) throws TException {
		ConnectionPool pool = this.runtime.pool(new ConnectionPool(2, FIRST_ID));
		TestClient client = this.runtime.client(pool, TestRuntime.ECHO,
				(options) -> options.transport(dialect.transport())
					.protocol(dialect.protocol())
					.maxFrameSize(maxFrameSize)
					.maxConnections(1)
					.pipelining(10),
				TestRuntime.instances(server.port()));
		callSmall(client);
		this.smallCaller = new Thread(() -> {
			try {
				while (!this.stopped) {
					callSmall(client);
				}
			}
			catch (Throwable ex) {
				this.smallCallFailure = ex;
			}
		});
		this.smallCaller.start();
		return client;
	}

	private void callSmall(TestClient client) throws TException {
		int left = this.smallCalls.incrementAndGet();
		assertThat((int) client.call("add", left, 1)).isEqualTo(left + 1);
	}

	private static int requestOverhead(Dialect dialect) {
		RawMessage request = RawMessage.call(new Envelope(dialect.transport(), dialect.protocol(), 0),
				"EchoService:misbehave", FIRST_ID, new EchoService.misbehave_args("x".repeat(LIMIT)));
		return request.size() - LIMIT + ((dialect.transport() == ThriftTransport.HEADER) ? CLIENT_HEADERS : 0);
	}

	private static int replyOverhead(Dialect dialect) {
		RawMessage request = RawMessage.call(new Envelope(dialect.transport(), dialect.protocol(), 0), "misbehave",
				FIRST_ID, new EchoService.misbehave_args());
		return request.reply(new EchoService.misbehave_result("x".repeat(LIMIT))).size() - LIMIT;
	}

	private static void send(TestClient client, int size) throws TException {
		String text = SizedTextHandler.text(size);
		assertThat((String) client.call("misbehave", text)).isEqualTo(SizedTextHandler.digest(text));
	}

	private static void receive(TestClient client, int size) throws TException {
		assertThat((String) client.call("misbehave", SizedTextHandler.request(size)))
			.isEqualTo(SizedTextHandler.text(size));
	}

	private void assertConnectionIsKept(ThriftServer server, TestClient client) throws TException {
		assertThat((int) client.call("add", 40, 2)).isEqualTo(42);
		assertThat(TestRuntime.connections(server)).isOne();
	}

	private interface Call {

		void ofSize(int size) throws TException;

	}

}
