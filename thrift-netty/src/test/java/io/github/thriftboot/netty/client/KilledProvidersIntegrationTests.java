package io.github.thriftboot.netty.client;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import io.github.thriftboot.netty.test.MachineJitter;
import io.github.thriftboot.netty.test.Packets;
import io.github.thriftboot.netty.test.ServerProcess;
import io.github.thriftboot.netty.test.TestClient;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.Packet;
import org.apache.thrift.TException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Three providers in processes of their own, one after the other killed and started
 * again, while callers go on: those of idempotent methods must not notice, those of
 * others may lose what may have run, and nothing else.
 */
class KilledProvidersIntegrationTests {

	private static final int PROVIDERS = 3;

	private static final int CALLERS_OF_EACH_KIND = 16;

	/**
	 * Keeps the machine from being the bottleneck, whose delays would be measured then.
	 */
	private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

	private static final Duration LONG = Duration.ofSeconds(20);

	private static final long MAX_OUT_MILLIS = 100;

	private static final long MAX_BACK_MILLIS = 2_000;

	private static final double MAX_ATTEMPTS_PER_CALL = 1.05;

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	@TempDir
	Path directory;

	private final List<ServerProcess> started = new ArrayList<>();

	private final ServerProcess[] providers = new ServerProcess[PROVIDERS];

	private final AtomicBoolean stopped = new AtomicBoolean();

	@Test
	void onlyCallsThatMayHaveRunAreLostAndNoIdempotentOnes() throws Exception {
		for (int i = 0; i < PROVIDERS; i++) {
			this.providers[i] = start(0);
		}
		MachineJitter jitter = this.runtime.closing(new MachineJitter());
		Callers idempotent = new Callers(true);
		Callers others = new Callers(false);
		ExecutorService threads = Executors.newFixedThreadPool(2 * CALLERS_OF_EACH_KIND);
		for (int i = 0; i < CALLERS_OF_EACH_KIND; i++) {
			threads.execute(idempotent);
			threads.execute(others);
		}
		List<Long> out = new ArrayList<>();
		List<Long> back = new ArrayList<>();

		for (int i = 0; i < PROVIDERS; i++) {
			awaitMoreCallsEverywhere();
			int port = this.providers[i].port();
			long killed = System.nanoTime();
			this.providers[i].kill();
			await().pollDelay(Duration.ofMillis(400)).until(() -> true);
			out.add(TimeUnit.NANOSECONDS.toMillis(Math.max(0, idempotent.balancer.lastPick(port) - killed)));
			this.providers[i] = start(port);
			long open = System.nanoTime();
			await().pollInterval(Duration.ofMillis(1))
				.atMost(LONG)
				.until(() -> idempotent.balancer.lastPick(port) - killed > TimeUnit.MILLISECONDS.toNanos(400));
			back.add(TimeUnit.NANOSECONDS.toMillis(Math.max(0, System.nanoTime() - open)));
		}
		awaitMoreCallsEverywhere();
		this.stopped.set(true);
		threads.shutdown();

		assertThat(threads.awaitTermination(LONG.toSeconds(), TimeUnit.SECONDS)).as("no call hangs").isTrue();
		LoggerFactory.getLogger("figures")
			.info("B1/B2: {} providers killed and restarted under {} callers: idempotent {}; others {}; "
					+ "out after {} ms, back {} ms after the port opened (jitter of the machine {} ms)", PROVIDERS,
					2 * CALLERS_OF_EACH_KIND, idempotent, others, out, back, jitter.worstMillis());
		assertThat(idempotent.lost).hasValue(0);
		assertThat(idempotent.unexpected).isEmpty();
		assertThat(others.unexpected).isEmpty();
		assertThat(idempotent.attemptsPerCall()).isLessThanOrEqualTo(MAX_ATTEMPTS_PER_CALL);
		assertThat(others.attemptsPerCall()).isLessThanOrEqualTo(MAX_ATTEMPTS_PER_CALL);
		assertThat(out)
			.allSatisfy((millis) -> assertThat(millis).isLessThanOrEqualTo(MAX_OUT_MILLIS + jitter.worstMillis()));
		assertThat(back)
			.allSatisfy((millis) -> assertThat(millis).isLessThanOrEqualTo(MAX_BACK_MILLIS + jitter.worstMillis()));
		assertExecutions(idempotent, others);
	}

	private ServerProcess start(int port) throws Exception {
		ServerProcess process = this.runtime
			.closing(ServerProcess.start(port, this.directory.resolve("nonces-" + this.started.size())));
		this.started.add(process);
		return process;
	}

	private void awaitMoreCallsEverywhere() {
		int[] before = new int[PROVIDERS];
		for (int i = 0; i < PROVIDERS; i++) {
			before[i] = this.providers[i].executed();
		}
		await().atMost(LONG).until(() -> {
			for (int i = 0; i < PROVIDERS; i++) {
				if (this.providers[i].executed() < before[i] + 300) {
					return false;
				}
			}
			return true;
		});
	}

	private void assertExecutions(Callers idempotent, Callers others) throws Exception {
		Map<Long, Integer> executions = new ConcurrentHashMap<>();
		for (ServerProcess process : this.started) {
			process.nonces().forEach((nonce) -> executions.merge(nonce, 1, Integer::sum));
		}
		assertThat(executions.keySet()).as("lost").containsAll(idempotent.succeeded).containsAll(others.succeeded);
		others.issued
			.forEach((nonce) -> assertThat(executions.getOrDefault(nonce, 0)).as("executions").isLessThanOrEqualTo(1));
	}

	/**
	 * What several threads do: call until the test is over.
	 */
	private final class Callers implements Runnable {

		private final CallPolicy policy;

		private final CountingBalancer balancer = new CountingBalancer();

		private final TestClient client;

		private final Queue<Long> issued = new ConcurrentLinkedQueue<>();

		private final Queue<Long> succeeded = new ConcurrentLinkedQueue<>();

		private final AtomicInteger lost = new AtomicInteger();

		private final Queue<Throwable> unexpected = new ConcurrentLinkedQueue<>();

		Callers(boolean idempotent) {
			this.policy = CallPolicy.builder(Duration.ofSeconds(2)).idempotent(idempotent).build();
			int[] ports = new int[PROVIDERS];
			for (int i = 0; i < PROVIDERS; i++) {
				ports[i] = KilledProvidersIntegrationTests.this.providers[i].port();
			}
			this.client = KilledProvidersIntegrationTests.this.runtime
				.client((options) -> options.balancing((balancing) -> balancing.loadBalancer(this.balancer)), ports);
		}

		@Override
		public void run() {
			while (!KilledProvidersIntegrationTests.this.stopped.get()) {
				Packet packet = Packets.ofSize(200);
				this.issued.add(packet.getNonce());
				try {
					Packet reply = this.client.call(this.policy, "echo", packet);
					assertThat(reply).isEqualTo(packet);
					this.succeeded.add(packet.getNonce());
				}
				catch (ConnectionLostException | CallTimeoutException ex) {
					this.lost.incrementAndGet();
				}
				catch (TException | RuntimeException | AssertionError ex) {
					this.unexpected.add(ex);
				}
				LockSupport.parkNanos(PAUSE_NANOS);
			}
		}

		double attemptsPerCall() {
			return (double) this.balancer.picks.get() / this.issued.size();
		}

		@Override
		public String toString() {
			return this.issued.size() + " calls, " + this.lost + " lost, " + this.unexpected.size()
					+ " other failures, " + this.balancer.picks + " attempts";
		}

	}

	/**
	 * The default load balancer, which notes when it picks what.
	 */
	private static final class CountingBalancer implements LoadBalancer {

		private final AtomicLong picks = new AtomicLong();

		private final Map<Integer, Long> lastPicks = new ConcurrentHashMap<>();

		@Override
		public Picker picker(List<? extends Candidate> candidates) {
			Picker picker = StandardLoadBalancer.WEIGHTED_RANDOM.picker(candidates);
			return (request) -> {
				Candidate picked = picker.pick(request);
				if (picked != null) {
					this.picks.incrementAndGet();
					this.lastPicks.put(picked.instance().port(), System.nanoTime());
				}
				return picked;
			};
		}

		long lastPick(int port) {
			return this.lastPicks.get(port);
		}

	}

}
