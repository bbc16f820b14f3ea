package io.github.thriftboot.netty.client;

import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

import io.github.thriftboot.netty.protocol.ThriftMethod;
import io.netty.buffer.ByteBufAllocator;
import org.apache.thrift.TBase;
import org.apache.thrift.TException;
import org.jspecify.annotations.Nullable;

/**
 * Brings the calls of a channel to instances: chooses one for each attempt, and decides
 * what becomes of a call whose attempt has failed. Thread-safe.
 */
final class CallDispatcher {

	private final String service;

	private final ConnectionPool pool;

	private final HashKey hashKey;

	private final RetryBudget budget;

	private final Retries retries;

	private final InstanceList instances;

	private final WaitingCalls waiting;

	private volatile boolean closed;

	/**
	 * Create a dispatcher without instances.
	 * @param service the name of the service
	 * @param pool the connections
	 * @param options the options of the channel
	 * @param budget bounds the retries
	 */
	CallDispatcher(String service, ConnectionPool pool, ChannelOptions options, RetryBudget budget) {
		this.service = service;
		this.pool = pool;
		this.hashKey = options.balancing().hashKey();
		this.budget = budget;
		this.retries = new Retries(budget, () -> ThreadLocalRandom.current().nextDouble());
		this.instances = new InstanceList(service, pool, options);
		this.waiting = new WaitingCalls(options.maxWaitingCalls(), pool.timer(), this.instances::isAnyReachable,
				this::dispatch);
		this.instances.onChange(this.waiting::wake);
	}

	InstanceList instances() {
		return this.instances;
	}

	@Nullable Object hashKey(ThriftMethod method, TBase<?, ?> args, Map<String, String> headers) {
		return this.hashKey.of(method, args, headers);
	}

	/**
	 * Send a new call to an instance.
	 * @param call the call
	 */
	void begin(ThriftCall call) {
		this.budget.onCall();
		if (call.policy().waits() && this.waiting.isAny() && await(call, noInstance())) {
			// behind those that have been waiting for longer
			if (this.instances.isAnyReachable()) {
				this.waiting.wake();
			}
			return;
		}
		dispatch(call, null);
	}

	/**
	 * Send a call to an instance that it was not sent to before.
	 * @param call the call
	 * @param lastFailure why the last attempt failed, or {@code null}
	 */
	void dispatch(ThriftCall call, @Nullable ThriftCallException lastFailure) {
		Endpoint endpoint;
		try {
			endpoint = choose(call, lastFailure);
			if (endpoint == null && mayWait(call, lastFailure)) {
				// what changes from here on wakes it
				Object version = this.instances.version();
				endpoint = choose(call, lastFailure);
				if (endpoint == null && await(call, (lastFailure != null) ? lastFailure : noInstance())) {
					if (this.instances.version() != version) {
						this.waiting.wake();
					}
					return;
				}
			}
		}
		catch (RuntimeException ex) {
			call.fail(new NoInstanceException("no instance of " + this.service + " could be chosen: " + ex, null, ex));
			return;
		}
		if (endpoint == null) {
			call.fail((lastFailure != null) ? lastFailure : noInstance());
			return;
		}
		send(call, endpoint);
	}

	/**
	 * Send a call to an instance.
	 * @param call the call
	 * @param endpoint the endpoint of the instance
	 */
	void send(ThriftCall call, Endpoint endpoint) {
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

	private @Nullable Endpoint choose(ThriftCall call, @Nullable ThriftCallException lastFailure) {
		if (this.closed) {
			return null;
		}
		Endpoint endpoint = this.instances.choose(call);
		if (endpoint == null
				&& (lastFailure instanceof ConnectionLostException || lastFailure instanceof CallTimeoutException)) {
			// better one that it was lost at than none
			call.startOver();
			endpoint = this.instances.choose(call);
		}
		return endpoint;
	}

	/**
	 * Whether a call that no instance could be chosen for may wait for one: not if it was
	 * tried at all that can be reached.
	 */
	private boolean mayWait(ThriftCall call, @Nullable ThriftCallException lastFailure) {
		return call.policy().waits() && !this.closed && (lastFailure == null || !this.instances.isAnyReachable());
	}

	private boolean await(ThriftCall call, ThriftCallException failure) {
		call.startOver();
		return this.waiting.add(call, failure);
	}

	/**
	 * Tell why there is no instance for a call.
	 * @return a new exception
	 */
	ThriftCallException noInstance() {
		if (this.closed) {
			return new UnprocessedException("the channel of " + this.service + " is closed", null, null);
		}
		return this.instances.noneAvailable();
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
		boolean untried = isAnyUntried(call);
		long delay = (left > 0) ? this.retries.delayNanos(call, failure, untried, now) : Retries.NEVER;
		if (delay == 0) {
			dispatch(call, failure);
		}
		else if (delay != Retries.NEVER) {
			dispatchLater(call, failure, Math.min(delay, left));
		}
		else if (left > 0 && this.retries.isFree(call, failure) && mayWait(call, failure)) {
			dispatch(call, failure);
		}
		else {
			call.fail(failure);
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
			}, delayNanos, TimeUnit.NANOSECONDS).addListener((dispatched) -> {
				if (dispatched.isCancelled()) {
					// by the end of the event loop
					call.fail(failure);
				}
			});
		}
		catch (RejectedExecutionException ex) {
			call.fail(failure);
		}
	}

	/**
	 * Decide about an attempt that takes longer than it may.
	 * @param call the call
	 * @param sent whether it was written to a connection, so that it may run
	 * @param now the present {@link System#nanoTime()}
	 * @return whether the call is to go to another instance
	 */
	boolean mayLeave(ThriftCall call, boolean sent, long now) {
		return this.retries.mayLeave(call, sent, isAnyUntried(call), now);
	}

	/**
	 * Send a call to another instance because its attempt took too long.
	 * @param call the call
	 * @param failure tells so
	 */
	void leave(ThriftCall call, ThriftCallException failure) {
		call.attempted(failure);
		dispatch(call, failure);
	}

	/**
	 * Whether there is an instance that a call did not go to.
	 * @param call the call
	 * @return {@code false} also if the channel is closed
	 */
	boolean isAnyUntried(ThriftCall call) {
		return !this.closed && this.instances.isAnyUntried(call);
	}

	/**
	 * Ask for an attempt at one more instance, while the others go on.
	 * @return {@code false} if the retry budget is used up
	 */
	boolean mayHedge() {
		return this.budget.tryAcquire(System.nanoTime());
	}

	/**
	 * Return the instances that a broadcast goes to.
	 * @param call the call
	 * @return those that can be reached and have admitted the call, empty also if the
	 * channel is closed
	 */
	List<Member> reachable(ThriftCall call) {
		return this.closed ? List.of() : this.instances.reachable(call);
	}

	/**
	 * Let later calls fail at once, and those that wait for an instance.
	 */
	void close() {
		this.closed = true;
		this.waiting.close(this::noInstance);
		this.instances.close();
	}

}
