package io.github.thriftboot.netty.server;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import io.github.thriftboot.netty.protocol.WireText;
import io.netty.channel.Channel;
import io.netty.util.concurrent.EventExecutor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks through the connections of one event loop, now and then, and closes those whose
 * peers do not do their part in time. One timer serves all of them. Confined to the event
 * loop.
 */
final class ConnectionSweep {

	private static final Logger logger = LoggerFactory.getLogger(ConnectionSweep.class);

	private final SparseLog closings = new SparseLog(logger);

	private final ConnectionLimits limits;

	private final long maxUnreadBytes;

	private final LongSupplier nanoTime;

	private final Map<Channel, ConnectionWatch> watches = new HashMap<>();

	private long lastLook;

	private long countedNanos;

	/**
	 * Create a sweep.
	 * @param limits the times
	 * @param maxUnreadBytes the most memory for replies that peers do not read
	 * @param nanoTime tells the time that passes
	 */
	ConnectionSweep(ConnectionLimits limits, long maxUnreadBytes, LongSupplier nanoTime) {
		this.limits = limits;
		this.maxUnreadBytes = maxUnreadBytes;
		this.nanoTime = nanoTime;
	}

	/**
	 * Begin to look, when the server begins to read. What connections have waited before
	 * that does not count: it is not their peers who were late.
	 * @param eventLoop the event loop of the connections
	 */
	void start(EventExecutor eventLoop) {
		long period = this.limits.period().toNanos();
		this.lastLook = this.nanoTime.getAsLong();
		eventLoop.scheduleWithFixedDelay(() -> lookAfter(period), period, period, TimeUnit.NANOSECONDS);
	}

	/**
	 * Look after a period. If it was much longer than planned, this process was kept from
	 * reading, and no peer is to blame for that.
	 */
	private void lookAfter(long period) {
		long now = this.nanoTime.getAsLong();
		this.countedNanos += Math.min(now - this.lastLook, 2 * period);
		this.lastLook = now;
		look(this.countedNanos);
	}

	/**
	 * Watch a connection until it is closed.
	 * @param connection the connection, whose pipeline gets the watch
	 */
	void watch(Channel connection) {
		ConnectionWatch watch = new ConnectionWatch(this.limits, connection);
		connection.pipeline().addFirst(watch);
		this.watches.put(connection, watch);
		connection.closeFuture().addListener((closed) -> this.watches.remove(connection));
	}

	/**
	 * Look at all connections.
	 * @param now the present time in nanoseconds
	 */
	void look(long now) {
		Map<Channel, String> late = new HashMap<>();
		long unread = 0;
		for (Map.Entry<Channel, ConnectionWatch> watched : this.watches.entrySet()) {
			String reason = watched.getValue().look(now);
			if (reason != null) {
				late.put(watched.getKey(), reason);
			}
			else {
				unread += watched.getValue().unreadBytes();
			}
		}
		if (unread > this.maxUnreadBytes) {
			addLargest(late, unread);
		}
		// closing takes them out of the map
		late.forEach((connection, reason) -> {
			if (reason.equals(ConnectionWatch.UNUSED)) {
				logger.debug("Closed connection from {}: {}", WireText.peer(connection.remoteAddress()), reason);
			}
			else {
				this.closings.warn("Closed connection from {}: {}", WireText.peer(connection.remoteAddress()), reason);
			}
			connection.close();
		});
	}

	/**
	 * Memory is short: give up peers that have read nothing since the last look, those
	 * with most to read first.
	 */
	private void addLargest(Map<Channel, String> late, long unread) {
		List<Map.Entry<Channel, ConnectionWatch>> largest = new ArrayList<>(this.watches.entrySet());
		largest.sort(Comparator.comparingLong((watched) -> -watched.getValue().unreadBytes()));
		long left = unread;
		for (Map.Entry<Channel, ConnectionWatch> watched : largest) {
			if (left <= this.maxUnreadBytes) {
				return;
			}
			if (late.putIfAbsent(watched.getKey(), "replies not read, and memory is short") == null) {
				left -= watched.getValue().unreadBytes();
			}
		}
	}

}
