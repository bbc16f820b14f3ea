package io.github.thriftboot.netty.client;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import io.github.thriftboot.netty.protocol.MessageTooLargeException;
import io.github.thriftboot.netty.protocol.RemoteApplicationException;
import io.github.thriftboot.netty.test.Packets;
import io.github.thriftboot.netty.test.RawMessage;
import io.github.thriftboot.netty.test.TestClient;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.Declined;
import io.github.thriftboot.test.EchoService;
import org.apache.thrift.TApplicationException;
import org.apache.thrift.TException;
import org.apache.thrift.protocol.TMessageType;
import org.apache.thrift.protocol.TProtocolException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * The outcomes of a call, and which of them make it go to the next instance, for methods
 * that are idempotent and for those that are not. Each call could go to a second instance
 * that answers with 1.
 */
class OutcomeIntegrationTests {

	private static final Duration LONG = Duration.ofSeconds(20);

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	private final ScriptedServers servers = new ScriptedServers(this.runtime);

	@AfterEach
	void release() {
		this.servers.release();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void replyIsTheEnd(boolean idempotent) throws Exception {
		assertThat(call(this.servers.answering(0), idempotent)).isZero();
		assertThat(this.servers.requests()).isOne();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void declaredExceptionIsTheEnd(boolean idempotent) {
		EchoService.decline_result declined = new EchoService.decline_result();
		declined.setDeclined(new Declined(1, "declined"));
		TestClient client = this.servers.client(this.servers.start(0, (request) -> request.reply(declined)),
				this.servers.answering(1));

		assertThatExceptionOfType(Declined.class)
			.isThrownBy(() -> client.call(CallPolicy.builder(LONG).idempotent(idempotent).build(), "decline", 1));
		assertThat(this.servers.requests()).isOne();
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("answersThatAreNoReply")
	void answerIsTheEndWhateverItTells(String name, ScriptedServers.Script script, Class<? extends TException> type,
			int applicationType) {
		int first = this.servers.start(0, script);

		for (boolean idempotent : new boolean[] { true, false }) {
			assertThatExceptionOfType(type).isThrownBy(() -> call(first, idempotent))
				.satisfies((failure) -> assertThat(failure).isExactlyInstanceOf(type))
				.satisfies((failure) -> assertThat(
						(failure instanceof TApplicationException error) ? error.getType() : applicationType)
					.isEqualTo(applicationType));
		}
		assertThat(this.servers.requests(0)).isEqualTo(2);
		assertThat(this.servers.requests(1)).isZero();
	}

	static Stream<Arguments> answersThatAreNoReply() {
		return Stream.of(error("internal error", TApplicationException.INTERNAL_ERROR),
				error("unknown error", TApplicationException.UNKNOWN), error("error of another type", 77),
				error("unknown method", TApplicationException.UNKNOWN_METHOD),
				error("invalid message type", TApplicationException.INVALID_MESSAGE_TYPE),
				row("undecodable", (request) -> reply(request).withBody(new byte[] { 8, 0 }), TProtocolException.class,
						0),
				row("nothing set", (request) -> request.reply(new EchoService.add_result()),
						TApplicationException.class, TApplicationException.MISSING_RESULT),
				row("another method", (request) -> reply(request).withName("other"), TApplicationException.class,
						TApplicationException.WRONG_METHOD_NAME),
				row("another id inside", (request) -> reply(request).withInnerId(request.id() + 1),
						TApplicationException.class, TApplicationException.BAD_SEQUENCE_ID),
				row("over a limit", (request) -> reply(request).withBody(new byte[20_000]),
						MessageTooLargeException.class, 0));
	}

	private static Arguments error(String name, int type) {
		return row(name, (request) -> RawMessage.of(request.envelope(), TMessageType.EXCEPTION, bareName(request),
				request.id(), new TApplicationException(type, name)), RemoteApplicationException.class, type);
	}

	private static Arguments row(String name, ScriptedServers.Script script, Class<? extends TException> type,
			int applicationType) {
		return Arguments.of(name, script, type, applicationType);
	}

	private static RawMessage reply(RawMessage request) {
		return request.reply(new EchoService.add_result(0));
	}

	private static String bareName(RawMessage request) {
		return request.name().substring(request.name().indexOf(':') + 1);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void callThatWasNotSentGoesOn(boolean idempotent) throws Exception {
		assertThat(call(1, idempotent)).isOne();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void callThatWasNotProcessedGoesOn(boolean idempotent) throws Exception {
		assertThat(call(this.servers.overloaded(0), idempotent)).isOne();
		assertThat(this.servers.requests(0)).isOne();
	}

	@Test
	void callThatWasLostGoesOnIfItIsIdempotent() throws Exception {
		int first = losing();
		assertThat(call(first, true)).isOne();

		int second = losing();
		assertThatExceptionOfType(ConnectionLostException.class).isThrownBy(() -> call(second, false));
		assertThat(this.servers.requests(1)).isOne();
	}

	@Test
	void attemptThatTakesTooLongGoesOnIfItIsIdempotent() throws Exception {
		CallPolicy policy = CallPolicy.builder(Duration.ofMillis(500)).perTryTimeout(Duration.ofMillis(20)).build();
		TestClient client = this.servers.client(this.servers.silent(0), this.servers.answering(1));

		assertThat((int) client.call(policy.toBuilder().idempotent(true).build(), "add", 1, 2)).isOne();
		assertThatExceptionOfType(CallTimeoutException.class).isThrownBy(() -> client.call(policy, "add", 1, 2));
		assertThat(this.servers.requests(1)).isOne();
	}

	@Test
	void deadlineIsTheEnd() {
		TestClient client = this.servers.client(this.servers.silent(0), this.servers.answering(1));

		assertThatExceptionOfType(CallTimeoutException.class).isThrownBy(
				() -> client.call(CallPolicy.builder(Duration.ofMillis(50)).idempotent(true).build(), "add", 1, 2));
		assertThat(this.servers.requests(1)).isZero();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void requestThatCannotBeSentIsTheEnd(boolean idempotent) {
		TestClient client = this.runtime.client((options) -> options.maxFrameSize(1_000), this.servers.answering(0),
				this.servers.answering(1));
		CallPolicy policy = CallPolicy.builder(LONG).idempotent(idempotent).build();

		assertThatExceptionOfType(RequestEncodingException.class)
			.isThrownBy(() -> client.call(policy, "echo", Packets.ofSize(2_000)));
		assertThat(this.servers.requests()).isZero();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void callThatWasGivenUpIsTheEnd(boolean idempotent) throws Exception {
		int first = this.servers.start(0, (request) -> {
			this.servers.awaitRelease();
			throw new IllegalStateException("closes the connection");
		});
		TestClient client = this.servers.client(first, this.servers.answering(1));
		CompletableFuture<Object> call = client.callAsync(CallPolicy.builder(LONG).idempotent(idempotent).build(),
				"add", 1, 2);
		await().until(() -> this.servers.requests() == 1);

		call.cancel(true);
		this.servers.release();

		await().ignoreExceptionsInstanceOf(ThriftCallException.class).until(() -> (int) client.call("add", 1, 2) == 1);
		assertThat(this.servers.requests(1)).as("the later call alone").isOne();
	}

	@Test
	void withoutAnInstanceNothingIsTried() {
		assertThatExceptionOfType(NoInstanceException.class)
			.isThrownBy(
					() -> this.runtime.client().call(CallPolicy.builder(LONG).idempotent(true).build(), "add", 1, 2))
			.satisfies((failure) -> assertThat(failure.attempts()).isOne());
	}

	private int losing() {
		return this.runtime.start((connection) -> connection.receive()).port();
	}

	private int call(int first, boolean idempotent) throws TException {
		TestClient client = this.runtime
			.client((options) -> options.balancing((balancing) -> balancing.loadBalancer(new FirstUntried()))
				.maxFrameSize(10_000), first, this.servers.answering(1));
		return client.call(CallPolicy.builder(LONG).idempotent(idempotent).build(), "add", 1, 2);
	}

}
