package io.github.thriftboot.netty.client;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleSupplier;

import org.jspecify.annotations.Nullable;

/**
 * Picks by the hash of the call's key: each candidate has points on a ring, in proportion
 * to its weight, and a key belongs to the next point. A call that was tried there goes on
 * to the next candidate on the ring; one without a key goes anywhere, by weight. The
 * points of a candidate depend on its address only, so that all clients agree on them.
 * Immutable and thread-safe.
 */
final class ConsistentHash implements LoadBalancer.Picker {

	/**
	 * The points of a candidate of the largest weight: the more, the closer its share of
	 * the keys is to its share of the weights (4 % at 512, 12 % at 64).
	 */
	private static final int MAX_POINTS_EACH = 512;

	private static final int MIN_POINTS_EACH = 64;

	/**
	 * What the ring of many candidates may grow to.
	 */
	private static final int POINTS = 65_536;

	private static final long GOLDEN = 0x9E3779B97F4A7C15L;

	private final LoadBalancer.Candidate[] candidates;

	private final WeightedRandom weighted;

	/**
	 * The sorted points. Their low bits are not part of the hash, they are the index of
	 * the candidate.
	 */
	private final long[] ring;

	private final long indexMask;

	/**
	 * Create a picker.
	 * @param candidates the candidates, at least one
	 * @param random makes numbers from 0 up to, not including, 1
	 */
	ConsistentHash(List<? extends LoadBalancer.Candidate> candidates, DoubleSupplier random) {
		this.candidates = candidates.toArray(LoadBalancer.Candidate[]::new);
		this.weighted = new WeightedRandom(candidates, random);
		int count = this.candidates.length;
		this.indexMask = (Long.highestOneBit(count) << 1) - 1;
		double largest = candidates.stream().mapToDouble(LoadBalancer.Candidate::weight).max().orElseThrow();
		int pointsEach = Math.max(MIN_POINTS_EACH, Math.min(POINTS / count, MAX_POINTS_EACH));
		long[] points = new long[count * pointsEach];
		int size = 0;
		for (int i = 0; i < count; i++) {
			long seed = hashOf(this.candidates[i].instance().address());
			long own = Math.max(1, Math.round(this.candidates[i].weight() / largest * pointsEach));
			for (int point = 0; point < own; point++) {
				points[size++] = (mix(seed + point * GOLDEN) & ~this.indexMask) | i;
			}
		}
		this.ring = sorted(points, size);
	}

	/**
	 * Sort points in linear time: they are spread evenly, so the high bits of each tell
	 * nearly where it belongs. It is done for each change of a list, and a list of a
	 * thousand instances has a point for every second one of its 65,536 places.
	 */
	private static long[] sorted(long[] points, int size) {
		int shift = Long.numberOfLeadingZeros(size);
		int[] next = new int[(1 << (Long.SIZE - shift)) + 1];
		for (int i = 0; i < size; i++) {
			next[place(points[i], shift) + 1]++;
		}
		for (int place = 1; place < next.length; place++) {
			next[place] += next[place - 1];
		}
		long[] ring = new long[size];
		for (int i = 0; i < size; i++) {
			ring[next[place(points[i], shift)]++] = points[i];
		}
		for (int i = 1; i < size; i++) {
			long point = ring[i];
			int to = i;
			for (; to > 0 && ring[to - 1] > point; to--) {
				ring[to] = ring[to - 1];
			}
			ring[to] = point;
		}
		return ring;
	}

	private static int place(long point, int shift) {
		// the smallest number is the first
		return (int) ((point ^ Long.MIN_VALUE) >>> shift);
	}

	@Override
	public LoadBalancer.@Nullable Candidate pick(LoadBalancer.Request request) {
		Object key = request.hashKey();
		if (key == null) {
			return this.weighted.pick(request);
		}
		int found = Arrays.binarySearch(this.ring, mix(hashOf(key)));
		int start = (found < 0) ? -found - 1 : found;
		for (int i = 0; i < this.ring.length; i++) {
			long point = this.ring[(start + i) % this.ring.length];
			LoadBalancer.Candidate candidate = this.candidates[(int) (point & this.indexMask)];
			if (!request.tried(candidate)) {
				return candidate;
			}
		}
		return null;
	}

	/**
	 * Hash by value, so that it is the same in every process.
	 */
	private static long hashOf(Object key) {
		if (key instanceof CharSequence text) {
			return hashOf(text);
		}
		if (key instanceof Enum<?> constant) {
			return hashOf(constant.name());
		}
		return (key instanceof byte[] bytes) ? Arrays.hashCode(bytes) : key.hashCode();
	}

	/**
	 * The 64-bit FNV-1a hash, over characters.
	 */
	private static long hashOf(CharSequence text) {
		long hash = 0xCBF29CE484222325L;
		for (int i = 0; i < text.length(); i++) {
			hash = (hash ^ text.charAt(i)) * 0x100000001B3L;
		}
		return hash;
	}

	/**
	 * The finalizer of SplitMix64: every bit of the input changes half of the output.
	 */
	private static long mix(long value) {
		long mixed = value + GOLDEN;
		mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
		mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
		return mixed ^ (mixed >>> 31);
	}

}
