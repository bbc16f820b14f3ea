package io.github.thriftboot.netty.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.github.thriftboot.netty.protocol.RemoteApplicationException;
import io.github.thriftboot.netty.test.EchoHandler;
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
 * Calls that go to every instance, over real sockets.
 */
class BroadcastIntegrationTests {

	private static final Duration LONG = Duration.ofSeconds(20);

	private static final CallPolicy BROADCAST = CallPolicy.builder(LONG).cluster(ClusterMode.BROADCAST).build();

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	private final ScriptedServers servers = new ScriptedServers(this.runtime);

	@AfterEach
	void release() {
		this.servers.release();
	}

	@Test
	void everyInstanceIsCalledOnce() throws Exception {
		List<EchoHandler> handlers = List.of(new EchoHandler(), new EchoHandler(), new EchoHandler());
		TestClient client = this.runtime
			.client(handlers.stream().mapToInt((handler) -> this.runtime.start(handler).port()).toArray());

		List<Long> nonces = new ArrayList<>();
		for (int i = 0; i < 10; i++) {
			Packet packet = Packets.ofSize(i);
			nonces.add(packet.getNonce());
			assertThat((Packet) client.call(BROADCAST, "echo", packet)).isEqualTo(packet);
		}

		assertThat(handlers).allSatisfy((handler) -> assertThat(handler.executions()).containsOnlyKeys(nonces)
			.allSatisfy((nonce, count) -> assertThat(count).isOne()));
	}

	@Test
	void onewayCallGoesToEveryInstance() throws Exception {
		EchoHandler one = new EchoHandler();
		EchoHandler two = new EchoHandler();
		TestClient client = this.runtime.client(this.runtime.start(one).port(), this.runtime.start(two).port());
		Packet packet = Packets.ofSize(1);

		assertThat(client.callAsync(BROADCAST, "note", packet)).succeedsWithin(LONG).isNull();

		await().untilAsserted(() -> assertThat(List.of(one, two))
			.allSatisfy((handler) -> assertThat(handler.executions()).containsEntry(packet.getNonce(), 1)));
	}

	@Test
	void failureTellsWhereItFailed() {
		int broken = this.servers.broken(1);
		int silent = this.servers.silent(2);
		TestClient client = this.servers.client(this.servers.answering(0), broken, silent);

		assertThatExceptionOfType(BroadcastException.class)
			.isThrownBy(() -> client
				.call(CallPolicy.builder(Duration.ofMillis(200)).cluster(ClusterMode.BROADCAST).build(), "add", 1, 2))
			.withMessage("EchoService:add failed at 2 of 3 instances: 127.0.0.1:" + broken + " (broken), 127.0.0.1:"
					+ silent + " (EchoService:add timed out after 200 ms)")
			.satisfies((failure) -> assertThat(failure.failures()).containsOnlyKeys("127.0.0.1:" + broken,
					"127.0.0.1:" + silent))
			.satisfies((failure) -> assertThat(failure.getSuppressed())
				.hasExactlyElementsOfTypes(RemoteApplicationException.class, CallTimeoutException.class))
			.satisfies((failure) -> assertThat(failure.getStackTrace()).as("of the caller").isNotEmpty());
		assertThat(this.servers.requests()).as("once at each").isEqualTo(3);
	}

	@Test
	void declaredExceptionIsToldAsItIs() {
		int declining = this.runtime.start(new EchoHandler() {
			@Override
			public String decline(int code) throws Declined {
				throw new Declined(9, "here");
			}
		}).port();
		TestClient client = this.runtime.client(this.runtime.start(new EchoHandler()).port(), declining);

		assertThatExceptionOfType(Declined.class).isThrownBy(() -> client.call(BROADCAST, "decline", 0))
			.satisfies((failure) -> assertThat(failure.getCode()).isEqualTo(9))
			.satisfies((failure) -> assertThat(failure.getSuppressed()).singleElement()
				.isInstanceOfSatisfying(BroadcastException.class,
						(where) -> assertThat(where.failures()).containsOnlyKeys("127.0.0.1:" + declining)));
	}

	@Test
	void instanceThatIsDownIsLeftOut() throws Exception {
		TestClient client = this.servers.client(1, this.servers.answering(1), this.servers.answering(2));
		assertThat((int) client.call("add", 1, 2)).isOne();

		assertThat((int) client.call(BROADCAST, "add", 1, 2)).isBetween(1, 2);
		assertThat(this.servers.requests()).isEqualTo(3);
	}

	@Test
	void nothingIsTriedAgain() {
		TestClient client = this.servers.client(this.servers.overloaded(0), this.servers.answering(1));

		assertThatExceptionOfType(BroadcastException.class)
			.isThrownBy(() -> client.call(BROADCAST.toBuilder().idempotent(true).build(), "add", 1, 2))
			.withMessageContaining("failed at 1 of 2 instances");
		assertThat(this.servers.requests(0)).isOne();
		assertThat(this.servers.requests(1)).isOne();
	}

	@Test
	void withoutAnyInstanceTheCallFailsAtOnce() {
		TestClient client = this.runtime.client();

		assertThatExceptionOfType(NoInstanceException.class)
			.isThrownBy(() -> client.call(BROADCAST.toBuilder().waitForInstance(LONG).build(), "add", 1, 2));
		client.channel().close();
		assertThatExceptionOfType(UnprocessedException.class).isThrownBy(() -> client.call(BROADCAST, "add", 1, 2));
	}

	@Test
	void futureThatIsCancelledGivesAllUp() {
		TestClient client = this.servers.client(this.servers.silent(0), this.servers.silent(1));
		CompletableFuture<Object> call = client.callAsync(BROADCAST, "add", 1, 2);
		await().until(() -> this.servers.requests() == 2);

		call.cancel(true);
		this.servers.release();

		await().untilAsserted(() -> assertThat(client.channel().droppedReplies()).isEqualTo(2));
		assertThat(call).isCancelled();
	}

}
