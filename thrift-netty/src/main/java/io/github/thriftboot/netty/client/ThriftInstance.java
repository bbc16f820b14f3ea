package io.github.thriftboot.netty.client;

import java.util.Map;

import io.github.thriftboot.netty.protocol.ThriftProtocol;
import io.github.thriftboot.netty.protocol.ThriftTransport;
import io.github.thriftboot.netty.registry.InstanceMetadata;
import org.jspecify.annotations.Nullable;

/**
 * One running server of a service. Immutable.
 *
 * @param host the host name or address
 * @param port the port
 * @param weight its share of the calls relative to the others; 0 gets none while another
 * instance has more
 * @param transport the transport that it speaks, or {@code null} if it does not tell
 * @param protocol the protocol that it speaks, or {@code null} if it does not tell
 * @param started when it started, in milliseconds since the epoch, 0 if unknown
 * @param metadata all that its registry tells of it
 */
public record ThriftInstance(String host, int port, int weight, @Nullable ThriftTransport transport,
		@Nullable ThriftProtocol protocol, long started, Map<String, String> metadata) {

	/**
	 * Create an instance.
	 * @throws IllegalArgumentException if the host is empty, the port is none, or the
	 * weight is negative
	 */
	public ThriftInstance {
		if (host.isEmpty()) {
			throw new IllegalArgumentException("host: '' (expected: a host name or address)");
		}
		if (port < 1 || port > 65535) {
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
	 * @return {@code host:port}
	 */
	public String address() {
		return this.host + ":" + this.port;
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
