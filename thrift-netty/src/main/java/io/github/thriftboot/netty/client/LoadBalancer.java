package io.github.thriftboot.netty.client;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Says how the calls of a channel are spread over the instances of its service. The usual
 * ways are in {@link StandardLoadBalancer}; an own one is a function that makes a
 * {@link Picker} for a list of instances. It is asked whenever that list changes, never
 * for a call. It is asked under a lock, so it must neither block nor make calls, and it
 * must be thread-safe if several channels share it.
 */
@FunctionalInterface
public interface LoadBalancer {

	/**
	 * Make a picker for instances that can be reached. It serves until the list, the
	 * state of a connection or a weight changes, and is then replaced.
	 * @param candidates the instances, at least one
	 * @return a new picker
	 */
	Picker picker(List<? extends Candidate> candidates);

	/**
	 * Whether the pickers look at {@link Candidate#latencyNanos()}. Latencies are
	 * measured only for load balancers that do.
	 * @return {@code false} by default
	 */
	default boolean usesLatency() {
		return false;
	}

	/**
	 * Picks an instance for each call. Thread-safe; every call of a channel passes here,
	 * so a picker should neither lock nor allocate.
	 */
	@FunctionalInterface
	interface Picker {

		/**
		 * Pick an instance.
		 * @param request the call
		 * @return one of the candidates that the picker was made for, or {@code null} if
		 * the call was tried at all of them
		 */
		@Nullable Candidate pick(Request request);

	}

	/**
	 * An instance that calls can go to. Its statistics are those of its address, so they
	 * stay when the list changes.
	 */
	interface Candidate {

		/**
		 * Return what the registry tells of the instance.
		 * @return the instance
		 */
		ThriftInstance instance();

		/**
		 * Return its share of the calls relative to the other candidates, which is less
		 * than the weight of the instance while it warms up.
		 * @return the weight, always more than 0: an instance of weight 0 is a candidate
		 * only if all have it, and then all candidates count the same
		 */
		double weight();

		/**
		 * Return how many calls of this process are under way to the instance.
		 * @return the present number
		 */
		int callsInFlight();

		/**
		 * Return how long the instance presently takes to answer: a moving average that
		 * jumps to a longer time at once, forgets it over some ten seconds, and fades
		 * while there are no answers. A call without an answer counts with the time that
		 * was waited for it.
		 * @return nanoseconds, 0 if nothing is known or
		 * {@linkplain LoadBalancer#usesLatency() nobody asked for it}
		 */
		long latencyNanos();

	}

	/**
	 * What a picker may know of a call.
	 */
	interface Request {

		/**
		 * Whether the call was already sent to an instance and is not wanted there again.
		 * @param candidate the instance
		 * @return {@code true} if another one is to be picked
		 */
		boolean tried(Candidate candidate);

		/**
		 * Return what the call has in common with those that should go to the same
		 * instance, see {@link HashKey}.
		 * @return the key, or {@code null} if it has none
		 */
		@Nullable Object hashKey();

	}

}
