package io.github.thriftboot.netty.transport;

import io.netty.channel.SelectStrategy;
import io.netty.util.IntSupplier;

/**
 * Lets an event loop look for events a few times before it blocks, see
 * {@link AdaptiveSpin}; whoever hands it a task meanwhile does not have to wake it. One
 * for each event loop, used only there.
 */
final class SpinningSelect implements SelectStrategy {

	private final AdaptiveSpin spin;

	private boolean waiting;

	/**
	 * How often the loop looks in the present wait, and how often it has.
	 */
	private int looks;

	private int looked;

	SpinningSelect(AdaptiveSpin spin) {
		this.spin = spin;
	}

	@Override
	public int calculateStrategy(IntSupplier selectNow, boolean hasTasks) throws Exception {
		if (hasTasks) {
			endWait();
			return selectNow.get();
		}
		if (!this.waiting) {
			this.looks = this.spin.looks();
			this.looked = 0;
			this.waiting = this.looks > 0;
			if (!this.waiting) {
				return SELECT;
			}
		}
		int ready = selectNow.get();
		if (ready > 0) {
			endWait();
			return ready;
		}
		if (this.looked == this.looks) {
			this.waiting = false;
			this.spin.missed();
			return SELECT;
		}
		this.looked++;
		Thread.yield();
		// lets the event loop see whether there are tasks
		return CONTINUE;
	}

	private void endWait() {
		if (this.waiting) {
			this.waiting = false;
			this.spin.found(this.looked);
		}
	}

}
