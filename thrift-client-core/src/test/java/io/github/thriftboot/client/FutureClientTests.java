package io.github.thriftboot.client;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import io.github.thriftboot.netty.client.CallTimeoutException;
import io.github.thriftboot.netty.protocol.ThriftServiceDescriptor;
import io.github.thriftboot.netty.server.ThriftServer;
import io.github.thriftboot.test.types.FutureService;
import io.github.thriftboot.test.types.NoFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for clients of {@code FutureIface}.
 */
class FutureClientTests {

	private final Handler handler = new Handler();

	private final ThriftServer server = ThriftServer.builder()
		.address(new InetSocketAddress("localhost", 0))
		.service("FutureService", ThriftServiceDescriptor.of(FutureService.class), this.handler)
		.build();

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

	@Test
	void outcomesArriveInFutures() throws Exception {
		FutureService.FutureIface client = this.clients.create(FutureService.FutureIface.class);

		assertThat(client.echo("text").get()).isEqualTo("text");
		assertThat(client.add(1, 2).get()).isEqualTo(3);
		assertThat(client.nothing().get()).isNull();
		client.note("noted");
		await().until(() -> "noted".equals(this.handler.noted));
	}

	@Test
	void declaredExceptionIsNoReasonForAFallback() throws Exception {
		WithFallback client = this.clients.create(WithFallback.class);

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> client.fail("reason").get())
			.withCause(new NoFuture("reason"));
		assertThat(this.clients.breaker().getMetrics().getNumberOfFailedCalls()).isZero();
	}

	@Test
	void fallbackAnswersInAFuture() throws Exception {
		WithFallback client = this.clients.create(WithFallback.class);
		this.server.shutdown(Duration.ZERO).join();

		assertThat(client.echo("text").get()).isEqualTo("fallback for text");
	}

	@Test
	void forcedFallbackAnswersInAFuture() throws Exception {
		WithFallbacks client = this.clients.forceFallback().create(WithFallbacks.class);

		assertThat(client.echo("wait").get()).isEqualTo("fallback for wait");
		assertThat(client.add(1, 2).get()).isEqualTo(-1);
		assertThat(this.clients.breaker().getMetrics().getNumberOfBufferedCalls()).isZero();
	}

	@Test
	void withoutFallbackTheFutureFails() throws Exception {
		FutureService.FutureIface client = this.clients.timeout(Duration.ofMillis(50))
			.create(FutureService.FutureIface.class);

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> client.echo("wait").get())
			.withCauseInstanceOf(CallTimeoutException.class);
	}

	@Test
	void whoCancelsGivesTheCallUp() throws Exception {
		FutureService.FutureIface client = this.clients.create(FutureService.FutureIface.class);
		CompletableFuture<String> call = client.echo("wait");

		call.cancel(false);

		assertThat(call).isCancelled();
		this.clients.breaker().transitionToOpenState();
		this.clients.breaker().transitionToHalfOpenState();
		CompletableFuture<String> probe = client.echo("wait");
		probe.cancel(false);
		assertThat(this.clients.breaker().tryAcquirePermission()).as("the permission of the probe is back").isTrue();
		this.clients.breaker().transitionToClosedState();
		assertThat(this.clients.breaker().getMetrics().getNumberOfBufferedCalls()).isZero();
		assertThat(client.add(1, 2).get()).isEqualTo(3);
	}

	interface WithFallback extends FutureService.FutureIface {

		@Override
		default CompletableFuture<String> echo(String value) {
			return CompletableFuture.completedFuture("fallback for " + value);
		}

		@Override
		default CompletableFuture<String> fail(String reason) {
			return CompletableFuture.completedFuture("fallback");
		}

	}

	interface WithFallbacks extends WithFallback {

		@Override
		default CompletableFuture<Integer> add(int left, int right) {
			return CompletableFuture.completedFuture(-1);
		}

		@Override
		default CompletableFuture<Void> nothing() {
			return CompletableFuture.completedFuture(null);
		}

		@Override
		default CompletableFuture<Void> note(String text) {
			return CompletableFuture.completedFuture(null);
		}

	}

	private static final class Handler implements FutureService.Iface {

		private final CountDownLatch gate = new CountDownLatch(1);

		private volatile String noted;

		@Override
		public String echo(String value) {
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
			this.noted = text;
		}

	}

}
