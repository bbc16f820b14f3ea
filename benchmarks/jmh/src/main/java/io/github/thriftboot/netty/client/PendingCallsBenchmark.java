package io.github.thriftboot.netty.client;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.github.thriftboot.benchmarks.Payload;
import io.github.thriftboot.benchmarks.api.EchoService;
import io.github.thriftboot.benchmarks.echo.EchoRequest;
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
 * What it costs to give a call its id, to keep it, and to find it again.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class PendingCallsBenchmark {

	/**
	 * The calls in flight.
	 */
	@Param({ "1", "128", "4096" })
	public int inFlight;

	private final PendingCalls pending = new PendingCalls(1);

	private ConnectionPool pool;

	private ThriftCall call;

	private int[] ids;

	private int next;

	/**
	 * Put calls in flight.
	 */
	@Setup
	public void setUp() {
		this.pool = new ConnectionPool(1);
		ChannelOptions options = new ChannelOptions(
				ThriftChannel.builder(this.pool, "EchoService", InstanceSource.of(List.of())));
		CallDispatcher dispatcher = new CallDispatcher("EchoService", this.pool, options,
				new RetryBudget(0.2, 10, System.nanoTime()));
		EchoRequest request = new EchoRequest(Payload.SMALL);
		ThriftMethod method = ThriftServiceDescriptor.of(EchoService.class).method(request.method());
		this.call = new ThriftCall(dispatcher, method, method.name(), method.args(request.arguments()),
				CallPolicy.of(Duration.ofHours(1))) {

			@Override
			void onOutcome() {
				// never over
			}

		};
		this.ids = new int[this.inFlight];
		for (int i = 0; i < this.inFlight; i++) {
			this.ids[i] = this.pending.nextId();
			this.pending.put(this.ids[i], this.call);
		}
	}

	/**
	 * End the threads.
	 */
	@TearDown
	public void tearDown() {
		this.pool.close();
	}

	/**
	 * The oldest call is answered, and a new one is made.
	 * @return the answered call
	 */
	@Benchmark
	public ThriftCall answerAndCall() {
		ThriftCall answered = this.pending.remove(this.ids[this.next]);
		int id = this.pending.nextId();
		this.pending.put(id, this.call);
		this.ids[this.next] = id;
		this.next = (this.next + 1 < this.inFlight) ? this.next + 1 : 0;
		return answered;
	}

}
