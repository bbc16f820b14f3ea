package io.github.thriftboot.netty.client;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link OutlierEjection}.
 */
class OutlierEjectionTests {

	@ParameterizedTest
	@CsvSource({ "-1,PT1S,PT1S,50,50,consecutiveFailures: -1", "5,PT0S,PT1S,50,50,baseTime: PT0S",
			"5,PT-1S,PT1S,50,50,baseTime: PT-1S", "5,PT2S,PT1S,50,50,maxTime: PT1S",
			"5,PT1S,PT1S,101,50,maxPercent: 101", "5,PT1S,PT1S,-1,50,maxPercent: -1",
			"5,PT1S,PT1S,50,101,panicPercent: 101", "5,PT1S,PT1S,50,-1,panicPercent: -1" })
	void valueOutOfRangeIsRefusedByNameAndValue(int failures, Duration baseTime, Duration maxTime, int maxPercent,
			int panicPercent, String message) {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new OutlierEjection(failures, baseTime, maxTime, maxPercent, panicPercent))
			.withMessageStartingWith(message + " (expected: ");
	}

	@Test
	void defaultIsTheDocumentedOne() {
		assertThat(OutlierEjection.DEFAULT)
			.isEqualTo(new OutlierEjection(5, Duration.ofSeconds(30), Duration.ofMinutes(5), 50, 50));
	}

}
