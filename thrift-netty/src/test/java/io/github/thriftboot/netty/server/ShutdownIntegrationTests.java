package io.github.thriftboot.netty.server;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;

import io.github.thriftboot.netty.client.ConnectionLostException;
import io.github.thriftboot.netty.client.UnprocessedException;
import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.netty.test.RawConnection;
import io.github.thriftboot.netty.test.RawMessage;
import io.github.thriftboot.netty.test.TestClient;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.EchoService;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * A server stops while calls run and come.
 */
class ShutdownIntegrationTests {

	private static final Duration LONG = Duration.ofSeconds(20);

	private static final Duration GRACE = Duration.ofSeconds(60);

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	private final EchoHandler handler = new EchoHandler("stopping");

	private ThriftServer server;

	private TestClient client;

	@BeforeEach
	void start() {
		this.handler.closeGate();
		this.server = this.runtime.start(this.handler);
		this.client = this.runtime.client(this.server.port());
	}

	@Test
	void callInFlightFinishes() {
		CompletableFuture<Object> call = callThatWaits();

		CompletableFuture<Void> stopped = this.server.shutdown(GRACE);
		assertThat(this.server.shutdown(Duration.ZERO)).as("the first one counts").isSameAs(stopped);
		assertThat(stopped).isNotDone();
		this.handler.openGate();

		assertThat(call).succeedsWithin(LONG).isEqualTo("waited");
		assertThat(stopped).succeedsWithin(LONG);
	}

	@Test
	void callThatComesTooLateGoesToAnotherInstance() throws Exception {
		ThriftServer other = this.runtime.start(new EchoHandler("other"));
		TestClient both = this.runtime.client(this.server.port(), other.port());
		await().untilAsserted(() -> assertThat((String) both.call("whoAmI")).isEqualTo("stopping"));
		CompletableFuture<Object> call = callThatWaits();

		CompletableFuture<Void> stopped = this.server.shutdown(GRACE);

		for (int i = 0; i < 100; i++) {
			assertThat((String) both.call("whoAmI")).isEqualTo("other");
		}
		this.handler.openGate();
		assertThat(call).succeedsWithin(LONG);
		assertThat(stopped).succeedsWithin(LONG);
	}

	@Test
	void callThatComesTooLateIsUnprocessedIfThereIsNoOtherInstance() {
		CompletableFuture<Object> call = callThatWaits();

		CompletableFuture<Void> stopped = this.server.shutdown(GRACE);

		assertThatExceptionOfType(UnprocessedException.class).isThrownBy(() -> this.client.call("whoAmI"))
			.withMessageMatching(".*: (not processed: draining|not connected: the server stops)");
		this.handler.openGate();
		assertThat(call).succeedsWithin(LONG);
		assertThat(stopped).succeedsWithin(LONG);
	}

	@Test
	void peerThatKnowsNoDrainingIsServedUntilNothingIsInFlight() throws Exception {
		RawConnection connection = this.runtime.open(this.server.port());
		connection.send(RawMessage.call(RawMessage.FRAMED, "add", 1, new EchoService.add_args(40, 2)));
		assertThat(connection.receive().id()).isEqualTo(1);
		CompletableFuture<Object> call = callThatWaits();

		CompletableFuture<Void> stopped = this.server.shutdown(GRACE);

		connection.send(RawMessage.call(RawMessage.FRAMED, "add", 2, new EchoService.add_args(40, 2)));
		assertThat(connection.receive().read(new EchoService.add_result()).getSuccess()).isEqualTo(42);
		this.handler.openGate();
		assertThat(call).succeedsWithin(LONG);
		assertThat(connection.receiveUntilClosed()).isZero();
		assertThat(stopped).succeedsWithin(LONG);
	}

	@Test
	void handlerThatTakesLongerThanTheGraceIsCut() {
		CompletableFuture<Object> first = callThatWaits();
		CompletableFuture<Object> second = callThatWaits();

		assertThat(this.server.shutdown(Duration.ofMillis(50))).succeedsWithin(LONG);

		for (CompletableFuture<Object> call : List.of(first, second)) {
			assertThat(call).failsWithin(LONG)
				.withThrowableOfType(ExecutionException.class)
				.withCauseInstanceOf(ConnectionLostException.class);
		}
	}

	@Test
	void handlersThatDoNotStopHoldUpNothingAndTheirRepliesAreReleased() {
		CountDownLatch gate = new CountDownLatch(1);
		EchoHandler stubborn = new EchoHandler() {

			@Override
			public String whoAmI() {
				boolean over = false;
				while (!over) {
					try {
						gate.await();
						over = true;
					}
					catch (InterruptedException ex) {
						// that is what makes it stubborn
					}
				}
				return "stubborn";
			}

		};
		ThriftServer stubbornServer = this.runtime.start(stubborn);
		TestClient caller = this.runtime.client(stubbornServer.port());
		CompletableFuture<Object> first = caller.callAsync("whoAmI");
		CompletableFuture<Object> second = caller.callAsync("whoAmI");
		await().until(() -> Thread.getAllStackTraces()
			.values()
			.stream()
			.filter((stack) -> Arrays.stream(stack)
				.anyMatch((frame) -> frame.getMethodName().equals("whoAmI")
						&& frame.getClassName().startsWith(ShutdownIntegrationTests.class.getName())))
			.count() == 2);

		assertThat(stubbornServer.shutdown(Duration.ofMillis(50))).succeedsWithin(LONG);
		gate.countDown();

		assertThat(first).failsWithin(LONG);
		assertThat(second).failsWithin(LONG);
	}

	@Test
	void replyOnItsWayArrivesWhole() throws Exception {
		RawConnection connection = this.runtime.open(this.server.port());
		connection.send(RawMessage.call(RawMessage.IN_ORDER, "blob", 1, new EchoService.blob_args(8_000_000)));
		RawMessage part = connection.receivePart(1_000);

		CompletableFuture<Void> stopped = this.server.shutdown(GRACE);

		assertThat(part.id()).isEqualTo(1);
		connection.receiveRest();
		assertThat(connection.receiveUntilClosed()).isZero();
		assertThat(stopped).succeedsWithin(LONG);
	}

	@Test
	void idleConnectionsAreClosedAndNewOnesRefused() throws Exception {
		RawConnection silent = this.runtime.open(this.server.port());
		this.client.call("nothing");

		assertThat(this.server.shutdown(GRACE)).succeedsWithin(LONG);

		assertThat(silent.receiveUntilClosed()).isZero();
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> RawConnection.open(this.server.port()));
	}

	@Test
	void peerThatDoesNotReadHoldsUpNothing() throws Exception {
		RawConnection connection = this.runtime.open(this.server.port());
		for (int i = 0; i < 10; i++) {
			connection.send(RawMessage.call(RawMessage.IN_ORDER, "blob", i, new EchoService.blob_args(8_000_000)));
		}
		connection.receivePart(100);

		assertThat(this.server.shutdown(Duration.ofMillis(50))).succeedsWithin(LONG);
	}

	private CompletableFuture<Object> callThatWaits() {
		int waiting = this.handler.waiting() + 1;
		CompletableFuture<Object> call = this.client.callAsync(LONG, "misbehave", "wait");
		await().untilAsserted(() -> assertThat(this.handler.waiting()).isEqualTo(waiting));
		return call;
	}

}
