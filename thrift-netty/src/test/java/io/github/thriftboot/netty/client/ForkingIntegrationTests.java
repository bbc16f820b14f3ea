package io.github.thriftboot.netty.client;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import io.github.thriftboot.netty.context.CallHeaders;
import io.github.thriftboot.netty.protocol.RemoteApplicationException;
import io.github.thriftboot.netty.protocol.ThriftTransport;
import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.netty.test.TestClient;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.Declined;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Calls that go to several instances at once, over real sockets.
 */
class ForkingIntegrationTests {

	private static final Duration LONG = Duration.ofSeconds(20);

	private static final CallPolicy FORKING = CallPolicy.builder(LONG)
		.idempotent(true)
		.cluster(ClusterMode.FORKING)
		.build();

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	private final ScriptedServers servers = new ScriptedServers(this.runtime);

	@AfterEach
	void release() {
		this.servers.release();
	}

	@Test
	void firstAnswerWins() throws Exception {
		TestClient client = this.servers.client(this.servers.silent(0), this.servers.answering(1),
				this.servers.answering(2));

		assertThat((int) client.call(FORKING, "add", 1, 2)).isOne();
		assertThat(client.callAsync(FORKING, "add", 1, 2)).succeedsWithin(LONG).isEqualTo(1);

		assertThat(this.servers.requests(2)).as("two of three").isZero();
		TestClient slow = this.servers.client(this.servers.silent(3), this.servers.silent(4),
				this.servers.answering(5));
		assertThat((int) slow.call(FORKING.toBuilder().forks(3).build(), "add", 1, 2)).isEqualTo(5);
	}

	@Test
	void answerThatCannotBeUsedDoesNotWin() throws Exception {
		TestClient client = this.servers.client(this.servers.broken(0), this.servers.silent(1));
		CompletableFuture<Object> call = client.callAsync(FORKING, "add", 1, 2);
		assertThatExceptionOfType(RemoteApplicationException.class).isThrownBy(() -> client.call("add", 1, 2));
		assertThat(call).isNotDone();

		this.servers.release();

		assertThat(call).succeedsWithin(LONG).isEqualTo(1);
	}

	@Test
	void callFailsWhenAllHaveFailed() {
		TestClient broken = this.servers.client(this.servers.broken(0), this.servers.broken(1));
		assertThatExceptionOfType(RemoteApplicationException.class).isThrownBy(() -> broken.call(FORKING, "add", 1, 2))
			.satisfies((failure) -> assertThat(failure.getSuppressed()).singleElement()
				.isInstanceOf(RemoteApplicationException.class));

		TestClient silent = this.servers.client(this.servers.silent(2), this.servers.silent(3));
		assertThatExceptionOfType(CallTimeoutException.class).isThrownBy(() -> silent.call(
				CallPolicy.builder(Duration.ofMillis(100)).idempotent(true).cluster(ClusterMode.FORKING).build(), "add",
				1, 2))
			.satisfies((failure) -> assertThat(failure.attempts()).isEqualTo(2));
	}

	@Test
	void declaredExceptionIsAnAnswer() {
		TestClient client = this.runtime.client(this.runtime.start(new EchoHandler()).port(),
				this.runtime.start(new EchoHandler()).port());

		assertThatExceptionOfType(Declined.class).isThrownBy(() -> client.call(FORKING, "decline", 7))
			.satisfies((failure) -> assertThat(failure.getCode()).isEqualTo(7));
	}

	@Test
	void oneInstanceIsEnough() throws Exception {
		TestClient client = this.servers.client(this.servers.answering(7));

		assertThat((int) client.call(FORKING, "add", 1, 2)).isEqualTo(7);
		assertThat(this.servers.requests()).isOne();
	}

	@Test
	void instanceThatCannotBeReachedIsReplacedByAnother() throws Exception {
		TestClient client = this.servers.client(1, this.servers.broken(1), this.servers.answering(2));

		assertThat((int) client.call(FORKING, "add", 1, 2)).isEqualTo(2);
	}

	@Test
	void loserThatWasNotSentNeverIs() throws Exception {
		int busy = this.servers.silent(0);
		TestClient client = this.runtime.client(
				(options) -> options.transport(ThriftTransport.FRAMED)
					.multiplexed(false)
					.maxConnections(1)
					.balancing((balancing) -> balancing.loadBalancer(new FirstUntried())),
				busy, this.servers.answering(1));
		CompletableFuture<Object> first = client.callAsync(LONG, "add", 1, 2);
		await().until(() -> this.servers.requests(0) == 1);

		assertThat((int) client.call(FORKING, "add", 1, 2)).isOne();
		this.servers.release();

		assertThat(first).succeedsWithin(LONG);
		assertThat((int) client.call("add", 1, 2)).isZero();
		assertThat(this.servers.requests(0)).isEqualTo(2);
	}

	@Test
	void headersOfTheCallerGoToAll() throws Exception {
		TestClient client = this.runtime.client(
				(options) -> options.balancing((balancing) -> balancing.loadBalancer(new FirstUntried())
					.instanceFilter(
							(headers, instances) -> headers.containsKey("tenant") ? instances : java.util.List.of())),
				this.runtime.start(new EchoHandler("a")).port(), this.runtime.start(new EchoHandler("b")).port());

		try (CallHeaders headers = CallHeaders.open()) {
			headers.put("tenant", "1");
			assertThat((String) client.call(FORKING, "whoAmI")).isIn("a", "b");
		}
		assertThatExceptionOfType(NoInstanceException.class).isThrownBy(() -> client.call(FORKING, "whoAmI"));
	}

}
