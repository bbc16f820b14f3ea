package io.github.thriftboot.netty.client;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.github.thriftboot.netty.protocol.MessageLimits;
import io.github.thriftboot.netty.protocol.RemoteApplicationException;
import io.github.thriftboot.netty.protocol.ThriftMethod;
import io.github.thriftboot.netty.protocol.ThriftProtocol;
import io.github.thriftboot.netty.protocol.ThriftTransport;
import io.github.thriftboot.netty.transport.AdaptiveSpin;
import io.netty.buffer.ByteBufAllocator;
import org.apache.thrift.TBase;
import org.apache.thrift.TException;
import org.jspecify.annotations.Nullable;

/**
 * The way to one service, wherever its instances are: chooses an instance for each call,
 * sends it, and goes on to the next instance as long as the call certainly did not run.
 * Follows the list of instances and the state of their connections. Thread-safe; calls
 * may be made from any number of threads.
 */
public final class ThriftChannel implements AutoCloseable {

	private final ConnectionPool pool;

	private final String service;

	private final ChannelOptions options;

	private final Map<ThriftMethod, MethodState> methods = new ConcurrentHashMap<>();

	private final ReplyReader replies;

	private final RetryBudget retryBudget;

	private final Retries retries;

	private final InstanceList instances;

	private final InstanceSource.Subscription subscription;

	private volatile boolean closed;

	private ThriftChannel(Builder builder) {
		this.pool = builder.pool;
		this.service = builder.service;
		this.options = new ChannelOptions(builder);
		this.replies = new ReplyReader(this.options.codec());
		this.retryBudget = new RetryBudget(builder.retryShare, builder.retriesPerSecond, System.nanoTime());
		this.retries = new Retries(this.retryBudget, () -> ThreadLocalRandom.current().nextDouble());
		this.instances = new InstanceList(this.service, this.pool, this.options);
		this.subscription = builder.source.subscribe(this.service, this.instances::onInstances);
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
		return this.instances.all();
	}

	/**
	 * Call a method with the default timeout and wait for its outcome.
	 * @param method the method
	 * @param args its arguments
	 * @return the value, {@code null} for void and oneway methods
	 * @throws TException as {@link #call(ThriftMethod, TBase, CallPolicy)}
	 */
	public @Nullable Object call(ThriftMethod method, TBase<?, ?> args) throws TException {
		return call(method, args, this.options.policy());
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
		if (this.pool.inEventLoop()) {
			throw new IllegalStateException(
					method + " was called on an event loop, which must not wait; call it from another thread");
		}
		MethodState state = state(method);
		BlockingCall call = new BlockingCall(this, method, state.wireName(), args, policy);
		this.retryBudget.onCall();
		dispatch(call, null);
		return this.replies.value(method, call.await(state.spin()));
	}

	/**
	 * Call a method with the default timeout, without waiting.
	 * @param method the method
	 * @param args its arguments
	 * @return as {@link #callAsync(ThriftMethod, TBase, CallPolicy)}
	 */
	public CompletableFuture<@Nullable Object> callAsync(ThriftMethod method, TBase<?, ?> args) {
		return callAsync(method, args, this.options.policy());
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
		AsyncCall call = new AsyncCall(this, method, state(method).wireName(), args, policy, this.replies);
		this.retryBudget.onCall();
		dispatch(call, null);
		return call.result();
	}

	private MethodState state(ThriftMethod method) {
		MethodState state = this.methods.get(method);
		return (state != null) ? state : this.methods.computeIfAbsent(method, this::newState);
	}

	private MethodState newState(ThriftMethod method) {
		String name = method.name();
		return new MethodState(this.options.multiplexed() ? this.service + ":" + name : name, new AdaptiveSpin());
	}

	/**
	 * Send a call to an instance that it was not sent to before.
	 * @param call the call
	 * @param lastFailure why the last attempt failed, or {@code null}
	 */
	private void dispatch(ThriftCall call, @Nullable ThriftCallException lastFailure) {
		Endpoint endpoint;
		try {
			endpoint = choose(call, lastFailure);
		}
		catch (RuntimeException ex) {
			call.fail(new NoInstanceException("no instance of " + this.service + " could be chosen: " + ex, null, ex));
			return;
		}
		if (endpoint == null) {
			call.fail((lastFailure != null) ? lastFailure : noInstance());
			return;
		}
		call.goesTo(endpoint);
		try {
			call.encode(endpoint.codec(), endpoint.options().protocol(), ByteBufAllocator.DEFAULT);
		}
		catch (TException | RuntimeException | StackOverflowError ex) {
			call.fail(new RequestEncodingException(call.method().toString(), ex));
			return;
		}
		endpoint.send(call);
	}

	InstanceList instanceList() {
		return this.instances;
	}

	@Nullable Object hashKey(ThriftMethod method, TBase<?, ?> args, Map<String, String> headers) {
		return this.options.balancing().hashKey().of(method, args, headers);
	}

	private ThriftCallException noInstance() {
		if (this.closed) {
			return new UnprocessedException("the channel of " + this.service + " is closed", null, null);
		}
		return this.instances.noneAvailable();
	}

	private @Nullable Endpoint choose(ThriftCall call, @Nullable ThriftCallException lastFailure) {
		if (this.closed) {
			return null;
		}
		Endpoint endpoint = this.instances.choose(call);
		if (endpoint == null && lastFailure instanceof ConnectionLostException) {
			// better one that it was lost at than none
			call.startOver();
			endpoint = this.instances.choose(call);
		}
		return endpoint;
	}

	/**
	 * Decide what becomes of a call whose attempt has failed.
	 * @param call the call
	 * @param failure the failure
	 */
	void onAttemptFailed(ThriftCall call, ThriftCallException failure) {
		long now = System.nanoTime();
		long left = call.nanosLeft(now);
		if (left <= 0 && failure instanceof UnprocessedException) {
			// such as told by a server that was asked to wait no longer
			call.timeOut();
			return;
		}
		call.attempted(failure);
		boolean untried = !this.closed && this.instances.isAnyUntried(call);
		long delay = (left > 0) ? this.retries.delayNanos(call, failure, untried, now) : Retries.NEVER;
		if (delay == Retries.NEVER) {
			call.fail(failure);
		}
		else if (delay == 0) {
			dispatch(call, failure);
		}
		else {
			dispatchLater(call, failure, Math.min(delay, left));
		}
	}

	private void dispatchLater(ThriftCall call, ThriftCallException failure, long delayNanos) {
		try {
			this.pool.nextEventLoop().schedule(() -> {
				if (call.nanosLeft(System.nanoTime()) <= 0) {
					call.timeOut();
				}
				else if (!call.isDone()) {
					dispatch(call, failure);
				}
			}, delayNanos, TimeUnit.NANOSECONDS);
		}
		catch (RejectedExecutionException ex) {
			call.fail(failure);
		}
	}

	/**
	 * Close the channel: later calls fail at once, calls in flight may still be answered.
	 */
	@Override
	public void close() {
		this.closed = true;
		this.subscription.close();
		this.instances.close();
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

		private final ConnectionPool pool;

		private final String service;

		private final InstanceSource source;

		Duration timeout = Duration.ofSeconds(1);

		Duration connectTimeout = Duration.ofSeconds(1);

		@Nullable ThriftTransport transport;

		@Nullable ThriftProtocol protocol;

		boolean multiplexed = true;

		final MessageLimits.Builder limits = MessageLimits.builder();

		int maxConnections = 8;

		int pipelining = 1;

		Duration emptyListGrace = Duration.ofMinutes(5);

		double retryShare = 0.2;

		double retriesPerSecond = 10;

		LoadBalancer loadBalancer = StandardLoadBalancer.WEIGHTED_RANDOM;

		HashKey hashKey = HashKey.argument(0);

		Duration warmUp = Duration.ZERO;

		@Nullable String zone;

		int zoneThreshold = 70;

		OutlierEjection outlierEjection = OutlierEjection.DEFAULT;

		@Nullable InstanceFilter instanceFilter;

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
			this.connectTimeout = connectTimeout;
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
			this.maxConnections = maxConnections;
			return this;
		}

		/**
		 * Set how many calls may be in flight on a connection to an instance that answers
		 * in order.
		 * @param pipelining the number, 1 by default
		 * @return this builder
		 */
		public Builder pipelining(int pipelining) {
			this.pipelining = pipelining;
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
		 * @param share the retries that each call allows, 0.2 by default
		 * @param perSecond the retries that each second allows besides, 10 by default
		 * @return this builder
		 */
		public Builder retryBudget(double share, double perSecond) {
			this.retryShare = share;
			this.retriesPerSecond = perSecond;
			return this;
		}

		/**
		 * Set how calls are spread over the instances.
		 * @param loadBalancer {@link StandardLoadBalancer#WEIGHTED_RANDOM} by default
		 * @return this builder
		 */
		public Builder loadBalancer(LoadBalancer loadBalancer) {
			this.loadBalancer = loadBalancer;
			return this;
		}

		/**
		 * Set which calls belong together, for
		 * {@link StandardLoadBalancer#CONSISTENT_HASH}.
		 * @param hashKey the key of a call, its first argument by default
		 * @return this builder
		 */
		public Builder hashKey(HashKey hashKey) {
			this.hashKey = hashKey;
			return this;
		}

		/**
		 * Set how long it takes until an instance that has just started gets its full
		 * share of the calls. Until then its weight grows in proportion to the time since
		 * its start, from a hundredth. Instances that do not tell when they started have
		 * their full share at once.
		 * <p>
		 * There is no warm-up by default, as in Envoy and gRPC: shares follow the weights
		 * from the first moment, and while a new version is rolled out, the old instances
		 * that are left do not have to carry the load of the new ones. Who comes from
		 * Dubbo, where it is 10 minutes by default, sets that; one or two minutes suffice
		 * for most JVMs to compile what is hot.
		 * @param warmUp the time, 0 by default
		 * @return this builder
		 */
		public Builder warmUp(Duration warmUp) {
			this.warmUp = warmUp;
			return this;
		}

		/**
		 * Set the zone that this process is in. Instances that tell the same zone in
		 * their metadata ({@code zone}) are preferred as long as enough of them are in
		 * use, see {@link #zoneThreshold(int)}.
		 * @param zone the name of the zone, or {@code null}, the default, to prefer none
		 * @return this builder
		 */
		public Builder zone(@Nullable String zone) {
			this.zone = zone;
			return this;
		}

		/**
		 * Set how many of the instances of the own zone must be connected and not left
		 * out for failures for their zone to be preferred. With fewer, calls go to all
		 * zones alike, so that those that are left do not have to carry the load of the
		 * whole zone. Envoy spills over at about the same measure: with its
		 * overprovisioning factor of 1.4, below 72 % of healthy hosts. A call that was
		 * tried at all instances of the own zone goes to another one in any case.
		 * @param percent the part in percent, 70 by default; 0 stays in the zone as long
		 * as one is left
		 * @return this builder
		 */
		public Builder zoneThreshold(int percent) {
			this.zoneThreshold = percent;
			return this;
		}

		/**
		 * Set when an instance is left out although it is connected.
		 * @param outlierEjection {@link OutlierEjection#DEFAULT} by default
		 * @return this builder
		 */
		public Builder outlierEjection(OutlierEjection outlierEjection) {
			this.outlierEjection = outlierEjection;
			return this;
		}

		/**
		 * Set which instances a call may go to.
		 * @param instanceFilter the filter, or {@code null}, the default, for all
		 * instances
		 * @return this builder
		 */
		public Builder instanceFilter(@Nullable InstanceFilter instanceFilter) {
			this.instanceFilter = instanceFilter;
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
