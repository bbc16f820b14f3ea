package io.github.thriftboot.netty.client;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.IntStream;

import com.sun.management.ThreadMXBean;
import io.github.thriftboot.netty.client.Endpoint.Status;
import io.github.thriftboot.netty.context.CallHeaders;
import io.github.thriftboot.netty.protocol.ThriftMethod;
import io.github.thriftboot.netty.test.TestRuntime;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

/**
 * Tests for {@link InstanceList}, with a clock of their own.
 */
class InstanceListTests {

	private static final ThriftMethod METHOD = TestRuntime.ECHO.method("add");

	private static final int NONE_PLANNED = -1;

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	private final MockTicker ticker = Ticker.newMockTicker();

	private final EmbeddedChannel timer = EmbeddedChannel.builder().ticker(this.ticker).build();

	private final ConnectionPool pool = this.runtime.pool();

	/**
	 * The weights of the candidates that a picker was last made for, by port.
	 */
	private final Map<Integer, Double> weights = new TreeMap<>();

	private long wallMillis = 1_700_000_000_000L;

	private ChannelOptions options;

	private InstanceList list;

	@AfterEach
	void nothingIsPlannedAfterTheEnd() {
		this.list.close();

		assertThat(this.timer.runScheduledPendingTasks()).isEqualTo(NONE_PLANNED);
		this.timer.close();
	}

	@ParameterizedTest
	@EnumSource
	void weightZeroIsNeverChosenBesideAnother(StandardLoadBalancer balancer) {
		start((builder) -> builder.loadBalancer(balancer), instance(1, 0), instance(2, 3), instance(3, 0),
				instance(4, 1));

		assertThat(chosen()).containsExactly(2, 4);
	}

	@ParameterizedTest
	@EnumSource
	void weightZeroIsChosenIfAllHaveIt(StandardLoadBalancer balancer) {
		start((builder) -> builder.loadBalancer(balancer), instance(1, 0), instance(2, 0), instance(3, 0));

		assertThat(chosen()).containsExactly(1, 2, 3);
	}

	@Test
	void weightZeroIsChosenIfNoOtherIsUp() {
		start(this::recording, instance(1, 100), instance(2, 0), instance(3, 0));
		assertThat(this.weights).containsExactly(Map.entry(1, 100.0));

		setStatus(Status.DOWN, 1);
		assertThat(chosen()).containsExactly(2, 3);
		assertThat(this.weights).containsExactly(Map.entry(2, 1.0), Map.entry(3, 1.0));

		setStatus(Status.UP, 1);
		assertThat(chosen()).containsExactly(1);
	}

	@Test
	void weightThatChangesTakesEffectAtOnce() {
		start(this::recording, instance(1, 100), instance(2, 100));
		Endpoint endpoint = endpoint(1);

		this.list.onInstances(List.of(instance(1, 5), instance(2, 1_000_000_000)));

		assertThat(this.weights).containsExactly(Map.entry(1, 5.0), Map.entry(2, 1e9));
		assertThat(endpoint(1)).isSameAs(endpoint);
		assertThat(this.list.all()).extracting(ThriftInstance::weight).containsExactly(5, 1_000_000_000);
	}

	@Test
	void instanceThatIsDownIsNotChosenAndOneThatRecoversIsOnlyIfNoneIsUp() {
		start((builder) -> {
		}, instance(1, 1), instance(2, 1), instance(3, 1));

		setStatus(Status.DOWN, 1);
		setStatus(Status.RECOVERING, 2);
		assertThat(chosen()).containsExactly(3);
		setStatus(Status.DOWN, 3);
		assertThat(chosen()).containsExactly(2);
		setStatus(Status.DOWN, 2);
		assertThat(this.list.choose(call())).isNull();
	}

	@Test
	void newInstanceWarmsUp() {
		start((builder) -> recording(builder).warmUp(Duration.ofSeconds(100)), instance(1, 100),
				started(2, 100, this.wallMillis - 20_000), started(3, 1, this.wallMillis),
				started(4, 100, this.wallMillis - 100_000));
		assertWeights(100, 20, 0.01, 100);

		advance(Duration.ofSeconds(1));
		assertWeights(100, 21, 0.01, 100);
		advance(Duration.ofSeconds(1));
		assertWeights(100, 22, 0.02, 100);
		advance(Duration.ofSeconds(48));
		assertWeights(100, 70, 0.5, 100);
		advance(Duration.ofSeconds(50));
		assertWeights(100, 100, 1, 100);
		assertThat(this.timer.runScheduledPendingTasks()).as("the timer ends when all are warm")
			.isEqualTo(NONE_PLANNED);
	}

	@Test
	void wallClockThatJumpsLaterDoesNoHarm() {
		ThriftInstance instance = started(1, 100, this.wallMillis);
		start((builder) -> recording(builder).warmUp(Duration.ofSeconds(100)), instance, instance(2, 100));
		advance(Duration.ofSeconds(10));
		assertWeights(10, 100);

		for (long jump : new long[] { -1_000_000_000L, 2_000_000_000L, Long.MIN_VALUE, Long.MAX_VALUE }) {
			this.wallMillis = jump;
			this.list.onInstances(List.of(instance, instance(2, 100)));
			assertWeights(10, 100);
		}
		advance(Duration.ofSeconds(40));
		assertWeights(50, 100);
	}

	@ParameterizedTest
	@ValueSource(longs = { 1_700_000_000_001L, 1_800_000_000_000L, Long.MAX_VALUE })
	void startInTheFutureCountsAsNow(long started) {
		start((builder) -> recording(builder).warmUp(Duration.ofSeconds(100)), started(1, 100, started),
				instance(2, 100));

		assertWeights(1, 100);
		advance(Duration.ofSeconds(30));
		assertWeights(30, 100);
		advance(Duration.ofSeconds(70));
		assertWeights(100, 100);
	}

	@Test
	void instanceThatIsStartedAgainWarmsUpAgain() {
		start((builder) -> recording(builder).warmUp(Duration.ofSeconds(100)),
				started(1, 100, this.wallMillis - 200_000), instance(2, 100));
		assertWeights(100, 100);

		this.list.onInstances(List.of(started(1, 100, this.wallMillis - 5_000), instance(2, 100)));

		assertWeights(5, 100);
	}

	@Test
	void thereIsNoWarmUpByDefault() {
		start(this::recording, started(1, 100, this.wallMillis), instance(2, 100));

		assertWeights(100, 100);
		assertThat(this.timer.runScheduledPendingTasks()).isEqualTo(NONE_PLANNED);
	}

	@Test
	void instanceThatFailsFiveTimesInARowIsLeftOutForHalfAMinute() {
		startThree();

		fail(1, 4);
		assertThat(chosen()).containsExactly(1, 2, 3);
		fail(1, 1);
		assertThat(chosen()).containsExactly(2, 3);

		advance(Duration.ofSeconds(29));
		assertThat(chosen()).containsExactly(2, 3);
		advance(Duration.ofSeconds(1));
		assertThat(chosen()).containsExactly(1, 2, 3);
		assertThat(this.timer.runScheduledPendingTasks()).isEqualTo(NONE_PLANNED);
		fail(1, 4);
		assertThat(chosen()).as("it begins anew").containsExactly(1, 2, 3);
	}

	@Test
	void anyAnswerEndsTheRow() {
		startThree();

		for (int i = 0; i < 10; i++) {
			fail(1, 4);
			fail(2, 1);
			this.list.answered(endpoint(1));
			this.list.answered(endpoint(2));
		}

		assertThat(chosen()).containsExactly(1, 2, 3);
	}

	@Test
	void connectionThatIsLostCountsOnce() {
		startThree();

		for (int loss = 0; loss < 5; loss++) {
			assertThat(chosen()).containsExactly(1, 2, 3);
			this.ticker.advance(10, TimeUnit.MILLISECONDS);
			for (int call = 0; call < 100; call++) {
				// all were sent after the connection before was lost
				this.list.notAnswered(endpoint(1), TimeUnit.MILLISECONDS.toNanos(5), true);
			}
		}

		assertThat(chosen()).containsExactly(2, 3);
	}

	@Test
	void timeDoublesUntilTheInstanceHasWorkedForLong() {
		startThree();

		for (int seconds : new int[] { 30, 60, 120, 240, 300, 300 }) {
			fail(1, 5);
			advance(Duration.ofSeconds(seconds - 1));
			assertThat(chosen()).containsExactly(2, 3);
			advance(Duration.ofSeconds(1));
			assertThat(chosen()).containsExactly(1, 2, 3);
			advance(Duration.ofSeconds(299));
		}
		advance(Duration.ofSeconds(1));
		fail(1, 5);
		advance(Duration.ofSeconds(30));
		assertThat(chosen()).containsExactly(1, 2, 3);
	}

	@Test
	void atMostHalfOfTheInstancesAreLeftOut() {
		start(this::inTurn, instance(1, 1), instance(2, 1), instance(3, 1), instance(4, 1), instance(5, 0));

		fail(4, 5);
		fail(3, 5);
		fail(2, 5);

		assertThat(chosen()).containsExactly(1, 2);
		advance(Duration.ofSeconds(30));
		assertThat(chosen()).containsExactly(1, 2, 3, 4);
		fail(2, 1);
		assertThat(chosen()).as("it still fails").containsExactly(1, 3, 4);
	}

	@Test
	void oneInstanceAlwaysStays() {
		start((builder) -> inTurn(builder)
			.outlierEjection(new OutlierEjection(1, Duration.ofSeconds(1), Duration.ofSeconds(1), 100, 0)),
				instance(1, 1), instance(2, 1));

		fail(1, 1);
		fail(2, 1);
		assertThat(chosen()).containsExactly(2);
		setStatus(Status.DOWN, 2);
		assertThat(chosen()).containsExactly(1);
	}

	@Test
	void onlyInstanceIsNeverLeftOut() {
		start(this::inTurn, instance(1, 1));

		fail(1, 100);

		assertThat(chosen()).containsExactly(1);
	}

	@Test
	void thoseLeftOutAreUsedAgainWhenFewerThanHalfAreLeft() {
		startThree();
		fail(1, 5);
		assertThat(chosen()).containsExactly(2, 3);

		setStatus(Status.DOWN, 3);
		assertThat(chosen()).containsExactly(1, 2);

		setStatus(Status.UP, 3);
		assertThat(chosen()).containsExactly(2, 3);
	}

	@Test
	void callThatWasTriedAtAllOthersGoesToOneLeftOut() {
		startThree();
		fail(1, 5);
		TestCall call = call();
		call.goesTo(endpoint(2));
		call.goesTo(endpoint(3));

		assertThat(this.list.choose(call)).isSameAs(endpoint(1));
		call.goesTo(endpoint(1));
		assertThat(this.list.choose(call)).isNull();
	}

	@Test
	void instanceThatIsStartedAgainIsNotLeftOutAnyMore() {
		startThree();
		fail(1, 5);
		fail(2, 4);

		this.list.onInstances(List.of(started(1, 1, 5), started(2, 1, 5), instance(3, 1)));
		assertThat(chosen()).containsExactly(1, 2, 3);
		fail(2, 4);
		assertThat(chosen()).containsExactly(1, 2, 3);
	}

	@Test
	void instanceThatWasGoneIsNotLeftOutAnyMore() {
		startThree();
		fail(1, 5);
		Endpoint old = endpoint(1);

		this.list.onInstances(List.of(instance(2, 1), instance(3, 1)));
		this.list.notAnswered(old, 0, false);
		this.list.onInstances(List.of(instance(1, 1), instance(2, 1), instance(3, 1)));

		assertThat(chosen()).containsExactly(1, 2, 3);
	}

	@Test
	void nothingIsLeftOutIfThatIsOff() {
		OutlierEjection standard = OutlierEjection.DEFAULT;
		start((builder) -> inTurn(builder).outlierEjection(new OutlierEjection(0, standard.baseTime(),
				standard.maxTime(), standard.maxPercent(), standard.panicPercent())), instance(1, 1), instance(2, 1));

		fail(1, 100);

		assertThat(chosen()).containsExactly(1, 2);
	}

	@Test
	void ownZoneIsPreferredAsLongAsSevenTenthsAreUp() {
		start((builder) -> inTurn(builder).zone("a"), zones("aaaaaaaaaabbb"));
		assertThat(chosen()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);

		setStatus(Status.DOWN, 1, 2);
		setStatus(Status.RECOVERING, 3);
		assertThat(chosen()).containsExactly(4, 5, 6, 7, 8, 9, 10);
		fail(4, 5);
		assertThat(chosen()).containsExactly(5, 6, 7, 8, 9, 10, 11, 12, 13);
		setStatus(Status.UP, 1);
		assertThat(chosen()).containsExactly(1, 5, 6, 7, 8, 9, 10);
	}

	@Test
	void thresholdOfTheZoneCanBeSet() {
		start((builder) -> inTurn(builder).zone("a").zoneThreshold(0), zones("aabb"));

		setStatus(Status.DOWN, 1);
		assertThat(chosen()).containsExactly(2);
		setStatus(Status.DOWN, 2);
		assertThat(chosen()).containsExactly(3, 4);
	}

	@Test
	void callThatWasTriedInTheOwnZoneGoesToAnother() {
		start((builder) -> builder.zone("a"), zones("ab"));
		TestCall call = call();
		assertThat(this.list.choose(call)).isSameAs(endpoint(1));

		call.goesTo(endpoint(1));

		assertThat(this.list.choose(call)).isSameAs(endpoint(2));
	}

	@ParameterizedTest
	@ValueSource(strings = { "bbb", "---", "b-c" })
	void zonesDoNotMatterIfNoInstanceIsInTheOwnOne(String zones) {
		start((builder) -> inTurn(builder).zone("a"), zones(zones));

		assertThat(chosen()).containsExactly(1, 2, 3);
	}

	@Test
	void zonesDoNotMatterIfTheOwnOneIsUnknown() {
		start(this::inTurn, zones("ab-"));

		assertThat(chosen()).containsExactly(1, 2, 3);
	}

	@Test
	void weightZeroIsNotChosenBecauseOfItsZone() {
		start((builder) -> builder.zone("a"), new ThriftInstance("127.0.0.1", 1, 0, null, null, 0, Map.of("zone", "a")),
				instance(2, 1));

		assertThat(chosen()).containsExactly(2);
	}

	@Test
	void filterSaysWhereACallMayGo() {
		start((builder) -> inTurn(builder).instanceFilter((headers, instances) -> instances.stream()
			.filter((instance) -> headers.getOrDefault("canary", "-").equals(instance.metadata().get("zone")))
			.toList()), zones("--aab"));

		assertThat(chosen()).isEmpty();
		assertThat(chosen("a")).containsExactly(3, 4);
		assertThat(chosen("b")).containsExactly(5);
		setStatus(Status.DOWN, 3);
		setStatus(Status.RECOVERING, 5);
		assertThat(chosen("a")).containsExactly(4);
		assertThat(chosen("b")).as("none is up, one recovers").containsExactly(5);
		setStatus(Status.DOWN, 4);
		assertThat(chosen("a")).isEmpty();
	}

	@Test
	void filterThatLetsAllThroughChangesNothing() {
		start((builder) -> inTurn(builder).instanceFilter((headers, instances) -> instances), instance(1, 1),
				instance(2, 0), instance(3, 1));

		assertThat(chosen()).containsExactly(1, 3);
	}

	@Test
	void filterCannotAddInstances() {
		start((builder) -> inTurn(builder).instanceFilter(
				(headers, instances) -> List.of(instances.get(1), ThriftInstance.of("elsewhere", 1), instances.get(1))),
				instance(1, 1), instance(2, 1));

		assertThat(chosen()).containsExactly(2);
	}

	@Test
	void whatAFilterLetsThroughIsBalanced() {
		start((builder) -> inTurn(builder).instanceFilter(
				(headers, instances) -> instances.stream().filter((instance) -> instance.port() > 1).toList()),
				instance(1, 1), instance(2, 1), instance(3, 0), instance(4, 3), instance(5, 1));
		Map<Integer, Integer> counts = new TreeMap<>();
		for (int i = 0; i < 100; i++) {
			counts.merge(this.list.choose(call()).key().port(), 1, Integer::sum);
		}

		assertThat(counts).containsExactlyInAnyOrderEntriesOf(Map.of(2, 20, 4, 60, 5, 20));
		fail(2, 5);
		assertThat(chosen()).containsExactly(4, 5);
	}

	@Test
	void manyDifferentSelectionsAreServedToo() {
		start((builder) -> builder.instanceFilter((headers, instances) -> {
			int bits = Integer.parseInt(headers.get("canary"));
			return IntStream.range(0, instances.size())
				.filter((i) -> (bits & 1 << i) != 0)
				.mapToObj(instances::get)
				.toList();
		}), zones("----------"));

		for (int bits = 1; bits < 1 << 10; bits++) {
			int port = bits;
			assertThat(chosen(Integer.toString(bits)))
				.allSatisfy((chosen) -> assertThat(port & 1 << (chosen - 1)).isPositive());
		}
	}

	@Test
	void loadBalancerThatMakesNoPickerIsReplaced() {
		start((builder) -> builder.loadBalancer((candidates) -> {
			throw new IllegalStateException("on purpose");
		}), instance(1, 1), instance(2, 1));

		assertThat(chosen()).containsExactly(1, 2);
		setStatus(Status.DOWN, 1);
		assertThat(chosen()).containsExactly(2);
	}

	@Test
	void whatAPickerThrowsIsThrown() {
		start((builder) -> builder.loadBalancer((candidates) -> (request) -> {
			throw new IllegalStateException("on purpose");
		}), instance(1, 1));

		assertThatIllegalStateException().isThrownBy(() -> this.list.choose(call()));
	}

	@ParameterizedTest
	@EnumSource
	void choiceAllocatesNothing(StandardLoadBalancer balancer) {
		start((builder) -> builder.loadBalancer(balancer), zones("aabb"));
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		TestCall call = call();
		for (int i = 0; i < 1_000; i++) {
			this.list.choose(call);
		}

		long before = threads.getCurrentThreadAllocatedBytes();
		for (int i = 0; i < 10_000; i++) {
			this.list.choose(call);
		}
		long allocated = threads.getCurrentThreadAllocatedBytes() - before;

		assertThat(allocated).as("bytes for 10,000 choices").isLessThan(10_000);
	}

	@ParameterizedTest
	@EnumSource
	void listMayChangeWhileInstancesAreChosen(StandardLoadBalancer balancer) throws Exception {
		start((builder) -> builder.loadBalancer(balancer).zone("a"), zones("aabbabab"));
		List<ThriftInstance> all = Arrays.asList(zones("aabbabab"));
		AtomicBoolean stopped = new AtomicBoolean();

		TestRuntime.runInThreads(4, (thread) -> {
			if (thread == 0) {
				for (int i = 0; i < 500; i++) {
					int first = i % 7;
					this.list.onInstances(all.subList(first, first + 1 + i % (8 - first)));
				}
				stopped.set(true);
			}
			while (!stopped.get()) {
				Endpoint endpoint = this.list.choose(call());
				assertThat(endpoint).isNotNull();
				if (thread == 1) {
					endpoint.statusChanged(Status.RECOVERING, null);
					this.list.notAnswered(endpoint, 0, false);
					endpoint.statusChanged(Status.UP, null);
				}
				else {
					this.list.answered(endpoint);
				}
			}
		});

		this.list.onInstances(all);
		assertThat(this.list.all()).isEqualTo(all);
	}

	private void startThree() {
		start(this::inTurn, instance(1, 1), instance(2, 1), instance(3, 1));
	}

	private void start(Consumer<BalancingOptions.Builder> change, ThriftInstance... instances) {
		this.options = new ChannelOptions(
				ThriftChannel.builder(this.pool, "EchoService", InstanceSource.of(List.of())).balancing(change));
		this.list = new InstanceList("EchoService", this.pool, this.options, this.timer.eventLoop(),
				() -> this.wallMillis);
		this.list.onInstances(List.of(instances));
	}

	private BalancingOptions.Builder inTurn(BalancingOptions.Builder builder) {
		return builder.loadBalancer(StandardLoadBalancer.ROUND_ROBIN);
	}

	private BalancingOptions.Builder recording(BalancingOptions.Builder builder) {
		return builder.loadBalancer((candidates) -> {
			this.weights.clear();
			candidates.forEach((candidate) -> this.weights.put(candidate.instance().port(), candidate.weight()));
			return StandardLoadBalancer.ROUND_ROBIN.picker(candidates);
		});
	}

	private void assertWeights(double... expected) {
		Collection<Double> present = this.weights.values();
		assertThat(present.stream().mapToDouble((weight) -> weight).toArray()).containsExactly(expected,
				within(0.000_001));
	}

	private static ThriftInstance instance(int port, int weight) {
		return started(port, weight, 0);
	}

	private static ThriftInstance started(int port, int weight, long started) {
		return new ThriftInstance("127.0.0.1", port, weight, null, null, started, Map.of());
	}

	/**
	 * Make instances at ports 1 and following.
	 * @param zones the zone of each instance, {@code -} for none
	 */
	private static ThriftInstance[] zones(String zones) {
		return IntStream.range(0, zones.length())
			.mapToObj((i) -> new ThriftInstance("127.0.0.1", 1 + i, 100, null, null, 0,
					(zones.charAt(i) != '-') ? Map.of("zone", zones.substring(i, i + 1)) : Map.of()))
			.toArray(ThriftInstance[]::new);
	}

	private Endpoint endpoint(int port) {
		Endpoint endpoint = this.pool.acquire(this.options.key(instance(port, 1)));
		this.pool.release(endpoint);
		return endpoint;
	}

	private void setStatus(Status status, int... ports) {
		for (int port : ports) {
			endpoint(port).statusChanged(status, null);
		}
	}

	private void fail(int port, int times) {
		for (int i = 0; i < times; i++) {
			this.list.notAnswered(endpoint(port), 0, false);
		}
	}

	private void advance(Duration time) {
		this.ticker.advance(time.toNanos(), TimeUnit.NANOSECONDS);
		this.timer.runScheduledPendingTasks();
	}

	private Set<Integer> chosen(String canary) {
		try (CallHeaders headers = CallHeaders.open()) {
			headers.put("canary", canary);
			return chosen();
		}
	}

	/**
	 * Return the ports of all that are chosen.
	 */
	private Set<Integer> chosen() {
		Set<Integer> ports = new TreeSet<>();
		List<Endpoint> endpoints = new ArrayList<>();
		for (int i = 0; i < 200; i++) {
			Endpoint endpoint = this.list.choose(new TestCall(i));
			if (endpoint != null) {
				endpoints.add(endpoint);
			}
		}
		endpoints.forEach((endpoint) -> ports.add(endpoint.key().port()));
		return ports;
	}

	private static TestCall call() {
		return new TestCall(1);
	}

	private static final class TestCall extends ThriftCall {

		private final int key;

		TestCall(int key) {
			super(null, METHOD, "EchoService:add", METHOD.args(key, 2), CallPolicy.of(Duration.ofMinutes(1)));
			this.key = key;
		}

		@Override
		public Object hashKey() {
			return this.key;
		}

		@Override
		void onOutcome() {
			throw new IllegalStateException("nobody sends it");
		}

	}

}
