package io.github.thriftboot.netty.client;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

import io.github.thriftboot.netty.protocol.Envelope;
import io.github.thriftboot.netty.protocol.MessageTooLargeException;
import io.github.thriftboot.netty.protocol.RemoteApplicationException;
import io.github.thriftboot.netty.protocol.ThriftMessage;
import io.github.thriftboot.netty.protocol.ThriftTransport;
import io.github.thriftboot.netty.protocol.WireText;
import io.github.thriftboot.netty.transport.CoalescedTask;
import io.github.thriftboot.netty.transport.FrameWriter;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import org.apache.thrift.TApplicationException;
import org.apache.thrift.TException;
import org.apache.thrift.protocol.TMessageType;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection of an {@link Endpoint} through its whole life: it connects when there is
 * a first call, multiplexes calls by sequence id, and comes back after a loss. All state
 * is confined to one event loop; the public face is {@link #wake()}, {@link #hasRoom()},
 * {@link #isReady()}, {@link #retryNow()} and {@link #close()}.
 * <p>
 * The primary connection of an endpoint decides its status and keeps trying after a loss,
 * which is how an instance is probed back. The others wait for calls.
 */
final class ThriftConnection {

	private static final Logger logger = LoggerFactory.getLogger(ThriftConnection.class);

	private static final long NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);

	/**
	 * How often calls that wait for a connection are looked through for those whose
	 * deadline has passed.
	 */
	private static final long QUEUE_SWEEP_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

	/**
	 * A connection that lived so long has proved that the instance works.
	 */
	private static final long STABLE_NANOS = TimeUnit.SECONDS.toNanos(5);

	/**
	 * A peer that left so many calls unanswered is not going to answer them.
	 */
	private static final int MAX_ABANDONED = 65_536;

	private final Endpoint endpoint;

	private final EventLoop eventLoop;

	private final boolean primary;

	private final CoalescedTask drainTask;

	private final Backoff backoff = new Backoff(() -> ThreadLocalRandom.current().nextDouble());

	private final PendingCalls pending;

	/**
	 * Oneway calls of the present batch.
	 */
	private final List<ThriftCall> onewayCalls = new ArrayList<>();

	/**
	 * Oneway calls that are written, but that the operating system has not taken.
	 */
	private final Set<ThriftCall> unsentOneway = new HashSet<>();

	private State state = new State.Idle();

	private volatile boolean ready;

	/**
	 * Whether calls in the queue will be taken, now or once it is connected.
	 */
	private volatile boolean accepting = true;

	/**
	 * Calls written and not answered, for threads that look for room.
	 */
	private volatile int load;

	/**
	 * Whether the peer does not take what is written.
	 */
	private volatile boolean blocked;

	private @Nullable Future<?> sweepTimer;

	private long sweepAt;

	/**
	 * No call that was written ends, or has to be looked at, earlier; meaningful if a
	 * deadline is noted.
	 */
	private long nextDeadline;

	private boolean deadlineNoted;

	private int connectAttempts;

	/**
	 * Whether the peer has sent a reply on the present channel.
	 */
	private boolean answered;

	ThriftConnection(Endpoint endpoint, EventLoop eventLoop, boolean primary) {
		this.endpoint = endpoint;
		this.eventLoop = eventLoop;
		this.primary = primary;
		this.pending = new PendingCalls(endpoint.pool().firstSequenceId());
		this.drainTask = new CoalescedTask(eventLoop, this::drain);
		endpoint.pool().opened(this);
	}

	/**
	 * See that queued calls are taken.
	 * @throws RejectedExecutionException if the pool is closed
	 */
	void wake() {
		this.drainTask.signal();
	}

	boolean hasRoom() {
		return this.accepting && !this.blocked && this.load < this.endpoint.callsPerConnection();
	}

	boolean isReady() {
		return this.ready;
	}

	/**
	 * Connect now if the next attempt is only planned.
	 */
	void retryNow() {
		execute(() -> {
			if (this.state instanceof State.Waiting waiting) {
				waiting.timer().cancel(false);
				connect("retry now");
			}
		});
	}

	/**
	 * Close for good; calls in flight are still answered.
	 */
	void close() {
		execute(() -> {
			startClosing("no longer used");
			closeWhenAnswered();
		});
	}

	/**
	 * Close for good and at once; calls in flight fail. An event loop that ends does not
	 * tell of all the channels that it closes.
	 */
	void abort() {
		execute(() -> {
			startClosing("connection pool closed");
			failPending(new IOException("connection pool closed"));
			closeWhenAnswered();
		});
	}

	private void startClosing(String reason) {
		if (this.state instanceof State.Closing) {
			return;
		}
		if (this.state instanceof State.Waiting waiting) {
			waiting.timer().cancel(false);
		}
		Channel channel = (this.state instanceof State.Ready open) ? open.channel() : null;
		transitionTo(new State.Closing(channel), reason);
		if (channel == null) {
			this.endpoint.pool().closed(this);
		}
	}

	private void closeWhenAnswered() {
		if (this.state instanceof State.Closing closing && closing.channel() != null && this.pending.waiting() == 0) {
			closing.channel().close();
		}
	}

	private void execute(Runnable task) {
		try {
			this.eventLoop.execute(task);
		}
		catch (RejectedExecutionException ex) {
			logger.debug("{} is closed with its pool", this);
		}
	}

	/**
	 * Take calls from the queue and write them, as far as the connection lets them
	 * through. Calls stay in the queue, where they can still go elsewhere, while the peer
	 * does not read.
	 */
	void drain() {
		if (this.state instanceof State.Idle && this.endpoint.hasQueued()) {
			connect("first call");
		}
		else if (this.state instanceof State.Ready open) {
			writeQueued(open.writer());
		}
		scheduleSweep();
	}

	private void writeQueued(FrameWriter writer) {
		int limit = this.endpoint.callsPerConnection();
		// told before the queue is looked at, so that a call put in meanwhile finds a
		// connection that has room or is taken here
		this.load = unanswered();
		this.blocked = false;
		long now = System.nanoTime();
		while (unanswered() < limit && writer.isWritable()) {
			ThriftCall call = this.endpoint.poll();
			if (call == null) {
				break;
			}
			write(call, writer, now);
		}
		this.load = unanswered();
		ChannelFuture written = writer.flush();
		// until the channel is writable and drained again; waking it earlier would only
		// keep the event loop from the sockets
		this.blocked = !writer.isWritable();
		if (!this.onewayCalls.isEmpty() && written != null) {
			watchOneway(written);
		}
		if (this.endpoint.isOrdered() && this.endpoint.hasQueued()) {
			this.endpoint.wakeOneWithRoom();
		}
	}

	private int unanswered() {
		return this.pending.waiting() + this.pending.abandoned();
	}

	private void write(ThriftCall call, FrameWriter writer, long now) {
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
			noteDeadline(call);
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
		return new Envelope(options.transport(), options.protocol(), Envelope.OUT_OF_ORDER, call.requestHeaders(),
				false, millisLeft);
	}

	/**
	 * See that oneway calls end when they are handed to the operating system, or at their
	 * deadline if the peer does not read.
	 */
	private void watchOneway(ChannelFuture written) {
		List<ThriftCall> calls = List.copyOf(this.onewayCalls);
		this.onewayCalls.clear();
		written.addListener((future) -> onewaySent(calls, future.cause()));
		if (!written.isDone()) {
			calls.forEach((call) -> {
				this.unsentOneway.add(call);
				noteDeadline(call);
			});
		}
	}

	private void onewaySent(List<ThriftCall> calls, @Nullable Throwable failure) {
		calls.forEach(this.unsentOneway::remove);
		for (ThriftCall call : calls) {
			this.endpoint.left(call);
			if (failure == null) {
				call.sent();
			}
			else {
				call.attemptFailed(lost(failure));
			}
		}
	}

	private void connect(String reason) {
		transitionTo(new State.Connecting(), reason);
		this.endpoint.pool()
			.resolve(this.endpoint.key().host(), this.connectAttempts++)
			.whenComplete((address, failure) -> execute(() -> {
				if (failure != null) {
					onConnectFailed(failure);
				}
				else {
					open(new InetSocketAddress(address, this.endpoint.key().port()));
				}
			}));
	}

	private void open(InetSocketAddress address) {
		if (!(this.state instanceof State.Connecting)) {
			return;
		}
		Bootstrap bootstrap = this.endpoint.pool().bootstrap(this.eventLoop, this.endpoint.options());
		ChannelFuture connecting = bootstrap.handler(new ThriftClientHandler(this, this.endpoint)).connect(address);
		connecting.addListener((future) -> {
			if (!future.isSuccess()) {
				onConnectFailed(future.cause());
			}
		});
	}

	/**
	 * The channel is connected.
	 * @param channel the channel
	 */
	void onConnected(Channel channel) {
		if (!(this.state instanceof State.Connecting)) {
			channel.close();
			return;
		}
		transitionTo(new State.Ready(channel, new FrameWriter(channel, this.endpoint.codec()), System.nanoTime()),
				null);
		this.answered = false;
		if (this.primary) {
			this.endpoint.statusChanged(Endpoint.Status.UP, null);
		}
		drain();
	}

	private void onConnectFailed(Throwable failure) {
		if (this.state instanceof State.Connecting) {
			waitAndReconnect(failure);
		}
	}

	/**
	 * A channel is closed. Calls that were written may have run; queued ones were not.
	 * @param channel the channel
	 * @param cause why, or {@code null} if the peer closed it
	 */
	void onDisconnected(Channel channel, @Nullable Throwable cause) {
		if (this.state instanceof State.Closing) {
			failPending(cause);
			this.endpoint.pool().closed(this);
		}
		else if (this.state instanceof State.Ready open && open.channel() == channel) {
			onLost(open, (cause != null) ? cause : new IOException("closed by the peer"));
		}
	}

	private void onLost(State.Ready open, Throwable cause) {
		boolean stable = System.nanoTime() - open.since() >= STABLE_NANOS;
		if (!this.primary) {
			transitionTo(new State.Idle(), cause);
		}
		else if (stable) {
			this.backoff.reset();
			this.endpoint.statusChanged(Endpoint.Status.RECOVERING, cause);
			connect("lost: " + cause.getMessage());
		}
		else {
			waitAndReconnect(cause);
		}
		failPending(cause);
		drain();
	}

	/**
	 * Close the channel because what it still owes is of no use; the next call makes a
	 * new one.
	 */
	private void retire(State.Ready open, Exception reason) {
		transitionTo(new State.Idle(), reason);
		failPending(reason);
		open.channel().close();
		drain();
	}

	/**
	 * What comes on a channel cannot be read any further. One bad reply does not make an
	 * instance dead that has answered before; a peer that has not may be none of ours, so
	 * its channel, which is about to be closed, counts as lost.
	 * @param channel the channel
	 * @param cause why
	 */
	void onOutOfStep(Channel channel, Exception cause) {
		if (this.answered && this.state instanceof State.Ready open && open.channel() == channel) {
			retire(open, cause);
		}
	}

	private void waitAndReconnect(Throwable failure) {
		long delay = this.backoff.nextDelayMillis();
		Future<?> timer = this.eventLoop.schedule(this::retryAfterWaiting, delay, TimeUnit.MILLISECONDS);
		transitionTo(new State.Waiting(timer), failure);
		if (this.primary) {
			this.endpoint.statusChanged(Endpoint.Status.DOWN, failure);
		}
	}

	private void retryAfterWaiting() {
		if (this.state instanceof State.Waiting) {
			if (this.primary) {
				connect("retry");
			}
			else {
				transitionTo(new State.Idle(), null);
				drain();
			}
		}
	}

	private void failPending(@Nullable Throwable cause) {
		this.load = 0;
		this.pending.clear((call) -> {
			this.endpoint.left(call);
			call.notAnswered(this.endpoint, true);
			call.attemptFailed(lost(cause));
		});
	}

	private ConnectionLostException lost(@Nullable Throwable cause) {
		String detail = (cause != null) ? ": " + cause.getMessage() : "";
		ConnectionOptions options = this.endpoint.options();
		// the likely reason is a peer that understands something else
		String spoken = this.endpoint.hasAnswered() ? "" : " (it never answered; spoken to it: transport "
				+ options.transport().key() + ", protocol " + options.protocol().key() + ")";
		return new ConnectionLostException(
				this.endpoint.address() + ": connection lost after sending" + detail + spoken, this.endpoint.address(),
				cause);
	}

	/**
	 * A reply has come.
	 * @param reply the reply, owned by this method
	 */
	void onReply(ThriftMessage reply) {
		this.answered = true;
		this.endpoint.onReply(reply.envelope().outOfOrder());
		ThriftCall call = takeAnswered(reply.sequenceId());
		if (call == null) {
			logger.debug("{} sent a reply that nobody waits for", this);
			this.endpoint.replyDropped();
			reply.release();
			return;
		}
		String notProcessed = (reply.type() == TMessageType.EXCEPTION) ? notProcessed(reply) : null;
		if (notProcessed != null) {
			reply.release();
			call.attemptFailed(this.endpoint.rejected(notProcessed));
		}
		else {
			this.endpoint.observeLatency(call);
			if (!call.succeed(reply)) {
				this.endpoint.replyDropped();
			}
		}
	}

	private @Nullable String notProcessed(ThriftMessage reply) {
		TApplicationException error = new TApplicationException();
		try {
			this.endpoint.codec().decodeBody(error, reply.envelope().protocol(), reply.body().duplicate());
		}
		catch (TException | RuntimeException ex) {
			// the caller will find out
			return null;
		}
		if (error.getType() != RemoteApplicationException.NOT_PROCESSED) {
			return null;
		}
		return WireText.printable(String.valueOf(error.getMessage()));
	}

	/**
	 * A reply has come that cannot be used.
	 * @param sequenceId whose reply it is
	 * @param failure what is wrong with it
	 */
	void onUnusableReply(int sequenceId, TException failure) {
		ThriftCall call = takeAnswered(sequenceId);
		if (call != null) {
			call.fail(failure);
		}
	}

	/**
	 * A reply has come that is too large.
	 * @param sequenceId whose reply it is
	 * @param length its size in bytes
	 */
	void onOversizedReply(int sequenceId, int length) {
		ThriftCall call = takeAnswered(sequenceId);
		if (call != null) {
			call.fail(new MessageTooLargeException(call.method().name(), length,
					this.endpoint.options().limits().maxFrameSize()));
		}
	}

	private @Nullable ThriftCall takeAnswered(int sequenceId) {
		ThriftCall call = this.pending.remove(sequenceId);
		if (call != null) {
			this.endpoint.left(call);
			call.answered(this.endpoint);
		}
		// before the caller gets its reply: its next call looks for room
		this.load = unanswered();
		return call;
	}

	/**
	 * All replies of one read are handled.
	 */
	void onReadComplete() {
		closeWhenAnswered();
		if (this.endpoint.isOrdered()) {
			drain();
		}
	}

	private void noteDeadline(ThriftCall call) {
		long deadline = call.checkNanos();
		if (!this.deadlineNoted || deadline - this.nextDeadline < 0) {
			this.nextDeadline = deadline;
			this.deadlineNoted = true;
		}
	}

	/**
	 * Plan to look for calls whose deadline has passed: when the first one ends, and soon
	 * if there are calls that nobody has taken. One timer serves all calls.
	 */
	private void scheduleSweep() {
		boolean queued = this.endpoint.hasQueued();
		if (!queued && !this.deadlineNoted) {
			return;
		}
		long now = System.nanoTime();
		long delay = this.deadlineNoted ? Math.max(0, this.nextDeadline - now) : QUEUE_SWEEP_NANOS;
		if (queued) {
			delay = Math.min(delay, QUEUE_SWEEP_NANOS);
		}
		if (this.sweepTimer != null) {
			if (this.sweepAt - (now + delay) <= 0) {
				return;
			}
			this.sweepTimer.cancel(false);
		}
		this.sweepAt = now + delay;
		this.sweepTimer = this.eventLoop.schedule(this::sweep, delay, TimeUnit.NANOSECONDS);
	}

	private void sweep() {
		this.sweepTimer = null;
		long now = System.nanoTime();
		this.deadlineNoted = false;
		this.pending.abandonIf((call) -> leaves(call, now));
		this.unsentOneway.forEach((call) -> endIfExpired(call, now));
		this.endpoint.sweepQueue(now);
		closeWhenAnswered();
		if (this.state instanceof State.Ready open) {
			retireIfStuck(open);
		}
		scheduleSweep();
	}

	/**
	 * Whether a call that was written waits here no more, because it is over or goes to
	 * another instance.
	 */
	private boolean leaves(ThriftCall call, long now) {
		if (call.leavesLateAttempt(true, now)) {
			this.endpoint.leftUnanswered(call);
			call.leave(new CallTimeoutException(
					call.method() + " was not answered by " + this + " within the time of an attempt",
					this.endpoint.address(), null));
			return true;
		}
		boolean over = endIfExpired(call, now);
		if (over) {
			this.endpoint.leftUnanswered(call, now);
		}
		return over;
	}

	private boolean endIfExpired(ThriftCall call, long now) {
		if (call.isDone() || call.nanosLeft(now) <= 0) {
			call.timeOut();
			return true;
		}
		noteDeadline(call);
		return false;
	}

	/**
	 * Give up a peer that does not answer. One that answers in order would make every
	 * further call wait behind the reply that nobody wants any more.
	 */
	private void retireIfStuck(State.Ready open) {
		int abandoned = this.pending.abandoned();
		if (abandoned >= MAX_ABANDONED) {
			logger.warn("{} left {} calls unanswered, its connection is replaced", this, abandoned);
			retire(open, new IOException("too many unanswered calls"));
		}
		else if (abandoned > 0 && this.pending.waiting() == 0 && this.endpoint.isOrdered()) {
			retire(open, new IOException("unanswered call"));
		}
	}

	private void transitionTo(State newState, @Nullable Object reason) {
		logger.debug("{} {} -> {} ({})", this, this.state, newState, String.valueOf(reason));
		this.state = newState;
		this.ready = newState instanceof State.Ready;
		this.blocked = false;
		this.accepting = !(newState instanceof State.Waiting || newState instanceof State.Closing);
	}

	@Override
	public String toString() {
		return this.endpoint.address();
	}

	/**
	 * The states of a connection.
	 */
	private sealed interface State {

		record Idle() implements State {
		}

		record Connecting() implements State {
		}

		record Ready(Channel channel, FrameWriter writer, long since) implements State {
		}

		record Waiting(Future<?> timer) implements State {
		}

		record Closing(@Nullable Channel channel) implements State {
		}

	}

}
