package io.github.thriftboot.netty.client;

import java.nio.file.Path;
import java.util.Map;

import io.github.thriftboot.netty.protocol.ThriftProtocol;
import io.github.thriftboot.netty.protocol.ThriftTransport;
import io.github.thriftboot.netty.registry.InstanceMetadata;
import io.github.thriftboot.netty.transport.UnixSockets;
import org.jspecify.annotations.Nullable;

/**
 * One running server of a service. Immutable.
 *
 * @param host the host name or address, or {@code unix:} and the path of a Unix socket
 * @param port the port, 0 for a Unix socket and for nothing else
 * @param weight its share of the calls relative to the others; 0 gets none while another
 * instance has more
 * @param transport the transport that it speaks, or {@code null} if it does not tell
 * @param protocol the protocol that it speaks, or {@code null} if it does not tell
 * @param started when it started, in milliseconds since the epoch, 0 if unknown
 * @param metadata all that its registry tells of it
 */
public record ThriftInstance(String host, int port, int weight, @Nullable ThriftTransport transport,
		@Nullable ThriftProtocol protocol, long started, Map<String, String> metadata) {

	private static final String UNIX = "unix:";

	/**
	 * Create an instance.
	 * @throws IllegalArgumentException if the host is empty, the port is none, the path
	 * cannot be one of a Unix socket, or the weight is negative
	 */
	public ThriftInstance {
		if (host.isEmpty()) {
			throw new IllegalArgumentException("host: '' (expected: a host name or address)");
		}
		Path unixSocket = unixSocket(host, port);
		if (unixSocket != null) {
			UnixSockets.check(unixSocket);
		}
		else if (port < 1 || port > 65535) {
			throw new IllegalArgumentException("port: " + port + " (expected: 1 to 65535)");
		}
		if (weight < 0) {
			throw new IllegalArgumentException("weight: " + weight + " (expected: >= 0)");
		}
		metadata = Map.copyOf(metadata);
	}

	/**
	 * Make an instance of which only the address is known.
	 * @param host the host name or address
	 * @param port the port
	 * @return the instance
	 */
	public static ThriftInstance of(String host, int port) {
		return new ThriftInstance(host, port, InstanceMetadata.DEFAULT_WEIGHT, null, null, 0, Map.of());
	}

	/**
	 * Make an instance on this machine of which only the Unix socket is known.
	 * @param path where it listens, absolute and at most 102 bytes long
	 * @return the instance
	 * @throws IllegalArgumentException if the path cannot be one of a socket
	 */
	public static ThriftInstance ofUnixSocket(Path path) {
		return of(UNIX + path, 0);
	}

	/**
	 * Make an instance from its registration.
	 * @param host the host that the registry tells
	 * @param metadata the metadata that the registry tells
	 * @return the instance, or {@code null} if the metadata names no Thrift port
	 */
	public static @Nullable ThriftInstance of(String host, Map<String, String> metadata) {
		InstanceMetadata parsed = InstanceMetadata.parse(metadata);
		if (parsed == null) {
			return null;
		}
		return new ThriftInstance(host, parsed.port(), parsed.weight(), parsed.transport(), parsed.protocol(),
				parsed.started(), metadata);
	}

	/**
	 * Return the address.
	 * @return {@code host:port}, or {@code unix:} and a path
	 */
	public String address() {
		return address(this.host, this.port);
	}

	/**
	 * Return where the instance listens if that is a Unix socket. No registry can name
	 * one: it always tells a port.
	 * @return the path, or {@code null} if it listens on a port
	 */
	public @Nullable Path unixSocket() {
		return unixSocket(this.host, this.port);
	}

	static String address(String host, int port) {
		return (unixSocket(host, port) != null) ? host : host + ":" + port;
	}

	static @Nullable Path unixSocket(String host, int port) {
		return (port == 0 && host.startsWith(UNIX)) ? Path.of(host.substring(UNIX.length())) : null;
	}

	/**
	 * Whether the instance has to be called with TLS.
	 * @return {@code false} also if it does not tell
	 */
	public boolean ssl() {
		return InstanceMetadata.ssl(this.metadata);
	}

	/**
	 * Return the zone that the instance is in.
	 * @return the name of the zone, or {@code null} if it does not tell
	 */
	public @Nullable String zone() {
		return InstanceMetadata.zone(this.metadata);
	}

}
