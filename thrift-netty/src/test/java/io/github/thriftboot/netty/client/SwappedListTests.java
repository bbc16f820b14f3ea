package io.github.thriftboot.netty.client;

import java.lang.Thread.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

import io.github.thriftboot.netty.protocol.ThriftMethod;
import io.github.thriftboot.netty.test.TestRuntime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What is chosen while the list, or the state of its instances, changes all the time.
 */
class SwappedListTests {

	private static final ThriftMethod METHOD = TestRuntime.ECHO.method("nothing");

	private static final int CHOOSERS = 3;

	private static final int CHOICES_EACH = 20_000;

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	@ParameterizedTest
	@EnumSource
	void sharesFollowTheWeights(StandardLoadBalancer balancer) throws Exception {
		assertShares(balancer, 1, 2, 7);
		assertShares(balancer, 5, 0, 5, 0);
		assertShares(balancer, 3);
	}

	@ParameterizedTest
	@EnumSource
	void instancesOfNoWeightCountTheSame(StandardLoadBalancer balancer) throws Exception {
		int[] counts = count(balancer, 0, 0, 0);

		ChiSquared.assertShares(counts, 1, 1, 1);
	}

	@ParameterizedTest
	@EnumSource
	void thousandInstancesGetTheirShares(StandardLoadBalancer balancer) throws Exception {
		assertShares(balancer, IntStream.range(0, 1_000).map((i) -> 50 + i % 3).toArray());
	}

	@ParameterizedTest
	@EnumSource
	void billionHidesOne(StandardLoadBalancer balancer) throws Exception {
		int[] counts = count(balancer, 1, 1_000_000_000, 0);

		assertThat(counts[0]).isLessThan(5);
		assertThat(counts[2]).isZero();
	}

	@Test
	void changesThatWaitForASnapshotShareTheNext() throws Exception {
		int count = 20;
		CountDownLatch gate = new CountDownLatch(1);
		AtomicBoolean gateIsUsed = new AtomicBoolean();
		AtomicInteger made = new AtomicInteger();
		ConnectionPool pool = this.runtime.pool();
		LoadBalancer waitsAtTheGate = (candidates) -> {
			if (gateIsUsed.get()) {
				made.incrementAndGet();
				awaitUninterruptibly(gate);
			}
			return StandardLoadBalancer.WEIGHTED_RANDOM.picker(candidates);
		};
		ChannelOptions options = new ChannelOptions(
				ThriftChannel.builder(pool, "EchoService", InstanceSource.of(List.of()))
					.balancing((balancing) -> balancing.loadBalancer(waitsAtTheGate)));
		InstanceList list = new InstanceList("EchoService", pool, options);
		List<ThriftInstance> instances = IntStream.rangeClosed(1, count).mapToObj(TestRuntime::instance).toList();
		list.onInstances(instances);
		gateIsUsed.set(true);

		List<Thread> threads = new ArrayList<>();
		for (ThriftInstance instance : instances.subList(1, count)) {
			Endpoint endpoint = pool.acquire(options.key(instance));
			pool.release(endpoint);
			Thread thread = new Thread(() -> endpoint.statusChanged(Endpoint.Status.DOWN, null));
			threads.add(thread);
			thread.start();
		}
		await()
			.until(() -> threads.stream().filter((thread) -> thread.getState() == State.BLOCKED).count() == count - 2);
		gate.countDown();
		for (Thread thread : threads) {
			thread.join();
		}

		assertThat(made).as("one that all others waited for, and one for them").hasValue(2);
		for (int i = 0; i < 100; i++) {
			assertThat(list.choose(new KeylessCall()).key().port()).isOne();
		}
		list.close();
	}

	private static void awaitUninterruptibly(CountDownLatch gate) {
		try {
			gate.await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private void assertShares(StandardLoadBalancer balancer, int... weights) throws Exception {
		ChiSquared.assertShares(count(balancer, weights), IntStream.of(weights).asDoubleStream().toArray());
	}

	/**
	 * Count what is chosen while the same instances are told in another order each time.
	 */
	private int[] count(StandardLoadBalancer balancer, int... weights) throws Exception {
		ConnectionPool pool = this.runtime.pool();
		InstanceList list = new InstanceList("EchoService", pool,
				new ChannelOptions(ThriftChannel.builder(pool, "EchoService", InstanceSource.of(List.of()))
					.balancing((balancing) -> balancing.loadBalancer(balancer))));
		List<ThriftInstance> instances = new ArrayList<>();
		for (int i = 0; i < weights.length; i++) {
			instances.add(new ThriftInstance("127.0.0.1", 1 + i, weights[i], null, null, 0, Map.of()));
		}
		list.onInstances(instances);
		AtomicIntegerArray counts = new AtomicIntegerArray(weights.length);
		AtomicInteger choosing = new AtomicInteger(CHOOSERS);
		TestRuntime.runInThreads(CHOOSERS + 1, (thread) -> {
			if (thread == CHOOSERS) {
				swapWhile(() -> choosing.get() > 0, list, instances);
				return;
			}
			try {
				for (int i = 0; i < CHOICES_EACH; i++) {
					counts.incrementAndGet(list.choose(new KeylessCall()).key().port() - 1);
				}
			}
			finally {
				choosing.decrementAndGet();
			}
		});
		list.close();
		return IntStream.range(0, weights.length).map(counts::get).toArray();
	}

	private static void swapWhile(BooleanSupplier condition, InstanceList list, List<ThriftInstance> instances) {
		Random random = new Random(20261125);
		List<ThriftInstance> shuffled = new ArrayList<>(instances);
		while (condition.getAsBoolean()) {
			Collections.shuffle(shuffled, random);
			list.onInstances(List.copyOf(shuffled));
		}
	}

	private static final class KeylessCall extends ThriftCall {

		KeylessCall() {
			super(null, METHOD, "EchoService:nothing", METHOD.args(), CallPolicy.of(Duration.ofMinutes(1)));
		}

		@Override
		public Object hashKey() {
			return null;
		}

		@Override
		void onOutcome() {
			throw new IllegalStateException("nobody sends it");
		}

	}

}
