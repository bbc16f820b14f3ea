package io.github.thriftboot.netty.client;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

import io.github.thriftboot.netty.protocol.RemoteApplicationException;
import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.netty.test.LogCapture;
import io.github.thriftboot.netty.test.Packets;
import io.github.thriftboot.netty.test.TestClient;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.Declined;
import io.github.thriftboot.test.Packet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Calls whose failures are ignored, over real sockets.
 */
class FailsafeIntegrationTests {

	private static final CallPolicy FAILSAFE = CallPolicy.builder(Duration.ofMillis(200))
		.cluster(ClusterMode.FAILSAFE)
		.build();

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	private final LogCapture log = new LogCapture(Failsafe.class);

	private final ScriptedServers servers = new ScriptedServers(this.runtime);

	@AfterEach
	void release() {
		this.servers.release();
		this.log.close();
	}

	@Test
	void callWithoutAnInstanceReturnsNothing() throws Exception {
		TestClient client = this.runtime.client();

		assertThat((int) client.call(FAILSAFE, "add", 1, 2)).isZero();
		assertThat((Packet) client.call(FAILSAFE, "echo", Packets.ofSize(1))).isNull();
		client.call(FAILSAFE, "note", Packets.ofSize(1));
		assertThat(client.callAsync(FAILSAFE, "add", 1, 2)).isCompletedWithValue(0);
		assertThat(this.log.lines()).isNotEmpty().hasSizeLessThan(3);
	}

	@Test
	void callWithoutAnAnswerReturnsNothing() throws Exception {
		TestClient silent = this.servers.client(this.servers.silent(0));
		assertThat((int) silent.call(FAILSAFE, "add", 1, 2)).isZero();
		assertThat(silent.callAsync(FAILSAFE, "add", 1, 2)).succeedsWithin(Duration.ofSeconds(20)).isEqualTo(0);

		TestClient losing = this.runtime.client(this.runtime.start((connection) -> connection.receive()).port());
		assertThat((int) losing.call(FAILSAFE, "add", 1, 2)).isZero();
	}

	@Test
	void callIsTriedElsewhereBefore() throws Exception {
		TestClient client = this.servers.client(this.servers.overloaded(0), this.servers.answering(7));

		assertThat((int) client.call(FAILSAFE, "add", 1, 2)).isEqualTo(7);
		assertThat(this.log.lines()).isEmpty();
	}

	@Test
	void answersOfTheServiceAreTold() {
		TestClient client = this.runtime.client(this.runtime.start(new EchoHandler()).port());

		assertThatExceptionOfType(Declined.class).isThrownBy(() -> client.call(FAILSAFE, "decline", 3));
		assertThatExceptionOfType(RemoteApplicationException.class)
			.isThrownBy(() -> client.call(FAILSAFE, "misbehave", "runtime"));
		assertThat(client.callAsync(FAILSAFE, "decline", 3)).failsWithin(Duration.ofSeconds(20))
			.withThrowableOfType(ExecutionException.class)
			.withCauseInstanceOf(Declined.class);
		assertThat(this.log.lines()).isEmpty();
	}

	@Test
	void callerWhoGivesUpIsTold() {
		TestClient client = this.servers.client(this.servers.silent(0));
		CompletableFuture<Object> call = client
			.callAsync(CallPolicy.builder(Duration.ofSeconds(20)).cluster(ClusterMode.FAILSAFE).build(), "add", 1, 2);
		await().until(() -> this.servers.requests() == 1);

		call.cancel(true);
		this.servers.release();

		assertThat(call).isCancelled();
		await().untilAsserted(() -> assertThat(client.channel().droppedReplies()).isOne());
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(CallCancelledException.class).isThrownBy(() -> client.call(FAILSAFE, "add", 1, 2));
		assertThat(Thread.interrupted()).isTrue();
		assertThat(this.log.lines()).isEmpty();
	}

}
