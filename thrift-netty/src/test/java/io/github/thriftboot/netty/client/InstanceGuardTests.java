package io.github.thriftboot.netty.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

import io.github.thriftboot.netty.client.Endpoint.Status;
import io.github.thriftboot.netty.protocol.ThriftMethod;
import io.github.thriftboot.netty.test.TestRuntime;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import org.apache.thrift.TApplicationException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link InstanceGuard}: which instances calls go to, and what guards are told.
 */
class InstanceGuardTests {

	private static final ThriftMethod METHOD = TestRuntime.ECHO.method("add");

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	private final MockTicker ticker = Ticker.newMockTicker();

	private final EmbeddedChannel timer = EmbeddedChannel.builder().ticker(this.ticker).build();

	private final ConnectionPool pool = this.runtime.pool();

	/**
	 * The guards that were made, by port; those of instances that left included.
	 */
	private final Map<Integer, RecordingGuard> guards = new TreeMap<>();

	private ChannelOptions options;

	private InstanceList list;

	@AfterEach
	void close() {
		this.list.close();

		assertThat(this.guards.values()).allMatch((guard) -> guard.closed);
		this.timer.close();
	}

	@ParameterizedTest
	@EnumSource
	void instanceThatIsLeftOutIsNotChosenUntilItsTimeIsOver(StandardLoadBalancer balancer) {
		start(balancer, 1, 2, 3);
		this.guards.get(2).leaveOut(Duration.ofSeconds(5).toNanos());
		assertThat(chosen()).doesNotContain(2);
		assertThat(this.guards.get(2).asked).isZero();

		passTime(4_999);
		assertThat(chosen()).doesNotContain(2);

		passTime(1);
		assertThat(this.list.choose(call())).isNotNull();
		assertThat(chosen()).contains(2);
	}

	@Test
	void guardThatIsLeftOutForGoodIsBackWhenItTellsSo() {
		start(StandardLoadBalancer.ROUND_ROBIN, 1, 2);
		this.guards.get(1).leaveOut(Long.MAX_VALUE);
		passTime(1_000_000);
		assertThat(chosen()).containsOnly(2);

		this.guards.get(1).leaveOut(0);
		assertThat(chosen()).containsOnly(1, 2);
	}

	@ParameterizedTest
	@EnumSource
	void callThatIsRefusedGoesToAnother(StandardLoadBalancer balancer) {
		start(balancer, 1, 2, 3);
		this.guards.get(1).admitting = false;
		this.guards.get(3).admitting = false;
		assertThat(chosen()).containsOnly(2);

		this.guards.get(2).admitting = false;
		assertThat(this.list.choose(call())).isNull();
		assertThat(this.list.noneAvailable()).hasMessageContaining("admits").hasMessageContaining("127.0.0.1:1");
	}

	@Test
	void pickerThatIgnoresRefusalsIsNotAskedForEver() {
		start((candidates) -> (request) -> candidates.get(0), 1, 2);
		this.guards.get(1).admitting = false;

		assertThat(this.list.choose(call())).isNull();
	}

	@Test
	void whatIsLeftOutIsNoReasonForAnotherAttempt() {
		start(StandardLoadBalancer.ROUND_ROBIN, 1, 2);
		ThriftCall call = call();
		Endpoint first = this.list.choose(call);
		call.goesTo(first);
		assertThat(this.list.isAnyUntried(call)).isTrue();

		this.guards.values().forEach((guard) -> guard.leaveOut(Long.MAX_VALUE));
		assertThat(this.list.isAnyUntried(call)).isFalse();
	}

	@Test
	void eachAttemptHasOneEnd() {
		start(StandardLoadBalancer.ROUND_ROBIN, 1, 2);
		ThriftCall call = call();
		Endpoint first = this.list.choose(call);
		call.goesTo(first);
		call.attempted(new ConnectionLostException("lost", first.address(), null));
		Endpoint second = this.list.choose(call);
		call.goesTo(second);
		call.attemptSucceeded(3);
		call.attemptOver(new TApplicationException());

		assertThat(this.guards.get(first.key().port()).told).containsExactly("ConnectionLostException");
		assertThat(this.guards.get(second.key().port()).told).containsExactly("3");
	}

	@Test
	void attemptOfACallThatIsOverIsReleased() {
		start(StandardLoadBalancer.ROUND_ROBIN, 1);
		ThriftCall call = call();
		call.giveUp(null);
		call.attemptOver(new CallCancelledException("given up", null, null));

		this.list.choose(call);

		assertThat(this.guards.get(1).told).containsExactly("released");
	}

	@Test
	void guardStaysWithItsInstanceUntilAnotherProcessStartsThere() {
		start(StandardLoadBalancer.ROUND_ROBIN, 1, 2);
		RecordingGuard first = this.guards.get(1);
		RecordingGuard second = this.guards.get(2);

		this.list.onInstances(List.of(instance(1, 0), instance(2, 77), instance(3, 0)));
		assertThat(this.guards.get(1)).isSameAs(first);
		assertThat(this.guards.get(2)).isNotSameAs(second);
		assertThat(first.closed).isFalse();
		assertThat(second.closed).isTrue();

		this.list.onInstances(List.of(instance(2, 77)));
		assertThat(first.closed).isTrue();
		assertThat(this.guards.get(2).closed).isFalse();
	}

	@Test
	void endpointThatIsDownIsToldRatherThanItsGuard() {
		start(StandardLoadBalancer.ROUND_ROBIN, 1);
		this.list.choose(call());
		Endpoint endpoint = this.pool.acquire(this.options.key(instance(1, 0)));
		this.pool.release(endpoint);
		endpoint.statusChanged(Status.DOWN, new java.net.ConnectException("refused"));

		assertThat(this.list.choose(call())).isNull();
		assertThat(this.list.noneAvailable()).hasMessageContaining("can be reached");
	}

	private void start(LoadBalancer balancer, int... ports) {
		ThriftChannel.Builder builder = ThriftChannel.builder(this.pool, "EchoService", InstanceSource.of(List.of()))
			.balancing((balancing) -> balancing.loadBalancer(balancer).instanceGuards((instance, listener) -> {
				RecordingGuard guard = new RecordingGuard(listener);
				this.guards.put(instance.port(), guard);
				return guard;
			}));
		this.options = new ChannelOptions(builder);
		this.list = new InstanceList("EchoService", this.pool, this.options, this.timer.eventLoop(), () -> 0);
		List<ThriftInstance> instances = new ArrayList<>();
		for (int port : ports) {
			instances.add(instance(port, 0));
		}
		this.list.onInstances(instances);
	}

	private static ThriftInstance instance(int port, long started) {
		return new ThriftInstance("127.0.0.1", port, 100, null, null, started, Map.of());
	}

	private void passTime(long millis) {
		this.ticker.advance(millis, TimeUnit.MILLISECONDS);
		this.timer.runScheduledPendingTasks();
	}

	private List<Integer> chosen() {
		List<Integer> ports = new ArrayList<>();
		for (int i = 0; i < 200; i++) {
			Endpoint endpoint = this.list.choose(call(i));
			assertThat(endpoint).isNotNull();
			ports.add(endpoint.key().port());
		}
		return ports;
	}

	private static ThriftCall call(Object... arguments) {
		Object[] both = (arguments.length == 0) ? new Object[] { 1, 2 } : new Object[] { arguments[0], 2 };
		return new NoCall(METHOD, both);
	}

	/**
	 * A call that goes nowhere.
	 */
	private static final class NoCall extends ThriftCall {

		private final Object key;

		NoCall(ThriftMethod method, Object[] arguments) {
			super(null, method, "add", method.args(arguments), CallPolicy.of(Duration.ofMinutes(1)));
			this.key = arguments[0];
		}

		@Override
		public @Nullable Object hashKey() {
			return this.key;
		}

		@Override
		void onOutcome() {
		}

	}

	private final class RecordingGuard implements InstanceGuard {

		private final Runnable listener;

		private final List<String> told = new ArrayList<>();

		private boolean admitting = true;

		private boolean closed;

		private int asked;

		private boolean forGood;

		private long until;

		RecordingGuard(Runnable listener) {
			this.listener = listener;
		}

		void leaveOut(long nanos) {
			this.forGood = nanos == Long.MAX_VALUE;
			this.until = InstanceGuardTests.this.ticker.nanoTime() + nanos;
			this.listener.run();
		}

		@Override
		public long nanosLeftOut() {
			return this.forGood ? Long.MAX_VALUE : Math.max(0, this.until - InstanceGuardTests.this.ticker.nanoTime());
		}

		@Override
		public boolean tryAcquire() {
			this.asked++;
			return this.admitting;
		}

		@Override
		public void succeeded(long nanos, @Nullable Object value) {
			this.told.add(String.valueOf(value));
		}

		@Override
		public void failed(long nanos, Throwable failure) {
			this.told.add(failure.getClass().getSimpleName());
		}

		@Override
		public void released() {
			this.told.add("released");
		}

		@Override
		public void close() {
			this.closed = true;
		}

	}

}
