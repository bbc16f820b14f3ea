package io.github.thriftboot.netty.server;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

import io.github.thriftboot.netty.protocol.WireText;
import io.netty.channel.Channel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts the calls of one connection in their order, and no faster than its peer reads
 * the replies: those that are too many wait here. Confined to the event loop of the
 * connection.
 */
final class CallStarter {

	private static final Logger logger = LoggerFactory.getLogger(CallStarter.class);

	/**
	 * How many calls are started before it is seen whether the peer reads the replies: a
	 * single read may bring thousands of requests.
	 */
	private static final int MAX_STARTED = 256;

	private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

	private final Channel channel;

	private final HandlerPool pool;

	private final HandlerPool.Lane lane = new HandlerPool.Lane();

	private final Queue<ServerCall> heldBack = new ArrayDeque<>(0);

	/**
	 * Calls that were started since a reply was sent.
	 */
	private int started;

	private boolean lookingAgain;

	private boolean goingOn;

	/**
	 * Create a starter.
	 * @param channel the connection
	 * @param pool runs calls that have no executor of their own
	 */
	CallStarter(Channel channel, HandlerPool pool) {
		this.channel = channel;
		this.pool = pool;
	}

	/**
	 * Take a place on the pool for a call that runs there.
	 * @param call the call
	 * @param calls how many calls the connection has, this one included
	 * @return {@code false} if there is none; otherwise {@link #start} has to follow
	 */
	boolean admit(ServerCall call, int calls) {
		return call.executor() != null || this.pool.admit(calls);
	}

	/**
	 * Start a call that is admitted, now or later.
	 * @param call the call
	 */
	void start(ServerCall call) {
		if (!this.heldBack.isEmpty() || isEnough()) {
			this.heldBack.add(call);
		}
		else {
			run(call);
		}
	}

	/**
	 * Replies were handed to the operating system, or there were none. Calls that were
	 * held back go on if they may.
	 * @param any whether there were replies
	 */
	void flushed(boolean any) {
		if (any) {
			this.started = 0;
		}
		goOn();
	}

	/**
	 * Start calls that were held back, as many as may run now. It is tried again when a
	 * call of the connection ends or its peer reads, and after a moment, because the
	 * calls may be with handlers that answer later.
	 */
	void goOn() {
		if (this.heldBack.isEmpty() || this.goingOn) {
			// the latter if a call that runs on the event loop has ended below
			return;
		}
		this.goingOn = true;
		try {
			while (!this.heldBack.isEmpty()) {
				if (isEnough()) {
					lookAgainLater();
					return;
				}
				run(this.heldBack.remove());
			}
		}
		finally {
			this.goingOn = false;
		}
	}

	/**
	 * The peer is gone. Its calls run all the same, as those do that were not held back.
	 */
	void startAll() {
		for (ServerCall call = this.heldBack.poll(); call != null; call = this.heldBack.poll()) {
			run(call);
		}
	}

	/**
	 * Whether another call has to wait: the peer has to read replies first, or to show
	 * that it does.
	 */
	private boolean isEnough() {
		return !this.channel.isWritable() || this.started >= MAX_STARTED;
	}

	private void lookAgainLater() {
		// an unwritable channel tells when it is writable again
		if (!this.lookingAgain && this.channel.isWritable()) {
			this.lookingAgain = true;
			this.channel.eventLoop().schedule(() -> {
				this.lookingAgain = false;
				this.started = 0;
				goOn();
			}, LOOK_AGAIN_NANOS, TimeUnit.NANOSECONDS);
		}
	}

	private void run(ServerCall call) {
		this.started++;
		Executor executor = call.executor();
		try {
			if (executor != null) {
				executor.execute(call);
			}
			else {
				this.pool.run(this.lane, call);
			}
		}
		catch (RejectedExecutionException ex) {
			call.reject("overloaded");
		}
		catch (Throwable ex) {
			// such as no native thread left: without an answer the call would be in
			// flight for ever
			logger.error("Executor cannot run a call from {}", WireText.peer(this.channel.remoteAddress()), ex);
			call.reject("overloaded");
		}
	}

}
