package io.github.thriftboot.netty.server;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.thriftboot.netty.protocol.WireText;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets connections in until there are enough of them, in all or from one address. Further
 * ones are reset at once, before any thread has to do with them. Peers of a Unix socket
 * have no address; they count in all. Stands in the pipelines of all listening channels
 * of a server. Thread-safe.
 */
@Sharable
final class ConnectionAdmission extends ChannelInboundHandlerAdapter {

	private static final Logger logger = LoggerFactory.getLogger(ConnectionAdmission.class);

	private final ConnectionLimits limits;

	private final AtomicInteger connections = new AtomicInteger();

	private final Map<InetAddress, Integer> connectionsByAddress = new ConcurrentHashMap<>();

	private final SparseLog refusals = new SparseLog(logger);

	ConnectionAdmission(ConnectionLimits limits) {
		this.limits = limits;
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		Channel connection = (Channel) message;
		InetAddress address = address(connection.remoteAddress());
		String refusal = admit(address);
		if (refusal == null) {
			connection.closeFuture().addListener((closed) -> leave(address));
			context.fireChannelRead(connection);
			return;
		}
		leave(address);
		this.refusals.warn("Reset connection from {}: {}", WireText.peer(connection.remoteAddress()), refusal);
		// without the end of a stream that the peer would have to answer, and without the
		// states that such an end leaves in the operating system
		connection.config().setOption(ChannelOption.SO_LINGER, 0);
		connection.unsafe().closeForcibly();
	}

	private static @Nullable InetAddress address(@Nullable SocketAddress peer) {
		return (peer instanceof InetSocketAddress address) ? address.getAddress() : null;
	}

	/**
	 * Count a connection.
	 * @return why there are too many, or {@code null}
	 */
	private @Nullable String admit(@Nullable InetAddress address) {
		int fromAddress = (address != null) ? this.connectionsByAddress.merge(address, 1, Integer::sum) : 0;
		if (this.connections.incrementAndGet() > this.limits.maxConnections()) {
			return "too many connections (connections.max " + this.limits.maxConnections() + ")";
		}
		if (fromAddress > this.limits.maxConnectionsPerAddress()) {
			return "too many connections from there (connections.max-per-address "
					+ this.limits.maxConnectionsPerAddress() + ")";
		}
		return null;
	}

	private void leave(@Nullable InetAddress address) {
		this.connections.decrementAndGet();
		if (address != null) {
			this.connectionsByAddress.computeIfPresent(address, (key, count) -> (count > 1) ? count - 1 : null);
		}
	}

}
