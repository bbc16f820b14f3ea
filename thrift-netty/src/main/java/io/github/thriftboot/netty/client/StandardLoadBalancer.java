package io.github.thriftboot.netty.client;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;

import org.jspecify.annotations.Nullable;

/**
 * The usual ways to spread calls. All of them honour weights, and none allocates memory
 * for a call.
 */
public enum StandardLoadBalancer implements LoadBalancer {

	/**
	 * At random, in proportion to the weights. The default: it needs no state, and many
	 * clients that use it do not meet at the same instance.
	 */
	WEIGHTED_RANDOM {

		@Override
		public Picker picker(List<? extends Candidate> candidates) {
			return new WeightedRandom(candidates, RANDOM);
		}

	},

	/**
	 * In turn; instances of more weight come up more often, evenly spread.
	 */
	ROUND_ROBIN {

		@Override
		public Picker picker(List<? extends Candidate> candidates) {
			return new RoundRobin(candidates, ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE));
		}

	},

	/**
	 * To the instance with the fewest calls under way; by weight among those that have
	 * equally few. Looks at all instances for each call.
	 */
	LEAST_ACTIVE {

		@Override
		public Picker picker(List<? extends Candidate> candidates) {
			return new LeastActive(candidates, RANDOM);
		}

	},

	/**
	 * To the better one of two instances that are drawn by weight. Better is the one with
	 * less {@linkplain Candidate#latencyNanos() latency} times calls under way, so an
	 * instance that becomes slow gets fewer calls at once.
	 */
	P2C_EWMA {

		@Override
		public Picker picker(List<? extends Candidate> candidates) {
			return new PowerOfTwoChoices(candidates, RANDOM);
		}

		@Override
		public boolean usesLatency() {
			return true;
		}

	},

	/**
	 * Calls with the same {@link HashKey} go to the same instance as long as it can be
	 * reached; when an instance comes or goes, only the calls move that it gets or had.
	 * Calls without a key go anywhere, by weight.
	 */
	CONSISTENT_HASH {

		@Override
		public Picker picker(List<? extends Candidate> candidates) {
			return new ConsistentHash(candidates, RANDOM);
		}

	};

	private static final DoubleSupplier RANDOM = () -> ThreadLocalRandom.current().nextDouble();

	/**
	 * Return the name used in configuration.
	 * @return the lower-case name
	 */
	public String key() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	/**
	 * Find a load balancer by its {@link #key()}, in any case.
	 * @param key the key, may be {@code null}
	 * @return the load balancer, or {@code null} when the key names none
	 */
	public static @Nullable StandardLoadBalancer ofKey(@Nullable String key) {
		for (StandardLoadBalancer balancer : values()) {
			if (balancer.key().equalsIgnoreCase(key)) {
				return balancer;
			}
		}
		return null;
	}

}
