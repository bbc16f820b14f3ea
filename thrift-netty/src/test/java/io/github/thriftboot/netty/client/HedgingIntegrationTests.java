package io.github.thriftboot.netty.client;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

import io.github.thriftboot.netty.protocol.RemoteApplicationException;
import io.github.thriftboot.netty.test.TestClient;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.EchoService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Calls that ask another instance as well when there is no answer, over real sockets.
 */
class HedgingIntegrationTests {

	private static final Duration LONG = Duration.ofSeconds(20);

	private static final CallPolicy HEDGED = CallPolicy.builder(LONG)
		.idempotent(true)
		.hedging(Duration.ofMillis(40), 2)
		.build();

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	private final ScriptedServers servers = new ScriptedServers(this.runtime);

	@AfterEach
	void release() {
		this.servers.release();
	}

	@Test
	void callThatIsNotAnsweredGoesToAnotherInstanceAsWell() throws Exception {
		TestClient client = this.servers.client(this.servers.silent(0), this.servers.answering(1));

		assertThat((int) client.call(HEDGED, "add", 1, 2)).isOne();
		assertThat(client.callAsync(HEDGED, "add", 1, 2)).succeedsWithin(LONG).isEqualTo(1);

		assertThat(this.servers.requests(0)).isEqualTo(2);
		this.servers.release();
		await().untilAsserted(() -> assertThat(client.channel().droppedReplies()).isEqualTo(2));
	}

	@Test
	void firstInstanceMayStillBeTheFirstToAnswer() throws Exception {
		CountDownLatch hedged = new CountDownLatch(1);
		int first = this.servers.start(0, (request) -> {
			hedged.await();
			return request.reply(new EchoService.add_result(0));
		});
		CountDownLatch never = new CountDownLatch(1);
		int second = this.servers.start(1, (request) -> {
			hedged.countDown();
			never.await();
			return request;
		});

		assertThat((int) this.servers.client(first, second).call(HEDGED, "add", 1, 2)).isZero();
		assertThat(this.servers.requests(1)).isOne();
	}

	@Test
	void callThatIsAnsweredInTimeIsNotHedged() throws Exception {
		TestClient client = this.servers.client(this.servers.answering(0), this.servers.answering(1));
		CallPolicy patient = HEDGED.toBuilder().hedging(LONG, 2).build();

		for (int i = 0; i < 200; i++) {
			assertThat((int) client.call(patient, "add", 1, 2)).isZero();
		}

		assertThat(this.servers.requests(1)).isZero();
	}

	@Test
	void callThatIsNotIdempotentIsNotHedged() throws Exception {
		TestClient client = this.servers.client(this.servers.silent(0), this.servers.answering(1));
		CompletableFuture<Object> single = client.callAsync(HEDGED.toBuilder().idempotent(false).build(), "add", 1, 2);

		assertThat((int) client.call(HEDGED, "add", 1, 2)).as("long enough for another one").isOne();

		assertThat(this.servers.requests(1)).isOne();
		this.servers.release();
		assertThat(single).succeedsWithin(LONG).isEqualTo(0);
	}

	@Test
	void hedgesTakeFromTheRetryBudget() {
		TestClient client = this.runtime.client(
				(options) -> options.retryBudget(0, 0)
					.balancing((balancing) -> balancing.loadBalancer(new FirstUntried())),
				this.servers.silent(0), this.servers.answering(1));

		assertThatExceptionOfType(CallTimeoutException.class).isThrownBy(() -> client.call(
				CallPolicy.builder(Duration.ofMillis(200)).idempotent(true).hedging(Duration.ofMillis(20), 2).build(),
				"add", 1, 2));
		assertThat(this.servers.requests(1)).isZero();
	}

	@Test
	void attemptsAreBoundedAndToldByTheException() {
		TestClient client = this.servers.client(this.servers.silent(0), this.servers.silent(1), this.servers.silent(2),
				this.servers.answering(3));

		assertThatExceptionOfType(CallTimeoutException.class).isThrownBy(() -> client.call(
				CallPolicy.builder(Duration.ofMillis(500)).idempotent(true).hedging(Duration.ofMillis(20), 3).build(),
				"add", 1, 2))
			.satisfies((failure) -> assertThat(failure.attempts()).isEqualTo(3))
			.satisfies((failure) -> assertThat(failure.getStackTrace()).as("of the caller").isNotEmpty());
		assertThat(this.servers.requests()).isEqualTo(3);
	}

	@Test
	void errorOfTheServerEndsTheCall() {
		CallPolicy patient = HEDGED.toBuilder().hedging(Duration.ofSeconds(10), 2).build();
		TestClient client = this.servers.client(this.servers.broken(0), this.servers.answering(1));

		assertThatExceptionOfType(RemoteApplicationException.class).isThrownBy(() -> client.call(patient, "add", 1, 2))
			.withMessage("broken");
		assertThat(this.servers.requests(1)).isZero();
	}

	@Test
	void callerThatIsInterruptedGivesAllAttemptsUp() throws Exception {
		TestClient client = this.servers.client(this.servers.silent(0), this.servers.silent(1));
		AtomicReference<Throwable> failure = new AtomicReference<>();
		AtomicReference<Boolean> flag = new AtomicReference<>();
		Thread caller = new Thread(() -> {
			try {
				client.call(HEDGED, "add", 1, 2);
			}
			catch (Throwable ex) {
				failure.set(ex);
			}
			flag.set(Thread.currentThread().isInterrupted());
		});
		caller.start();
		await().until(() -> this.servers.requests(1) == 1);

		caller.interrupt();
		caller.join(LONG.toMillis());

		assertThat(failure.get()).isInstanceOf(CallCancelledException.class)
			.hasCauseInstanceOf(InterruptedException.class);
		assertThat(flag.get()).isTrue();
	}

	@Test
	void futureThatIsCancelledGivesAllAttemptsUp() {
		TestClient client = this.servers.client(this.servers.silent(0), this.servers.silent(1));
		CompletableFuture<Object> call = client.callAsync(HEDGED, "add", 1, 2);
		await().until(() -> this.servers.requests(1) == 1);

		call.cancel(true);
		this.servers.release();

		assertThat(call).isCancelled();
		await().untilAsserted(() -> assertThat(client.channel().droppedReplies()).isEqualTo(2));
	}

}
