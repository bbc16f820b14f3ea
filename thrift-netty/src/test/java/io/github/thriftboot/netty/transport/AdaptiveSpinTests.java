package io.github.thriftboot.netty.transport;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link AdaptiveSpin}.
 */
class AdaptiveSpinTests {

	private final AdaptiveSpin spin = new AdaptiveSpin();

	@Test
	void looksAtFirst() {
		assertThat(this.spin.looks()).isEqualTo(AdaptiveSpin.LOOKS);
	}

	@Test
	void goesToSleepAtOnceAfterManyMisses() {
		missUntilEmpty();
		assertThat(this.spin.looks()).isZero();
	}

	@Test
	void goesOnLookingWhileHalfOfTheWaitsAreShort() {
		for (int i = 0; i < 1_000; i++) {
			assertThat(this.spin.looks()).isEqualTo(AdaptiveSpin.LOOKS);
			if (i % 2 == 0) {
				this.spin.missed();
			}
			else {
				this.spin.found(AdaptiveSpin.LOOKS);
			}
		}
	}

	@Test
	void goesToSleepAtOnceWhenOneOfTenWaitsIsShort() {
		int looking = 0;
		for (int i = 0; i < 1_000; i++) {
			if (this.spin.looks() > 0) {
				looking++;
				if (i % 10 == 0) {
					this.spin.found(1);
				}
				else {
					this.spin.missed();
				}
			}
		}
		assertThat(looking).isLessThan(100);
	}

	@Test
	void probesOnceInAWhileAndLooksAgainWhenItHasFound() {
		missUntilEmpty();
		// how it was found out that it is empty
		int sleeps = 1;
		while (this.spin.looks() == 0) {
			sleeps++;
		}
		assertThat(sleeps).isEqualTo(63);
		this.spin.found(3);
		assertThat(this.spin.looks()).isEqualTo(AdaptiveSpin.LOOKS);
	}

	@Test
	void staysAsleepWhenAProbeHasMissed() {
		missUntilEmpty();
		while (this.spin.looks() == 0) {
			// until the probe
		}
		this.spin.missed();
		assertThat(this.spin.looks()).isZero();
	}

	@Test
	void longSuccessIsForgottenAfterFewMisses() {
		for (int i = 0; i < 10_000; i++) {
			this.spin.found(0);
		}
		int misses = missUntilEmpty();
		assertThat(misses).isEqualTo(8);
	}

	private int missUntilEmpty() {
		int misses = 0;
		while (this.spin.looks() > 0) {
			this.spin.missed();
			misses++;
			assertThat(misses).isLessThan(100);
		}
		return misses;
	}

}
