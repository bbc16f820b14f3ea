package io.github.thriftboot.netty.server;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link ConnectionLimits}.
 */
class ConnectionLimitsTests {

	@Test
	void valuesOutOfRangeAreRefusedByName() {
		assertThatIllegalArgumentException().isThrownBy(() -> ConnectionLimits.builder().maxConnections(0).build())
			.withMessage("maxConnections: 0 (expected: >= 1)");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> ConnectionLimits.builder().maxConnectionsPerAddress(-1).build())
			.withMessage("maxConnectionsPerAddress: -1 (expected: >= 1)");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> ConnectionLimits.builder().idleTimeout(Duration.ofMillis(-1)).build())
			.withMessage("idleTimeout: PT-0.001S (expected: >= 0)");
	}

	@Test
	void connectionsAreLookedAtOftenEnoughForTheShortestTime() {
		assertThat(ConnectionLimits.DEFAULT.period()).isEqualTo(Duration.ofSeconds(1));
		assertThat(ConnectionLimits.builder().frameTimeout(Duration.ofMillis(800)).build().period())
			.isEqualTo(Duration.ofMillis(100));
		assertThat(ConnectionLimits.builder().frameTimeout(Duration.ofMillis(1)).build().period())
			.isEqualTo(Duration.ofMillis(10));
	}

	@Test
	void memoryIsLookedAtWhateverTheTimes() {
		assertThat(ConnectionLimits.builder()
			.firstByteTimeout(Duration.ZERO)
			.frameTimeout(Duration.ZERO)
			.idleTimeout(Duration.ZERO)
			.writeTimeout(Duration.ZERO)
			.build()
			.period()).isEqualTo(Duration.ofSeconds(1));
	}

}
