package io.github.thriftboot.netty.client;

import java.util.Arrays;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Checks whether counts fit weights.
 */
final class ChiSquared {

	private ChiSquared() {
	}

	/**
	 * Do a chi-squared test at a level of one in a million. What is to be random should
	 * have a fixed seed.
	 * @param counts the counts
	 * @param weights the weights; those of weight 0 must not be counted at all
	 */
	static void assertShares(int[] counts, double... weights) {
		double sum = Arrays.stream(weights).sum();
		int total = Arrays.stream(counts).sum();
		double chiSquared = 0;
		int degrees = -1;
		for (int i = 0; i < weights.length; i++) {
			if (weights[i] == 0) {
				assertThat(counts[i]).as("weight 0").isZero();
				continue;
			}
			double expected = total * weights[i] / sum;
			chiSquared += (counts[i] - expected) * (counts[i] - expected) / expected;
			degrees++;
		}
		// the Wilson-Hilferty approximation of the quantile
		double spread = 2.0 / (9 * Math.max(1, degrees));
		double quantile = degrees * Math.pow(1 - spread + 4.753 * Math.sqrt(spread), 3);
		assertThat(chiSquared).as("chi squared of %s, %d degrees", Arrays.toString(counts), degrees)
			.isLessThanOrEqualTo(quantile);
	}

}
