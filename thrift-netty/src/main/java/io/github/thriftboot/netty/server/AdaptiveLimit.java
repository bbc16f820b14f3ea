package io.github.thriftboot.netty.server;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A limit of the calls in the server that finds out by itself how many the server can do
 * at once. Thread-safe.
 * <p>
 * Calls take as long as they always do while nothing waits, however many there are. Once
 * they wait, for a thread, a processor or a connection of a database, they take longer
 * the more there are. So two groups are compared: calls that were let in while at most
 * half of the limit was in use tell what is usual for their method, those that were let
 * in while more was in use tell how it is at the limit. By Little's law, the sum of the
 * usual times divided by the sum of the real ones is the part of the calls in flight that
 * is worked on; the others wait. The limit follows that number, times
 * {@value #TOLERANCE}, plus one: it grows while calls take no longer than usual, and
 * settles where about a third of them wait. Calls that come while less than half of the
 * limit is in use change nothing. In overload there are none of the first group, so the
 * limit is halved for a moment, now and then, to see how long calls take then: the usual
 * times cannot drift with those of the overload, and a service that has become slower
 * without being overloaded gets its limit back.
 * <p>
 * Each method has its own usual time, so it makes no difference to the limit when slow
 * methods are called more often than before.
 * <p>
 * This is a gradient limit, as in Netflix's concurrency-limits
 * (<a href="https://github.com/Netflix/concurrency-limits">Gradient2</a>) and in Envoy's
 * <a href=
 * "https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/adaptive_concurrency_filter">gradient
 * controller</a>, with the estimate of waiting calls of TCP Vegas (Brakmo and Peterson,
 * 1994).
 */
final class AdaptiveLimit {

	/**
	 * How much longer than usual calls may take on average.
	 */
	static final double TOLERANCE = 1.5;

	/**
	 * How few calls tell something.
	 */
	private static final int LEAST_SAMPLES = 10;

	private static final long SHORTEST_WINDOW_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

	private static final long LONGEST_WINDOW_NANOS = TimeUnit.SECONDS.toNanos(1);

	/**
	 * By how much what is usual for a method changes within a window at the most.
	 */
	private static final double LARGEST_STEP = 1.1;

	/**
	 * From one probe to the next, as a multiple of what calls take.
	 */
	private static final int PAUSE = 100;

	/**
	 * The same, when the last probe has shown that things have changed.
	 */
	private static final int PAUSE_AFTER_CHANGE = 10;

	/**
	 * How long a probe may take, as a multiple of what calls take.
	 */
	private static final int PATIENCE = 10;

	/**
	 * Part of the limit that is kept free for connections with few calls.
	 */
	private static final int SHARES = 16;

	/**
	 * Of a lower limit nothing is kept free.
	 */
	private static final int LEAST_TO_SHARE = 8;

	private final int min;

	private final int max;

	/**
	 * Whether a thread is changing what follows. Others go on: a sample that is left out
	 * makes no difference.
	 */
	private final AtomicBoolean busy = new AtomicBoolean();

	/**
	 * Calls that were let in while more than half of the limit was in use.
	 */
	private final Samples busySamples = new Samples();

	/**
	 * Calls that were let in while at most half of the limit was in use.
	 */
	private final Samples calmSamples = new Samples();

	private boolean begun;

	private double estimate;

	/**
	 * How much longer calls of all methods take than what is usual for them.
	 */
	private double drift = 1;

	/**
	 * How long calls take, those that take long weighing more: after twice this time most
	 * calls that were there before have ended.
	 */
	private double typicalNanos = SHORTEST_WINDOW_NANOS;

	private boolean probing;

	private boolean probeHasCalls;

	private long probeBegin;

	/**
	 * From when on calls count that the probe has let in; before, most of those that end
	 * are short ones.
	 */
	private long probeCountsFrom;

	private long nextProbe;

	/**
	 * The highest estimate since it was last known what is usual.
	 */
	private double estimateAtProbe;

	private volatile int limit;

	/**
	 * Create a limit, which is the lowest one at first.
	 * @param min the lowest limit, at least 1
	 * @param max the highest limit, not less than that
	 */
	AdaptiveLimit(int min, int max) {
		this.min = min;
		this.max = max;
		this.estimate = min;
		this.estimateAtProbe = min;
		this.limit = min;
	}

	/**
	 * Return the present limit.
	 * @return the number of calls that may be in the server
	 */
	int limit() {
		return this.limit;
	}

	/**
	 * Whether a connection may have no further call. The last places are for connections
	 * that have few.
	 * @param inFlight the calls in the server
	 * @param ofConnection those of them that belong to the connection
	 * @return {@code true} if another call has to be rejected
	 */
	boolean isFull(int inFlight, int ofConnection) {
		int present = this.limit;
		int share = (present < LEAST_TO_SHARE) ? 0 : Math.max(1, present / SHARES);
		return inFlight >= ((ofConnection >= share) ? present - share : present);
	}

	/**
	 * Add a method.
	 * @return takes the times of its calls
	 */
	MethodTimes addMethod() {
		return new MethodTimes();
	}

	private void onAnswer(MethodTimes method, int inFlight, long arrivedAt, long now) {
		if (!this.begun) {
			this.begun = true;
			this.busySamples.restart(now);
			pauseProbes(PAUSE_AFTER_CHANGE, now);
		}
		double latency = Math.max(1, now - arrivedAt);
		double usual = method.usualNanos * this.drift;
		boolean calm = inFlight <= half();
		// a method that was never called but in overload is corrected by the next probe
		if (calm || usual == 0) {
			method.learn(latency / this.drift, now);
		}
		if (usual > 0) {
			if (calm && (!this.probing || isCounted(arrivedAt, now))) {
				this.calmSamples.add(inFlight, latency, usual);
			}
			if (inFlight > this.estimate / 2) {
				this.busySamples.add(inFlight, latency, usual);
			}
		}
		if (this.probing) {
			endProbeIfDone(now);
		}
		else if (this.busySamples.areEnough(now, window())) {
			adjust(now);
		}
	}

	private int half() {
		return Math.max(this.min, (int) (this.estimate / 2));
	}

	/**
	 * Changes show no sooner than calls take.
	 */
	private double window() {
		return Math.min(Math.max(this.typicalNanos, SHORTEST_WINDOW_NANOS), LONGEST_WINDOW_NANOS);
	}

	private void adjust(long now) {
		Samples samples = this.busySamples;
		// calls that are faster than usual are no reason to grow faster
		double tolerated = TOLERANCE * Math.min(samples.usualSum / samples.latencySum, 1);
		double change = tolerated * samples.inFlightSum / samples.count + 1 - this.estimate;
		// fewer calls in flight are no reason for a lower limit, only longer times are
		change = (tolerated >= 1) ? Math.max(change, 0) : Math.max(change, -this.estimate / 2);
		// few samples have less weight
		change *= (double) samples.count / (samples.count + LEAST_SAMPLES);
		this.estimate = Math.min(Math.max(this.estimate + change, this.min), this.max);
		this.estimateAtProbe = Math.max(this.estimateAtProbe, this.estimate);
		// a few calls that took very long do not stop everything for that time
		this.typicalNanos = clamp(samples.squareSum / samples.latencySum, this.typicalNanos / 2, this.typicalNanos * 2);
		samples.restart(now);
		if (this.calmSamples.count >= LEAST_SAMPLES) {
			// there are moments of less load, so no probe is needed
			endComparison(PAUSE, now);
		}
		boolean collapsed = this.estimate <= this.estimateAtProbe / 2;
		if (this.estimate >= this.min + 1 && (collapsed || now - this.nextProbe >= 0)) {
			this.probing = true;
			this.probeHasCalls = false;
			this.probeBegin = now;
			this.calmSamples.restart(now);
		}
		this.limit = this.probing ? half() : (int) this.estimate;
	}

	/**
	 * Whether a call tells how it is at half of the limit. The first ones that end after
	 * the beginning are the short ones.
	 */
	private boolean isCounted(long arrivedAt, long now) {
		if (!this.probeHasCalls) {
			if (arrivedAt - this.probeBegin < 0) {
				return false;
			}
			this.probeHasCalls = true;
			this.probeCountsFrom = arrivedAt + (long) (2 * this.typicalNanos);
		}
		return now - this.probeCountsFrom >= 0;
	}

	private void endProbeIfDone(long now) {
		if (this.calmSamples.count >= LEAST_SAMPLES && now - this.probeCountsFrom >= this.typicalNanos) {
			double change = clamp(this.calmSamples.latencySum / this.calmSamples.usualSum, 0.5, 4);
			this.drift *= change;
			endProbe((change > 0.8 && change < 1.25) ? PAUSE : PAUSE_AFTER_CHANGE, now);
		}
		else if (now - this.probeBegin >= SHORTEST_WINDOW_NANOS + PATIENCE * this.typicalNanos) {
			// calls are too few or too long to wait for them
			endProbe(PAUSE, now);
		}
	}

	private void endProbe(int pause, long now) {
		this.probing = false;
		this.limit = (int) this.estimate;
		this.busySamples.restart(now);
		endComparison(pause, now);
	}

	private void endComparison(int pause, long now) {
		this.calmSamples.restart(now);
		this.estimateAtProbe = this.estimate;
		pauseProbes(pause, now);
	}

	private void pauseProbes(int pause, long now) {
		this.nextProbe = now + (long) (pause * Math.max(this.typicalNanos, SHORTEST_WINDOW_NANOS));
	}

	private static double clamp(double value, double least, double largest) {
		return Math.min(Math.max(value, least), largest);
	}

	/**
	 * What the calls of a method usually take. Thread-safe.
	 */
	final class MethodTimes {

		private final Samples samples = new Samples();

		/**
		 * Zero while nothing is known.
		 */
		private double usualNanos;

		private boolean windowSeen;

		private MethodTimes() {
		}

		/**
		 * A call was answered that its handler has completed. Nothing else tells how long
		 * calls take.
		 * @param inFlight the calls in the server when it arrived, itself included
		 * @param arrivedAt when it arrived, as {@link System#nanoTime()}
		 * @param now the present {@link System#nanoTime()}
		 */
		void onAnswer(int inFlight, long arrivedAt, long now) {
			AtomicBoolean busy = AdaptiveLimit.this.busy;
			if (busy.get() || !busy.compareAndSet(false, true)) {
				return;
			}
			try {
				AdaptiveLimit.this.onAnswer(this, inFlight, arrivedAt, now);
			}
			finally {
				busy.set(false);
			}
		}

		private void learn(double latency, long now) {
			if (this.samples.count == 0) {
				this.samples.restart(now);
			}
			this.samples.add(0, latency, 0);
			if (this.samples.count < LEAST_SAMPLES) {
				return;
			}
			double mean = this.samples.latencySum / this.samples.count;
			// of what begins together the short ones end first
			double window = SHORTEST_WINDOW_NANOS + 3 * this.samples.squareSum / this.samples.latencySum;
			boolean complete = this.samples.areEnough(now, window);
			if (!this.windowSeen) {
				this.usualNanos = mean;
				this.windowSeen = complete;
			}
			if (complete) {
				this.usualNanos = clamp(mean, this.usualNanos / LARGEST_STEP, this.usualNanos * LARGEST_STEP);
				this.samples.restart(now);
			}
		}

	}

	/**
	 * Sums over calls.
	 */
	private static final class Samples {

		private long since;

		private int count;

		private double inFlightSum;

		private double latencySum;

		private double squareSum;

		private double usualSum;

		void add(int inFlight, double latency, double usual) {
			this.count++;
			this.inFlightSum += inFlight;
			this.latencySum += latency;
			this.squareSum += latency * latency;
			this.usualSum += usual;
		}

		boolean areEnough(long now, double window) {
			return this.count >= LEAST_SAMPLES && now - this.since >= window;
		}

		void restart(long now) {
			this.since = now;
			this.count = 0;
			this.inFlightSum = 0;
			this.latencySum = 0;
			this.squareSum = 0;
			this.usualSum = 0;
		}

	}

}
