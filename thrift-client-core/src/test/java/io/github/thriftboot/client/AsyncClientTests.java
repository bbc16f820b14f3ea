package io.github.thriftboot.client;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.thriftboot.netty.client.CallTimeoutException;
import io.github.thriftboot.netty.client.NoInstanceException;
import io.github.thriftboot.netty.client.RequestEncodingException;
import io.github.thriftboot.netty.client.UnprocessedException;
import io.github.thriftboot.netty.protocol.RemoteApplicationException;
import io.github.thriftboot.netty.test.Packets;
import io.github.thriftboot.test.Declined;
import io.github.thriftboot.test.EchoService;
import io.github.thriftboot.test.Packet;
import org.apache.thrift.TException;
import org.apache.thrift.async.AsyncMethodCallback;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.test.util.TestSocketUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Clients with callbacks, with a real server.
 */
class AsyncClientTests {

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
	void replyReachesTheCallback() throws Exception {
		try (EchoClients clients = new EchoClients(server.port())) {
			EchoService.AsyncIface client = clients.create(EchoService.AsyncIface.class);
			Packet packet = Packets.ofSize(100);
			Callback<Packet> echo = new Callback<>();
			Callback<Integer> add = new Callback<>();
			Callback<Void> nothing = new Callback<>();
			client.echo(packet, echo);
			client.add(1, 2, add);
			client.nothing(nothing);
			assertThat(echo.get()).isEqualTo(packet);
			assertThat(add.get()).isEqualTo(3);
			assertThat(nothing.get()).isNull();
			assertRecorded(clients, 3, 0);
		}
	}

	@Test
	void callDoesNotBlock() throws Exception {
		try (EchoServer slow = new EchoServer(); EchoClients clients = new EchoClients(slow.port())) {
			slow.handler().closeGate();
			Callback<String> callback = new Callback<>();
			clients.create(EchoService.AsyncIface.class).misbehave("wait", callback);
			await().until(() -> slow.handler().waiting() == 1);
			assertThat(callback.isCalled()).isFalse();
			slow.handler().openGate();
			assertThat(callback.get()).isEqualTo("waited");
		}
	}

	@Test
	void onewayMethodCompletes() throws Exception {
		try (EchoClients clients = new EchoClients(server.port())) {
			EchoService.AsyncIface client = clients.create(EchoService.AsyncIface.class);
			Packet packet = Packets.ofSize(10);
			Packet another = Packets.ofSize(10);
			Callback<Void> callback = new Callback<>();
			client.note(packet, callback);
			client.note(another, null);
			assertThat(callback.get()).isNull();
			await().until(() -> server.handler().executions().containsKey(packet.getNonce())
					&& server.handler().executions().containsKey(another.getNonce()));
		}
	}

	@Test
	void declaredExceptionIsSuccessAndReachesTheCallback() throws Exception {
		try (EchoClients clients = new EchoClients(server.port()).fallbackOnApplicationError()) {
			Callback<String> callback = new Callback<>();
			clients.create(FallingBackClient.class).decline(7, callback);
			assertThat(callback.failure()).isInstanceOf(Declined.class);
			assertRecorded(clients, 1, 0);
		}
	}

	@Test
	void fallbackAnswersWhenServiceCannotBeReached() throws Exception {
		try (EchoClients clients = new EchoClients(TestSocketUtils.findAvailableTcpPort())) {
			Callback<String> callback = new Callback<>();
			clients.create(FallingBackClient.class).whoAmI(callback);
			assertThat(callback.get()).isEqualTo("fallback");
			assertThat(callback.calls()).isEqualTo(1);
			assertRecorded(clients, 0, 1);
		}
	}

	@Test
	void failureReachesTheCallbackWithoutFallback() throws Exception {
		try (EchoClients clients = new EchoClients(TestSocketUtils.findAvailableTcpPort())) {
			Callback<String> callback = new Callback<>();
			clients.create(EchoService.AsyncIface.class).whoAmI(callback);
			assertThat(callback.failure()).isInstanceOf(UnprocessedException.class);
		}
		try (EchoClients clients = new EchoClients()) {
			Callback<String> callback = new Callback<>();
			clients.create(EchoService.AsyncIface.class).whoAmI(callback);
			assertThat(callback.failure()).isInstanceOf(NoInstanceException.class);
			assertRecorded(clients, 0, 0);
		}
		try (EchoClients clients = new EchoClients(server.port()).timeout(Duration.ofMillis(50))) {
			Callback<Packet> callback = new Callback<>();
			clients.create(EchoService.AsyncIface.class).echoLater(Packets.ofSize(1), 500, callback);
			assertThat(callback.failure()).isInstanceOf(CallTimeoutException.class);
			assertRecorded(clients, 0, 1);
		}
	}

	@Test
	void applicationErrorFallsBackOnlyIfAskedFor() throws Exception {
		try (EchoClients clients = new EchoClients(server.port())) {
			Callback<String> callback = new Callback<>();
			clients.create(FallingBackClient.class).misbehave("runtime", callback);
			assertThat(callback.failure()).isInstanceOf(RemoteApplicationException.class);
			assertRecorded(clients, 0, 1);
		}
		try (EchoClients clients = new EchoClients(server.port()).fallbackOnApplicationError()) {
			Callback<String> callback = new Callback<>();
			clients.create(FallingBackClient.class).misbehave("runtime", callback);
			assertThat(callback.get()).isEqualTo("fallback");
			assertRecorded(clients, 0, 1);
		}
	}

	@Test
	void ignoredFailuresGiveTheirPermissionBack() throws Exception {
		try (EchoClients clients = new EchoClients(server.port()).fallbackOnApplicationError()) {
			clients.breaker().transitionToOpenState();
			clients.breaker().transitionToHalfOpenState();
			FallingBackClient client = clients.create(FallingBackClient.class);
			for (int i = 0; i < 3; i++) {
				Callback<Packet> callback = new Callback<>();
				Packet packet = new Packet(1, 1);
				packet.setData(new byte[17_000_000]);
				client.echo(packet, callback);
				assertThat(callback.failure()).isInstanceOf(RequestEncodingException.class);
			}
			assertThat(clients.breaker().getState()).isEqualTo(CircuitBreaker.State.HALF_OPEN);
		}
	}

	@Test
	void openBreakerIsToldToTheCallback() throws Exception {
		try (EchoClients clients = new EchoClients(server.port())) {
			clients.breaker().transitionToOpenState();
			Callback<Integer> callback = new Callback<>();
			clients.create(EchoService.AsyncIface.class).add(1, 2, callback);
			assertThat(callback.failure()).isInstanceOf(CircuitBreakerOpenException.class);
			Callback<String> answered = new Callback<>();
			clients.create(FallingBackClient.class).whoAmI(answered);
			assertThat(answered.get()).isEqualTo("fallback");
		}
	}

	@Test
	void callbackThatThrowsDisturbsNobody() throws Exception {
		try (EchoClients clients = new EchoClients(server.port())) {
			FallingBackClient client = clients.create(FallingBackClient.class);
			Callback<String> throwing = new Callback<>((value) -> {
				throw new IllegalStateException("callback");
			});
			client.whoAmI(throwing);
			assertThat(throwing.get()).isEqualTo("echo");
			clients.breaker().transitionToOpenState();
			Callback<String> throwingInFallback = new Callback<>((value) -> {
				throw new IllegalStateException("callback");
			});
			client.whoAmI(throwingInFallback);
			assertThat(throwingInFallback.get()).isEqualTo("fallback");
			assertThat(throwingInFallback.calls()).isEqualTo(1);
			clients.breaker().transitionToClosedState();
			Callback<String> last = new Callback<>();
			client.whoAmI(last);
			assertThat(last.get()).isEqualTo("echo");
			assertThat(throwing.calls()).isEqualTo(1);
		}
	}

	@Test
	void fallbackThatThrowsKeepsTheCause() throws Exception {
		try (EchoClients clients = new EchoClients()) {
			FallingBackClient client = clients.create(FallingBackClient.class);
			Callback<String> thrown = new Callback<>();
			client.decline(1, thrown);
			assertThat(thrown.failure()).isInstanceOf(IllegalStateException.class)
				.satisfies(
						(ex) -> assertThat(ex.getSuppressed()).singleElement().isInstanceOf(NoInstanceException.class));
			Callback<String> told = new Callback<>();
			client.decline(2, told);
			assertThat(told.failure()).isInstanceOf(Declined.class)
				.satisfies(
						(ex) -> assertThat(ex.getSuppressed()).singleElement().isInstanceOf(NoInstanceException.class));
			Callback<String> error = new Callback<>();
			client.decline(3, error);
			assertThat(error.failure()).isInstanceOf(TException.class).hasCauseInstanceOf(StackOverflowError.class);
		}
	}

	@Test
	void firstOutcomeOfFallbackCounts() throws Exception {
		try (EchoClients clients = new EchoClients()) {
			Callback<Integer> callback = new Callback<>();
			clients.create(FallingBackClient.class).add(1, 2, callback);
			assertThat(callback.get()).isEqualTo(-1);
			assertThat(callback.calls()).isEqualTo(1);
		}
	}

	@Test
	void fallbackMayAnswerLater() throws Exception {
		try (EchoClients clients = new EchoClients()) {
			Callback<Void> callback = new Callback<>();
			LateClient.pending.set(0);
			clients.create(LateClient.class).nothing(callback);
			assertThat(callback.get()).isNull();
			assertThat(LateClient.pending).hasValue(1);
		}
	}

	private static void assertRecorded(EchoClients clients, int successes, int failures) {
		CircuitBreaker.Metrics metrics = clients.breaker().getMetrics();
		assertThat(metrics.getNumberOfSuccessfulCalls()).isEqualTo(successes);
		assertThat(metrics.getNumberOfFailedCalls()).isEqualTo(failures);
	}

	interface FallingBackClient extends EchoService.AsyncIface {

		@Override
		default void whoAmI(AsyncMethodCallback<String> callback) {
			callback.onComplete("fallback");
		}

		@Override
		default void misbehave(String how, AsyncMethodCallback<String> callback) {
			callback.onComplete("fallback");
		}

		@Override
		default void echo(Packet packet, AsyncMethodCallback<Packet> callback) {
			callback.onComplete(null);
		}

		@Override
		default void decline(int code, AsyncMethodCallback<String> callback) {
			switch (code) {
				case 1 -> throw new IllegalStateException("fallback");
				case 2 -> callback.onError(new Declined(2, "told by the fallback"));
				case 3 -> throw new StackOverflowError();
				default -> callback.onComplete("fallback");
			}
		}

		@Override
		default void add(int left, int right, AsyncMethodCallback<Integer> callback) {
			callback.onComplete(-1);
			callback.onComplete(-2);
			throw new IllegalStateException("after the outcome");
		}

	}

	interface LateClient extends EchoService.AsyncIface {

		AtomicInteger pending = new AtomicInteger();

		@Override
		default void nothing(AsyncMethodCallback<Void> callback) {
			new Thread(() -> {
				pending.incrementAndGet();
				callback.onComplete(null);
			}).start();
		}

	}

}
