package io.github.thriftboot.netty.client;

import java.util.concurrent.TimeUnit;

/**
 * Judges whether the peer of a connection lives, looked at from time to time. Whatever is
 * received proves it, and so does a peer that takes what it is sent. One of which nothing
 * was seen for an interval is to be asked, and is dead if nothing is seen then either.
 * <p>
 * What comes is only counted, so that a reply costs nothing but that; the time of the
 * last sign is known to a quarter of the interval. Confined to the connection's event
 * loop.
 */
final class Liveness {

	/**
	 * Between the end of the peer's time and the verdict: what this process has not read
	 * because it was stopped itself is read meanwhile.
	 */
	private static final long LAST_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

	private static final long LEAST_DELAY_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

	private final long intervalNanos;

	private final long timeoutNanos;

	private int received;

	private int receivedAtLook;

	private long outgoing;

	/**
	 * When the peer was last seen to live, or a little later.
	 */
	private long quietSince;

	private boolean asked;

	private long askedAt;

	private boolean overdue;

	/**
	 * Create a judge.
	 * @param settings the interval and the time for an answer
	 */
	Liveness(ConnectionSettings settings) {
		this.intervalNanos = settings.heartbeatInterval().toNanos();
		this.timeoutNanos = settings.heartbeatTimeout().toNanos();
	}

	/**
	 * Whether peers are asked at all.
	 * @return {@code false} if the interval is 0
	 */
	boolean isOn() {
		return this.intervalNanos > 0;
	}

	/**
	 * Begin with a new channel.
	 * @param now the present time in nanoseconds
	 */
	void started(long now) {
		this.outgoing = 0;
		sawSign(now);
	}

	/**
	 * Note that something was received.
	 */
	void received() {
		this.received++;
	}

	/**
	 * Return a number that changes when something is received.
	 * @return the number
	 */
	int mark() {
		return this.received;
	}

	/**
	 * Note that the peer is being asked, or would be if it took what it is sent.
	 * @param now the present time in nanoseconds
	 */
	void asked(long now) {
		this.asked = true;
		this.askedAt = now;
		this.overdue = false;
		this.receivedAtLook = this.received;
	}

	/**
	 * Whether the peer was asked and has not shown since that it lives.
	 * @return {@code true} if there is no need to ask again
	 */
	boolean isAsked() {
		return this.asked && this.received == this.receivedAtLook;
	}

	/**
	 * Note that the connection was used in a way that gets no answer for a while.
	 * @param now the present time in nanoseconds
	 */
	void used(long now) {
		this.quietSince = now;
	}

	/**
	 * Judge.
	 * @param now the present time in nanoseconds
	 * @param outgoingNow how many bytes the peer has still to take
	 * @return what is known of the peer
	 */
	Verdict look(long now, long outgoingNow) {
		boolean sign = this.received != this.receivedAtLook || outgoingNow < this.outgoing;
		this.outgoing = outgoingNow;
		if (sign) {
			sawSign(now);
			return Verdict.ALIVE;
		}
		if (this.asked) {
			boolean late = now - this.askedAt >= this.timeoutNanos;
			boolean dead = late && this.overdue;
			this.overdue = late;
			return dead ? Verdict.DEAD : Verdict.ALIVE;
		}
		return (isOn() && now - this.quietSince >= this.intervalNanos) ? Verdict.QUIET : Verdict.ALIVE;
	}

	private void sawSign(long now) {
		this.receivedAtLook = this.received;
		this.quietSince = now;
		this.asked = false;
		this.overdue = false;
	}

	/**
	 * Return when to look next.
	 * @param now the present time in nanoseconds
	 * @return nanoseconds from now, {@link Long#MAX_VALUE} for never
	 */
	long nanosToNextLook(long now) {
		if (!isOn()) {
			return Long.MAX_VALUE;
		}
		if (this.overdue) {
			return LAST_LOOK_NANOS;
		}
		long step = this.intervalNanos / 4;
		long left = this.asked ? this.timeoutNanos - (now - this.askedAt)
				: this.intervalNanos - (now - this.quietSince);
		boolean waiting = this.asked || left > 0;
		return Math.max(LEAST_DELAY_NANOS, waiting ? Math.min(step, left) : step);
	}

	/**
	 * What is known of a peer.
	 */
	enum Verdict {

		/**
		 * It lives, as far as is known.
		 */
		ALIVE,

		/**
		 * Nothing was seen of it for so long that it should be asked.
		 */
		QUIET,

		/**
		 * It was asked and has not answered.
		 */
		DEAD

	}

}
