package io.github.thriftboot.netty.client;

import java.time.Duration;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import io.github.thriftboot.netty.client.ConnectionSettings.Builder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link ConnectionSettings}.
 */
class ConnectionSettingsTests {

	@Test
	void everyValueIsSet() {
		assertThat(ConnectionSettings.builder()
			.connectTimeout(Duration.ofMillis(1))
			.min(2)
			.max(3)
			.maxShared(4)
			.growthThreshold(5)
			.pipelining(6)
			.idleTimeout(Duration.ofMillis(7))
			.maxAge(Duration.ofMillis(8))
			.eager(true)
			.heartbeat(Duration.ofMillis(9), Duration.ofMillis(10))
			.build())
			.isEqualTo(new ConnectionSettings(Duration.ofMillis(1), 2, 3, 4, 5, 6, Duration.ofMillis(7),
					Duration.ofMillis(8), true, Duration.ofMillis(9), Duration.ofMillis(10)));
		assertThat(ConnectionSettings.DEFAULT).isEqualTo(new ConnectionSettings(Duration.ofSeconds(1), 1, 8, 1, 256, 1,
				Duration.ofMinutes(1), Duration.ZERO, false, Duration.ofSeconds(15), Duration.ofSeconds(5)));
	}

	@Test
	void noMoreAreKeptThanThereMayBe() {
		ConnectionSettings settings = ConnectionSettings.builder().min(3).build();

		assertThat(settings.kept(true)).isEqualTo(3);
		assertThat(settings.kept(false)).isEqualTo(1);
		assertThat(settings.most(true)).isEqualTo(8);
		assertThat(settings.most(false)).isEqualTo(1);
	}

	@ParameterizedTest
	@MethodSource("wrongValues")
	void valueOutOfRangeIsRefusedByNameAndValue(UnaryOperator<Builder> change, String message) {
		Builder builder = change.apply(ConnectionSettings.builder());

		assertThatIllegalArgumentException().isThrownBy(builder::build).withMessage(message);
	}

	static Stream<Arguments> wrongValues() {
		Duration year = Duration.ofDays(365);
		Duration tooLong = year.plusNanos(1);
		return Stream.of(
				wrong((builder) -> builder.connectTimeout(Duration.ZERO),
						"connectTimeout: PT0S (expected: > 0, at most PT10M)"),
				wrong((builder) -> builder.connectTimeout(Duration.ofMinutes(11)),
						"connectTimeout: PT11M (expected: > 0, at most PT10M)"),
				wrong((builder) -> builder.min(-1), "minConnections: -1 (expected: 0 to 8)"),
				wrong((builder) -> builder.min(5).max(4), "minConnections: 5 (expected: 0 to 4)"),
				wrong((builder) -> builder.max(0), "maxConnections: 0 (expected: 1 to 1000)"),
				wrong((builder) -> builder.max(1_001), "maxConnections: 1001 (expected: 1 to 1000)"),
				wrong((builder) -> builder.maxShared(0), "maxSharedConnections: 0 (expected: 1 to 1000)"),
				wrong((builder) -> builder.growthThreshold(0), "growthThreshold: 0 (expected: >= 1)"),
				wrong((builder) -> builder.pipelining(0), "pipelining: 0 (expected: >= 1)"),
				wrong((builder) -> builder.idleTimeout(Duration.ofMillis(-1)),
						"idleTimeout: PT-0.001S (expected: >= 0, at most PT8760H)"),
				wrong((builder) -> builder.maxAge(tooLong),
						"maxAge: " + tooLong + " (expected: >= 0, at most PT8760H)"),
				wrong((builder) -> builder.heartbeat(Duration.ofSeconds(-1), year),
						"heartbeatInterval: PT-1S (expected: >= 0, at most PT8760H)"),
				wrong((builder) -> builder.heartbeat(year, Duration.ZERO),
						"heartbeatTimeout: PT0S (expected: > 0, at most PT8760H)"));
	}

	private static Arguments wrong(UnaryOperator<Builder> change, String message) {
		return Arguments.of(change, message);
	}

}
