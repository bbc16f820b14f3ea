package io.github.thriftboot.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import io.github.thriftboot.netty.client.NoInstanceException;
import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.test.BaseService;
import io.github.thriftboot.test.Declined;
import io.github.thriftboot.test.EchoService;
import org.apache.thrift.TException;
import org.apache.thrift.async.AsyncMethodCallback;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * What a fallback may do, and what a call on {@code this} means inside of one.
 */
class FallbackTests {

	/**
	 * A code for which there is no answer.
	 */
	private static final int NONE = 99;

	private static EchoServer server;

	@BeforeAll
	static void startServer() {
		server = new EchoServer();
	}

	@AfterAll
	static void stopServer() {
		server.close();
	}

	@Test
	void fallbackMayThrowDeclaredException() {
		try (EchoClients clients = new EchoClients()) {
			ThrowingClient client = clients.create(ThrowingClient.class);
			assertThatExceptionOfType(Declined.class).isThrownBy(() -> client.decline(3))
				.satisfies(
						(ex) -> assertThat(ex.getSuppressed()).singleElement().isInstanceOf(NoInstanceException.class));
		}
	}

	@Test
	void exceptionOfFallbackKeepsTheCause() {
		try (EchoClients clients = new EchoClients()) {
			ThrowingClient client = clients.create(ThrowingClient.class);
			assertThatThrownBy(() -> client.misbehave("x")).isInstanceOf(IllegalStateException.class)
				.satisfies(
						(ex) -> assertThat(ex.getSuppressed()).singleElement().isInstanceOf(NoInstanceException.class));
		}
	}

	@Test
	void defaultMethodMayCallOtherMethodsOfTheService() throws Exception {
		try (EchoClients clients = new EchoClients(server.port()).fallbackOnApplicationError()) {
			assertThat(clients.create(AskingClient.class).misbehave("runtime")).isEqualTo("asked echo");
		}
	}

	@Test
	void classIsItsOwnFallback() throws Exception {
		try (EchoClients clients = new EchoClients()) {
			OwnFallbackClient client = clients.createBean(OwnFallbackClient.class);
			assertThat(client.decline(1)).isEqualTo("own decline");
			assertThatExceptionOfType(NoInstanceException.class).isThrownBy(() -> client.add(1, 2));
		}
	}

	@Test
	void callOnThisInFallbackRunsTheOwnMethod() throws Exception {
		try (EchoClients clients = new EchoClients(server.port()).fallbackOnApplicationError()) {
			OwnFallbackClient client = clients.createBean(OwnFallbackClient.class);
			assertThat(client.misbehave("runtime")).isEqualTo("own decline, own whoAmI");
			// and outside of a fallback the service
			assertThat(client.whoAmI()).isEqualTo("echo");
			assertThat(client.shout()).isEqualTo("ECHO");
		}
	}

	@Test
	void callOnThisInFallbackOfMethodLeftOutIsRefused() {
		try (EchoClients clients = new EchoClients(server.port()).fallbackOnApplicationError()) {
			OwnFallbackClient client = clients.createBean(OwnFallbackClient.class);
			assertThatExceptionOfType(UnsupportedOperationException.class)
				.isThrownBy(() -> client.misbehave("application-6"))
				.withMessageContaining("add");
			assertThatExceptionOfType(TException.class).isThrownBy(() -> client.profile(null));
		}
	}

	@Test
	void otherThreadsAreNotInsideTheFallback() throws Exception {
		try (EchoClients clients = new EchoClients(server.port()).fallbackOnApplicationError()) {
			OwnFallbackClient client = clients.createBean(OwnFallbackClient.class);
			client.inFallback = () -> CompletableFuture.supplyAsync(() -> {
				try {
					return client.whoAmI();
				}
				catch (TException ex) {
					return ex.toString();
				}
			}).orTimeout(15, TimeUnit.SECONDS).join();
			assertThat(client.misbehave("runtime")).isEqualTo("echo");
		}
	}

	@Test
	void asyncClassIsItsOwnFallback() throws Exception {
		try (EchoClients clients = new EchoClients(server.port()).fallbackOnApplicationError()) {
			OwnAsyncClient client = clients.createBean(OwnAsyncClient.class);
			Callback<String> callback = new Callback<>();
			client.misbehave("runtime", callback);
			assertThat(callback.get()).isEqualTo("own whoAmI");
			clients.breaker().transitionToOpenState();
			// the fallback runs on this thread, and the callback in it
			Callback<String> inner = new Callback<>();
			client.misbehave("x", new Callback<>((value) -> {
				clients.breaker().transitionToClosedState();
				try {
					client.whoAmI(inner);
				}
				catch (TException ex) {
					inner.onError(ex);
				}
			}));
			assertThat(inner.get()).isEqualTo("echo");
		}
	}

	@Test
	void forcedFallbackAnswersWithoutACall() throws Exception {
		try (EchoClients clients = new EchoClients(server.port()).forceFallback()) {
			clients.breaker().transitionToForcedOpenState();
			AnsweringClient client = clients.create(AnsweringClient.class);
			assertThat(client.whoAmI()).isEqualTo("forced ForcedFallbackException");
			assertThat(client.misbehave("wait")).isEqualTo("own");
			assertThatExceptionOfType(ForcedFallbackException.class).as("the factory has none")
				.isThrownBy(() -> client.decline(NONE));
			Callback<String> callback = new Callback<>();
			clients.create(AnsweringAsyncClient.class, "BaseService").whoAmI(callback);
			assertThat(callback.get()).isEqualTo("forced");
			assertThat(callback.calls()).isOne();
			assertThat(clients.breaker().getMetrics().getNumberOfNotPermittedCalls()).isZero();
		}
	}

	@Test
	void forcedFallbackThatThrowsKeepsTheCause() {
		try (EchoClients clients = new EchoClients(server.port()).forceFallback()) {
			AnsweringClient client = clients.create(AnsweringClient.class);
			assertThatExceptionOfType(Declined.class).isThrownBy(() -> client.decline(1))
				.satisfies((ex) -> assertThat(ex.getSuppressed()).singleElement()
					.isInstanceOf(ForcedFallbackException.class));
		}
	}

	@Test
	void forcedMethodWithoutFallbackCannotBe() {
		try (EchoClients clients = new EchoClients(server.port()).forceFallback()) {
			assertThatExceptionOfType(ThriftClientConfigurationException.class)
				.isThrownBy(() -> clients.create(AskingClient.class))
				.withMessageContaining("'fallback: force'")
				.withMessageContaining("whoAmI")
				.withMessageNotContaining("misbehave");
			assertThatExceptionOfType(ThriftClientConfigurationException.class)
				.isThrownBy(() -> clients.createBean(OwnFallbackClient.class))
				.withMessageContaining("add");
		}
	}

	@ThriftClient(fallbackFactory = Answers.class)
	interface AnsweringClient extends EchoService.Iface {

		@Override
		default String misbehave(String how) {
			return "own";
		}

	}

	interface AnsweringAsyncClient extends BaseService.AsyncIface {

		@Override
		default void whoAmI(AsyncMethodCallback<String> callback) {
			callback.onComplete("forced");
		}

	}

	static final class Answers implements ThriftFallbackFactory<EchoService.Iface> {

		@Override
		public EchoService.Iface create(TException cause) {
			return new EchoHandler("forced " + cause.getClass().getSimpleName()) {

				@Override
				public String decline(int code) throws TException {
					if (code == NONE) {
						throw cause;
					}
					return super.decline(code);
				}

			};
		}

	}

	interface ThrowingClient extends EchoService.Iface {

		@Override
		default String decline(int code) throws TException {
			throw new Declined(code, "told by the fallback");
		}

		@Override
		default String misbehave(String how) {
			throw new IllegalStateException("fallback");
		}

	}

	interface AskingClient extends EchoService.Iface {

		@Override
		default String misbehave(String how) throws TException {
			return "asked " + whoAmI();
		}

	}

	abstract static class OwnFallbackClient implements EchoService.Iface {

		private Supplier<String> inFallback;

		@Override
		public String whoAmI() throws TException {
			return "own whoAmI";
		}

		@Override
		public String decline(int code) {
			return "own decline";
		}

		@Override
		public String misbehave(String how) throws TException {
			if (this.inFallback != null) {
				return this.inFallback.get();
			}
			if (how.equals("application-6")) {
				return "" + add(1, 2);
			}
			return decline(1) + ", " + whoAmI();
		}

		String shout() throws TException {
			return whoAmI().toUpperCase();
		}

	}

	abstract static class OwnAsyncClient implements EchoService.AsyncIface {

		@Override
		public void whoAmI(AsyncMethodCallback<String> callback) throws TException {
			callback.onComplete("own whoAmI");
		}

		@Override
		public void misbehave(String how, AsyncMethodCallback<String> callback) throws TException {
			whoAmI(callback);
		}

	}

}
