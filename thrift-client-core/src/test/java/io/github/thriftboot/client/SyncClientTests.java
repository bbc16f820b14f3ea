package io.github.thriftboot.client;

import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.thriftboot.netty.client.CallCancelledException;
import io.github.thriftboot.netty.client.CallTimeoutException;
import io.github.thriftboot.netty.client.ConnectionLostException;
import io.github.thriftboot.netty.client.NoInstanceException;
import io.github.thriftboot.netty.client.RequestEncodingException;
import io.github.thriftboot.netty.client.UnprocessedException;
import io.github.thriftboot.netty.protocol.RemoteApplicationException;
import io.github.thriftboot.netty.test.Packets;
import io.github.thriftboot.test.Declined;
import io.github.thriftboot.test.EchoService;
import io.github.thriftboot.test.Packet;
import io.github.thriftboot.test.Profile;
import org.apache.thrift.TApplicationException;
import org.apache.thrift.TException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.test.util.TestSocketUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Each row of the table of outcomes, with a real server.
 */
class SyncClientTests {

	private static EchoServer server;

	@BeforeAll
	static void startServer() {
		server = new EchoServer();
	}

	@AfterAll
	static void stopServer() {
		server.close();
	}

	@BeforeEach
	void forgetFallbacks() {
		FallingBackClient.answers.set(0);
	}

	@Test
	void replyIsSuccess() throws Exception {
		try (EchoClients clients = new EchoClients(server.port())) {
			FallingBackClient client = clients.create(FallingBackClient.class);
			Packet packet = Packets.ofSize(100);
			assertThat(client.echo(packet)).isEqualTo(packet);
			assertThat(client.add(1, 2)).isEqualTo(3);
			client.nothing();
			assertThat(client.whoAmI()).isEqualTo("echo");
			assertRecorded(clients, 4, 0);
			assertThat(FallingBackClient.answers).hasValue(0);
		}
	}

	@Test
	void onewayMethodRuns() throws Exception {
		try (EchoClients clients = new EchoClients(server.port())) {
			Packet packet = Packets.ofSize(10);
			clients.create(FallingBackClient.class).note(packet);
			await().until(() -> server.handler().executions().containsKey(packet.getNonce()));
			assertRecorded(clients, 1, 0);
		}
	}

	@Test
	void declaredExceptionIsSuccessAndNeverFallsBack() {
		try (EchoClients clients = new EchoClients(server.port()).fallbackOnApplicationError()) {
			FallingBackClient client = clients.create(FallingBackClient.class);
			assertThatExceptionOfType(Declined.class).isThrownBy(() -> client.decline(7))
				.satisfies((ex) -> assertThat(ex.getCode()).isEqualTo(7));
			assertRecorded(clients, 1, 0);
			assertThat(FallingBackClient.answers).hasValue(0);
		}
	}

	@Test
	void refusedConnectionIsFailureAndFallsBack() throws Exception {
		try (EchoClients clients = new EchoClients(TestSocketUtils.findAvailableTcpPort())) {
			assertThat(clients.create(FallingBackClient.class).whoAmI()).isEqualTo("fallback");
			assertRecorded(clients, 0, 1);
		}
		try (EchoClients clients = new EchoClients(TestSocketUtils.findAvailableTcpPort())) {
			assertFails(UnprocessedException.class, () -> clients.create(EchoService.Iface.class).whoAmI());
			assertRecorded(clients, 0, 1);
		}
	}

	@Test
	void lostConnectionIsFailureAndFallsBack() throws Exception {
		try (EchoServer stopping = new EchoServer(); EchoClients clients = new EchoClients(stopping.port())) {
			stopping.handler().closeGate();
			FallingBackClient client = clients.create(FallingBackClient.class);
			stopWhenCalled(stopping);
			assertThat(client.misbehave("wait")).isEqualTo("fallback");
			assertRecorded(clients, 0, 1);
		}
		try (EchoServer stopping = new EchoServer(); EchoClients clients = new EchoClients(stopping.port())) {
			stopping.handler().closeGate();
			stopWhenCalled(stopping);
			assertFails(ConnectionLostException.class, () -> clients.create(EchoService.Iface.class).misbehave("wait"));
		}
	}

	private static void stopWhenCalled(EchoServer server) {
		new Thread(() -> {
			await().until(() -> server.handler().waiting() == 1);
			server.close();
		}).start();
	}

	@Test
	void timeoutIsFailureAndFallsBack() throws Exception {
		Packet packet = Packets.ofSize(1);
		try (EchoClients clients = new EchoClients(server.port()).timeout(Duration.ofMillis(50))) {
			assertThat(clients.create(FallingBackClient.class).echoLater(packet, 500)).isNull();
			assertRecorded(clients, 0, 1);
			assertFails(CallTimeoutException.class,
					() -> clients.create(EchoService.Iface.class).echoLater(packet, 500));
			assertRecorded(clients, 0, 2);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "runtime", "application-0", "application-6", "application-8", "application-99" })
	void errorOfTheServiceIsFailureAndFallsBackOnlyIfAskedFor(String how) throws Exception {
		assertApplicationError(how, RemoteApplicationException.class);
	}

	@Test
	void replyWithoutResultIsFailureAndFallsBackOnlyIfAskedFor() throws Exception {
		assertApplicationError("null", TApplicationException.class);
	}

	private static void assertApplicationError(String how, Class<? extends Exception> thrown) throws Exception {
		try (EchoClients clients = new EchoClients(server.port())) {
			assertFails(thrown, () -> clients.create(FallingBackClient.class).misbehave(how));
			assertRecorded(clients, 0, 1);
			assertThat(FallingBackClient.answers).hasValue(0);
		}
		try (EchoClients clients = new EchoClients(server.port()).fallbackOnApplicationError()) {
			assertThat(clients.create(FallingBackClient.class).misbehave(how)).isEqualTo("fallback");
			assertRecorded(clients, 0, 1);
		}
	}

	@Test
	void unknownMethodIsNeitherRecordedNorAnsweredByFallback() {
		try (EchoClients clients = new EchoClients(server.port()).fallbackOnApplicationError()) {
			assertIgnored(clients, RemoteApplicationException.class,
					() -> clients.create(MisdirectedClient.class).whoAmI());
		}
	}

	@Test
	void requestThatCannotBeEncodedIsNeitherRecordedNorAnsweredByFallback() {
		try (EchoClients clients = new EchoClients(server.port()).fallbackOnApplicationError()) {
			assertIgnored(clients, RequestEncodingException.class, () -> clients.create(FallingBackClient.class)
				.profile(new Profile("null in a list", Arrays.asList((String) null), Map.of())));
		}
	}

	@Test
	void interruptIsNeitherRecordedNorAnsweredByFallback() {
		try (EchoClients clients = new EchoClients(server.port()).fallbackOnApplicationError()) {
			FallingBackClient client = clients.create(FallingBackClient.class);
			assertIgnored(clients, CallCancelledException.class, () -> {
				Thread.currentThread().interrupt();
				try {
					client.echoLater(Packets.ofSize(1), 100);
				}
				finally {
					assertThat(Thread.interrupted()).isTrue();
				}
			});
		}
	}

	@Test
	void missingInstanceIsNotRecordedAndFallsBack() throws Exception {
		try (EchoClients clients = new EchoClients()) {
			clients.breaker().transitionToOpenState();
			clients.breaker().transitionToHalfOpenState();
			assertThat(clients.create(FallingBackClient.class).whoAmI()).isEqualTo("fallback");
			assertThatExceptionOfType(NoInstanceException.class)
				.isThrownBy(() -> clients.create(EchoService.Iface.class).whoAmI());
			assertRecorded(clients, 0, 0);
			assertThat(clients.breaker().getState()).isEqualTo(CircuitBreaker.State.HALF_OPEN);
		}
	}

	@Test
	void openBreakerSendsNothingAndFallsBack() throws Exception {
		try (EchoClients clients = new EchoClients(server.port())) {
			clients.breaker().transitionToOpenState();
			Packet packet = Packets.ofSize(1);
			assertThat(clients.create(FallingBackClient.class).echo(packet)).isNull();
			assertThatExceptionOfType(CircuitBreakerOpenException.class)
				.isThrownBy(() -> clients.create(EchoService.Iface.class).echo(packet))
				.withCauseInstanceOf(CallNotPermittedException.class)
				.withMessageContaining("EchoService");
			assertRecorded(clients, 0, 0);
			assertThat(server.handler().executions()).doesNotContainKey(packet.getNonce());
			assertThat(clients.breaker().getMetrics().getNumberOfNotPermittedCalls()).isEqualTo(2);
		}
	}

	@Test
	void breakerOpensAndCloses() throws Exception {
		try (EchoClients clients = new EchoClients(server.port())) {
			EchoService.Iface client = clients.create(EchoService.Iface.class);
			for (int i = 0; i < 4; i++) {
				assertThatExceptionOfType(RemoteApplicationException.class)
					.isThrownBy(() -> client.misbehave("runtime"));
			}
			assertThat(clients.breaker().getState()).isEqualTo(CircuitBreaker.State.OPEN);
			assertThatExceptionOfType(CircuitBreakerOpenException.class).isThrownBy(client::whoAmI);
			clients.breaker().transitionToHalfOpenState();
			assertThat(client.whoAmI()).isEqualTo("echo");
			assertThat(clients.breaker().getState()).isEqualTo(CircuitBreaker.State.CLOSED);
		}
	}

	@Test
	void callOnEventLoopGivesItsPermissionBack() throws Exception {
		try (EchoClients clients = new EchoClients(server.port())) {
			EchoService.Iface sync = clients.create(EchoService.Iface.class);
			AtomicInteger refused = new AtomicInteger();
			clients.create(EchoService.AsyncIface.class).whoAmI(new Callback<>((value) -> {
				try {
					sync.whoAmI();
				}
				catch (IllegalStateException ex) {
					refused.incrementAndGet();
				}
				catch (TException ex) {
					// counts as a failure
				}
			}));
			await().until(() -> refused.get() == 1);
			assertRecorded(clients, 1, 0);
		}
	}

	private static void assertRecorded(EchoClients clients, int successes, int failures) {
		CircuitBreaker.Metrics metrics = clients.breaker().getMetrics();
		assertThat(metrics.getNumberOfSuccessfulCalls()).isEqualTo(successes);
		assertThat(metrics.getNumberOfFailedCalls()).isEqualTo(failures);
	}

	private static void assertFails(Class<? extends Exception> thrown, ThrowingCallable call) {
		assertThatExceptionOfType(thrown).isThrownBy(call);
	}

	/**
	 * A half-open breaker gives one permission: that it can be had again and again shows
	 * that it comes back.
	 */
	private static void assertIgnored(EchoClients clients, Class<? extends Exception> thrown, ThrowingCallable call) {
		clients.breaker().transitionToOpenState();
		clients.breaker().transitionToHalfOpenState();
		for (int i = 0; i < 3; i++) {
			assertThatExceptionOfType(thrown).isThrownBy(call);
		}
		assertRecorded(clients, 0, 0);
		assertThat(clients.breaker().getState()).isEqualTo(CircuitBreaker.State.HALF_OPEN);
		assertThat(FallingBackClient.answers).hasValue(0);
	}

	/**
	 * Answers each method with a default method.
	 */
	interface FallingBackClient extends EchoService.Iface {

		AtomicInteger answers = new AtomicInteger();

		@Override
		default String whoAmI() {
			answers.incrementAndGet();
			return "fallback";
		}

		@Override
		default Packet echo(Packet packet) {
			answers.incrementAndGet();
			return null;
		}

		@Override
		default Packet echoLater(Packet packet, int millis) {
			answers.incrementAndGet();
			return null;
		}

		@Override
		default Profile profile(Profile profile) {
			answers.incrementAndGet();
			return null;
		}

		@Override
		default String misbehave(String how) {
			answers.incrementAndGet();
			return "fallback";
		}

		@Override
		default String decline(int code) {
			answers.incrementAndGet();
			return "fallback";
		}

	}

	@ThriftClient(service = "NoSuchService")
	interface MisdirectedClient extends FallingBackClient {

	}

}
