package io.github.thriftboot.netty.client;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import io.github.thriftboot.benchmarks.api.EchoService;
import io.github.thriftboot.netty.protocol.ThriftMethod;
import io.github.thriftboot.netty.protocol.ThriftServiceDescriptor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it costs to choose an instance for a call, by weight at random.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class ChoiceBenchmark {

	/**
	 * The instances to choose from.
	 */
	@Param({ "3", "100", "1000" })
	public int instances;

	private ConnectionPool pool;

	private InstanceList list;

	private ThriftCall call;

	/**
	 * One of the ways to balance.
	 */
	@Param({ "WEIGHTED_RANDOM", "ROUND_ROBIN", "P2C_EWMA" })
	public StandardLoadBalancer balancer;

	/**
	 * Make instances of different weights; nothing is connected.
	 */
	@Setup
	public void setUp() {
		List<ThriftInstance> all = IntStream.rangeClosed(1, this.instances)
			.mapToObj((port) -> new ThriftInstance("127.0.0.1", port, 50 + port % 100, null, null, 0, Map.of()))
			.toList();
		this.pool = new ConnectionPool(1);
		ChannelOptions options = new ChannelOptions(
				ThriftChannel.builder(this.pool, "EchoService", InstanceSource.of(all))
					.balancing((balancing) -> balancing.loadBalancer(this.balancer)));
		CallDispatcher dispatcher = new CallDispatcher("EchoService", this.pool, options,
				new RetryBudget(0.2, 10, System.nanoTime()));
		this.list = dispatcher.instances();
		this.list.onInstances(all);
		ThriftMethod method = ThriftServiceDescriptor.of(EchoService.class).method("echo");
		this.call = new BlockingCall(dispatcher, method, method.name(), method.emptyArgs(),
				CallPolicy.of(Duration.ofSeconds(1)));
	}

	/**
	 * End the threads.
	 */
	@TearDown
	public void tearDown() {
		this.list.close();
		this.pool.close();
	}

	/**
	 * Choose for a call that was not tried before.
	 * @return the choice
	 */
	@Benchmark
	public Endpoint choose() {
		return this.list.choose(this.call);
	}

}
