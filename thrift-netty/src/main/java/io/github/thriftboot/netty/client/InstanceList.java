package io.github.thriftboot.netty.client;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

import io.github.thriftboot.netty.client.Endpoint.Status;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The instances of one service and their endpoints. What calls choose from is an
 * immutable snapshot, replaced as a whole when the registry tells a new list and when an
 * endpoint goes down or comes back. Thread-safe.
 */
final class InstanceList {

	private static final Logger logger = LoggerFactory.getLogger(InstanceList.class);

	private final String service;

	private final ConnectionPool pool;

	private final ChannelOptions options;

	private final Runnable statusListener = this::rebuild;

	private final Object lock = new Object();

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
	private volatile Snapshot snapshot = Snapshot.of(Map.of());

	InstanceList(String service, ConnectionPool pool, ChannelOptions options) {
		this.service = service;
		this.pool = pool;
		this.options = options;
	}

	/**
	 * Return all instances, those that are down included.
	 * @return the present list
	 */
	List<ThriftInstance> all() {
		return List.copyOf(this.snapshot.members().values());
	}

	/**
	 * Choose an endpoint for a call.
	 * @param tried endpoints that are not wanted again
	 * @return the choice, or {@code null} if there is none
	 */
	@Nullable Endpoint choose(List<Endpoint> tried) {
		Snapshot current = this.snapshot;
		Endpoint endpoint = current.up().choose(tried, ThreadLocalRandom.current()::nextLong);
		return (endpoint != null) ? endpoint
				: current.recovering().choose(tried, ThreadLocalRandom.current()::nextLong);
	}

	/**
	 * Say why there is nothing to choose.
	 * @return a new exception
	 */
	NoInstanceException noneAvailable() {
		Map<Endpoint, ThriftInstance> members = this.snapshot.members();
		if (members.isEmpty()) {
			return new NoInstanceException("no instance of " + this.service + " is known", null, null);
		}
		Endpoint any = members.keySet().iterator().next();
		return new NoInstanceException(
				"no instance of " + this.service + " can be reached (known: "
						+ members.values().stream().map(ThriftInstance::address).toList() + ")",
				null, any.lastFailure());
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
			Map<Endpoint, ThriftInstance> members = this.snapshot.members();
			if (instances.isEmpty() && members.keySet().stream().anyMatch(Endpoint::isConnected)) {
				logger.warn("The registry tells no instance of {} any more; keeping {} for {}", this.service,
						members.values().stream().map(ThriftInstance::address).toList(), this.options.emptyListGrace());
				this.emptyListTimer = this.pool.nextEventLoop()
					.schedule(() -> replace(List.of()), this.options.emptyListGrace().toMillis(),
							TimeUnit.MILLISECONDS);
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
			Map<Endpoint, ThriftInstance> before = this.snapshot.members();
			Map<Endpoint.Key, Endpoint> known = new LinkedHashMap<>();
			before.keySet().forEach((endpoint) -> known.put(endpoint.key(), endpoint));
			Map<Endpoint.Key, ThriftInstance> wanted = new LinkedHashMap<>();
			instances.forEach((instance) -> wanted.putIfAbsent(this.options.key(instance), instance));
			Map<Endpoint, ThriftInstance> members = new LinkedHashMap<>();
			wanted.forEach((key, instance) -> {
				Endpoint endpoint = known.remove(key);
				if (endpoint == null) {
					endpoint = acquire(key);
				}
				ThriftInstance old = before.get(endpoint);
				if (old != null && old.started() != instance.started()) {
					endpoint.retryNow();
				}
				members.put(endpoint, instance);
			});
			this.snapshot = Snapshot.of(members);
			unused = known.values();
		}
		logger.debug("{} has instances {}", this.service, instances);
		// without the lock: what calls do whose endpoint closes is not ours to know
		unused.forEach(this::release);
	}

	private void rebuild() {
		synchronized (this.lock) {
			this.snapshot = Snapshot.of(this.snapshot.members());
		}
	}

	private Endpoint acquire(Endpoint.Key key) {
		Endpoint endpoint = this.pool.acquire(key);
		endpoint.addStatusListener(this.statusListener);
		return endpoint;
	}

	private void release(Endpoint endpoint) {
		endpoint.removeStatusListener(this.statusListener);
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
			this.snapshot = Snapshot.of(Map.of());
		}
		unused.forEach(this::release);
	}

	/**
	 * What a call chooses from.
	 *
	 * @param members all endpoints with what is known of them
	 * @param up those that calls go to
	 * @param recovering those that calls wait for if none is up
	 */
	private record Snapshot(Map<Endpoint, ThriftInstance> members, WeightedRandom up, WeightedRandom recovering) {

		static Snapshot of(Map<Endpoint, ThriftInstance> members) {
			return new Snapshot(members, choice(members, Status.UP), choice(members, Status.RECOVERING));
		}

		private static WeightedRandom choice(Map<Endpoint, ThriftInstance> members, Status status) {
			List<Endpoint> endpoints = new ArrayList<>();
			List<Integer> weights = new ArrayList<>();
			members.forEach((endpoint, instance) -> {
				if (endpoint.status() == status) {
					endpoints.add(endpoint);
					weights.add(instance.weight());
				}
			});
			return new WeightedRandom(endpoints, weights);
		}

	}

}
