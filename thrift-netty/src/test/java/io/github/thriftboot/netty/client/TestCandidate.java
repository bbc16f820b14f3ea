package io.github.thriftboot.netty.client;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * An instance whose statistics a test sets.
 */
final class TestCandidate implements LoadBalancer.Candidate {

	private final ThriftInstance instance;

	private final double weight;

	int callsInFlight;

	long latencyNanos;

	TestCandidate(String host, double weight) {
		this.instance = new ThriftInstance(host, 9090, 1, null, null, 0, Map.of());
		this.weight = weight;
	}

	/**
	 * Make candidates.
	 * @param weights their weights
	 * @return candidates at 10.0.0.0 and following
	 */
	static List<TestCandidate> list(double... weights) {
		return IntStream.range(0, weights.length)
			.mapToObj((i) -> new TestCandidate("10.0." + i / 256 + "." + i % 256, weights[i]))
			.toList();
	}

	/**
	 * Count picks.
	 * @param picker the picker
	 * @param candidates its candidates
	 * @param picks how often to pick
	 * @return how often each candidate was picked
	 */
	static int[] counts(LoadBalancer.Picker picker, List<TestCandidate> candidates, int picks) {
		int[] counts = new int[candidates.size()];
		for (int i = 0; i < picks; i++) {
			counts[candidates.indexOf(picker.pick(Call.NEW))]++;
		}
		return counts;
	}

	@Override
	public ThriftInstance instance() {
		return this.instance;
	}

	@Override
	public double weight() {
		return this.weight;
	}

	@Override
	public int callsInFlight() {
		return this.callsInFlight;
	}

	@Override
	public long latencyNanos() {
		return this.latencyNanos;
	}

	@Override
	public String toString() {
		return this.instance.host();
	}

	/**
	 * A call.
	 *
	 * @param hashKey its key
	 * @param triedAt where it was tried
	 */
	record Call(Object hashKey, List<LoadBalancer.Candidate> triedAt) implements LoadBalancer.Request {

		static final Call NEW = new Call(null, List.of());

		static Call triedAt(LoadBalancer.Candidate... candidates) {
			return new Call(null, new ArrayList<>(Arrays.asList(candidates)));
		}

		@Override
		public boolean tried(LoadBalancer.Candidate candidate) {
			return this.triedAt.contains(candidate);
		}

	}

}
