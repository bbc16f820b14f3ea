package io.github.thriftboot.client;

import java.io.IOException;
import java.lang.reflect.UndeclaredThrowableException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.github.thriftboot.netty.client.CallCancelledException;
import io.github.thriftboot.netty.client.CallTimeoutException;
import io.github.thriftboot.netty.context.CallHeaders;
import io.github.thriftboot.netty.context.ThriftContext;
import io.github.thriftboot.netty.protocol.MessageLimits;
import io.github.thriftboot.netty.protocol.ThriftServiceDescriptor;
import io.github.thriftboot.netty.server.ThriftServer;
import io.github.thriftboot.test.types.FutureService;
import io.github.thriftboot.test.types.NoFuture;
import org.apache.thrift.TException;
import org.apache.thrift.async.AsyncMethodCallback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * What interceptors see and may do, around calls in each of the styles.
 */
@Timeout(30)
class ThriftClientInterceptorTests {

	private final Handler handler = new Handler();

	private final ThriftServer server = ThriftServer.builder()
		.address(new InetSocketAddress("localhost", 0))
		.service("FutureService", ThriftServiceDescriptor.of(FutureService.class), this.handler)
		.build();

	private final List<String> seen = Collections.synchronizedList(new ArrayList<>());

	private EchoClients clients;

	@BeforeEach
	void start() throws Exception {
		this.clients = new EchoClients(this.server.bind().get(10, TimeUnit.SECONDS).getPort());
		this.server.start();
	}

	@AfterEach
	void stop() {
		this.handler.gate.countDown();
		this.clients.close();
		this.server.shutdown(Duration.ofSeconds(5)).join();
	}

	@ParameterizedTest
	@EnumSource
	void interceptorsStandAroundTheCall(Style style) throws Exception {
		this.clients.intercept(recorder("outer")).intercept(recorder("inner"));

		assertThat(style.echo(this.clients, "text")).isEqualTo("text");

		await().until(() -> this.seen.size() == 4);
		assertThat(this.seen).containsExactly("outer before EchoService FutureService.echo [text]",
				"inner before EchoService FutureService.echo [text]", "inner after text", "outer after text");
	}

	private ThriftClientInterceptor recorder(String name) {
		return (call, next) -> {
			this.seen.add(name + " before " + call.client() + " " + call.service() + "." + call.method().name() + " "
					+ call.arguments());
			return next.proceed(call)
				.whenComplete((value, failure) -> this.seen
					.add(name + " after " + ((failure != null) ? failure.getMessage() : value)));
		};
	}

	@ParameterizedTest
	@EnumSource
	void headersGoWithThoseOfTheCaller(Style style) throws Exception {
		CompletableFuture<Map<String, String>> replyHeaders = new CompletableFuture<>();
		this.clients.intercept((call, next) -> next.proceed(call.header("token", "secret").header("b", "changed"))
			.whenComplete((value, failure) -> replyHeaders.complete(call.replyHeaders())));
		try (CallHeaders headers = CallHeaders.open().put("a", "1").put("b", "2")) {
			style.echo(this.clients, "text");

			assertThat(this.handler.headers.get()).containsEntry("token", "secret")
				.containsEntry("a", "1")
				.containsEntry("b", "changed");
			assertThat(replyHeaders.get(10, TimeUnit.SECONDS)).containsEntry("served-by", "handler");
			assertThat(headers.reply()).containsEntry("served-by", "handler");
			assertThat(headers.request()).as("those of the caller").isEqualTo(Map.of("a", "1", "b", "2"));
		}
	}

	@ParameterizedTest
	@EnumSource
	void outcomeMayBeChanged(Style style) throws Exception {
		this.clients.intercept((call, next) -> next.proceed(call)
			.handle((value, failure) -> (failure != null) ? "instead of " + cause(failure) : value + "!"));

		assertThat(style.echo(this.clients, "text")).isEqualTo("text!");
		assertThat(style.fail(this.clients, "reason")).isEqualTo("instead of " + new NoFuture("reason"));
	}

	private static Throwable cause(Throwable failure) {
		return InterceptionException.cause(failure);
	}

	@ParameterizedTest
	@EnumSource
	void callMayBeAnsweredWithoutTheService(Style style) throws Exception {
		this.clients.intercept((call, next) -> CompletableFuture.completedFuture("cached"));

		assertThat(style.echo(this.clients, "text")).isEqualTo("cached");
		assertThat(this.handler.calls).hasValue(0);
	}

	@ParameterizedTest
	@EnumSource
	void interceptorThatThrowsFailsTheCallWithoutAFallback(Style style) {
		this.clients.fallbackOnApplicationError().intercept((call, next) -> {
			throw new CallTimeoutException("of another client", null, null);
		});

		assertThatExceptionOfType(CallTimeoutException.class).isThrownBy(() -> style.echo(this.clients, "text"))
			.withMessage("of another client");
		assertThat(this.handler.calls).hasValue(0);
		assertThat(this.clients.breaker().getMetrics().getNumberOfBufferedCalls()).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void interceptorThatThrowsAfterwardsFailsTheCallWithoutAFallback(Style style) {
		this.clients.fallbackOnApplicationError().intercept((call, next) -> next.proceed(call).thenApply((value) -> {
			throw new IllegalStateException("bad value");
		}));

		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> style.echo(this.clients, "text"))
			.withMessage("bad value");
		assertThat(this.clients.breaker().getMetrics().getNumberOfSuccessfulCalls()).isOne();
	}

	@ParameterizedTest
	@EnumSource
	void checkedExceptionReachesTheCaller(Style style) {
		this.clients.intercept((call, next) -> {
			throw new IOException("checked");
		});

		if (style == Style.SYNC) {
			assertThatExceptionOfType(UndeclaredThrowableException.class)
				.isThrownBy(() -> style.echo(this.clients, "text"))
				.withCause(new IOException("checked"));
		}
		else {
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> style.echo(this.clients, "text"))
				.withMessage("checked");
		}
	}

	@ParameterizedTest
	@EnumSource
	void interceptorWithoutAStageIsNamed(Style style) {
		this.clients.intercept(new Forgetful());

		assertThatExceptionOfType(NullPointerException.class).isThrownBy(() -> style.echo(this.clients, "text"))
			.withMessageContaining(Forgetful.class.getName());
	}

	@ParameterizedTest
	@EnumSource
	void fallbackAnswersWhatInterceptorsPassOn(Style style) throws Exception {
		this.clients.timeout(Duration.ofMillis(50)).intercept(recorder("a"));

		assertThat(style.echo(this.clients, "wait")).isEqualTo("fallback");

		assertThat(this.seen).hasSize(2).element(1).asString().startsWith("a after").contains("timed out");
	}

	@ParameterizedTest
	@EnumSource
	void callGoesOnInTheSurroundingsOfTheCaller(Style style) throws Exception {
		ThriftContext context = new ThriftContext("Outer", "method", null, Map.of(),
				System.nanoTime() + TimeUnit.SECONDS.toNanos(20), MessageLimits.DEFAULT);
		this.clients.timeout(Duration.ofMinutes(1));
		this.clients.intercept((call, next) -> CompletableFuture.runAsync(() -> this.seen.add("token is there"))
			.thenComposeAsync((done) -> next.proceed(call.header("token", "late"))));
		ThriftContext.bind(context);
		try (CallHeaders headers = CallHeaders.open()) {
			headers.put("a", "1");
			assertThat(style.echo(this.clients, "text")).isEqualTo("text");
		}
		finally {
			ThriftContext.bind(null);
		}

		assertThat(this.handler.headers.get()).containsEntry("token", "late").containsEntry("a", "1");
		assertThat(this.handler.timeLeft.get()).as("the time of the handler that calls, not the minute of the client")
			.isLessThanOrEqualTo(Duration.ofSeconds(20));
	}

	@Test
	void whoCancelsGivesTheCallUp() throws TException {
		this.clients.intercept((call, next) -> next.proceed(call).thenApply((value) -> value));
		FutureService.FutureIface client = this.clients.create(FutureService.FutureIface.class);
		this.clients.breaker().transitionToOpenState();
		this.clients.breaker().transitionToHalfOpenState();

		client.echo("wait").cancel(false);

		assertThat(this.clients.breaker().tryAcquirePermission()).as("the permission is back").isTrue();
	}

	@Test
	void callThatNobodyWaitsForIsNotMade() throws TException {
		CompletableFuture<String> token = new CompletableFuture<>();
		this.clients.intercept((call, next) -> token.thenCompose((value) -> next.proceed(call.header("token", value))));
		FutureService.FutureIface client = this.clients.create(FutureService.FutureIface.class);
		CompletableFuture<String> call = client.echo("text");
		call.cancel(false);

		token.complete("secret");

		assertThat(this.clients.breaker().getMetrics().getNumberOfBufferedCalls()).isZero();
		this.clients.breaker().transitionToOpenState();
		this.clients.breaker().transitionToHalfOpenState();
		assertThat(this.clients.breaker().tryAcquirePermission()).as("nobody has the permission").isTrue();
	}

	@Test
	void interruptedCallerWaitsNoLonger() throws Exception {
		CompletableFuture<String> never = new CompletableFuture<>();
		this.clients.intercept((call, next) -> never.thenCompose((value) -> next.proceed(call)));
		FutureService.Iface client = this.clients.create(FutureService.Iface.class);
		AtomicReference<Throwable> failure = new AtomicReference<>();
		AtomicReference<Boolean> interrupted = new AtomicReference<>();
		Thread caller = new Thread(() -> {
			try {
				client.echo("text");
			}
			catch (Throwable ex) {
				failure.set(ex);
				interrupted.set(Thread.currentThread().isInterrupted());
			}
		});
		caller.start();

		caller.interrupt();
		caller.join(10_000);

		assertThat(failure.get()).isInstanceOf(CallCancelledException.class);
		assertThat(interrupted).hasValue(true);
	}

	@Test
	void callMayBeMadeAgain() throws Exception {
		this.clients.intercept((call, next) -> next.proceed(call).thenCompose((value) -> next.proceed(call)));

		assertThat(this.clients.create(FutureService.Iface.class).echo("text")).isEqualTo("text");
		assertThat(this.handler.calls).hasValue(2);
	}

	/**
	 * How a client is called; each gives the value or throws what the caller gets.
	 */
	private enum Style {

		SYNC, CALLBACK, FUTURE;

		Object echo(EchoClients clients, String text) throws Exception {
			return switch (this) {
				case SYNC -> clients.create(SyncClient.class).echo(text);
				case CALLBACK -> {
					CompletableFuture<Object> outcome = new CompletableFuture<>();
					clients.create(AsyncClient.class).echo(text, completing(outcome));
					yield get(outcome);
				}
				case FUTURE -> get(clients.create(FutureClient.class).echo(text));
			};
		}

		Object fail(EchoClients clients, String reason) throws Exception {
			return switch (this) {
				case SYNC -> clients.create(SyncClient.class).fail(reason);
				case CALLBACK -> {
					CompletableFuture<Object> outcome = new CompletableFuture<>();
					clients.create(AsyncClient.class).fail(reason, completing(outcome));
					yield get(outcome);
				}
				case FUTURE -> get(clients.create(FutureClient.class).fail(reason));
			};
		}

		private static AsyncMethodCallback<String> completing(CompletableFuture<Object> outcome) {
			return new AsyncMethodCallback<>() {

				@Override
				public void onComplete(String value) {
					outcome.complete(value);
				}

				@Override
				public void onError(Exception failure) {
					outcome.completeExceptionally(failure);
				}

			};
		}

		private static Object get(CompletableFuture<?> outcome) throws Exception {
			try {
				return outcome.get(20, TimeUnit.SECONDS);
			}
			catch (ExecutionException ex) {
				throw (ex.getCause() instanceof Exception cause) ? cause : ex;
			}
		}

	}

	interface SyncClient extends FutureService.Iface {

		@Override
		default String echo(String value) {
			return "fallback";
		}

	}

	interface AsyncClient extends FutureService.AsyncIface {

		@Override
		default void echo(String value, AsyncMethodCallback<String> callback) {
			callback.onComplete("fallback");
		}

	}

	interface FutureClient extends FutureService.FutureIface {

		@Override
		default CompletableFuture<String> echo(String value) {
			return CompletableFuture.completedFuture("fallback");
		}

	}

	private static final class Forgetful implements ThriftClientInterceptor {

		@Override
		public CompletableFuture<Object> intercept(ClientInvocation call, Chain next) {
			return null;
		}

	}

	private static final class Handler implements FutureService.Iface {

		private final CountDownLatch gate = new CountDownLatch(1);

		private final AtomicInteger calls = new AtomicInteger();

		private final AtomicReference<Duration> timeLeft = new AtomicReference<>();

		private final AtomicReference<Map<String, String>> headers = new AtomicReference<>(Map.of());

		@Override
		public String echo(String value) throws TException {
			this.calls.incrementAndGet();
			this.headers.set(ThriftContext.current().headers());
			this.timeLeft.set(ThriftContext.current().timeLeft());
			ThriftContext.current().replyHeader("served-by", "handler");
			if (value.equals("wait")) {
				try {
					this.gate.await(20, TimeUnit.SECONDS);
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
			}
			return value;
		}

		@Override
		public int add(int left, int right) {
			return left + right;
		}

		@Override
		public void nothing() {
			// answers only
		}

		@Override
		public String fail(String reason) throws NoFuture {
			throw new NoFuture(reason);
		}

		@Override
		public void note(String text) {
			// nothing to answer
		}

	}

}
