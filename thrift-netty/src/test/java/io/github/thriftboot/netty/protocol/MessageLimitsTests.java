package io.github.thriftboot.netty.protocol;

import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import io.github.thriftboot.netty.protocol.MessageLimits.Builder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link MessageLimits}.
 */
class MessageLimitsTests {

	@Test
	void defaults() {
		assertThat(MessageLimits.DEFAULT)
			.isEqualTo(new MessageLimits(16_384_000, 16_384_000, 1_000_000, 64, 64, 8_192, 16_384_000, 100));
	}

	@Test
	void sizesFollowTheFrameUnlessTheyAreSet() {
		MessageLimits limits = MessageLimits.builder().maxFrameSize(5).build();
		assertThat(limits.maxStringLength()).isEqualTo(5);
		assertThat(limits.maxDecompressedSize()).isEqualTo(5);

		MessageLimits set = MessageLimits.builder().maxFrameSize(5).maxStringLength(1).maxDecompressedSize(9).build();
		assertThat(set.maxStringLength()).isEqualTo(1);
		assertThat(set.maxDecompressedSize()).isEqualTo(9);
	}

	@ParameterizedTest
	@MethodSource("values")
	void valueOutOfRangeIsRefusedByNameAndValue(UnaryOperator<Builder> change, String expected) {
		if (expected == null) {
			assertThat(change.apply(MessageLimits.builder()).build()).isNotNull();
		}
		else {
			assertThatIllegalArgumentException().isThrownBy(() -> change.apply(MessageLimits.builder()).build())
				.withMessage(expected);
		}
	}

	static Stream<Arguments> values() {
		return Stream.of(wrong((limits) -> limits.maxFrameSize(-1), "maxFrameSize: -1 (expected: 1 to 268435456)"),
				wrong((limits) -> limits.maxFrameSize(0), "maxFrameSize: 0 (expected: 1 to 268435456)"),
				wrong((limits) -> limits.maxFrameSize(1L << 28 | 1),
						"maxFrameSize: 268435457 (expected: 1 to 268435456)"),
				wrong((limits) -> limits.maxFrameSize(3L << 30), "maxFrameSize: 3221225472 (expected: 1 to 268435456)"),
				right((limits) -> limits.maxFrameSize(1)), right((limits) -> limits.maxFrameSize(1L << 28)),
				wrong((limits) -> limits.maxStringLength(0), "maxStringLength: 0 (expected: 1 to 268435456)"),
				wrong((limits) -> limits.maxStringLength(1L << 32 | 1),
						"maxStringLength: 4294967297 (expected: 1 to 268435456)"),
				wrong((limits) -> limits.maxContainerLength(0), "maxContainerLength: 0 (expected: 1 to 268435456)"),
				wrong((limits) -> limits.maxRecursionDepth(0), "maxRecursionDepth: 0 (expected: 1 to 1000)"),
				wrong((limits) -> limits.maxRecursionDepth(1_001), "maxRecursionDepth: 1001 (expected: 1 to 1000)"),
				right((limits) -> limits.maxRecursionDepth(1_000)),
				wrong((limits) -> limits.maxHeaders(7), "maxHeaders: 7 (expected: 8 to 10000)"),
				wrong((limits) -> limits.maxHeaders(10_001), "maxHeaders: 10001 (expected: 8 to 10000)"),
				wrong((limits) -> limits.maxHeaderSize(1_023), "maxHeaderSize: 1023 (expected: 1024 to 261120)"),
				wrong((limits) -> limits.maxHeaderSize(261_121), "maxHeaderSize: 261121 (expected: 1024 to 261120)"),
				wrong((limits) -> limits.maxDecompressedSize(-5), "maxDecompressedSize: -5 (expected: 1 to 268435456)"),
				wrong((limits) -> limits.maxCompressionRatio(0), "maxCompressionRatio: 0 (expected: 1 to 10000)"),
				wrong((limits) -> limits.maxCompressionRatio(10_001),
						"maxCompressionRatio: 10001 (expected: 1 to 10000)"));
	}

	private static Arguments wrong(UnaryOperator<Builder> change, String message) {
		return Arguments.of(change, message);
	}

	private static Arguments right(UnaryOperator<Builder> change) {
		return Arguments.of(change, null);
	}

}
