package io.github.thriftboot.netty.client;

import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

import io.github.thriftboot.netty.protocol.ThriftMessage;
import io.github.thriftboot.netty.tls.TlsException;
import io.github.thriftboot.netty.transport.CoalescedTask;
import io.github.thriftboot.netty.transport.FrameWriter;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import org.apache.thrift.TException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection of an {@link Endpoint} through its whole life: it connects when there is
 * a first call, multiplexes calls by sequence id, closes when it is not used or its peer
 * is silent, and comes back after a loss. All state is confined to one event loop; the
 * public face is {@link #wake()}, {@link #open()}, {@link #hasRoom()}, {@link #load()},
 * {@link #isReady()}, {@link #retryNow()} and {@link #close()}.
 * <p>
 * The primary connection of an endpoint decides its status and keeps trying after a loss,
 * which is how an instance is probed back. The others wait for calls, but for those that
 * are kept in any case.
 */
final class ThriftConnection {

	private static final Logger logger = LoggerFactory.getLogger(ThriftConnection.class);

	/**
	 * A connection that lived so long has proved that the instance works.
	 */
	private static final long STABLE_NANOS = TimeUnit.SECONDS.toNanos(5);

	/**
	 * A peer that left so many calls unanswered is not going to answer them.
	 */
	private static final int MAX_ABANDONED = 65_536;

	private final Endpoint endpoint;

	private final ConnectionGroup group;

	private final EventLoop eventLoop;

	private final CoalescedTask drainTask;

	private final Backoff backoff = new Backoff(() -> ThreadLocalRandom.current().nextDouble());

	private final Heartbeat heartbeat;

	private final Lifespan lifespan;

	private final DeadlineTimer deadlines;

	private final PendingCalls pending;

	private final CallsInFlight calls;

	/**
	 * The connection whose place this one is to take.
	 */
	private @Nullable ThriftConnection predecessor;

	private ConnectionState state = new ConnectionState.Idle();

	private volatile boolean ready;

	/**
	 * Whether calls in the queue will be taken, now or once it is connected.
	 */
	private volatile boolean accepting = true;

	/**
	 * Whether the peer does not take what is written.
	 */
	private volatile boolean blocked;

	/**
	 * Looks after an open channel when nothing else happens.
	 */
	private @Nullable Future<?> lookTimer;

	private int connectAttempts;

	/**
	 * Whether the peer has sent a reply on the present channel.
	 */
	private boolean answered;

	/**
	 * Whether the peer was lost or silent, so that it has to show that it lives.
	 */
	private boolean doubted;

	/**
	 * What {@link Heartbeat#mark()} was when the timer for deadlines was set, which was
	 * not after the calls were written that time out when it fires.
	 */
	private int markWhenPlanned;

	/**
	 * Create a connection that is not open.
	 * @param endpoint where it leads
	 * @param group the connections of the endpoint
	 * @param eventLoop its thread
	 * @param predecessor the connection on the same event loop whose place it takes as
	 * soon as it is open, or {@code null}
	 */
	ThriftConnection(Endpoint endpoint, ConnectionGroup group, EventLoop eventLoop,
			@Nullable ThriftConnection predecessor) {
		this.endpoint = endpoint;
		this.group = group;
		this.eventLoop = eventLoop;
		this.predecessor = predecessor;
		this.lifespan = new Lifespan(endpoint.options().settings(), () -> ThreadLocalRandom.current().nextDouble());
		this.deadlines = new DeadlineTimer(eventLoop, System::nanoTime, this::sweep);
		this.pending = new PendingCalls(endpoint.pool().firstSequenceId());
		this.calls = new CallsInFlight(endpoint, this.pending, this.deadlines, this::closeWhenAnswered);
		this.heartbeat = new Heartbeat(endpoint, this.pending);
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

	/**
	 * Connect now, unless it is open or about to be.
	 */
	void open() {
		execute(() -> {
			if (this.state instanceof ConnectionState.Idle) {
				connect("asked for");
			}
			else if (!(this.state instanceof ConnectionState.Connecting
					|| this.state instanceof ConnectionState.Proving)) {
				this.group.opened();
			}
		});
	}

	boolean hasRoom() {
		return this.accepting && !this.blocked && this.calls.load() < this.endpoint.comfortableLoad();
	}

	int load() {
		return this.calls.load();
	}

	boolean isReady() {
		return this.ready;
	}

	private boolean isPrimary() {
		return this.group.primary() == this;
	}

	/**
	 * Connect now if the next attempt is only planned.
	 */
	void retryNow() {
		execute(() -> {
			if (this.state instanceof ConnectionState.Waiting waiting) {
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
			this.calls.lose(new IOException("connection pool closed"));
			if (this.state instanceof ConnectionState.Closing closing && closing.channel() != null) {
				closing.channel().close();
			}
		});
	}

	private void startClosing(String reason) {
		if (this.state instanceof ConnectionState.Closing) {
			return;
		}
		if (this.state instanceof ConnectionState.Waiting waiting) {
			waiting.timer().cancel(false);
		}
		Channel channel = (this.state instanceof ConnectionState.Open open) ? open.channel() : null;
		if (this.state instanceof ConnectionState.Leaving leaving) {
			channel = leaving.channel();
		}
		transitionTo(new ConnectionState.Closing(channel), reason);
		if (channel == null) {
			this.endpoint.pool().closed(this);
		}
	}

	private void closeWhenAnswered() {
		if (!this.calls.areOver()) {
			return;
		}
		if (this.state instanceof ConnectionState.Closing closing && closing.channel() != null) {
			closing.channel().close();
		}
		else if (this.state instanceof ConnectionState.Leaving leaving) {
			leaving.channel().close();
		}
	}

	/**
	 * The server tells that it stops: it gets no new call here, and the connection closes
	 * when those in flight are answered. Then it is tried as one that is lost, because
	 * another server may take its place.
	 */
	void onServerStops() {
		if (!(this.state instanceof ConnectionState.Open open)) {
			return;
		}
		transitionTo(new ConnectionState.Leaving(open.channel()), "the server stops");
		if (isPrimary()) {
			this.endpoint.statusChanged(Endpoint.Status.DOWN, new IOException("the server stops"));
		}
		else {
			this.endpoint.wakeForQueued();
		}
		closeWhenAnswered();
	}

	private void onLeft(@Nullable Throwable cause) {
		this.backoff.reset();
		if (isPrimary()) {
			waitAndReconnect(new IOException("the server has stopped"));
		}
		else {
			transitionTo(new ConnectionState.Idle(), null);
		}
		this.calls.lose(cause);
		drain();
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
		if (this.state instanceof ConnectionState.Idle && this.endpoint.hasQueued()) {
			connect("first call");
		}
		else if (this.state instanceof ConnectionState.Ready open) {
			writeQueued(open.writer());
		}
		else if (this.state instanceof ConnectionState.Closing || this.state instanceof ConnectionState.Leaving) {
			// it was chosen just before another one took its place
			this.endpoint.wakeForQueued();
		}
		scheduleSweep();
	}

	private void writeQueued(FrameWriter writer) {
		int limit = this.endpoint.callsPerConnection();
		// told before the queue is looked at, so that a call put in meanwhile finds a
		// connection that has room or is taken here
		this.calls.tellLoad();
		this.blocked = false;
		long now = System.nanoTime();
		while (this.calls.unanswered() < limit && writer.isWritable()) {
			ThriftCall call = this.endpoint.poll();
			if (call == null) {
				break;
			}
			this.calls.write(call, writer, now);
		}
		this.calls.tellLoad();
		ChannelFuture written = writer.flush();
		// until the channel is writable and drained again; waking it earlier would only
		// keep the event loop from the sockets
		this.blocked = !writer.isWritable();
		this.calls.follow(written);
		if (this.endpoint.isSpread() && this.endpoint.hasQueued()) {
			this.group.wakeOneWithRoom();
		}
	}

	private void connect(String reason) {
		transitionTo(new ConnectionState.Connecting(), reason);
		this.endpoint.pool()
			.resolve(this.endpoint.key(), this.connectAttempts++)
			.whenComplete((address, failure) -> execute(() -> {
				if (failure != null) {
					onConnectFailed(failure);
				}
				else {
					connectTo(address);
				}
			}));
	}

	private void connectTo(SocketAddress address) {
		if (!(this.state instanceof ConnectionState.Connecting)) {
			return;
		}
		ThriftClientHandler handler;
		try {
			handler = new ThriftClientHandler(this, this.endpoint);
		}
		catch (RuntimeException ex) {
			// such as keys that cannot be used
			onConnectFailed(ex);
			return;
		}
		Bootstrap bootstrap = this.endpoint.pool().bootstrap(this.eventLoop, this.endpoint.key());
		ChannelFuture connecting = bootstrap.handler(handler).connect(address);
		connecting.addListener((future) -> {
			if (!future.isSuccess()) {
				onConnectFailed(future.cause());
			}
		});
	}

	/**
	 * The channel is connected, and secure if it is to be.
	 * @param channel the channel
	 * @param refusable whether the peer may still refuse it, so that one which has never
	 * answered has to show that it does not
	 */
	void onConnected(Channel channel, boolean refusable) {
		if (!(this.state instanceof ConnectionState.Connecting)) {
			channel.close();
			return;
		}
		long now = System.nanoTime();
		FrameWriter writer = new FrameWriter(channel, this.endpoint.codec());
		this.answered = false;
		this.calls.started();
		this.heartbeat.started(now);
		this.lifespan.started(now, this.pending.givenOut());
		boolean unproven = this.doubted || (refusable && !this.endpoint.hasAnswered());
		if (unproven && this.heartbeat.isProofDue()) {
			transitionTo(new ConnectionState.Proving(channel, writer, now), "has to show that it lives");
			ask(channel, writer, now);
		}
		else {
			becomeReady(channel, writer, now);
		}
		planLook();
	}

	private void becomeReady(Channel channel, FrameWriter writer, long now) {
		transitionTo(new ConnectionState.Ready(channel, writer, now), null);
		this.doubted = false;
		if (this.predecessor != null) {
			ThriftConnection old = this.predecessor;
			this.predecessor = null;
			(this.group.replace(old, this) ? old : this).close();
		}
		if (isPrimary()) {
			this.endpoint.statusChanged(Endpoint.Status.UP, null);
			this.group.fill();
		}
		drain();
	}

	private void onConnectFailed(Throwable failure) {
		if (!(this.state instanceof ConnectionState.Connecting)) {
			return;
		}
		if (this.predecessor != null) {
			// the old one goes on, and will try again
			startClosing(String.valueOf(failure));
		}
		else {
			waitAndReconnect(failure);
		}
	}

	/**
	 * The peer, or this side, has refused the channel because of TLS. No call was read.
	 * @param channel the channel
	 * @param cause why
	 */
	void onRefused(Channel channel, TlsException cause) {
		if (this.state instanceof ConnectionState.Open open && open.channel() == channel) {
			waitAndReconnect(cause);
			this.calls.fail((call) -> this.endpoint.unprocessed("not connected", cause));
			drain();
		}
		else {
			onConnectFailed(cause);
		}
	}

	/**
	 * A channel is closed. Calls that were written may have run; queued ones were not.
	 * @param channel the channel
	 * @param cause why, or {@code null} if the peer closed it
	 */
	void onDisconnected(Channel channel, @Nullable Throwable cause) {
		if (this.state instanceof ConnectionState.Closing) {
			this.calls.lose(cause);
			this.endpoint.pool().closed(this);
		}
		else if (this.state instanceof ConnectionState.Open open && open.channel() == channel) {
			onLost(open, (cause != null) ? cause : new IOException("closed by the peer"));
		}
		else if (this.state instanceof ConnectionState.Leaving leaving && leaving.channel() == channel) {
			onLeft(cause);
		}
	}

	private void onLost(ConnectionState.Open open, Throwable cause) {
		boolean stable = resetIfStable(open);
		// at once, too, if nothing but our ping has closed it
		boolean soon = (this.heartbeat.isRefusal(this.answered) && this.answered) || stable;
		this.doubted = true;
		if (!isPrimary() && !this.group.keeps(this)) {
			transitionTo(new ConnectionState.Idle(), cause);
		}
		else if (soon) {
			if (isPrimary()) {
				this.endpoint.statusChanged(Endpoint.Status.RECOVERING, cause);
			}
			connect("lost: " + cause.getMessage());
		}
		else {
			waitAndReconnect(cause);
		}
		this.calls.lose(cause);
		drain();
	}

	private boolean resetIfStable(ConnectionState.Open open) {
		boolean stable = open instanceof ConnectionState.Ready && System.nanoTime() - open.since() >= STABLE_NANOS;
		if (stable) {
			this.backoff.reset();
		}
		return stable;
	}

	/**
	 * Close the channel because what it still owes is of no use; the next call makes a
	 * new one.
	 */
	private void retire(ConnectionState.Ready open, Exception reason) {
		resetIfStable(open);
		transitionTo(new ConnectionState.Idle(), reason);
		this.calls.lose(reason);
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
		if (this.answered && this.state instanceof ConnectionState.Ready open && open.channel() == channel) {
			retire(open, cause);
		}
	}

	private void waitAndReconnect(Throwable failure) {
		long delay = this.backoff.nextDelayMillis();
		Future<?> timer = this.eventLoop.schedule(this::retryAfterWaiting, delay, TimeUnit.MILLISECONDS);
		transitionTo(new ConnectionState.Waiting(timer), failure);
		this.doubted = true;
		if (isPrimary()) {
			this.endpoint.statusChanged(Endpoint.Status.DOWN, failure);
		}
	}

	private void retryAfterWaiting() {
		if (this.state instanceof ConnectionState.Waiting) {
			if (isPrimary() || (this.endpoint.status() == Endpoint.Status.UP && this.group.keeps(this))) {
				connect("retry");
			}
			else {
				transitionTo(new ConnectionState.Idle(), null);
				drain();
			}
		}
	}

	/**
	 * A reply has come.
	 * @param reply the reply, owned by this method
	 */
	void onReply(ThriftMessage reply) {
		this.answered = true;
		this.endpoint.onReply(reply.envelope().outOfOrder());
		int id = reply.sequenceId();
		if (!this.calls.answer(reply) && !this.heartbeat.isAnswer(id)) {
			logger.debug("{} sent a reply that nobody waits for", this);
			this.endpoint.replyDropped();
		}
	}

	/**
	 * A reply has come that cannot be used.
	 * @param sequenceId whose reply it is
	 * @param failure what is wrong with it
	 */
	void onUnusableReply(int sequenceId, TException failure) {
		if (!this.calls.fail(sequenceId, failure)) {
			this.heartbeat.isAnswer(sequenceId);
		}
	}

	/**
	 * A reply has come that is too large.
	 * @param sequenceId whose reply it is
	 * @param length its size in bytes
	 */
	void onOversizedReply(int sequenceId, int length) {
		this.calls.failOversized(sequenceId, length);
	}

	/**
	 * Something was received, and all replies in it are handled.
	 */
	void onReadComplete() {
		this.heartbeat.received();
		if (this.state instanceof ConnectionState.Proving open) {
			becomeReady(open.channel(), open.writer(), System.nanoTime());
		}
		closeWhenAnswered();
		if (this.endpoint.isOrdered()) {
			drain();
		}
	}

	private void scheduleSweep() {
		if (this.deadlines.plan(this.endpoint.hasQueued())) {
			this.markWhenPlanned = this.heartbeat.mark();
		}
	}

	private void sweep() {
		long now = System.nanoTime();
		boolean silent = this.markWhenPlanned == this.heartbeat.mark();
		boolean timedOut = this.calls.expire(now);
		this.endpoint.sweepQueue(now);
		closeWhenAnswered();
		if (this.state instanceof ConnectionState.Ready open) {
			if (timedOut && silent) {
				suspect(open, now);
			}
			retireIfStuck(open);
		}
		scheduleSweep();
	}

	/**
	 * A call has timed out, and nothing was received since it was written. Where replies
	 * come in order nothing can be asked behind it; the next channel has to prove itself.
	 */
	private void suspect(ConnectionState.Ready open, long now) {
		if (this.endpoint.isOrdered()) {
			this.doubted = true;
		}
		else {
			this.heartbeat.onSuspicion(open.channel(), open.writer(), now);
			planLook();
		}
	}

	/**
	 * Give up a peer that does not answer. One that answers in order would make every
	 * further call wait behind the reply that nobody wants any more.
	 */
	private void retireIfStuck(ConnectionState.Ready open) {
		int abandoned = this.pending.abandoned();
		if (abandoned >= MAX_ABANDONED) {
			logger.warn("{} left {} calls unanswered, its connection is replaced", this, abandoned);
			retire(open, new IOException("too many unanswered calls"));
		}
		else if (abandoned > 0 && this.pending.waiting() == 0 && this.endpoint.isOrdered()) {
			retire(open, new IOException("unanswered call"));
		}
	}

	private void ask(Channel channel, FrameWriter writer, long now) {
		this.heartbeat.ask(channel, writer, now);
		this.lifespan.ignore(this.pending.givenOut());
	}

	private void planLook() {
		if (this.lookTimer != null) {
			this.lookTimer.cancel(false);
			this.lookTimer = null;
		}
		if (this.state instanceof ConnectionState.Open) {
			long now = System.nanoTime();
			long delay = Math.min(this.heartbeat.nanosToNextLook(now), this.lifespan.nanosToNextLook(now));
			if (delay < Long.MAX_VALUE) {
				this.lookTimer = this.eventLoop.schedule(this::look, delay, TimeUnit.NANOSECONDS);
			}
		}
	}

	private void look() {
		this.lookTimer = null;
		if (this.state instanceof ConnectionState.Open open) {
			long now = System.nanoTime();
			switch (this.heartbeat.look(open.channel(), now)) {
				case DEAD -> onSilent(open);
				case QUIET -> ask(open.channel(), open.writer(), now);
				case ALIVE -> {
				}
			}
		}
		if (this.state instanceof ConnectionState.Ready open) {
			lookAtLifespan(open, System.nanoTime());
		}
		planLook();
	}

	private void onSilent(ConnectionState.Open open) {
		Duration timeout = this.endpoint.options().settings().heartbeatTimeout();
		IOException cause = new IOException("no sign of life for " + timeout.toMillis() + " ms after it was asked");
		if (open instanceof ConnectionState.Ready) {
			logger.info("Closed connection to {}: {}", this, cause.getMessage());
		}
		onLost(open, cause);
		open.channel().close();
	}

	private void lookAtLifespan(ConnectionState.Ready open, long now) {
		boolean busy = !this.calls.areOver() || this.endpoint.hasQueued();
		switch (this.lifespan.look(now, this.pending.givenOut(), busy)) {
			case IDLE -> {
				if (!busy && !this.group.keeps(this)) {
					retire(open, new IOException("idle"));
				}
			}
			case OLD -> {
				this.lifespan.postpone(now);
				new ThriftConnection(this.endpoint, this.group, this.eventLoop, this).open();
			}
			case KEEP -> {
			}
		}
	}

	private void transitionTo(ConnectionState newState, @Nullable Object reason) {
		logger.debug("{} {} -> {} ({})", this, this.state, newState, String.valueOf(reason));
		if (this.state instanceof ConnectionState.Connecting || this.state instanceof ConnectionState.Proving) {
			this.group.opened();
		}
		this.state = newState;
		this.ready = newState instanceof ConnectionState.Ready;
		this.blocked = false;
		this.accepting = !(newState instanceof ConnectionState.Waiting || newState instanceof ConnectionState.Closing
				|| newState instanceof ConnectionState.Leaving);
		if (!(newState instanceof ConnectionState.Open) && this.lookTimer != null) {
			this.lookTimer.cancel(false);
			this.lookTimer = null;
		}
	}

	@Override
	public String toString() {
		return this.endpoint.address();
	}

}
