package io.github.thriftboot.netty.client;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

import io.github.thriftboot.netty.protocol.MessageLimits;
import io.github.thriftboot.netty.protocol.RemoteApplicationException;
import io.github.thriftboot.netty.protocol.ThriftMethod;
import io.github.thriftboot.netty.protocol.ThriftProtocol;
import io.github.thriftboot.netty.protocol.ThriftTransport;
import io.github.thriftboot.netty.tls.ClientTls;
import io.github.thriftboot.netty.transport.AdaptiveSpin;
import org.apache.thrift.TBase;
import org.apache.thrift.TException;
import org.jspecify.annotations.Nullable;

/**
 * The way to one service, wherever its instances are: chooses an instance for each call,
 * sends it, and goes on to the next instance as long as the call certainly did not run,
 * unless a {@link CallPolicy} says otherwise. Follows the list of instances and the state
 * of their connections. Thread-safe; calls may be made from any number of threads.
 */
public final class ThriftChannel implements AutoCloseable {

	private final ConnectionPool pool;

	private final String service;

	private final CallPolicy policy;

	private final boolean multiplexed;

	private final Map<ThriftMethod, MethodState> methods = new ConcurrentHashMap<>();

	private final ReplyReader replies;

	private final CallDispatcher dispatcher;

	private final Failsafe failsafe = new Failsafe(System::nanoTime);

	private final InstanceSource.Subscription subscription;

	private ThriftChannel(Builder builder) {
		this.pool = builder.pool;
		this.service = builder.service;
		ChannelOptions options = new ChannelOptions(builder);
		this.policy = options.policy();
		this.multiplexed = options.multiplexed();
		this.replies = new ReplyReader(options.codec());
		this.dispatcher = new CallDispatcher(this.service, this.pool, options,
				new RetryBudget(builder.retryShare, builder.retriesPerSecond, System.nanoTime()));
		this.subscription = builder.source.subscribe(this.service, this.dispatcher.instances()::onInstances);
	}

	/**
	 * Start to build a channel.
	 * @param pool the connections to use
	 * @param service the name of the service on the wire and in the registry
	 * @param source tells the instances
	 * @return a new builder
	 */
	public static Builder builder(ConnectionPool pool, String service, InstanceSource source) {
		return new Builder(pool, service, source);
	}

	/**
	 * Return the name of the service.
	 * @return the name on the wire
	 */
	public String service() {
		return this.service;
	}

	/**
	 * Return the instances that calls may go to.
	 * @return the present list
	 */
	public List<ThriftInstance> instances() {
		return this.dispatcher.instances().all();
	}

	/**
	 * Call a method with the default timeout and wait for its outcome.
	 * @param method the method
	 * @param args its arguments
	 * @return the value, {@code null} for void and oneway methods
	 * @throws TException as {@link #call(ThriftMethod, TBase, CallPolicy)}
	 */
	public @Nullable Object call(ThriftMethod method, TBase<?, ?> args) throws TException {
		return call(method, args, this.policy);
	}

	/**
	 * Call a method and wait for its outcome. A oneway method is over when its message
	 * was handed to the operating system.
	 * @param method the method
	 * @param args its arguments
	 * @param policy how to make the call
	 * @return the value, {@code null} for void and oneway methods
	 * @throws TException a declared exception of the method; a
	 * {@link ThriftCallException} if there was no answer; a
	 * {@link RemoteApplicationException} if the server answered with an error; a
	 * {@link RequestEncodingException} if the request cannot be sent; any other one if
	 * the answer cannot be used
	 * @throws IllegalStateException on an event loop, which must not wait
	 */
	public @Nullable Object call(ThriftMethod method, TBase<?, ?> args, CallPolicy policy) throws TException {
		if (inEventLoop()) {
			throw new IllegalStateException(
					method + " was called on an event loop, which must not wait; call it from another thread");
		}
		try {
			if (policy.isParallel()) {
				return begin(method, args, policy).await();
			}
			MethodState state = state(method);
			BlockingCall call = new BlockingCall(this.dispatcher, method, state.wireName(), args, policy);
			this.dispatcher.begin(call);
			return value(call, state.spin());
		}
		catch (ThriftCallException ex) {
			if (policy.cluster() == ClusterMode.FAILSAFE && Failsafe.covers(ex)) {
				return failsafeAnswer(method, ex);
			}
			throw ex;
		}
	}

	private @Nullable Object value(BlockingCall call, AdaptiveSpin spin) throws TException {
		try {
			Object value = this.replies.value(call.method(), call.await(spin));
			call.attemptSucceeded(value);
			return value;
		}
		catch (TException | RuntimeException | Error ex) {
			call.attemptOver(ex);
			throw ex;
		}
	}

	/**
	 * Call a method with the default timeout, without waiting.
	 * @param method the method
	 * @param args its arguments
	 * @return as {@link #callAsync(ThriftMethod, TBase, CallPolicy)}
	 */
	public CompletableFuture<@Nullable Object> callAsync(ThriftMethod method, TBase<?, ?> args) {
		return callAsync(method, args, this.policy);
	}

	/**
	 * Call a method without waiting. The arguments are encoded before this method
	 * returns, but must not be changed before the future is completed, because another
	 * instance may want them in another protocol.
	 * @param method the method
	 * @param args its arguments
	 * @param policy how to make the call
	 * @return completes with what {@link #call(ThriftMethod, TBase, CallPolicy)} returns
	 * or throws, on an event loop: what depends on it must not block. Whoever completes
	 * or cancels it gives the call up
	 */
	public CompletableFuture<@Nullable Object> callAsync(ThriftMethod method, TBase<?, ?> args, CallPolicy policy) {
		CompletableFuture<@Nullable Object> result;
		if (policy.isParallel()) {
			result = begin(method, args, policy).result();
		}
		else {
			AsyncCall call = new AsyncCall(this.dispatcher, method, state(method).wireName(), args, policy,
					this.replies);
			this.dispatcher.begin(call);
			result = call.result();
		}
		return (policy.cluster() == ClusterMode.FAILSAFE) ? this.failsafe.answer(method, result) : result;
	}

	private CallGroup begin(ThriftMethod method, TBase<?, ?> args, CallPolicy policy) {
		String wireName = state(method).wireName();
		CallGroup group = (policy.cluster() == ClusterMode.BROADCAST)
				? new BroadcastGroup(this.dispatcher, method, wireName, args, policy, this.replies)
				: new FirstAnswerGroup(this.dispatcher, method, wireName, args, policy, this.replies);
		group.start();
		return group;
	}

	/**
	 * Answer in place of a service that gave no answer, as calls of
	 * {@link ClusterMode#FAILSAFE} are answered, and log it, at most once a second.
	 * @param method the method that was called
	 * @param failure why there is no answer
	 * @return {@code null}, or 0 or {@code false} for methods that return a primitive
	 * type
	 */
	public @Nullable Object failsafeAnswer(ThriftMethod method, Throwable failure) {
		return this.failsafe.answer(method, failure);
	}

	/**
	 * Return how many replies came from the present instances after their calls had
	 * ended, by a timeout, by another instance's answer, or because the caller gave up.
	 * Calls of other channels to the same addresses count as well.
	 * @return the number since the connections to these addresses were first used
	 */
	public long droppedReplies() {
		return this.dispatcher.instances().droppedReplies();
	}

	/**
	 * Whether the current thread must not wait, because it is one that completes calls.
	 * @return {@code true} if {@link #call} is refused here
	 */
	public boolean inEventLoop() {
		return this.pool.inEventLoop();
	}

	/**
	 * Return a thread that completes calls, for what starts calls without waiting.
	 * @return runs what does not block, or rejects it when the pool is closed
	 */
	public Executor eventLoop() {
		return this.pool.nextEventLoop();
	}

	private MethodState state(ThriftMethod method) {
		MethodState state = this.methods.get(method);
		return (state != null) ? state : this.methods.computeIfAbsent(method, this::newState);
	}

	private MethodState newState(ThriftMethod method) {
		String name = method.name();
		return new MethodState(this.multiplexed ? this.service + ":" + name : name, new AdaptiveSpin());
	}

	/**
	 * Close the channel: later calls fail at once, calls in flight may still be answered.
	 */
	@Override
	public void close() {
		this.subscription.close();
		this.dispatcher.close();
	}

	/**
	 * What is kept for each method.
	 *
	 * @param wireName the name that requests carry
	 * @param spin how long its callers look for the outcome before they go to sleep
	 */
	private record MethodState(String wireName, AdaptiveSpin spin) {
	}

	/**
	 * Builds a {@link ThriftChannel}. Not thread-safe.
	 */
	public static final class Builder {

		final ConnectionPool pool;

		private final String service;

		private final InstanceSource source;

		Duration timeout = Duration.ofSeconds(1);

		@Nullable ThriftTransport transport;

		@Nullable ThriftProtocol protocol;

		@Nullable Boolean tls;

		ClientTls tlsSettings = ClientTls.DEFAULT;

		boolean multiplexed = true;

		final MessageLimits.Builder limits = MessageLimits.builder();

		final ConnectionSettings.Builder connections = ConnectionSettings.builder();

		Duration emptyListGrace = Duration.ofMinutes(5);

		double retryShare = 0.1;

		double retriesPerSecond = 10;

		int maxWaitingCalls = 1_000;

		final BalancingOptions.Builder balancing = new BalancingOptions.Builder();

		private Builder(ConnectionPool pool, String service, InstanceSource source) {
			this.pool = pool;
			this.service = service;
			this.source = source;
		}

		/**
		 * Set how long a call may take if it does not say itself.
		 * @param timeout the time for the whole call, 1 s by default
		 * @return this builder
		 */
		public Builder timeout(Duration timeout) {
			this.timeout = timeout;
			return this;
		}

		/**
		 * Set how long one attempt to connect may take.
		 * @param connectTimeout the time, 1 s by default
		 * @return this builder
		 */
		public Builder connectTimeout(Duration connectTimeout) {
			this.connections.connectTimeout(connectTimeout);
			return this;
		}

		/**
		 * Set how messages are wrapped.
		 * @param transport the transport, or {@code null} for what an instance tells,
		 * else THeader
		 * @return this builder
		 */
		public Builder transport(@Nullable ThriftTransport transport) {
			this.transport = transport;
			return this;
		}

		/**
		 * Set how messages are encoded.
		 * @param protocol the protocol, or {@code null} for what an instance tells, else
		 * binary
		 * @return this builder
		 */
		public Builder protocol(@Nullable ThriftProtocol protocol) {
			this.protocol = protocol;
			return this;
		}

		/**
		 * Set whether connections are made with TLS.
		 * @param tls {@code null}, the default, for what an instance tells, else not
		 * @return this builder
		 */
		public Builder tls(@Nullable Boolean tls) {
			this.tls = tls;
			return this;
		}

		/**
		 * Set how TLS is spoken where it is.
		 * @param settings by default with the trust of the JVM, without a certificate of
		 * our own
		 * @return this builder
		 */
		public Builder tlsSettings(ClientTls settings) {
			this.tlsSettings = settings;
			return this;
		}

		/**
		 * Set whether method names carry the name of the service, as a server with
		 * several services on its port needs it.
		 * @param multiplexed {@code true} by default
		 * @return this builder
		 */
		public Builder multiplexed(boolean multiplexed) {
			this.multiplexed = multiplexed;
			return this;
		}

		/**
		 * Set the largest frame to write or read.
		 * @param bytes the size in bytes, 16,384,000 by default
		 * @return this builder
		 */
		public Builder maxFrameSize(int bytes) {
			this.limits.maxFrameSize(bytes);
			return this;
		}

		/**
		 * Change the limits of messages, those of frames among them.
		 * @param change sets what differs
		 * @return this builder
		 */
		public Builder limits(Consumer<MessageLimits.Builder> change) {
			change.accept(this.limits);
			return this;
		}

		/**
		 * Set how many connections an instance may get that answers in order.
		 * @param maxConnections the number, 8 by default
		 * @return this builder
		 */
		public Builder maxConnections(int maxConnections) {
			this.connections.max(maxConnections);
			return this;
		}

		/**
		 * Set how many calls may be in flight on a connection to an instance that answers
		 * in order.
		 * @param pipelining the number, 1 by default
		 * @return this builder
		 */
		public Builder pipelining(int pipelining) {
			this.connections.pipelining(pipelining);
			return this;
		}

		/**
		 * Change how connections are kept: how many, for how long, and how it is found
		 * out that a peer is gone.
		 * @param change sets what differs
		 * @return this builder
		 */
		public Builder connections(Consumer<ConnectionSettings.Builder> change) {
			change.accept(this.connections);
			return this;
		}

		/**
		 * Set how long the last instances are kept when the registry tells none any more
		 * while there are connections to them.
		 * @param emptyListGrace the time, 5 minutes by default
		 * @return this builder
		 */
		public Builder emptyListGrace(Duration emptyListGrace) {
			this.emptyListGrace = emptyListGrace;
			return this;
		}

		/**
		 * Bound how many calls are tried again after they were lost, or rejected by a
		 * server. Calls that no server has seen are not counted.
		 * @param share the retries that each call allows, 0.1 by default
		 * @param perSecond the retries that each second allows besides, 10 by default
		 * @return this builder
		 */
		public Builder retryBudget(double share, double perSecond) {
			this.retryShare = share;
			this.retriesPerSecond = perSecond;
			return this;
		}

		/**
		 * Set how many calls may wait for an instance at once, see
		 * {@link CallPolicy#waitForInstance()}. Further ones fail at once.
		 * @param maxWaitingCalls the number, 1,000 by default
		 * @return this builder
		 */
		public Builder maxWaitingCalls(int maxWaitingCalls) {
			this.maxWaitingCalls = maxWaitingCalls;
			return this;
		}

		/**
		 * Change which instances calls go to.
		 * @param change sets what differs
		 * @return this builder
		 */
		public Builder balancing(Consumer<BalancingOptions.Builder> change) {
			change.accept(this.balancing);
			return this;
		}

		/**
		 * Build the channel and subscribe to its instances. No connection is opened
		 * before the first call.
		 * @return a new channel
		 * @throws IllegalArgumentException if a value is out of range
		 */
		public ThriftChannel build() {
			return new ThriftChannel(this);
		}

	}

}
