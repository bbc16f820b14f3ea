package io.github.thriftboot.client;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.thriftboot.netty.client.CallCancelledException;
import io.github.thriftboot.netty.client.CallTimeoutException;
import io.github.thriftboot.netty.client.ConnectionLostException;
import io.github.thriftboot.netty.client.NoInstanceException;
import io.github.thriftboot.netty.client.RequestEncodingException;
import io.github.thriftboot.netty.client.UnprocessedException;
import io.github.thriftboot.netty.protocol.RemoteApplicationException;
import io.github.thriftboot.netty.test.RawMessage;
import io.github.thriftboot.netty.test.RawServer;
import io.github.thriftboot.test.Declined;
import io.github.thriftboot.test.EchoService;
import io.github.thriftboot.test.EchoService.decline_result;
import io.github.thriftboot.test.Profile;
import org.apache.thrift.TApplicationException;
import org.apache.thrift.TException;
import org.apache.thrift.async.AsyncMethodCallback;
import org.apache.thrift.protocol.TMessageType;
import org.apache.thrift.protocol.TProtocolException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.test.util.TestSocketUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The table of outcomes, row by row, for clients that wait and for those that do not:
 * what the caller gets, what the circuit breaker learns, and whether the fallback
 * answers, which it does once. The breaker is half-open with one permission, so its state
 * tells what it has learned: closed after a success, open after a failure, and half-open
 * with the permission back after anything else.
 */
class OutcomeTableIntegrationTests {

	private static final String FALLBACK = "fallback";

	/**
	 * What the fallback was given, one for each time that it ran.
	 */
	private static final Queue<TException> causes = new ConcurrentLinkedQueue<>();

	static Stream<Arguments> rows() {
		List<Arguments> arguments = new ArrayList<>();
		for (Row row : Row.values()) {
			for (boolean onApplicationError : new boolean[] { false, true }) {
				arguments.add(Arguments.of(row, onApplicationError, false));
				if (row != Row.INTERRUPTED) {
					arguments.add(Arguments.of(row, onApplicationError, true));
				}
			}
		}
		return arguments.stream();
	}

	@ParameterizedTest
	@MethodSource("rows")
	void eachOutcomeIsWhatTheTableSays(Row row, boolean onApplicationError, boolean async) throws Exception {
		causes.clear();
		AtomicInteger received = new AtomicInteger();
		try (RawServer server = RawServer.start((connection) -> {
			while (true) {
				RawMessage request = connection.receive();
				received.incrementAndGet();
				byte[] answer = row.answer(request);
				if (answer == null) {
					return;
				}
				connection.write(answer);
			}
		}); EchoClients clients = row.clients(server.port())) {
			if (onApplicationError) {
				clients.fallbackOnApplicationError();
			}
			Caller caller = async ? new AsyncCaller(clients.create(AsyncClient.class))
					: new SyncCaller(clients.create(SyncClient.class));
			clients.breaker().transitionToOpenState();
			if (row != Row.BREAKER_OPEN) {
				clients.breaker().transitionToHalfOpenState();
			}

			Object outcome = row.call(caller);

			boolean fallsBack = row.fallback == Answers.YES
					|| row.fallback == Answers.IF_ASKED_FOR && onApplicationError;
			if (fallsBack) {
				assertThat(outcome).isEqualTo(FALLBACK);
				assertThat(causes).singleElement().isInstanceOf(row.outcome);
			}
			else {
				assertThat(outcome).isInstanceOf(row.outcome);
				assertThat(causes).isEmpty();
			}
			assertThat(clients.breaker().getState()).isEqualTo(row.learned);
			if (row.learned == State.HALF_OPEN) {
				assertThat(clients.breaker().tryAcquirePermission()).as("the permission is back").isTrue();
				assertThat(clients.breaker().tryAcquirePermission()).as("once").isFalse();
			}
			if (row.sendsNothing) {
				assertThat(received).hasValue(0);
			}
		}
	}

	private static <T> T fallback(Class<T> type, TException cause) {
		return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type },
				(proxy, method, arguments) -> answer(method, arguments, cause)));
	}

	@SuppressWarnings("unchecked")
	private static Object answer(Method method, Object[] arguments, TException cause) {
		causes.add(Objects.requireNonNull(cause));
		if (arguments[arguments.length - 1] instanceof AsyncMethodCallback<?> callback) {
			((AsyncMethodCallback<Object>) callback).onComplete(FALLBACK);
			return null;
		}
		return method.getReturnType().isAssignableFrom(String.class) ? FALLBACK : null;
	}

	/**
	 * Whether the fallback answers.
	 */
	private enum Answers {

		NO, IF_ASKED_FOR, YES

	}

	private enum Row {

		REPLY(String.class, State.CLOSED, Answers.NO),

		DECLARED_EXCEPTION(Declined.class, State.CLOSED, Answers.NO),

		DECLARED_EXCEPTION_THAT_IS_RECORDED(Declined.class, State.OPEN, Answers.NO),

		NOT_CONNECTED(UnprocessedException.class, State.OPEN, Answers.YES, true),

		NOT_PROCESSED(UnprocessedException.class, State.OPEN, Answers.YES),

		CONNECTION_LOST(ConnectionLostException.class, State.OPEN, Answers.YES),

		TIMEOUT(CallTimeoutException.class, State.OPEN, Answers.YES),

		INTERNAL_ERROR(RemoteApplicationException.class, State.OPEN, Answers.IF_ASKED_FOR),

		UNKNOWN_ERROR(RemoteApplicationException.class, State.OPEN, Answers.IF_ASKED_FOR),

		ERROR_OF_ANOTHER_TYPE(RemoteApplicationException.class, State.OPEN, Answers.IF_ASKED_FOR),

		UNDECODABLE(TProtocolException.class, State.OPEN, Answers.IF_ASKED_FOR),

		WITHOUT_RESULT(TApplicationException.class, State.OPEN, Answers.IF_ASKED_FOR),

		WRONG_METHOD_NAME(TApplicationException.class, State.OPEN, Answers.IF_ASKED_FOR),

		BAD_SEQUENCE_ID(TApplicationException.class, State.OPEN, Answers.IF_ASKED_FOR),

		REPLY_OVER_LIMIT(TProtocolException.class, State.OPEN, Answers.IF_ASKED_FOR),

		UNKNOWN_METHOD(RemoteApplicationException.class, State.HALF_OPEN, Answers.NO),

		INVALID_MESSAGE_TYPE(RemoteApplicationException.class, State.HALF_OPEN, Answers.NO),

		PROTOCOL_ERROR(RemoteApplicationException.class, State.HALF_OPEN, Answers.NO),

		REQUEST_THAT_CANNOT_BE_ENCODED(RequestEncodingException.class, State.HALF_OPEN, Answers.NO, true),

		REQUEST_TOO_LARGE(RequestEncodingException.class, State.HALF_OPEN, Answers.NO, true),

		INTERCEPTOR_THROWS(TException.class, State.HALF_OPEN, Answers.NO, true),

		BREAKER_OPEN(CircuitBreakerOpenException.class, State.OPEN, Answers.YES, true),

		NO_INSTANCE(NoInstanceException.class, State.HALF_OPEN, Answers.YES, true),

		LIMIT_REACHED(CallLimitExceededException.class, State.HALF_OPEN, Answers.YES, true),

		FORCED(ForcedFallbackException.class, State.HALF_OPEN, Answers.YES, true),

		INTERRUPTED(CallCancelledException.class, State.HALF_OPEN, Answers.NO);

		private final Class<?> outcome;

		private final State learned;

		private final Answers fallback;

		private final boolean sendsNothing;

		Row(Class<?> outcome, State learned, Answers fallback) {
			this(outcome, learned, fallback, false);
		}

		Row(Class<?> outcome, State learned, Answers fallback, boolean sendsNothing) {
			this.outcome = outcome;
			this.learned = learned;
			this.fallback = fallback;
			this.sendsNothing = sendsNothing;
		}

		EchoClients clients(int port) {
			return switch (this) {
				case DECLARED_EXCEPTION_THAT_IS_RECORDED -> new EchoClients(port).record(Declined.class);
				case NOT_CONNECTED -> new EchoClients(TestSocketUtils.findAvailableTcpPort());
				case NO_INSTANCE -> new EchoClients();
				case TIMEOUT -> new EchoClients(port).timeout(Duration.ofMillis(100));
				case REPLY_OVER_LIMIT, REQUEST_TOO_LARGE -> new EchoClients(port).channelOptions(
						(options) -> options.limits((limits) -> limits.maxFrameSize(10_000).maxStringLength(1_000)));
				case LIMIT_REACHED -> {
					CallLimit limit = new CallLimit(1, Duration.ZERO, 1);
					limit.tryAcquire();
					yield new EchoClients(port).limit(limit);
				}
				case INTERCEPTOR_THROWS -> new EchoClients(port).intercept((call, next) -> {
					throw new TException("refused by an interceptor");
				});
				case FORCED -> new EchoClients(port).forceFallback();
				default -> new EchoClients(port);
			};
		}

		/**
		 * Answer a request.
		 * @return what to write, {@code null} to close the connection
		 */
		byte[] answer(RawMessage request) {
			RawMessage right = request.reply(new decline_result().setSuccess("accepted"));
			return switch (this) {
				case DECLARED_EXCEPTION, DECLARED_EXCEPTION_THAT_IS_RECORDED ->
					request.reply(new decline_result().setDeclined(new Declined(1, "no"))).toBytes();
				case NOT_PROCESSED -> error(request, RemoteApplicationException.NOT_PROCESSED);
				case INTERNAL_ERROR -> error(request, TApplicationException.INTERNAL_ERROR);
				case UNKNOWN_ERROR -> error(request, TApplicationException.UNKNOWN);
				case ERROR_OF_ANOTHER_TYPE -> error(request, 99);
				case UNKNOWN_METHOD -> error(request, TApplicationException.UNKNOWN_METHOD);
				case INVALID_MESSAGE_TYPE -> error(request, TApplicationException.INVALID_MESSAGE_TYPE);
				case PROTOCOL_ERROR -> error(request, TApplicationException.PROTOCOL_ERROR);
				case UNDECODABLE -> right.withBody(new byte[] { 11, 0, 0, 127, 1, 1, 1 }).toBytes();
				case WITHOUT_RESULT -> request.reply(new decline_result()).toBytes();
				case WRONG_METHOD_NAME -> right.withName("another").toBytes();
				case BAD_SEQUENCE_ID -> right.withInnerId(request.id() + 1_000).toBytes();
				case REPLY_OVER_LIMIT -> request.reply(new decline_result().setSuccess("x".repeat(2_000))).toBytes();
				case CONNECTION_LOST -> null;
				case TIMEOUT, INTERRUPTED -> new byte[0];
				default -> right.toBytes();
			};
		}

		private static byte[] error(RawMessage request, int type) {
			return request.reply(new TApplicationException(type, "not processed: told by the server"))
				.withType(TMessageType.EXCEPTION)
				.toBytes();
		}

		/**
		 * Make the call.
		 * @return its value or what it failed with
		 */
		Object call(Caller caller) throws Exception {
			return switch (this) {
				case REQUEST_THAT_CANNOT_BE_ENCODED ->
					caller.profile(new Profile("null in a list", Arrays.asList((String) null), Map.of()));
				case REQUEST_TOO_LARGE -> caller.profile(new Profile("x".repeat(20_000), List.of(), Map.of()));
				case INTERRUPTED -> {
					Thread.currentThread().interrupt();
					Object outcome = caller.decline();
					assertThat(Thread.interrupted()).as("the interrupt flag is kept").isTrue();
					yield outcome;
				}
				default -> caller.decline();
			};
		}

	}

	/**
	 * Calls in one of the styles, and returns values and exceptions alike.
	 */
	private interface Caller {

		Object decline() throws Exception;

		Object profile(Profile profile) throws Exception;

	}

	private record SyncCaller(EchoService.Iface client) implements Caller {

		@Override
		public Object decline() {
			try {
				return this.client.decline(1);
			}
			catch (TException ex) {
				return ex;
			}
		}

		@Override
		public Object profile(Profile profile) {
			try {
				return this.client.profile(profile);
			}
			catch (TException ex) {
				return ex;
			}
		}

	}

	private record AsyncCaller(EchoService.AsyncIface client) implements Caller {

		@Override
		public Object decline() throws Exception {
			Callback<String> callback = new Callback<>();
			this.client.decline(1, callback);
			return outcome(callback);
		}

		@Override
		public Object profile(Profile profile) throws Exception {
			Callback<Profile> callback = new Callback<>();
			this.client.profile(profile, callback);
			return outcome(callback);
		}

		private static Object outcome(Callback<?> callback) throws Exception {
			Throwable failure = callback.failure();
			assertThat(callback.calls()).isOne();
			return (failure != null) ? failure : callback.get();
		}

	}

	@ThriftClient(fallbackFactory = SyncFallbacks.class)
	interface SyncClient extends EchoService.Iface {

	}

	@ThriftClient(fallbackFactory = AsyncFallbacks.class)
	interface AsyncClient extends EchoService.AsyncIface {

	}

	static final class SyncFallbacks implements ThriftFallbackFactory<EchoService.Iface> {

		@Override
		public EchoService.Iface create(TException cause) {
			return fallback(EchoService.Iface.class, cause);
		}

	}

	static final class AsyncFallbacks implements ThriftFallbackFactory<EchoService.AsyncIface> {

		@Override
		public EchoService.AsyncIface create(TException cause) {
			return fallback(EchoService.AsyncIface.class, cause);
		}

	}

}
