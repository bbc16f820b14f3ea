package io.github.thriftboot.netty.transport;

import io.netty.channel.SelectStrategy;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SpinningSelect}.
 */
class SpinningSelectTests {

	private final AdaptiveSpin spin = new AdaptiveSpin();

	private final SpinningSelect select = new SpinningSelect(this.spin);

	private int ready;

	@Test
	void looksBeforeItBlocks() throws Exception {
		for (int i = 0; i < AdaptiveSpin.LOOKS; i++) {
			assertThat(next(false)).isEqualTo(SelectStrategy.CONTINUE);
		}
		assertThat(next(false)).isEqualTo(SelectStrategy.SELECT);
	}

	@Test
	void looksAnewInTheNextWait() throws Exception {
		looksBeforeItBlocks();
		looksBeforeItBlocks();
	}

	@Test
	void tellsWhatIsReadyWhileItLooks() throws Exception {
		assertThat(next(false)).isEqualTo(SelectStrategy.CONTINUE);
		this.ready = 3;
		assertThat(next(false)).isEqualTo(3);
		this.ready = 0;
		looksBeforeItBlocks();
	}

	@Test
	void neverBlocksWithTasks() throws Exception {
		for (int i = 0; i < 100; i++) {
			assertThat(next(true)).isZero();
		}
	}

	@Test
	void tasksEndAWait() throws Exception {
		assertThat(next(false)).isEqualTo(SelectStrategy.CONTINUE);
		assertThat(next(true)).isZero();
		looksBeforeItBlocks();
	}

	@Test
	void blocksAtOnceWhenLookingDoesNotPay() throws Exception {
		while (this.spin.looks() > 0) {
			this.spin.missed();
		}
		assertThat(next(false)).isEqualTo(SelectStrategy.SELECT);
	}

	private int next(boolean hasTasks) throws Exception {
		return this.select.calculateStrategy(() -> this.ready, hasTasks);
	}

}
