package io.github.thriftboot.netty.transport;

/**
 * Tells how often a thread looks again for what it waits for before it goes to sleep. To
 * put a thread to sleep and to wake it costs more than a short wait takes. So a thread
 * looks some times and lets others run in between ({@link Thread#yield()}), as long as
 * that pays: an account is kept of the looks that were made and of those that a sleep
 * would have cost, and when it is empty, threads go to sleep at once, but for one wait in
 * {@value #PROBE_INTERVAL} that finds out whether things have changed.
 * <p>
 * May be used by several threads: an update that is lost changes a guess, not an outcome.
 * The looks that one gets and does not report change nothing.
 */
public final class AdaptiveSpin {

	/**
	 * How often to look: some 10 to 20 µs on an idle processor.
	 */
	static final int LOOKS = 20;

	/**
	 * How many looks cost about as much as to put a thread to sleep and to wake it.
	 */
	private static final int LOOKS_OF_A_SLEEP = 50;

	private static final int FULL_ACCOUNT = 8 * LOOKS;

	private static final int AFTER_PROBE = 2 * LOOKS;

	private static final int PROBE_INTERVAL = 64;

	private int account = FULL_ACCOUNT;

	private int sleeps;

	/**
	 * Return how often to look, and yield, before going to sleep. Then
	 * {@link #found(int)} or {@link #missed()} tells what came of it, unless it is 0.
	 * @return the number, 0 for going to sleep at once
	 */
	public int looks() {
		return (this.account > 0 || ++this.sleeps % PROBE_INTERVAL == 0) ? LOOKS : 0;
	}

	/**
	 * Tell that what was waited for came while the thread was looking.
	 * @param looks how often it has looked
	 */
	public void found(int looks) {
		int present = this.account;
		if (present <= 0) {
			this.account = AFTER_PROBE;
		}
		else if (present < FULL_ACCOUNT) {
			this.account = Math.min(FULL_ACCOUNT, present + LOOKS_OF_A_SLEEP - looks);
		}
	}

	/**
	 * Tell that the thread has looked in vain and goes to sleep.
	 */
	public void missed() {
		int present = this.account;
		if (present > 0) {
			this.account = present - LOOKS;
		}
	}

}
