package io.github.thriftboot.netty.client;

import java.util.concurrent.locks.LockSupport;

import io.github.thriftboot.netty.protocol.ThriftMessage;
import io.github.thriftboot.netty.protocol.ThriftMethod;
import io.github.thriftboot.netty.transport.AdaptiveSpin;
import org.apache.thrift.TBase;
import org.apache.thrift.TException;
import org.jspecify.annotations.Nullable;

/**
 * A call whose caller waits for it. The caller looks for the outcome for a moment, then
 * parks on the call itself.
 */
final class BlockingCall extends ThriftCall {

	private final Thread caller = Thread.currentThread();

	private volatile boolean parked;

	BlockingCall(CallDispatcher dispatcher, ThriftMethod method, String wireName, TBase<?, ?> args, CallPolicy policy) {
		super(dispatcher, method, wireName, args, policy);
	}

	/**
	 * Wait for the outcome, on the thread that made the call. When that is interrupted,
	 * it gives the call up and keeps its interrupt flag.
	 * @param spin tells how long to look for the outcome before the thread goes to sleep
	 * @return the reply, or {@code null} of a oneway call
	 * @throws TException what the call failed with
	 */
	@Nullable ThriftMessage await(AdaptiveSpin spin) throws TException {
		if (!isDone() && !look(spin)) {
			park();
		}
		try {
			return reply();
		}
		catch (ThriftCallException ex) {
			ex.fillInCallerStackTrace();
			throw ex;
		}
	}

	private boolean look(AdaptiveSpin spin) {
		int looks = spin.looks();
		if (looks == 0) {
			return false;
		}
		for (int i = 0; i < looks && !this.caller.isInterrupted(); i++) {
			Thread.yield();
			if (isDone()) {
				spin.found(i);
				return true;
			}
		}
		spin.missed();
		return false;
	}

	private void park() {
		// told before the outcome is looked at: who ends the call looks here after it
		this.parked = true;
		while (!isDone()) {
			long left = nanosLeft(System.nanoTime());
			if (left <= 0) {
				timeOut();
			}
			else {
				LockSupport.parkNanos(this, left);
				if (Thread.interrupted()) {
					giveUp(new InterruptedException());
					this.caller.interrupt();
				}
			}
		}
	}

	@Override
	void onOutcome() {
		if (this.parked) {
			LockSupport.unpark(this.caller);
		}
	}

}
