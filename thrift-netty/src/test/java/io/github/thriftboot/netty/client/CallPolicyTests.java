package io.github.thriftboot.netty.client;

import java.time.Duration;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link CallPolicy}.
 */
class CallPolicyTests {

	private static final Duration SECOND = Duration.ofSeconds(1);

	@ParameterizedTest
	@MethodSource("wrongValues")
	void valueOutOfRangeIsRefusedByNameAndValue(UnaryOperator<CallPolicy.Builder> change, String message) {
		CallPolicy.Builder builder = change.apply(CallPolicy.builder(SECOND));

		assertThatIllegalArgumentException().isThrownBy(builder::build).withMessageStartingWith(message);
	}

	static Stream<Arguments> wrongValues() {
		return Stream.of(wrong((builder) -> builder.maxAttempts(0), "maxAttempts: 0 (expected: >= 1)"),
				wrong((builder) -> builder.perTryTimeout(Duration.ZERO), "perTryTimeout: PT0S (expected: > 0)"),
				wrong((builder) -> builder.hedging(Duration.ofMillis(-1), 2), "hedgingDelay: PT-0.001S"),
				wrong((builder) -> builder.hedging(SECOND, 1), "hedgingMaxAttempts: 1 (expected: >= 2)"),
				wrong((builder) -> builder.forks(1), "forks: 1 (expected: >= 2)"),
				wrong((builder) -> builder.waitForInstance(Duration.ofMillis(-1)), "waitForInstance: PT-0.001S"),
				wrong((builder) -> builder.cluster(ClusterMode.FORKING),
						"cluster: forking (expected: another one for a method that is not idempotent)"));
	}

	private static Arguments wrong(UnaryOperator<CallPolicy.Builder> change, String message) {
		return Arguments.of(change, message);
	}

	@ParameterizedTest
	@EnumSource
	void policyCanBeChanged(ClusterMode cluster) {
		CallPolicy policy = CallPolicy.builder(SECOND)
			.cluster(cluster)
			.idempotent(true)
			.maxAttempts(5)
			.perTryTimeout(Duration.ofMillis(1))
			.hedging(Duration.ofMillis(2), 3)
			.forks(4)
			.waitForInstance(Duration.ofMillis(5))
			.build();

		assertThat(policy.toBuilder().build()).isEqualTo(policy)
			.isEqualTo(new CallPolicy(SECOND, cluster, true, 5, Duration.ofMillis(1), Duration.ofMillis(2), 3, 4,
					Duration.ofMillis(5)));
	}

	@Test
	void usualCallIsOneCallThatDoesNotWait() {
		CallPolicy usual = CallPolicy.of(SECOND);

		assertThat(usual.isParallel()).isFalse();
		assertThat(usual.attemptTimeout()).isNull();
		assertThat(usual.waits()).isFalse();
	}

	@ParameterizedTest
	@EnumSource
	void timesOfAttemptsAreForIdempotentMethodsThatAreTriedAgain(ClusterMode cluster) {
		CallPolicy.Builder builder = CallPolicy.builder(SECOND)
			.idempotent(true)
			.perTryTimeout(Duration.ofMillis(1))
			.hedging(Duration.ofMillis(2), 2);
		boolean goesOn = cluster == ClusterMode.FAILOVER || cluster == ClusterMode.FAILSAFE;

		assertThat(builder.cluster(cluster).build().isHedged()).isEqualTo(goesOn);
		assertThat(builder.build().attemptTimeout() != null).isEqualTo(goesOn || cluster == ClusterMode.FORKING);
		if (cluster != ClusterMode.FORKING) {
			assertThat(builder.idempotent(false).build().isHedged()).isFalse();
			assertThat(builder.build().attemptTimeout()).isNull();
		}
	}

}
