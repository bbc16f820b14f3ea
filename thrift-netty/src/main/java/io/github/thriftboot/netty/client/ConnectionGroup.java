package io.github.thriftboot.netty.client;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;

import org.jspecify.annotations.Nullable;

/**
 * The connections of an {@link Endpoint}: one at first, more while those that there are
 * have no room, up to a maximum. Which of them take calls follows their order, so that
 * the last ones are idle first and close. Thread-safe.
 */
final class ConnectionGroup {

	private final Endpoint endpoint;

	private final ConnectionSettings settings;

	/**
	 * Grows, and changes in place, under the lock of this object; never shrinks.
	 */
	private final List<ThriftConnection> connections = new CopyOnWriteArrayList<>();

	/**
	 * Speaks for the endpoint; one of the connections.
	 */
	private volatile ThriftConnection primary;

	/**
	 * Whether a connection is being opened because the others have no room.
	 */
	private volatile boolean growing;

	private boolean closed;

	ConnectionGroup(Endpoint endpoint) {
		this.endpoint = endpoint;
		this.settings = endpoint.options().settings();
		this.primary = new ThriftConnection(endpoint, this, endpoint.pool().nextEventLoop(), null);
		this.connections.add(this.primary);
	}

	/**
	 * Return the connection that decides the status of the endpoint.
	 * @return the connection
	 */
	ThriftConnection primary() {
		return this.primary;
	}

	/**
	 * Whether a connection is open.
	 * @return {@code true} if at least one is
	 */
	boolean isAnyReady() {
		return this.connections.stream().anyMatch(ThriftConnection::isReady);
	}

	/**
	 * See that calls in the queue are taken, by a connection that has room if there is
	 * one.
	 * @throws RejectedExecutionException if the pool is closed
	 */
	void wake() {
		if (wakeOneWithRoom()) {
			return;
		}
		// in order: the first to become free takes the call, the primary watches its
		// deadline
		ThriftConnection least = this.endpoint.isOrdered() ? null : leastLoaded(this.connections.size(), false);
		((least != null) ? least : this.primary).wake();
	}

	/**
	 * See that a connection which can take a call does so; open another one if all are
	 * busy and there may be more.
	 * @return {@code false} if none has room
	 */
	boolean wakeOneWithRoom() {
		boolean ordered = this.endpoint.isOrdered();
		ThriftConnection connection = ready(ordered);
		if (connection == null && ordered) {
			connection = unready();
		}
		if (connection == null) {
			connection = grow(ordered);
		}
		if (connection == null) {
			return false;
		}
		connection.wake();
		return true;
	}

	/**
	 * Choose among the open connections that have room: the least loaded one of those
	 * that are kept, else the first one.
	 */
	private @Nullable ThriftConnection ready(boolean ordered) {
		ThriftConnection least = leastLoaded(this.settings.kept(ordered), true);
		if (least != null) {
			return least;
		}
		for (int i = 0; i < this.connections.size(); i++) {
			ThriftConnection connection = this.connections.get(i);
			if (connection.isReady() && connection.hasRoom()) {
				return connection;
			}
		}
		return null;
	}

	private @Nullable ThriftConnection leastLoaded(int among, boolean withRoom) {
		ThriftConnection least = null;
		for (int i = 0; i < Math.min(among, this.connections.size()); i++) {
			ThriftConnection connection = this.connections.get(i);
			if (connection.isReady() && (!withRoom || connection.hasRoom())
					&& (least == null || connection.load() < least.load())) {
				least = connection;
			}
		}
		return least;
	}

	/**
	 * Choose a connection that takes calls once it is open.
	 */
	private @Nullable ThriftConnection unready() {
		for (int i = 0; i < this.connections.size(); i++) {
			ThriftConnection connection = this.connections.get(i);
			if (!connection.isReady() && connection.hasRoom()) {
				return connection;
			}
		}
		return null;
	}

	/**
	 * Open another connection, if there may be one more. A peer that answers out of order
	 * gets it while the others go on, one that answers in order has nobody else for the
	 * call.
	 * @return the connection that takes the call, or {@code null} if it does not wait for
	 * the new one
	 */
	private @Nullable ThriftConnection grow(boolean ordered) {
		if (!ordered && (this.growing || !this.primary.isReady())) {
			return null;
		}
		if (this.connections.size() >= this.settings.most(ordered) && (ordered || unready() == null)) {
			return null;
		}
		synchronized (this) {
			if (ordered) {
				// another caller may just have added one
				ThriftConnection added = unready();
				return (added != null || !mayAdd(true)) ? added : add();
			}
			if (!this.growing) {
				ThriftConnection another = unready();
				if (another == null && mayAdd(false)) {
					another = add();
				}
				if (another != null) {
					this.growing = true;
					another.open();
				}
			}
			return null;
		}
	}

	private boolean mayAdd(boolean ordered) {
		return !this.closed && this.connections.size() < this.settings.most(ordered);
	}

	private ThriftConnection add() {
		ThriftConnection connection = new ThriftConnection(this.endpoint, this, this.endpoint.pool().nextEventLoop(),
				null);
		this.connections.add(connection);
		return connection;
	}

	/**
	 * Note that a connection which was being opened is open, or is not.
	 */
	void opened() {
		if (this.growing) {
			this.growing = false;
		}
	}

	/**
	 * Open as many connections as are kept. An endpoint that is closed opens none.
	 */
	void fill() {
		boolean ordered = this.endpoint.isOrdered();
		int kept = this.settings.kept(ordered);
		if (kept <= 1) {
			return;
		}
		synchronized (this) {
			while (this.connections.size() < kept && mayAdd(ordered)) {
				add();
			}
			if (!this.closed) {
				this.connections.subList(0, kept).forEach(ThriftConnection::open);
			}
		}
	}

	/**
	 * Whether a connection stays open without calls.
	 * @param connection the connection
	 * @return {@code true} if it is one of the first ones, as many as are kept
	 */
	boolean keeps(ThriftConnection connection) {
		int place = this.connections.indexOf(connection);
		return place >= 0 && place < this.settings.kept(this.endpoint.isOrdered());
	}

	/**
	 * Let a new connection take the place of another one.
	 * @param old the one that takes no more calls
	 * @param replacement the one that is open
	 * @return {@code false} if there is nothing to replace any more
	 */
	synchronized boolean replace(ThriftConnection old, ThriftConnection replacement) {
		int place = this.connections.indexOf(old);
		if (this.closed || place < 0) {
			return false;
		}
		this.connections.set(place, replacement);
		if (this.primary == old) {
			this.primary = replacement;
		}
		return true;
	}

	/**
	 * Close all connections; calls in flight may still be answered.
	 */
	void close() {
		synchronized (this) {
			this.closed = true;
		}
		this.connections.forEach(ThriftConnection::close);
	}

}
