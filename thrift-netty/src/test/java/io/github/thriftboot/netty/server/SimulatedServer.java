package io.github.thriftboot.netty.server;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;

import io.github.thriftboot.netty.server.AdaptiveLimit.MethodTimes;

/**
 * A server of simulated time: workers, and a queue without end in front of them. Calls
 * come at random, whatever becomes of earlier ones, and those over the limit are
 * rejected. The same each time.
 */
final class SimulatedServer {

	private final Random random = new Random(7);

	private final int workers;

	private final AdaptiveLimit limit;

	private final List<SimulatedMethod> methods = new ArrayList<>();

	private final Queue<SimulatedCall> waiting = new ArrayDeque<>();

	private final PriorityQueue<SimulatedCall> running = new PriorityQueue<>();

	/**
	 * As {@link System#nanoTime()}, it may wrap.
	 */
	private long now = Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(3);

	private double slowness = 1;

	SimulatedServer(int workers, AdaptiveLimit limit) {
		this.workers = workers;
		this.limit = limit;
	}

	/**
	 * Create a server whose method was called before, at another server.
	 */
	SimulatedServer(int workers, AdaptiveLimit limit, SimulatedMethod method) {
		this(workers, limit);
		this.methods.add(method);
	}

	/**
	 * Add a method whose calls all take the same time.
	 */
	SimulatedMethod constant(double millis, double share) {
		return add(() -> millis, millis, share);
	}

	/**
	 * Add a method whose calls take different times, a few of them long ones.
	 */
	SimulatedMethod exponential(double millis, double share) {
		return add(() -> exponential(millis), millis, share);
	}

	private SimulatedMethod add(DoubleSupplier millis, double mean, double share) {
		SimulatedMethod method = new SimulatedMethod(this.limit.addMethod(), millis, mean, share);
		this.methods.add(method);
		return method;
	}

	private double exponential(double mean) {
		return -mean * Math.log(1 - this.random.nextDouble());
	}

	/**
	 * Make all calls take longer from now on.
	 * @param factor so many times as long as at first
	 */
	void slowness(double factor) {
		this.slowness = factor;
	}

	/**
	 * Return how many calls the workers can do.
	 * @return the number for a second
	 */
	double capacity() {
		double shares = this.methods.stream().mapToDouble((method) -> method.share).sum();
		double millis = this.methods.stream().mapToDouble((method) -> method.share * method.mean).sum() / shares;
		return this.workers * 1_000 / (millis * this.slowness);
	}

	/**
	 * Call the server for some time.
	 * @param load how many calls come, as a multiple of what the workers can do
	 * @param seconds how long
	 * @return what came of it
	 */
	Outcome run(double load, double seconds) {
		Outcome outcome = new Outcome(capacity() * seconds);
		double interval = TimeUnit.SECONDS.toNanos(1) / (capacity() * load);
		long end = this.now + (long) (seconds * TimeUnit.SECONDS.toNanos(1));
		long nextCall = this.now + (long) exponential(interval);
		while (true) {
			SimulatedCall next = this.running.peek();
			boolean ends = next != null && next.endsAt - nextCall <= 0;
			long time = ends ? next.endsAt : nextCall;
			if (time - end > 0) {
				this.now = end;
				return outcome;
			}
			this.now = time;
			if (ends) {
				end(this.running.remove(), outcome);
			}
			else {
				arrive(outcome);
				nextCall = this.now + (long) exponential(interval);
			}
		}
	}

	private void arrive(Outcome outcome) {
		outcome.see(this.limit.limit());
		int inFlight = this.waiting.size() + this.running.size();
		// all calls come from connections that have few
		if (this.limit.isFull(inFlight, 0)) {
			outcome.rejected++;
			return;
		}
		double pick = this.random.nextDouble() * this.methods.stream().mapToDouble((method) -> method.share).sum();
		int i = 0;
		while (i < this.methods.size() - 1 && pick >= this.methods.get(i).share) {
			pick -= this.methods.get(i).share;
			i++;
		}
		this.waiting.add(new SimulatedCall(this.methods.get(i), inFlight + 1, this.now));
		startNext();
	}

	private void end(SimulatedCall call, Outcome outcome) {
		outcome.latencies.add((this.now - call.arrivedAt) / 1e6);
		call.method.times.onAnswer(call.inFlight, call.arrivedAt, this.now);
		startNext();
	}

	private void startNext() {
		if (this.running.size() < this.workers && !this.waiting.isEmpty()) {
			SimulatedCall call = this.waiting.remove();
			call.endsAt = this.now + (long) (call.method.millis.getAsDouble() * this.slowness * 1e6);
			this.running.add(call);
		}
	}

	/**
	 * A method of the server.
	 */
	static final class SimulatedMethod {

		private final MethodTimes times;

		private final DoubleSupplier millis;

		private final double mean;

		private double share;

		private SimulatedMethod(MethodTimes times, DoubleSupplier millis, double mean, double share) {
			this.times = times;
			this.millis = millis;
			this.mean = mean;
			this.share = share;
		}

		/**
		 * Let more or fewer of the calls be for this method.
		 * @param share as compared with the other methods
		 */
		void share(double share) {
			this.share = share;
		}

	}

	private static final class SimulatedCall implements Comparable<SimulatedCall> {

		private final SimulatedMethod method;

		private final int inFlight;

		private final long arrivedAt;

		private long endsAt;

		private SimulatedCall(SimulatedMethod method, int inFlight, long arrivedAt) {
			this.method = method;
			this.inFlight = inFlight;
			this.arrivedAt = arrivedAt;
		}

		@Override
		public int compareTo(SimulatedCall other) {
			return Long.signum(this.endsAt - other.endsAt);
		}

	}

	/**
	 * What came of calling the server for some time.
	 */
	static final class Outcome {

		private final double possible;

		private final List<Double> latencies = new ArrayList<>();

		private int rejected;

		private double limits;

		private int arrivals;

		private int lowest = Integer.MAX_VALUE;

		private int highest;

		private Outcome(double possible) {
			this.possible = possible;
		}

		private void see(int limit) {
			this.limits += limit;
			this.arrivals++;
			this.lowest = Math.min(this.lowest, limit);
			this.highest = Math.max(this.highest, limit);
		}

		/**
		 * Return how many calls were answered, as part of what the workers can do.
		 * @return about 1 if they were always busy
		 */
		double goodput() {
			return this.latencies.size() / this.possible;
		}

		int rejected() {
			return this.rejected;
		}

		double averageLimit() {
			return this.limits / this.arrivals;
		}

		int lowestLimit() {
			return this.lowest;
		}

		int highestLimit() {
			return this.highest;
		}

		/**
		 * Return how long calls took.
		 * @param percent part of the calls that took no longer
		 * @return milliseconds
		 */
		double latency(int percent) {
			return this.latencies.stream()
				.sorted()
				.skip((long) this.latencies.size() * percent / 100)
				.findFirst()
				.orElse(0.0);
		}

		@Override
		public String toString() {
			return String.format("goodput %.2f, %d rejected, limit %.1f on average, %d to %d, p50 %.0f and p99 %.0f ms",
					goodput(), this.rejected, averageLimit(), this.lowest, this.highest, latency(50), latency(99));
		}

	}

}
