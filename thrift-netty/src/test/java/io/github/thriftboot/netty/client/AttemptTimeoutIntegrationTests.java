package io.github.thriftboot.netty.client;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import io.github.thriftboot.netty.protocol.ThriftTransport;
import io.github.thriftboot.netty.server.ThriftServer;
import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.netty.test.Packets;
import io.github.thriftboot.netty.test.TestClient;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.Packet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Attempts that take longer than they may, over real sockets.
 */
class AttemptTimeoutIntegrationTests {

	private static final Duration LONG = Duration.ofSeconds(20);

	private static final CallPolicy IMPATIENT = CallPolicy.builder(LONG)
		.idempotent(true)
		.perTryTimeout(Duration.ofMillis(50))
		.build();

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	private final ScriptedServers servers = new ScriptedServers(this.runtime);

	@AfterEach
	void release() {
		this.servers.release();
	}

	@ParameterizedTest
	@EnumSource
	void idempotentCallGoesOnWhenItIsNotAnsweredInTime(ThriftTransport transport) throws Exception {
		EchoHandler slow = new EchoHandler();
		EchoHandler quick = new EchoHandler();
		slow.closeGate();
		TestClient client = this.runtime.client(
				(options) -> options.transport(transport)
					.balancing((balancing) -> balancing.loadBalancer(new FirstUntried())
						.outlierEjection(new OutlierEjection(0, LONG, LONG, 50, 50))),
				this.runtime.start(slow).port(), this.runtime.start(quick).port());

		for (int i = 0; i < 5; i++) {
			CompletableFuture<Object> other = client.callAsync(IMPATIENT, "misbehave", "wait");
			assertThat((String) client.call(IMPATIENT, "misbehave", "wait")).isEqualTo("waited");
			assertThat(other).succeedsWithin(LONG).isEqualTo("waited");
		}

		assertThat(slow.waiting()).isPositive();
		slow.openGate();
		for (int i = 0; i < 50; i++) {
			Packet packet = Packets.ofSize(i);
			assertThat((Packet) client.call(IMPATIENT, "echo", packet)).isEqualTo(packet);
		}
	}

	@Test
	void callThatIsNotIdempotentWaits() throws Exception {
		TestClient client = this.servers.client(this.servers.silent(0), this.servers.answering(1));

		CompletableFuture<Object> patient = client.callAsync(IMPATIENT.toBuilder().idempotent(false).build(), "add", 1,
				2);
		assertThat((int) client.call(IMPATIENT, "add", 1, 2)).as("long enough for another one").isOne();

		assertThat(this.servers.requests(1)).isOne();
		this.servers.release();
		assertThat(patient).succeedsWithin(LONG).isEqualTo(0);
	}

	@Test
	void callThatFailsFastWaits() {
		TestClient client = this.servers.client(this.servers.silent(0), this.servers.answering(1));

		assertThatExceptionOfType(CallTimeoutException.class)
			.isThrownBy(() -> client.call(CallPolicy.builder(Duration.ofMillis(200))
				.idempotent(true)
				.perTryTimeout(Duration.ofMillis(20))
				.cluster(ClusterMode.FAILFAST)
				.build(), "add", 1, 2))
			.satisfies((failure) -> assertThat(failure.attempts()).isOne());
		assertThat(this.servers.requests(1)).isZero();
	}

	@Test
	void lastAttemptHasAllTheTimeThatIsLeft() throws Exception {
		int[] ports = { this.servers.silent(0), this.servers.silent(1), this.servers.silent(2) };
		TestClient two = this.servers.client(ports[0], ports[1]);
		TestClient three = this.servers.client(ports);
		CompletableFuture<Object> everywhere = two.callAsync(IMPATIENT, "add", 1, 2);
		CompletableFuture<Object> bounded = three.callAsync(IMPATIENT.toBuilder().maxAttempts(2).build(), "add", 1, 2);
		await().until(() -> this.servers.requests(1) == 2);
		assertThat(two.callAsync(IMPATIENT.toBuilder().perTryTimeout(Duration.ofMillis(1)).build(), "add", 1, 2))
			.as("several times as long")
			.isNotDone();
		await().until(() -> this.servers.requests(1) == 3);

		this.servers.release();

		assertThat(everywhere).succeedsWithin(LONG).isEqualTo(1);
		assertThat(bounded).succeedsWithin(LONG).isEqualTo(1);
		assertThat(this.servers.requests(2)).isZero();
	}

	@Test
	void attemptsAreToldByTheException() {
		TestClient client = this.servers.client(this.servers.silent(0), this.servers.silent(1));

		assertThatExceptionOfType(CallTimeoutException.class)
			.isThrownBy(() -> client.call(CallPolicy.builder(Duration.ofMillis(400))
				.idempotent(true)
				.perTryTimeout(Duration.ofMillis(30))
				.build(), "add", 1, 2))
			.withMessage("EchoService:add timed out after 400 ms")
			.satisfies((failure) -> assertThat(failure.attempts()).isEqualTo(2))
			.satisfies((failure) -> assertThat(failure.getSuppressed()[0]).isInstanceOf(CallTimeoutException.class)
				.hasMessageContaining("EchoService:add was not answered by 127.0.0.1:"));
	}

	@Test
	void attemptsTakeFromTheRetryBudget() {
		int[] ports = { this.servers.silent(0), this.servers.answering(1) };
		TestClient client = this.runtime.client((options) -> options.retryBudget(0, 0)
			.balancing((balancing) -> balancing.loadBalancer(new FirstUntried())), ports);

		assertThatExceptionOfType(CallTimeoutException.class)
			.isThrownBy(() -> client.call(CallPolicy.builder(Duration.ofMillis(200))
				.idempotent(true)
				.perTryTimeout(Duration.ofMillis(20))
				.build(), "add", 1, 2));
		assertThat(this.servers.requests(1)).isZero();
	}

	@Test
	void lateReplyOfAnAbandonedAttemptIsDroppedAndCounted() throws Exception {
		TestClient client = this.servers.client(this.servers.silent(0), this.servers.answering(1));
		assertThat((int) client.call(IMPATIENT, "add", 1, 2)).isOne();
		assertThat(client.channel().droppedReplies()).isZero();

		this.servers.release();

		await().untilAsserted(() -> assertThat(client.channel().droppedReplies()).isOne());
		for (int i = 0; i < 50; i++) {
			assertThat((int) client.call("add", i, 1)).isZero();
		}
		assertThat(client.channel().droppedReplies()).isOne();
	}

	@Test
	void callThatCannotBeSentGoesElsewhereWithoutCost() throws Exception {
		int busy = this.servers.silent(0);
		TestClient client = this.runtime.client(
				(options) -> options.transport(ThriftTransport.FRAMED)
					.multiplexed(false)
					.maxConnections(1)
					.retryBudget(0, 0)
					.balancing((balancing) -> balancing.loadBalancer(new FirstUntried())),
				busy, this.servers.answering(1));
		CompletableFuture<Object> first = client.callAsync(LONG, "add", 1, 2);
		await().until(() -> this.servers.requests(0) == 1);

		assertThat((int) client.call(IMPATIENT, "add", 1, 2)).isOne();
		assertThat(first).isNotDone();
		this.servers.release();

		assertThat(first).succeedsWithin(LONG).isEqualTo(0);
		assertThat((int) client.call("add", 1, 2)).isZero();
		assertThat(this.servers.requests(0)).as("what left the queue was never sent").isEqualTo(2);
	}

	@Test
	void onewayCallIsNotSentTwice() throws Exception {
		EchoHandler handler = new EchoHandler();
		ThriftServer server = this.runtime.start(handler);
		TestClient client = this.runtime.client(server.port());
		Packet packet = Packets.ofSize(10);

		client.call(IMPATIENT.toBuilder().perTryTimeout(Duration.ofNanos(1)).build(), "note", packet);

		await().untilAsserted(() -> assertThat(handler.executions()).containsEntry(packet.getNonce(), 1));
	}

}
