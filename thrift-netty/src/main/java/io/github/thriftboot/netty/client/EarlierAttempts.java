package io.github.thriftboot.netty.client;

import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * The attempts of a call before the present one; most calls have none. Immutable.
 *
 * @param endpoints where they were, those excepted that the call may go to again
 * @param failures what they failed with
 */
record EarlierAttempts(List<Endpoint> endpoints, List<ThriftCallException> failures) {

	/**
	 * Add where an attempt was.
	 * @param earlier the attempts before, or {@code null} if there were none
	 * @param endpoint the endpoint
	 * @return all attempts
	 */
	static EarlierAttempts with(@Nullable EarlierAttempts earlier, Endpoint endpoint) {
		return (earlier != null) ? new EarlierAttempts(append(earlier.endpoints, endpoint), earlier.failures)
				: new EarlierAttempts(List.of(endpoint), List.of());
	}

	/**
	 * Add what an attempt failed with.
	 * @param earlier the attempts before, or {@code null} if there were none
	 * @param failure the failure
	 * @return all attempts
	 */
	static EarlierAttempts with(@Nullable EarlierAttempts earlier, ThriftCallException failure) {
		return (earlier != null) ? new EarlierAttempts(earlier.endpoints, append(earlier.failures, failure))
				: new EarlierAttempts(List.of(), List.of(failure));
	}

	private static <T> List<T> append(List<T> list, T element) {
		return Stream.concat(list.stream(), Stream.of(element)).toList();
	}

	/**
	 * Return these attempts without where they were.
	 * @return attempts that may be made again
	 */
	EarlierAttempts anywhere() {
		return new EarlierAttempts(List.of(), this.failures);
	}

	/**
	 * Return how many of them may have run.
	 * @return the number
	 */
	int lost() {
		return (int) this.failures.stream().filter((failure) -> !(failure instanceof UnprocessedException)).count();
	}

	/**
	 * Return how many servers said that they have not processed the call.
	 * @return the number
	 */
	int rejected() {
		return (int) this.failures.stream()
			.filter((failure) -> failure instanceof UnprocessedException unprocessed && unprocessed.rejected())
			.count();
	}

}
