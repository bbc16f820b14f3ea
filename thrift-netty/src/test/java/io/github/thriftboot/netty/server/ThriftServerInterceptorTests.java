package io.github.thriftboot.netty.server;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;

import io.github.thriftboot.netty.context.ThriftContext;
import io.github.thriftboot.netty.protocol.RemoteApplicationException;
import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.netty.test.LogCapture;
import io.github.thriftboot.netty.test.Packets;
import io.github.thriftboot.netty.test.RawMessage;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.Declined;
import io.github.thriftboot.test.EchoService;
import io.github.thriftboot.test.Packet;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import org.apache.thrift.TApplicationException;
import org.apache.thrift.TSerializable;
import org.apache.thrift.async.AsyncMethodCallback;
import org.apache.thrift.protocol.TMessageType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Interceptors, exception mappers and the access log around calls.
 */
class ThriftServerInterceptorTests {

	private final List<ThriftServer> servers = new ArrayList<>();

	private final List<EmbeddedChannel> channels = new ArrayList<>();

	private final List<String> events = new ArrayList<>();

	@AfterEach
	void stop() {
		this.channels.forEach((channel) -> assertThat(channel.finishAndReleaseAll()).isFalse());
		this.servers.forEach(
				(server) -> assertThat(server.shutdown(Duration.ofSeconds(60))).succeedsWithin(Duration.ofSeconds(20)));
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void interceptorsStandAroundTheHandlerInTheirOrder(boolean async) throws Exception {
		RawMessage reply = call(async, add(),
				(server) -> server.interceptor(noting("outer")).interceptor(noting("inner")));

		assertThat(reply.read(new EchoService.add_result()).getSuccess()).isEqualTo(42);
		assertThat(this.events).containsExactly("outer", "inner", "inner: 42", "outer: 42");
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void interceptorSeesTheCallAndWhatItIsCalledWith(boolean async) throws Exception {
		call(async, add(), (server) -> server.interceptor((call, next) -> {
			assertThat(call.context()).isSameAs(ThriftContext.current());
			assertThat(call.context().service()).isEqualTo("EchoService");
			assertThat(call.context().headers()).isEmpty();
			assertThat(call.context().peer()).isNotNull();
			assertThat(call.method().name()).isEqualTo("add");
			assertThat(call.method().argumentNames()).containsExactly("left", "right");
			assertThat(call.handler()).isInstanceOf(async ? EchoService.AsyncIface.class : EchoService.Iface.class);
			assertThat(call).hasToString("EchoService:add");
			this.events.add(call.arguments().toString());
			return next.proceed(call);
		}));

		assertThat(this.events).containsExactly("[40, 2]");
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void interceptorMayChangeTheResult(boolean async) throws Exception {
		RawMessage reply = call(async, add(), (server) -> server
			.interceptor((call, next) -> next.proceed(call).thenApply((value) -> ((Integer) value) + 1)));

		assertThat(reply.read(new EchoService.add_result()).getSuccess()).isEqualTo(43);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void interceptorMayAnswerWithoutTheHandler(boolean async) throws Exception {
		RawMessage reply = call(async, misbehave("runtime"),
				(server) -> server.interceptor((call, next) -> CompletableFuture.completedFuture("cached")));

		assertThat(reply.read(new EchoService.misbehave_result()).getSuccess()).isEqualTo("cached");
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void interceptorMayAnswerLater(boolean async) throws Exception {
		CompletableFuture<Object> answer = new CompletableFuture<>();
		EmbeddedChannel channel = open(async, (server) -> server.interceptor((call, next) -> answer));
		channel.writeInbound(Unpooled.wrappedBuffer(misbehave("runtime").toBytes()));
		assertThat(EmbeddedReplies.take(channel)).isEmpty();

		answer.complete("later");

		assertThat(EmbeddedReplies.take(channel)).singleElement()
			.satisfies((reply) -> assertThat(reply.read(new EchoService.misbehave_result()).getSuccess())
				.isEqualTo("later"));
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void interceptorMayFailTheCall(boolean async) throws Exception {
		RawMessage declined = call(async,
				RawMessage.call(RawMessage.OUT_OF_ORDER, "decline", 5, new EchoService.decline_args(0)),
				(server) -> server.interceptor((call, next) -> {
					throw new Declined(3, "by the interceptor");
				}));
		RawMessage internal = call(async, add(), (server) -> server.interceptor((call, next) -> {
			throw new NoClassDefFoundError("secret of the server");
		}));

		assertThat(declined.read(new EchoService.decline_result()).getDeclined().getReason())
			.isEqualTo("by the interceptor");
		assertThat(internal.readError()).hasMessage("Internal error processing add");
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void interceptorSeesDeclaredAndOtherExceptionsAndMayTurnThemIntoAResult(boolean async) throws Exception {
		UnaryOperator<ThriftServer.Builder> recovering = (server) -> server
			.interceptor((call, next) -> next.proceed(call).exceptionally((failure) -> {
				this.events.add(failure.getClass().getSimpleName());
				return "recovered";
			}));

		RawMessage declined = call(async,
				RawMessage.call(RawMessage.OUT_OF_ORDER, "decline", 5, new EchoService.decline_args(7)), recovering);
		RawMessage internal = call(async, misbehave("runtime"), recovering);

		assertThat(declined.read(new EchoService.decline_result()).getSuccess()).isEqualTo("recovered");
		assertThat(internal.read(new EchoService.misbehave_result()).getSuccess()).isEqualTo("recovered");
		assertThat(this.events).containsExactly("Declined", "IllegalStateException");
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void nullFromAHandlerStaysAReplyWithoutAResult(boolean async) throws Exception {
		RawMessage reply = call(async, misbehave("null"), (server) -> server.interceptor(noting("only")));

		assertThat(reply.type()).isEqualTo(TMessageType.REPLY);
		assertThat(reply.body()).containsExactly(0);
		assertThat(this.events).containsExactly("only", "only: null");
	}

	@Test
	void interceptorThatReturnsNullOrAValueOfAWrongTypeIsAnInternalError() throws Exception {
		RawMessage noStage = call(false, add(), (server) -> server.interceptor((call, next) -> null));
		RawMessage wrongType = call(false, add(),
				(server) -> server.interceptor((call, next) -> CompletableFuture.completedFuture("text")));

		assertThat(noStage.readError()).hasMessage("Internal error processing add");
		assertThat(wrongType.readError()).hasMessage("Internal error processing add");
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void onewayCallIsInterceptedAndNotAnswered(boolean async) throws Exception {
		EmbeddedChannel channel = open(async, (server) -> server.interceptor(noting("only")));

		channel.writeInbound(Unpooled.wrappedBuffer(
				RawMessage.call(RawMessage.OUT_OF_ORDER, "note", 1, new EchoService.note_args(Packets.ofSize(3)))
					.toBytes()));

		assertThat(EmbeddedReplies.take(channel)).isEmpty();
		assertThat(this.events).containsExactly("only", "only: null");
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void callThatTakesTooLongIsAnsweredAndItsInterceptorsAreTold(boolean handlerHangs) throws Exception {
		EmbeddedChannel channel = open(true,
				(server) -> server.handlerTimeout(Duration.ofMillis(1)).interceptor((call, next) -> {
					CompletionStage<Object> outcome = next.proceed(call);
					outcome.whenComplete((value, failure) -> this.events.add(String.valueOf(failure)));
					return handlerHangs ? outcome : new CompletableFuture<>();
				}));

		channel.writeInbound(Unpooled.wrappedBuffer(misbehave(handlerHangs ? "never" : "done").toBytes()));
		channel.advanceTimeBy(1, TimeUnit.SECONDS);
		channel.runScheduledPendingTasks();

		assertThat(EmbeddedReplies.take(channel)).singleElement()
			.satisfies((reply) -> assertThat(reply.readError()).hasMessage("Internal error processing misbehave"));
		assertThat(this.events).containsExactly(handlerHangs
				? TimeoutException.class.getName() + ": EchoService:misbehave has not completed a call in time"
				: "null");
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whatIsLeftInTheDiagnosticContextOfTheThreadIsTakenBack(boolean filled) throws Exception {
		MDC.clear();
		if (filled) {
			MDC.put("own", "of the thread");
		}
		try {
			call(false, add(), (server) -> server.interceptor((call, next) -> {
				MDC.put("user", "alice");
				return next.proceed(call);
			}));

			assertThat(MDC.get("user")).as("what an interceptor left").isNull();
			assertThat(MDC.get("own")).isEqualTo(filled ? "of the thread" : null);
		}
		finally {
			MDC.clear();
		}
	}

	@Test
	void attributeThatAnInterceptorSetsIsSeenByTheHandler() throws Exception {
		EchoService.Iface handler = new EchoHandler() {

			@Override
			public String misbehave(String how) {
				return String.valueOf(ThriftContext.current().attribute(how));
			}

		};

		RawMessage reply = call(handler, misbehave("user"), (server) -> server.interceptor((call, next) -> {
			assertThat(call.context().attribute("user")).isNull();
			call.context().attribute("user", "alice");
			call.context().attribute("other", 1);
			call.context().attribute("other", null);
			assertThat(call.context().attribute("other")).isNull();
			return next.proceed(call);
		}));

		assertThat(reply.read(new EchoService.misbehave_result()).getSuccess()).isEqualTo("alice");
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void mapperTurnsAnExceptionIntoADeclaredOne(boolean async) throws Exception {
		EchoService.Iface handler = new EchoHandler() {

			@Override
			public String decline(int code) {
				throw new IllegalArgumentException("no " + code);
			}

		};

		RawMessage reply = call(async ? new AsyncEcho(handler) : handler,
				RawMessage.call(RawMessage.OUT_OF_ORDER, "decline", 5, new EchoService.decline_args(7)),
				(server) -> server.exceptionMapper((failure, call) -> null)
					.exceptionMapper((failure, call) -> new Declined(4, call.method() + ": " + failure.getMessage()))
					.exceptionMapper((failure, call) -> new AssertionError("not asked")));

		assertThat(reply.read(new EchoService.decline_result()))
			.isEqualTo(new EchoService.decline_result(null, new Declined(4, "decline: no 7")));
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void mapperIsNotAskedForDeclaredExceptions(boolean async) throws Exception {
		RawMessage reply = call(async,
				RawMessage.call(RawMessage.OUT_OF_ORDER, "decline", 5, new EchoService.decline_args(7)),
				(server) -> server.exceptionMapper((failure, call) -> {
					throw new AssertionError("not asked");
				}));

		assertThat(reply.read(new EchoService.decline_result()).getDeclined().getCode()).isEqualTo(7);
	}

	@Test
	void mapperTurnsAnExceptionIntoATextForTheCallerAndNothingIsLogged() throws Exception {
		try (LogCapture log = new LogCapture(ServerCall.class)) {
			RawMessage reply = call(false, misbehave("runtime"), (server) -> server.exceptionMapper((failure,
					call) -> new TApplicationException(TApplicationException.PROTOCOL_ERROR, "not like this")));

			assertThat(reply.readError().getType()).isEqualTo(TApplicationException.PROTOCOL_ERROR);
			assertThat(reply.readError()).hasMessage("not like this");
			assertThat(log.lines()).isEmpty();
		}
	}

	@Test
	void mapperThatFailsOrMapsToWhatIsNotDeclaredTellsNothing() throws Exception {
		RawMessage failing = call(false, misbehave("runtime"), (server) -> server.exceptionMapper((failure, call) -> {
			throw new IllegalStateException("secret of the mapper");
		}));
		RawMessage undeclared = call(false, misbehave("runtime"),
				(server) -> server.exceptionMapper((failure, call) -> new Declined(1, "secret of the mapper")));
		RawMessage reserved = call(false, misbehave("runtime"), (server) -> server.exceptionMapper(
				(failure, call) -> new TApplicationException(RemoteApplicationException.NOT_PROCESSED, "secret")));

		assertThat(List.of(failing, undeclared, reserved)).allSatisfy((reply) -> {
			assertThat(reply.readError().getType()).isEqualTo(TApplicationException.INTERNAL_ERROR);
			assertThat(reply.readError()).hasMessage("Internal error processing misbehave");
		});
	}

	@Test
	void withoutAccessLogNothingIsLogged() throws Exception {
		try (LogCapture log = new LogCapture(AccessLog.LOGGER_NAME)) {
			call(false, add(), UnaryOperator.identity());

			assertThat(log.lines()).isEmpty();
		}
	}

	@Test
	void accessLogHasALineForEachRequest() throws Exception {
		try (LogCapture log = new LogCapture(AccessLog.LOGGER_NAME)) {
			EmbeddedChannel channel = open(false, (server) -> server.accessLog(true));
			for (RawMessage request : List.of(add(), misbehave("runtime"), misbehave("application-7"),
					RawMessage.call(RawMessage.OUT_OF_ORDER, "decline", 1, new EchoService.decline_args(7)),
					RawMessage.call(RawMessage.OUT_OF_ORDER, "note", 1, new EchoService.note_args(Packets.ofSize(3))),
					add().withBody(new byte[] { 12 }), add().withName("Echo\nService:a d"),
					add().withType(TMessageType.REPLY))) {
				channel.writeInbound(Unpooled.wrappedBuffer(request.toBytes()));
			}
			EmbeddedReplies.take(channel);

			assertThat(log.lines()).map((line) -> line.replaceAll(" \\d+\\.\\d{3} ms", " TIME"))
				.containsExactly("INFO embedded EchoService.add OK TIME 15/8 B",
						"INFO embedded EchoService.misbehave INTERNAL_ERROR TIME 15/50 B",
						"INFO embedded EchoService.misbehave PROTOCOL_ERROR TIME 21/34 B",
						"INFO embedded EchoService.decline Declined TIME 8/34 B",
						"INFO embedded EchoService.note OK TIME 33/0 B",
						"INFO embedded EchoService.add PROTOCOL_ERROR TIME 1/40 B",
						"INFO embedded 'Echo?Service:a?d' UNKNOWN_METHOD TIME 15/0 B",
						"INFO embedded 'EchoService:add' INVALID_MESSAGE_TYPE TIME 15/0 B");
		}
	}

	@Test
	void accessLogTellsWhyACallWasNotProcessed() throws Exception {
		try (LogCapture log = new LogCapture(AccessLog.LOGGER_NAME)) {
			ThriftServer server = ThriftServer.builder()
				.service("EchoService", TestRuntime.ECHO, new EchoHandler(), (call) -> {
					throw new RejectedExecutionException();
				})
				.accessLog(true)
				.build();
			this.servers.add(server);
			EmbeddedChannel channel = new EmbeddedChannel(new DialectDetector(server));
			this.channels.add(channel);
			channel.writeInbound(Unpooled.wrappedBuffer(add().toBytes()));

			assertThat(EmbeddedReplies.take(channel)).hasSize(1);
			assertThat(log.lines()).singleElement().asString().contains(" EchoService.add not processed: overloaded ");
		}
	}

	private ThriftServerInterceptor noting(String name) {
		return (call, next) -> {
			this.events.add(name);
			return next.proceed(call).thenApply((value) -> {
				this.events.add(name + ": " + value);
				return value;
			});
		};
	}

	private RawMessage call(boolean async, RawMessage request, UnaryOperator<ThriftServer.Builder> change)
			throws Exception {
		return call(async ? new AsyncEcho(new EchoHandler()) : new EchoHandler(), request, change);
	}

	private RawMessage call(Object handler, RawMessage request, UnaryOperator<ThriftServer.Builder> change)
			throws Exception {
		EmbeddedChannel channel = open(handler, change);
		channel.writeInbound(Unpooled.wrappedBuffer(request.toBytes()));
		List<RawMessage> replies = EmbeddedReplies.take(channel);
		assertThat(replies).hasSize(1);
		return replies.get(0);
	}

	private EmbeddedChannel open(boolean async, UnaryOperator<ThriftServer.Builder> change) {
		return open(async ? new AsyncEcho(new EchoHandler()) : new EchoHandler(), change);
	}

	private EmbeddedChannel open(Object handler, UnaryOperator<ThriftServer.Builder> change) {
		ThriftServer server = change
			.apply(ThriftServer.builder().service("EchoService", TestRuntime.ECHO, handler, Runnable::run, Map.of()))
			.build();
		this.servers.add(server);
		EmbeddedChannel channel = new EmbeddedChannel(new DialectDetector(server));
		this.channels.add(channel);
		return channel;
	}

	private static RawMessage add() {
		TSerializable args = new EchoService.add_args(40, 2);
		return RawMessage.call(RawMessage.OUT_OF_ORDER, "EchoService:add", 1, args);
	}

	private static RawMessage misbehave(String how) {
		return RawMessage.call(RawMessage.OUT_OF_ORDER, "misbehave", 1, new EchoService.misbehave_args(how));
	}

	/**
	 * Does what another handler does, through the callback.
	 */
	private static final class AsyncEcho extends EchoService.AsyncClient {

		private final EchoService.Iface handler;

		AsyncEcho(EchoService.Iface handler) {
			super(null, null, null);
			this.handler = handler;
		}

		@Override
		public void add(int left, int right, AsyncMethodCallback<Integer> callback) {
			callback.onComplete(left + right);
		}

		@Override
		public void note(Packet packet, AsyncMethodCallback<Void> callback) {
			callback.onComplete(null);
		}

		@Override
		public void decline(int code, AsyncMethodCallback<String> callback) {
			try {
				callback.onComplete(this.handler.decline(code));
			}
			catch (Exception ex) {
				callback.onError(ex);
			}
		}

		@Override
		public void misbehave(String how, AsyncMethodCallback<String> callback) {
			try {
				if (!how.equals("never")) {
					callback.onComplete(this.handler.misbehave(how));
				}
			}
			catch (Exception ex) {
				callback.onError(ex);
			}
		}

	}

}
