package io.github.thriftboot.netty.client;

import java.util.concurrent.locks.LockSupport;

import io.github.thriftboot.netty.protocol.ThriftMessage;
import io.github.thriftboot.netty.protocol.ThriftMethod;
import org.apache.thrift.TBase;
import org.apache.thrift.TException;
import org.jspecify.annotations.Nullable;

/**
 * A call whose caller waits for it. The caller parks on the call itself.
 */
final class BlockingCall extends ThriftCall {

	private final Thread caller = Thread.currentThread();

	BlockingCall(CallDispatcher dispatcher, ThriftMethod method, String wireName, TBase<?, ?> args, CallPolicy policy) {
		super(dispatcher, method, wireName, args, policy);
	}

	/**
	 * Wait for the outcome, on the thread that made the call. When that is interrupted,
	 * it gives the call up and keeps its interrupt flag.
	 * @return the reply, or {@code null} of a oneway call
	 * @throws TException what the call failed with
	 */
	@Nullable ThriftMessage await() throws TException {
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
		try {
			return reply();
		}
		catch (ThriftCallException ex) {
			ex.fillInCallerStackTrace();
			throw ex;
		}
	}

	@Override
	void onOutcome() {
		LockSupport.unpark(this.caller);
	}

}
