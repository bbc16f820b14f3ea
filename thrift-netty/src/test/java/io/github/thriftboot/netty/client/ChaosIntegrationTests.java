package io.github.thriftboot.netty.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import io.github.thriftboot.netty.protocol.ThriftTransport;
import io.github.thriftboot.netty.server.ThriftServer;
import io.github.thriftboot.netty.test.ChangingInstances;
import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.netty.test.FreezingProxy;
import io.github.thriftboot.netty.test.FreezingProxy.Loss;
import io.github.thriftboot.netty.test.MachineJitter;
import io.github.thriftboot.netty.test.Packets;
import io.github.thriftboot.netty.test.TestClient;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.Packet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Everything at once: servers stop and start again, connections are cut and frozen, the
 * list of instances changes, connections age, grow and are asked for signs of life, while
 * calls are made in every way, cancelled and interrupted. Each call has one outcome in
 * its time, which is its own reply or a failure that can be explained; what must not run
 * twice does not; and afterwards all of it works as before.
 */
@Timeout(120)
class ChaosIntegrationTests {

	private static final Logger figures = LoggerFactory.getLogger("figures");

	private static final int SERVERS = 4;

	private static final int CALLERS = 8;

	private static final int MAX_UNDER_WAY = 100;

	/**
	 * Leaves the processors time for what is disturbed.
	 */
	private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

	private static final Duration TIME = Duration.ofSeconds(4);

	private static final Duration CALL_TIMEOUT = Duration.ofMillis(400);

	/**
	 * Far more than a busy machine needs to end a call whose time is over: calls that are
	 * forgotten are to be found here, not slow machines.
	 */
	private static final long ALLOWED_DELAY_MILLIS = 2_000;

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	private final long seed = Long.getLong("thriftboot.seed", System.nanoTime());

	/**
	 * One for all servers, so that it sees a second execution wherever it is.
	 */
	private final EchoHandler handler = new EchoHandler();

	private final ThriftServer[] servers = new ThriftServer[SERVERS];

	private final int[] ports = new int[SERVERS];

	private final FreezingProxy[] proxies = new FreezingProxy[SERVERS];

	private final AtomicBoolean over = new AtomicBoolean();

	private final Outcomes outcomes = new Outcomes();

	private final CountingGuards guards = new CountingGuards();

	@ParameterizedTest
	@EnumSource(names = { "HEADER", "FRAMED" })
	void callsEndAsTheyShouldWhateverHappens(ThriftTransport transport) throws Exception {
		for (int i = 0; i < SERVERS; i++) {
			this.servers[i] = start(0);
			this.ports[i] = this.servers[i].port();
			this.proxies[i] = this.runtime.closing(FreezingProxy.start(this.ports[i]));
		}
		ChangingInstances instances = new ChangingInstances();
		instances.set(all());
		MachineJitter jitter = this.runtime.closing(new MachineJitter());
		TestClient client = this.runtime.client(this.runtime.pool(), TestRuntime.ECHO,
				(options) -> configure(options.transport(transport)), instances);
		Thread chaos = new Thread(() -> disturb(instances, new Random(this.seed)), "chaos");

		chaos.start();
		TestRuntime.runInThreads(CALLERS, (number) -> {
			Caller caller = new Caller(client, new Random(this.seed + number + 1));
			while (!this.over.get()) {
				caller.callOnce();
				LockSupport.parkNanos(PAUSE_NANOS);
			}
		});
		chaos.join();
		assertThat(this.outcomes.underWay.tryAcquire(MAX_UNDER_WAY, 10, TimeUnit.SECONDS))
			.as("each call has an outcome")
			.isTrue();

		figures.info("Chaos with {}, seed {}: {} (jitter of the machine {} ms)", transport, this.seed, this.outcomes,
				jitter.worstMillis());
		assertThat(this.outcomes.wrong).as("seed %d", this.seed).isEmpty();
		assertThat(this.outcomes.worstDelayMillis.get()).as("seed %d", this.seed)
			.isLessThanOrEqualTo(ALLOWED_DELAY_MILLIS);
		this.outcomes.runAtMostOnce
			.forEach((nonce) -> assertThat(this.handler.executions().getOrDefault(nonce, 0)).as("executions")
				.isLessThanOrEqualTo(1));
		assertThat(this.handler.executions().keySet()).as("lost").containsAll(this.outcomes.succeeded);
		assertWorksAgain(client);
		await().untilAsserted(() -> assertThat(this.guards.admitted).as("attempts without an end").hasValue(0));
	}

	private void configure(ThriftChannel.Builder options) {
		StandardLoadBalancer[] balancers = StandardLoadBalancer.values();
		options.connectTimeout(Duration.ofMillis(100)).connections((connections) -> {
			connections.max(3).maxShared(3).growthThreshold(3);
			connections.idleTimeout(Duration.ofMillis(150)).maxAge(Duration.ofMillis(400));
			connections.heartbeat(Duration.ofMillis(150), Duration.ofMillis(100));
		})
			.balancing((balancing) -> balancing.instanceGuards(this.guards)
				.hashKey(HashKey.argument(0))
				.loadBalancer(balancers[(int) Math.floorMod(this.seed, (long) balancers.length)]));
	}

	private ThriftServer start(int port) {
		return this.runtime.startOn(port,
				ThriftServer.builder()
					.eventLoopThreads(1)
					.service(TestRuntime.ECHO.name(), TestRuntime.ECHO, this.handler));
	}

	private List<ThriftInstance> all() {
		List<ThriftInstance> all = new ArrayList<>();
		for (FreezingProxy proxy : this.proxies) {
			all.add(TestRuntime.instance(proxy.port()));
		}
		return all;
	}

	/**
	 * Disturb one thing after the other, and mend all of it at the end.
	 */
	private void disturb(ChangingInstances instances, Random random) {
		long end = System.nanoTime() + TIME.toNanos();
		try {
			while (System.nanoTime() < end) {
				disturbOne(instances, random);
				TimeUnit.MILLISECONDS.sleep(20 + random.nextInt(120));
			}
			for (int i = 0; i < SERVERS; i++) {
				this.proxies[i].heal();
				this.proxies[i].cut();
			}
			instances.set(all());
		}
		catch (Throwable ex) {
			this.outcomes.wrong.add("chaos ended with " + ex);
		}
		finally {
			this.over.set(true);
		}
	}

	private void disturbOne(ChangingInstances instances, Random random) {
		int one = random.nextInt(SERVERS);
		switch (random.nextInt(8)) {
			case 0 -> restart(one, Duration.ofMillis(200));
			case 1 -> restart(one, Duration.ZERO);
			case 2 -> this.proxies[one].cut();
			case 3 -> this.proxies[one].lose(Loss.values()[1 + random.nextInt(3)]);
			case 4 -> {
				List<ThriftInstance> some = all();
				some.remove(one);
				instances.set(some);
			}
			case 5 -> instances.set((random.nextInt(3) == 0) ? List.of() : all());
			default -> this.proxies[one].heal();
		}
	}

	private void restart(int one, Duration grace) {
		this.servers[one].shutdown(grace).join();
		this.servers[one] = start(this.ports[one]);
	}

	/**
	 * Calls reach every instance once more, without a failure.
	 */
	private void assertWorksAgain(TestClient client) {
		CallPolicy failfast = CallPolicy.builder(Duration.ofSeconds(10)).cluster(ClusterMode.BROADCAST).build();
		await().atMost(Duration.ofSeconds(20)).ignoreExceptions().until(() -> {
			Packet packet = Packets.ofSize(10);
			client.call(failfast, "echo", packet);
			return this.handler.executions().get(packet.getNonce()) == SERVERS;
		});
	}

	/**
	 * Makes calls, no two in the same way.
	 */
	private final class Caller {

		private final TestClient client;

		private final Random random;

		Caller(TestClient client, Random random) {
			this.client = client;
			this.random = random;
		}

		void callOnce() throws InterruptedException {
			CallPolicy policy = policy();
			Packet packet = Packets.ofSize(1 << this.random.nextInt(16));
			if (policy.cluster() != ClusterMode.BROADCAST && !policy.idempotent()) {
				ChaosIntegrationTests.this.outcomes.runAtMostOnce.add(packet.getNonce());
			}
			switch (this.random.nextInt(20)) {
				case 0 -> call(policy, packet);
				case 1 -> callInterrupted(policy, packet);
				case 2, 3, 4 -> callAsync(policy, packet, "echo").cancel(false);
				case 5, 6 -> callAsync(policy, packet, "note");
				case 7, 8, 9 -> callAsync(policy, packet, "echoLater", this.random.nextInt(40));
				default -> callAsync(policy, packet, "echo");
			}
		}

		private CallPolicy policy() {
			CallPolicy.Builder policy = CallPolicy.builder(CALL_TIMEOUT);
			switch (this.random.nextInt(10)) {
				case 0 -> policy.cluster(ClusterMode.FAILFAST);
				case 1 -> policy.cluster(ClusterMode.BROADCAST);
				case 2 -> policy.idempotent(true).cluster(ClusterMode.FORKING).forks(2 + this.random.nextInt(3));
				case 3 -> policy.idempotent(true).hedging(Duration.ofMillis(1 + this.random.nextInt(50)), 3);
				case 4 -> policy.idempotent(true).perTryTimeout(Duration.ofMillis(20 + this.random.nextInt(100)));
				case 5 -> policy.idempotent(true).waitForInstance(Duration.ofMillis(this.random.nextInt(500)));
				case 6 -> policy.waitForInstance(Duration.ofMillis(this.random.nextInt(500)));
				case 7 -> policy.idempotent(true);
				default -> {
				}
			}
			return policy.build();
		}

		private void call(CallPolicy policy, Packet packet) {
			long start = System.nanoTime();
			Object reply = null;
			Throwable failure = null;
			try {
				reply = this.client.call(policy, "echo", packet);
			}
			catch (Throwable ex) {
				failure = ex;
			}
			ChaosIntegrationTests.this.outcomes.ended(start, packet, reply, failure);
		}

		private void callInterrupted(CallPolicy policy, Packet packet) {
			Thread.currentThread().interrupt();
			call(policy, packet);
			if (!Thread.interrupted()) {
				ChaosIntegrationTests.this.outcomes.wrong.add("the interrupt flag is lost");
			}
		}

		private CompletableFuture<Object> callAsync(CallPolicy policy, Packet packet, String method, Object... more)
				throws InterruptedException {
			Outcomes outcomes = ChaosIntegrationTests.this.outcomes;
			outcomes.underWay.acquire();
			Object[] arguments = new Object[1 + more.length];
			arguments[0] = packet;
			System.arraycopy(more, 0, arguments, 1, more.length);
			long start = System.nanoTime();
			CompletableFuture<Object> call = this.client.callAsync(policy, method, arguments);
			call.whenComplete((reply, failure) -> {
				outcomes.ended(start, packet, reply, failure);
				outcomes.underWay.release();
			});
			return call;
		}

	}

	/**
	 * What became of all calls.
	 */
	private static final class Outcomes {

		private final Queue<Long> runAtMostOnce = new ConcurrentLinkedQueue<>();

		private final Queue<Long> succeeded = new ConcurrentLinkedQueue<>();

		private final Queue<String> wrong = new ConcurrentLinkedQueue<>();

		private final Map<String, Integer> counts = new ConcurrentHashMap<>();

		private final AtomicLong worstDelayMillis = new AtomicLong();

		private final Semaphore underWay = new Semaphore(MAX_UNDER_WAY);

		void ended(long start, Packet packet, @Nullable Object reply, @Nullable Throwable failure) {
			if (reply != null) {
				this.succeeded.add(packet.getNonce());
				if (!packet.equals(reply)) {
					this.wrong.add("crossed: " + packet.getNonce() + " and " + ((Packet) reply).getNonce());
				}
			}
			long delay = System.nanoTime() - start - CALL_TIMEOUT.toNanos();
			this.worstDelayMillis.accumulateAndGet(TimeUnit.NANOSECONDS.toMillis(delay), Math::max);
			this.counts.merge((failure != null) ? failure.getClass().getSimpleName() : "replies", 1, Integer::sum);
			boolean explained = failure == null || failure instanceof ThriftCallException
					|| failure instanceof CancellationException;
			if (!explained) {
				this.wrong.add(String.valueOf(failure));
			}
		}

		@Override
		public String toString() {
			return this.counts + ", at most " + this.worstDelayMillis + " ms after the deadline";
		}

	}

	/**
	 * Counts the attempts that were admitted and have not ended.
	 */
	private static final class CountingGuards implements InstanceGuardFactory, InstanceGuard {

		private final AtomicInteger admitted = new AtomicInteger();

		@Override
		public InstanceGuard guard(ThriftInstance instance, Runnable listener) {
			return this;
		}

		@Override
		public long nanosLeftOut() {
			return 0;
		}

		@Override
		public boolean tryAcquire() {
			this.admitted.incrementAndGet();
			return true;
		}

		@Override
		public void succeeded(long nanos, @Nullable Object value) {
			this.admitted.decrementAndGet();
		}

		@Override
		public void failed(long nanos, Throwable failure) {
			this.admitted.decrementAndGet();
		}

		@Override
		public void released() {
			this.admitted.decrementAndGet();
		}

		@Override
		public void close() {
			// one for all instances
		}

	}

}
