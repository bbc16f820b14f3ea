package io.github.thriftboot.netty.client;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Map;

import io.github.thriftboot.netty.context.CallHeaders;
import io.github.thriftboot.netty.context.ThriftContext;
import io.github.thriftboot.netty.protocol.MessageCodec;
import io.github.thriftboot.netty.protocol.ThriftMessage;
import io.github.thriftboot.netty.protocol.ThriftMethod;
import io.github.thriftboot.netty.protocol.ThriftProtocol;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.apache.thrift.TBase;
import org.apache.thrift.TException;
import org.jspecify.annotations.Nullable;

/**
 * One call, from the moment it is made until its one outcome. Reply, failure, deadline
 * and cancellation race for it; the first one wins. A reply then belongs to whoever waits
 * for the call.
 * <p>
 * The call keeps its encoded arguments until its outcome, so that it can go to another
 * instance without being encoded again.
 */
abstract class ThriftCall implements LoadBalancer.Request {

	private static final VarHandle BODY;

	private static final VarHandle COUNTED_AT;

	private static final VarHandle GUARD;

	private static final VarHandle OUTCOME;

	private static final VarHandle WAITING;

	/**
	 * The outcome of a oneway call.
	 */
	private static final Object SENT = new Object();

	static {
		try {
			MethodHandles.Lookup lookup = MethodHandles.lookup();
			BODY = lookup.findVarHandle(ThriftCall.class, "body", ByteBuf.class);
			COUNTED_AT = lookup.findVarHandle(ThriftCall.class, "countedAt", Endpoint.class);
			GUARD = lookup.findVarHandle(ThriftCall.class, "guard", InstanceGuard.class);
			OUTCOME = lookup.findVarHandle(ThriftCall.class, "outcome", Object.class);
			WAITING = lookup.findVarHandle(ThriftCall.class, "waiting", boolean.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private final CallDispatcher dispatcher;

	private final ThriftMethod method;

	private final String wireName;

	private final TBase<?, ?> args;

	private final @Nullable CallHeaders headers;

	private final CallPolicy policy;

	private final long timeoutNanos;

	private final long deadlineNanos;

	private long attemptNanos;

	/**
	 * When the call has to be looked at, at the latest its deadline. Changed by the
	 * thread that has the call.
	 */
	private long checkNanos;

	private volatile @Nullable Endpoint endpoint;

	/**
	 * {@code null} for most calls. Changed by the thread that has the call, but read by a
	 * caller whose time is over.
	 */
	private volatile @Nullable EarlierAttempts earlier;

	/**
	 * {@code null} while the call is under way, then a {@link ThriftMessage}, a
	 * {@link TException} or {@link #SENT}.
	 */
	@SuppressWarnings("unused") // through OUTCOME
	private volatile @Nullable Object outcome;

	/**
	 * Waits for the end of the present attempt, {@code null} if nobody does.
	 */
	private volatile @Nullable InstanceGuard guard;

	@SuppressWarnings("unused") // through COUNTED_AT
	private volatile @Nullable Endpoint countedAt;

	@SuppressWarnings("unused") // through BODY
	private volatile @Nullable ByteBuf body;

	private @Nullable ThriftProtocol bodyProtocol;

	private int bodySize;

	private volatile boolean waiting;

	ThriftCall(CallDispatcher dispatcher, ThriftMethod method, String wireName, TBase<?, ?> args, CallPolicy policy) {
		this.dispatcher = dispatcher;
		this.method = method;
		this.wireName = wireName;
		this.args = args;
		this.policy = policy;
		this.headers = CallHeaders.current();
		this.timeoutNanos = Math.min(policy.timeout().toNanos(), nanosLeftToCaller());
		this.attemptNanos = System.nanoTime();
		this.deadlineNanos = this.attemptNanos + this.timeoutNanos;
		this.checkNanos = this.deadlineNanos;
	}

	/**
	 * Create another call with the same arguments and the same deadline.
	 * @param first the call that was made first
	 */
	ThriftCall(ThriftCall first) {
		this.dispatcher = first.dispatcher;
		this.method = first.method;
		this.wireName = first.wireName;
		this.args = first.args;
		this.policy = first.policy;
		this.headers = first.headers;
		this.timeoutNanos = first.timeoutNanos;
		this.attemptNanos = System.nanoTime();
		this.deadlineNanos = first.deadlineNanos;
		this.checkNanos = this.deadlineNanos;
	}

	/**
	 * Return how long the call may take that a handler of this thread is handling: what
	 * that one calls in turn must not take longer.
	 */
	private static long nanosLeftToCaller() {
		ThriftContext context = ThriftContext.current();
		return (context != null) ? context.nanosLeft() : Long.MAX_VALUE;
	}

	ThriftMethod method() {
		return this.method;
	}

	CallPolicy policy() {
		return this.policy;
	}

	/**
	 * Return the name that the request carries.
	 * @return the method name, with the service prefix where calls are multiplexed
	 */
	String wireName() {
		return this.wireName;
	}

	/**
	 * Return the headers that the caller sends.
	 * @return the headers, empty if it sends none
	 */
	Map<String, String> requestHeaders() {
		return (this.headers != null) ? this.headers.request() : Map.of();
	}

	/**
	 * Return the time that is left.
	 * @param now the present {@link System#nanoTime()}
	 * @return nanoseconds, not positive when the deadline has passed
	 */
	long nanosLeft(long now) {
		return this.deadlineNanos - now;
	}

	/**
	 * Return the time that is left to wait for an instance while there is none.
	 * @param now the present {@link System#nanoTime()}
	 * @return nanoseconds, not positive when the call must not wait any more
	 */
	long waitNanosLeft(long now) {
		long begun = this.deadlineNanos - this.timeoutNanos;
		return Math.min(begun + this.policy.waitForInstance().toNanos(), this.deadlineNanos) - now;
	}

	/**
	 * Return when somebody has to look at the call: its deadline, or earlier if its
	 * present attempt may not take so long.
	 * @return a {@link System#nanoTime()}
	 */
	long checkNanos() {
		return this.checkNanos;
	}

	/**
	 * Return when the present attempt was begun.
	 * @return a {@link System#nanoTime()}
	 */
	long attemptNanos() {
		return this.attemptNanos;
	}

	/**
	 * Whether the call was given to an instance; used only by the thread that has the
	 * call.
	 */
	@Override
	public boolean tried(LoadBalancer.Candidate candidate) {
		Endpoint current = this.endpoint;
		if (current == null || !(candidate instanceof Member member)) {
			return false;
		}
		EarlierAttempts before = this.earlier;
		return member.endpoint() == current || (before != null && before.endpoints().contains(member.endpoint()));
	}

	@Override
	public @Nullable Object hashKey() {
		return this.dispatcher.hashKey(this.method, this.args, requestHeaders());
	}

	/**
	 * Note that the call goes to an endpoint.
	 * @param next the endpoint
	 */
	void goesTo(Endpoint next) {
		Endpoint current = this.endpoint;
		if (current != null) {
			this.earlier = EarlierAttempts.with(this.earlier, current);
			this.attemptNanos = System.nanoTime();
		}
		Duration attemptTimeout = attemptTimeout();
		if (attemptTimeout != null && !this.method.oneway()) {
			this.checkNanos = this.attemptNanos + Math.min(attemptTimeout.toNanos(), nanosLeft(this.attemptNanos));
		}
		this.endpoint = next;
	}

	/**
	 * Return how long an attempt may take before {@link #onLateAttempt} is asked.
	 * @return the time, or {@code null} if there is no such limit
	 */
	@Nullable Duration attemptTimeout() {
		return this.policy.attemptTimeout();
	}

	/**
	 * Return where the call is.
	 * @return the endpoint, or {@code null} before it was given to one
	 */
	@Nullable Endpoint endpoint() {
		return this.endpoint;
	}

	/**
	 * Whether the call goes elsewhere because its present attempt takes too long; used
	 * only by the thread that has the call. Asks once for an attempt.
	 * @param sent whether it was written to a connection
	 * @param now the present {@link System#nanoTime()}
	 * @return {@code true} if the call is to be forgotten here, and then to be told to
	 * {@link #leave}
	 */
	boolean leavesLateAttempt(boolean sent, long now) {
		if (this.checkNanos - now > 0 || nanosLeft(now) <= 0 || isDone()) {
			return false;
		}
		this.checkNanos = this.deadlineNanos;
		return onLateAttempt(sent, now);
	}

	/**
	 * Decide about an attempt that takes too long.
	 * @param sent whether it was written to a connection
	 * @param now the present {@link System#nanoTime()}
	 * @return {@code false} to wait on
	 */
	boolean onLateAttempt(boolean sent, long now) {
		return this.dispatcher.mayLeave(this, sent, now);
	}

	/**
	 * Go to another instance because the present attempt takes too long.
	 * @param failure tells so
	 */
	void leave(ThriftCallException failure) {
		if (!isDone()) {
			this.dispatcher.leave(this, failure);
		}
	}

	/**
	 * Note that a guard has admitted the next attempt.
	 * @param next the guard, {@code null} if the instance has none
	 */
	void admittedBy(@Nullable InstanceGuard next) {
		if (next == null) {
			return;
		}
		this.guard = next;
		// who ended the call meanwhile may have found no guard to tell
		if (isDone()) {
			InstanceGuard admitting = takeGuard();
			if (admitting != null) {
				admitting.released();
			}
		}
	}

	private @Nullable InstanceGuard takeGuard() {
		return (this.guard != null) ? (InstanceGuard) GUARD.getAndSet(this, null) : null;
	}

	/**
	 * Tell the guard that the present attempt has brought a value. What is told after the
	 * end of an attempt is not passed on.
	 * @param value the value
	 */
	void attemptSucceeded(@Nullable Object value) {
		InstanceGuard admitting = takeGuard();
		if (admitting != null) {
			admitting.succeeded(System.nanoTime() - this.attemptNanos, value);
		}
	}

	/**
	 * Tell the guard that the present attempt has brought no value.
	 * @param failure what it ended with
	 */
	void attemptOver(Throwable failure) {
		InstanceGuard admitting = takeGuard();
		if (admitting != null) {
			admitting.failed(System.nanoTime() - this.attemptNanos, failure);
		}
	}

	/**
	 * Forget where the call was, so that it may go there again.
	 */
	void startOver() {
		EarlierAttempts before = this.earlier;
		if (before != null) {
			this.earlier = before.anywhere();
		}
		this.endpoint = null;
		this.attemptNanos = System.nanoTime();
	}

	/**
	 * Note what the present attempt failed with; used only by the thread that has the
	 * call.
	 * @param failure the failure
	 */
	void attempted(ThriftCallException failure) {
		attemptOver(failure);
		this.earlier = EarlierAttempts.with(this.earlier, failure);
	}

	/**
	 * Return how many attempts may have run.
	 * @return the number of those that failed
	 */
	int lostAttempts() {
		EarlierAttempts before = this.earlier;
		return (before != null) ? before.lost() : 0;
	}

	/**
	 * Return how many servers said that they have not processed the call.
	 * @return the number
	 */
	int rejections() {
		EarlierAttempts before = this.earlier;
		return (before != null) ? before.rejected() : 0;
	}

	/**
	 * Note that an endpoint has answered the call.
	 * @param answering the endpoint
	 */
	void answered(Endpoint answering) {
		this.dispatcher.instances().answered(answering);
	}

	/**
	 * Note that an endpoint has not answered the call.
	 * @param silent the endpoint
	 * @param lost whether the connection was lost, instead of the time being over
	 */
	void notAnswered(Endpoint silent, boolean lost) {
		this.dispatcher.instances().notAnswered(silent, System.nanoTime() - this.attemptNanos, lost);
	}

	/**
	 * Note at the endpoint how long an answer was waited for that is no longer needed.
	 */
	void observeWait() {
		Endpoint current = this.endpoint;
		if (current != null) {
			current.observeLatency(this);
		}
	}

	/**
	 * Note that an endpoint counts the call among its calls.
	 * @param counting the endpoint
	 */
	void enters(Endpoint counting) {
		this.countedAt = counting;
	}

	/**
	 * Note that an endpoint no longer counts the call.
	 * @param counting the endpoint
	 * @return {@code false} if that was noted before
	 */
	boolean leaves(Endpoint counting) {
		return COUNTED_AT.compareAndSet(this, counting, null);
	}

	/**
	 * Encode the arguments, unless they are already encoded in this way.
	 * @param codec encodes
	 * @param protocol how
	 * @param allocator where the buffer comes from
	 * @throws TException if they cannot be encoded
	 */
	void encode(MessageCodec codec, ThriftProtocol protocol, ByteBufAllocator allocator) throws TException {
		if (this.bodyProtocol == protocol) {
			return;
		}
		ByteBuf encoded = codec.encodeBody(this.args, protocol, this.wireName, allocator);
		releaseBody();
		this.bodyProtocol = protocol;
		this.bodySize = encoded.readableBytes();
		giveBackBody(encoded);
	}

	/**
	 * Return the size of the encoded arguments, also after they are released; it does not
	 * change while an endpoint has the call.
	 * @return the size in bytes
	 */
	int bodySize() {
		return this.bodySize;
	}

	/**
	 * Note that the memory of the call is reserved while it waits to be sent.
	 */
	void startsWaiting() {
		this.waiting = true;
	}

	/**
	 * Note that the memory of the call is no longer reserved.
	 * @return {@code false} if that was noted before
	 */
	boolean stopsWaiting() {
		return WAITING.compareAndSet(this, true, false);
	}

	/**
	 * Take the encoded arguments in order to write them; nobody else can release them
	 * until they are given back.
	 * @return the arguments, or {@code null} if the call is over
	 */
	@Nullable ByteBuf takeBody() {
		return (ByteBuf) BODY.getAndSet(this, null);
	}

	/**
	 * Give back what {@link #takeBody()} returned.
	 * @param encoded the encoded arguments
	 */
	void giveBackBody(ByteBuf encoded) {
		BODY.setVolatile(this, encoded);
		if (isDone()) {
			releaseBody();
		}
	}

	private void releaseBody() {
		ByteBuf encoded = takeBody();
		if (encoded != null) {
			encoded.release();
		}
	}

	/**
	 * Whether the call has its outcome.
	 * @return {@code false} while it is under way
	 */
	boolean isDone() {
		return this.outcome != null;
	}

	/**
	 * Return the outcome of a call that is over.
	 * @return the reply, or {@code null} of a oneway call
	 * @throws TException what it failed with
	 */
	@Nullable ThriftMessage reply() throws TException {
		Object over = this.outcome;
		if (over instanceof ThriftMessage reply) {
			return reply;
		}
		if (over instanceof TException failure) {
			throw failure;
		}
		return null;
	}

	/**
	 * Called once, by the thread that ended the call.
	 */
	abstract void onOutcome();

	private boolean end(Object newOutcome) {
		boolean first = OUTCOME.compareAndSet(this, null, newOutcome);
		if (first) {
			onOutcome();
		}
		return first;
	}

	/**
	 * End the call with its reply. A reply that comes too late is released.
	 * @param reply the reply
	 * @return {@code false} if it comes too late
	 */
	boolean succeed(ThriftMessage reply) {
		if (!isDone()) {
			onReply(reply);
		}
		boolean first = end(reply);
		if (!first) {
			reply.release();
		}
		releaseBody();
		return first;
	}

	/**
	 * Called before the call ends with a reply.
	 * @param reply the reply
	 */
	void onReply(ThriftMessage reply) {
		tellHeaders(reply);
	}

	/**
	 * Let the caller see the headers of a reply.
	 * @param reply the reply
	 */
	void tellHeaders(ThriftMessage reply) {
		if (this.headers != null) {
			this.headers.replied(reply.envelope().headers());
		}
	}

	/**
	 * End a oneway call.
	 */
	void sent() {
		end(SENT);
		releaseBody();
	}

	/**
	 * End the call with a failure, unless it is over.
	 * @param failure the failure
	 * @return {@code false} if it was over
	 */
	boolean fail(TException failure) {
		EarlierAttempts before = this.earlier;
		if (before != null && failure instanceof ThriftCallException last) {
			before.failures().forEach(last::addAttempt);
		}
		boolean first = end(failure);
		releaseBody();
		return first;
	}

	/**
	 * End the call because its deadline has passed.
	 * @return {@code false} if it was over
	 */
	boolean timeOut() {
		if (isDone()) {
			return false;
		}
		if (this.endpoint == null && this.policy.waits() && lostAttempts() == 0) {
			return fail(this.dispatcher.noInstance());
		}
		return fail(new CallTimeoutException(this.method + " timed out after " + this.timeoutNanos / 1_000_000 + " ms",
				instance(), null));
	}

	/**
	 * End the call because its caller does not want it any more.
	 * @param cause why, may be {@code null}
	 * @return {@code false} if it was over
	 */
	boolean giveUp(@Nullable Throwable cause) {
		if (isDone()) {
			return false;
		}
		return fail(new CallCancelledException(this.method + " was given up by its caller", instance(), cause));
	}

	/**
	 * Tell that the present attempt has failed; the channel decides whether there is
	 * another one.
	 * @param failure the failure
	 */
	void attemptFailed(ThriftCallException failure) {
		if (!isDone()) {
			this.dispatcher.onAttemptFailed(this, failure);
		}
	}

	private @Nullable String instance() {
		Endpoint current = this.endpoint;
		return (current != null) ? current.address() : null;
	}

}
