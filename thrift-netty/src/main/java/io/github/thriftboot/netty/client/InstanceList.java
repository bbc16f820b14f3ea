package io.github.thriftboot.netty.client;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

import io.netty.util.concurrent.EventExecutor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The instances of one service and their endpoints. What calls choose from is an
 * immutable snapshot, replaced as a whole when the registry tells a new list, when an
 * endpoint goes down or comes back, when one is left out for failures or no longer, and
 * about once a second while instances warm up. Thread-safe.
 */
final class InstanceList {

	private static final Logger logger = LoggerFactory.getLogger(InstanceList.class);

	private static final long WARM_UP_STEP_NANOS = TimeUnit.SECONDS.toNanos(1);

	private final String service;

	private final ConnectionPool pool;

	private final ChannelOptions options;

	private final EventExecutor timer;

	private final LongSupplier epochMillis;

	private final Runnable statusListener = this::onStatusChanged;

	/**
	 * Counts changes of endpoints. Whoever makes a snapshot makes it for all changes so
	 * far, so that a thousand connections which are lost at once do not cost a thousand
	 * snapshots.
	 */
	private final AtomicLong statusChanges = new AtomicLong();

	private final Object lock = new Object();

	/**
	 * The changes that the snapshot knows of. Guarded by the lock.
	 */
	private long publishedChanges;

	/**
	 * Changed under the lock.
	 */
	private final Outliers outliers;

	/**
	 * Replaces the snapshot when nothing but time has changed. Guarded by the lock.
	 */
	private @Nullable Future<?> snapshotTimer;

	/**
	 * Guarded by the lock.
	 */
	private @Nullable Future<?> emptyListTimer;

	/**
	 * Guarded by the lock.
	 */
	private boolean closed;

	/**
	 * Changed under the lock.
	 */
	private volatile Snapshot snapshot;

	/**
	 * Told under the lock of each new snapshot.
	 */
	private volatile Runnable changeListener = () -> {
	};

	InstanceList(String service, ConnectionPool pool, ChannelOptions options) {
		this(service, pool, options, pool.timer(), System::currentTimeMillis);
	}

	/**
	 * Create an empty list.
	 * @param service the name of the service
	 * @param pool the connections
	 * @param options the options of the channel
	 * @param timer runs what has to wait, and tells the time that passes
	 * @param epochMillis the wall clock
	 */
	InstanceList(String service, ConnectionPool pool, ChannelOptions options, EventExecutor timer,
			LongSupplier epochMillis) {
		this.service = service;
		this.pool = pool;
		this.options = options;
		this.timer = timer;
		this.epochMillis = epochMillis;
		this.outliers = new Outliers(options.balancing().outlierEjection());
		this.snapshot = Snapshot.of(Map.of(), Set.of(), options.balancing(), now());
	}

	/**
	 * The time that passes, in nanoseconds since any moment.
	 */
	private long now() {
		return this.timer.ticker().nanoTime();
	}

	/**
	 * Return all instances, those that are down included.
	 * @return the present list
	 */
	List<ThriftInstance> all() {
		return this.snapshot.members().values().stream().map(Member::instance).toList();
	}

	/**
	 * Set who is told when there may be something else to choose.
	 * @param listener called under a lock, so it must not do much
	 */
	void onChange(Runnable listener) {
		this.changeListener = listener;
	}

	/**
	 * Return what stands for the present state of the list.
	 * @return another object after each change
	 */
	Object version() {
		return this.snapshot;
	}

	/**
	 * Whether any instance is connected, or may be once it is tried.
	 * @return {@code false} if none is known, or all are down
	 */
	boolean isAnyReachable() {
		return this.snapshot.members().values().stream().anyMatch(Member::isReachable);
	}

	/**
	 * Return all instances that are connected, or may be once they are tried, whatever
	 * their weight, and that a call may go to. Their guards have admitted it.
	 * @param call the call
	 * @return the instances, in the order of the registry
	 * @throws RuntimeException what a filter of the application throws
	 */
	List<Member> reachable(ThriftCall call) {
		List<Member> members = this.snapshot.members().values().stream().filter(Member::isReachable).toList();
		InstanceFilter filter = this.options.balancing().instanceFilter();
		if (filter != null) {
			List<ThriftInstance> accepted = filter.filter(call.requestHeaders(),
					members.stream().map(Member::instance).toList());
			members = members.stream().filter((member) -> accepted.contains(member.instance())).toList();
		}
		return members.stream().filter(Member::admits).toList();
	}

	/**
	 * Return how many replies came that nobody waited for any more.
	 * @return the number of those of all present endpoints
	 */
	long droppedReplies() {
		return this.snapshot.members().keySet().stream().mapToLong(Endpoint::droppedReplies).sum();
	}

	/**
	 * Choose an endpoint for a call.
	 * @param call the call, which tells the guard of the instance how it ends
	 * @return an endpoint that it was not tried at, or {@code null} if there is none
	 * @throws RuntimeException what a load balancer or a filter of the application throws
	 */
	@Nullable Endpoint choose(ThriftCall call) {
		Member member = this.snapshot.choose(call);
		if (member == null) {
			return null;
		}
		call.admittedBy(member.guard());
		return member.endpoint();
	}

	/**
	 * Whether there is an instance that a call did not go to and that may take it.
	 * @param call the call
	 * @return {@code false} if it was tried at all that can be reached
	 */
	boolean isAnyUntried(ThriftCall call) {
		return this.snapshot.isAnyUntried(call);
	}

	/**
	 * Note that an endpoint has answered, whatever the answer.
	 * @param endpoint the endpoint
	 */
	void answered(Endpoint endpoint) {
		if (this.outliers.isAnyFailing()) {
			synchronized (this.lock) {
				this.outliers.answered(endpoint);
			}
		}
	}

	/**
	 * Note that an endpoint has not answered a call: it timed out, or its connection was
	 * lost after it was sent.
	 * @param endpoint the endpoint
	 * @param waitedNanos how long ago it was sent
	 * @param lost whether its connection was lost
	 */
	void notAnswered(Endpoint endpoint, long waitedNanos, boolean lost) {
		synchronized (this.lock) {
			Map<Endpoint, Member> members = this.snapshot.members();
			if (!members.containsKey(endpoint)) {
				return;
			}
			long now = now();
			Duration leftOut = this.outliers.failed(endpoint, now - waitedNanos, lost, now, this.snapshot.size());
			if (leftOut != null) {
				logger.info("{} at {} is left out for {}, because calls to it fail one after the other", this.service,
						endpoint.address(), leftOut);
				publish(members);
			}
		}
	}

	/**
	 * Say why there is nothing to choose.
	 * @return a new exception
	 */
	NoInstanceException noneAvailable() {
		Map<Endpoint, Member> members = this.snapshot.members();
		if (members.isEmpty()) {
			return new NoInstanceException("no instance of " + this.service + " is known", null, null);
		}
		Endpoint any = members.keySet().iterator().next();
		if (members.values().stream().anyMatch(Member::isKeptOut)) {
			return new NoInstanceException("no instance of " + this.service + " admits a call (known: "
					+ all().stream().map(ThriftInstance::address).toList() + ")", null, null);
		}
		return new NoInstanceException("no instance of " + this.service + " can be reached (known: "
				+ all().stream().map(ThriftInstance::address).toList() + ")", null, any.lastFailure());
	}

	/**
	 * Take over a list of the registry. An empty list after a good one is not believed
	 * for a while if instances are connected: it tells more about the registry than about
	 * them.
	 * @param instances the list
	 */
	void onInstances(List<ThriftInstance> instances) {
		synchronized (this.lock) {
			if (this.emptyListTimer != null) {
				this.emptyListTimer.cancel(false);
				this.emptyListTimer = null;
			}
			if (this.closed || this.pool.isClosed()) {
				// too late to be of use, and no fault of the registry
				return;
			}
			Map<Endpoint, Member> members = this.snapshot.members();
			if (instances.isEmpty() && members.keySet().stream().anyMatch(Endpoint::isConnected)) {
				logger.warn("The registry tells no instance of {} any more; keeping {} for {}", this.service,
						all().stream().map(ThriftInstance::address).toList(), this.options.emptyListGrace());
				this.emptyListTimer = this.timer.schedule(() -> replace(List.of()),
						this.options.emptyListGrace().toMillis(), TimeUnit.MILLISECONDS);
				return;
			}
		}
		replace(instances);
	}

	private void replace(List<ThriftInstance> instances) {
		Collection<Endpoint> unused;
		synchronized (this.lock) {
			if (this.closed) {
				return;
			}
			Map<Endpoint, Member> before = this.snapshot.members();
			Map<Endpoint.Key, Endpoint> known = new LinkedHashMap<>();
			before.keySet().forEach((endpoint) -> known.put(endpoint.key(), endpoint));
			Map<Endpoint.Key, ThriftInstance> wanted = new LinkedHashMap<>();
			instances.forEach((instance) -> wanted.putIfAbsent(this.options.key(instance), instance));
			// before others are made, which may be of the same name
			before.forEach((endpoint, member) -> {
				if (!wanted.containsKey(endpoint.key())) {
					member.closeGuard();
				}
			});
			Map<Endpoint, Member> members = new LinkedHashMap<>();
			wanted.forEach((key, instance) -> {
				Endpoint endpoint = known.remove(key);
				if (endpoint == null) {
					endpoint = acquire(key);
				}
				members.put(endpoint, member(endpoint, instance, before.get(endpoint)));
			});
			this.outliers.retain(members.keySet());
			publish(members);
			unused = known.values();
		}
		logger.debug("{} has instances {}", this.service, instances);
		// without the lock: what calls do whose endpoint closes is not ours to know
		unused.forEach(this::release);
	}

	private Member member(Endpoint endpoint, ThriftInstance instance, @Nullable Member old) {
		if (old != null && old.instance().started() == instance.started()) {
			return new Member(endpoint, instance, old.startNanos(), old.guard());
		}
		if (old != null) {
			old.closeGuard();
			this.outliers.forget(endpoint);
			endpoint.retryNow();
		}
		// no more than is needed to be warm, so that no clock, however wrong, overflows
		long warmUpMillis = this.options.balancing().warmUp().toMillis();
		long ageMillis = Math.max(0, Math.min(this.epochMillis.getAsLong() - instance.started(), warmUpMillis));
		InstanceGuardFactory guards = this.options.balancing().instanceGuards();
		InstanceGuard guard = (guards != null) ? guards.guard(instance, this.statusListener) : null;
		return new Member(endpoint, instance, now() - TimeUnit.MILLISECONDS.toNanos(ageMillis), guard);
	}

	private void onStatusChanged() {
		rebuildFor(this.statusChanges.incrementAndGet());
	}

	private void rebuild() {
		rebuildFor(Long.MAX_VALUE);
	}

	/**
	 * Replace the snapshot, unless it knows all that it is to know.
	 * @param change the number of a change
	 */
	private void rebuildFor(long change) {
		synchronized (this.lock) {
			if (!this.closed && change > this.publishedChanges) {
				publish(this.snapshot.members());
			}
		}
	}

	/**
	 * Replace the snapshot, and plan to do so again when time changes it. Under the lock.
	 */
	private void publish(Map<Endpoint, Member> members) {
		long now = now();
		this.publishedChanges = this.statusChanges.get();
		this.snapshot = Snapshot.of(members, this.outliers.ejected(now), this.options.balancing(), now);
		this.changeListener.run();
		if (this.snapshotTimer != null) {
			this.snapshotTimer.cancel(false);
			this.snapshotTimer = null;
		}
		long delay = Math.min(this.outliers.nanosToNextReturn(now), this.snapshot.nanosToNextReturn());
		long warmUp = this.options.balancing().warmUp().toNanos();
		if (members.values().stream().anyMatch((member) -> member.isWarming(now, warmUp))) {
			delay = Math.min(delay, WARM_UP_STEP_NANOS);
		}
		if (delay == Long.MAX_VALUE) {
			return;
		}
		try {
			this.snapshotTimer = this.timer.schedule(this::rebuild, delay, TimeUnit.NANOSECONDS);
		}
		catch (RejectedExecutionException ex) {
			logger.debug("Instances of {} change no more, as the connection pool is closed", this.service);
		}
	}

	private Endpoint acquire(Endpoint.Key key) {
		Endpoint endpoint = this.pool.acquire(key);
		if (this.options.balancing().loadBalancer().usesLatency()) {
			endpoint.measureLatency();
		}
		endpoint.pings().join(this.options.prefix(this.service));
		endpoint.addStatusListener(this.statusListener);
		return endpoint;
	}

	private void release(Endpoint endpoint) {
		endpoint.removeStatusListener(this.statusListener);
		endpoint.pings().leave(this.options.prefix(this.service));
		this.pool.release(endpoint);
	}

	/**
	 * Give all endpoints back.
	 */
	void close() {
		Collection<Endpoint> unused;
		synchronized (this.lock) {
			this.closed = true;
			if (this.emptyListTimer != null) {
				this.emptyListTimer.cancel(false);
			}
			unused = this.snapshot.members().keySet();
			this.snapshot.members().values().forEach(Member::closeGuard);
			this.outliers.retain(Set.of());
			publish(Map.of());
		}
		unused.forEach(this::release);
	}

}
