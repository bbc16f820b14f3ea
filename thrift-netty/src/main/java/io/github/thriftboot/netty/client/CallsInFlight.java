package io.github.thriftboot.netty.client;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import io.github.thriftboot.netty.protocol.Drain;
import io.github.thriftboot.netty.protocol.Envelope;
import io.github.thriftboot.netty.protocol.MessageTooLargeException;
import io.github.thriftboot.netty.protocol.ThriftMessage;
import io.github.thriftboot.netty.protocol.ThriftTransport;
import io.github.thriftboot.netty.transport.FrameWriter;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import org.apache.thrift.TException;
import org.apache.thrift.protocol.TMessageType;
import org.jspecify.annotations.Nullable;

/**
 * The calls that one connection has written: each is ended by its reply, by its deadline
 * or by the loss of the connection. Confined to the connection's event loop, but for
 * {@link #load()}.
 */
final class CallsInFlight {

	private static final long NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);

	private final Endpoint endpoint;

	private final PendingCalls pending;

	private final OnewayCalls onewayCalls = new OnewayCalls();

	private final DeadlineTimer deadlines;

	private final Runnable whenSent;

	/**
	 * Calls written and not answered, for threads that look for room.
	 */
	private volatile int load;

	/**
	 * Whether a call on the present channel has told that we leave when we are told to.
	 */
	private boolean announced;

	/**
	 * Whether the present sweep has found a call that timed out.
	 */
	private boolean timedOut;

	/**
	 * Create a connection's calls.
	 * @param endpoint where they go
	 * @param pending those that wait for a reply
	 * @param deadlines told of each deadline
	 * @param whenSent runs when oneway calls were taken by the operating system
	 */
	CallsInFlight(Endpoint endpoint, PendingCalls pending, DeadlineTimer deadlines, Runnable whenSent) {
		this.endpoint = endpoint;
		this.pending = pending;
		this.deadlines = deadlines;
		this.whenSent = whenSent;
	}

	/**
	 * Begin with a new channel.
	 */
	void started() {
		this.announced = false;
	}

	/**
	 * Return the number of calls that were not answered, as last told. From any thread.
	 * @return the number
	 */
	int load() {
		return this.load;
	}

	/**
	 * Tell other threads how many calls are not answered.
	 */
	void tellLoad() {
		this.load = unanswered();
	}

	/**
	 * Return the number of calls that were not answered.
	 * @return the number, with those whose callers wait no more
	 */
	int unanswered() {
		return this.pending.waiting() + this.pending.abandoned();
	}

	/**
	 * Whether nobody waits for a call any more.
	 * @return {@code false} as long as a call waits for its reply, or a oneway call for
	 * the operating system
	 */
	boolean areOver() {
		return this.pending.waiting() == 0 && !this.onewayCalls.isAnyUnsent();
	}

	/**
	 * Write a call, without a flush, unless it is over.
	 * @param call the call
	 * @param writer writes to the channel
	 * @param now the time, see {@link System#nanoTime()}
	 */
	void write(ThriftCall call, FrameWriter writer, long now) {
		long left = call.nanosLeft(now);
		if (left <= 0) {
			call.timeOut();
		}
		// null also when the caller has given up: then no byte is written
		ByteBuf body = call.takeBody();
		if (body == null) {
			this.endpoint.left(call);
			return;
		}
		boolean oneway = call.method().oneway();
		int id = this.pending.nextId();
		try {
			writer.write(new ThriftMessage(envelope(call, left), call.wireName(),
					oneway ? TMessageType.ONEWAY : TMessageType.CALL, id, body));
			this.announced = true;
		}
		catch (TException | RuntimeException | OutOfMemoryError ex) {
			this.endpoint.left(call);
			call.fail(new RequestEncodingException(call.method().toString(), ex));
			return;
		}
		finally {
			call.giveBackBody(body);
		}
		if (oneway) {
			this.onewayCalls.add(call);
		}
		else {
			this.pending.put(id, call);
			this.deadlines.note(call.checkNanos());
		}
	}

	private Envelope envelope(ThriftCall call, long nanosLeft) {
		ConnectionOptions options = this.endpoint.options();
		if (options.transport() != ThriftTransport.HEADER) {
			return new Envelope(options.transport(), options.protocol(), 0);
		}
		// rounded up: the server must not take a call for expired that its caller waits
		// for
		int millisLeft = (int) Math.min((nanosLeft + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI,
				Envelope.MAX_TIMEOUT_MILLIS);
		Map<String, String> headers = call.requestHeaders();
		return new Envelope(options.transport(), options.protocol(), Envelope.OUT_OF_ORDER,
				this.announced ? headers : Drain.announceIn(headers), false, millisLeft);
	}

	/**
	 * See that oneway calls end when they are handed to the operating system, or at their
	 * deadline if the peer does not read.
	 * @param written completes when what was written so far was taken, {@code null} if
	 * there was nothing
	 */
	void follow(@Nullable ChannelFuture written) {
		if (!this.onewayCalls.isEmpty() && written != null) {
			this.onewayCalls.follow(written, this::sent, (call) -> this.deadlines.note(call.checkNanos()));
		}
	}

	private void sent(ThriftCall call, @Nullable Throwable failure) {
		this.endpoint.left(call);
		if (failure == null) {
			call.sent();
		}
		else {
			call.attemptFailed(lost(failure));
		}
		this.whenSent.run();
	}

	/**
	 * End the call that a reply belongs to.
	 * @param reply the reply, owned by this method
	 * @return {@code false} if none waits for it
	 */
	boolean answer(ThriftMessage reply) {
		ThriftCall call = take(reply.sequenceId());
		if (call == null) {
			reply.release();
			return false;
		}
		String notProcessed = (reply.type() == TMessageType.EXCEPTION)
				? ReplyReader.notProcessed(reply, this.endpoint.codec()) : null;
		if (notProcessed != null) {
			reply.release();
			call.attemptFailed(this.endpoint.rejected(notProcessed));
			return true;
		}
		this.endpoint.observeLatency(call);
		if (!call.succeed(reply)) {
			this.endpoint.replyDropped();
		}
		return true;
	}

	/**
	 * Fail the call whose reply cannot be used.
	 * @param id the id of the reply
	 * @param failure what is wrong with it
	 * @return {@code false} if none waits for it
	 */
	boolean fail(int id, TException failure) {
		ThriftCall call = take(id);
		if (call != null) {
			call.fail(failure);
		}
		return call != null;
	}

	/**
	 * Fail the call whose reply is too large.
	 * @param id the id of the reply
	 * @param length the size of the reply in bytes
	 */
	void failOversized(int id, int length) {
		ThriftCall call = take(id);
		if (call != null) {
			call.fail(new MessageTooLargeException(call.method().name(), length,
					this.endpoint.options().limits().maxFrameSize()));
		}
	}

	private @Nullable ThriftCall take(int id) {
		ThriftCall call = this.pending.remove(id);
		if (call != null) {
			this.endpoint.left(call);
			call.answered(this.endpoint);
		}
		// before the caller gets its reply: its next call looks for room
		tellLoad();
		return call;
	}

	/**
	 * End the calls whose time is over, and let those go that try another instance.
	 * @param now the time, see {@link System#nanoTime()}
	 * @return whether a call with a reply to come has timed out
	 */
	boolean expire(long now) {
		this.timedOut = false;
		this.pending.abandonIf((call) -> leaves(call, now));
		this.onewayCalls.forEachUnsent((call) -> endIfExpired(call, now));
		return this.timedOut;
	}

	/**
	 * Whether a call that was written waits here no more, because it is over or goes to
	 * another instance.
	 */
	private boolean leaves(ThriftCall call, long now) {
		if (call.leavesLateAttempt(true, now)) {
			this.timedOut = true;
			this.endpoint.leftUnanswered(call);
			String address = this.endpoint.address();
			call.leave(new CallTimeoutException(
					call.method() + " was not answered by " + address + " within the time of an attempt", address,
					null));
			return true;
		}
		boolean over = endIfExpired(call, now);
		if (over) {
			this.timedOut |= call.nanosLeft(now) <= 0;
			this.endpoint.leftUnanswered(call, now);
		}
		return over;
	}

	private boolean endIfExpired(ThriftCall call, long now) {
		if (call.isDone() || call.nanosLeft(now) <= 0) {
			call.timeOut();
			return true;
		}
		this.deadlines.note(call.checkNanos());
		return false;
	}

	/**
	 * End all calls that wait for a reply, because the connection is lost. They may have
	 * run.
	 * @param cause why it is lost, or {@code null} if the peer closed it
	 */
	void lose(@Nullable Throwable cause) {
		fail((call) -> {
			call.notAnswered(this.endpoint, true);
			return lost(cause);
		});
	}

	/**
	 * End all calls that wait for a reply.
	 * @param failure tells what the attempt of each has failed with
	 */
	void fail(Function<ThriftCall, ThriftCallException> failure) {
		this.load = 0;
		this.pending.clear((call) -> {
			this.endpoint.left(call);
			call.attemptFailed(failure.apply(call));
		});
	}

	private ConnectionLostException lost(@Nullable Throwable cause) {
		String detail = (cause != null) ? ": " + cause.getMessage() : "";
		// the likely reason is a peer that understands something else
		String spoken = this.endpoint.hasAnswered() ? ""
				: " (it never answered; spoken to it: " + this.endpoint.options().spoken() + ")";
		return new ConnectionLostException(
				this.endpoint.address() + ": connection lost after sending" + detail + spoken, this.endpoint.address(),
				cause);
	}

}
