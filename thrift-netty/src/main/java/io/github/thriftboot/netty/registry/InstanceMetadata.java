package io.github.thriftboot.netty.registry;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import io.github.thriftboot.netty.protocol.ThriftProtocol;
import io.github.thriftboot.netty.protocol.ThriftTransport;
import org.jspecify.annotations.Nullable;

/**
 * What a Thrift server tells of itself in the metadata of its registration, as flat keys
 * that every registry can hold. Keys that are not ours are ignored. Immutable.
 *
 * @param port the port of the Thrift server
 * @param services the names of the exported services
 * @param weight the share of calls that the instance wants, 0 for none
 * @param transport the transport to call it with, or {@code null} if it does not tell
 * @param protocol the protocol to call it with, or {@code null} if it does not tell
 * @param ssl whether it has to be called with TLS
 * @param started when it started, in milliseconds since the epoch, 0 if unknown
 */
public record InstanceMetadata(int port, Set<String> services, int weight, @Nullable ThriftTransport transport,
		@Nullable ThriftProtocol protocol, boolean ssl, long started) {

	/**
	 * The weight of an instance that tells none.
	 */
	public static final int DEFAULT_WEIGHT = 100;

	private static final String PORT = "thrift-port";

	private static final String SERVICES = "thrift-services";

	private static final String WEIGHT = "thrift-weight";

	private static final String TRANSPORT = "thrift-transport";

	private static final String PROTOCOL = "thrift-protocol";

	private static final String SSL = "thrift-ssl";

	private static final String STARTED = "thrift-started";

	/**
	 * Not ours: what Eureka and Spring Cloud know zones by.
	 */
	private static final String ZONE = "zone";

	/**
	 * Read metadata from a registry. A value that cannot be read counts as absent, as
	 * another team's mistake must not stop our calls.
	 * @param metadata the metadata of an instance
	 * @return what it tells, or {@code null} if it names no port and so is not ours
	 */
	public static @Nullable InstanceMetadata parse(Map<String, String> metadata) {
		long port = number(metadata.get(PORT), -1);
		if (port < 1 || port > 65535) {
			return null;
		}
		Set<String> services = Arrays.stream(metadata.getOrDefault(SERVICES, "").split(","))
			.map(String::trim)
			.filter((name) -> !name.isEmpty())
			.collect(Collectors.toCollection(TreeSet::new));
		long weight = Math.max(0, Math.min(number(metadata.get(WEIGHT), DEFAULT_WEIGHT), Integer.MAX_VALUE));
		return new InstanceMetadata((int) port, services, (int) weight, ThriftTransport.ofKey(metadata.get(TRANSPORT)),
				ThriftProtocol.ofKey(metadata.get(PROTOCOL)), ssl(metadata),
				Math.max(0, number(metadata.get(STARTED), 0)));
	}

	/**
	 * Read whether an instance has to be called with TLS.
	 * @param metadata the metadata of an instance
	 * @return {@code false} also if it does not tell
	 */
	public static boolean ssl(Map<String, String> metadata) {
		return Boolean.parseBoolean(metadata.getOrDefault(SSL, "").trim());
	}

	/**
	 * Read the zone of an instance, which its registry's own configuration tells.
	 * @param metadata the metadata of an instance
	 * @return the name of the zone, or {@code null} if it does not tell
	 */
	public static @Nullable String zone(Map<String, String> metadata) {
		String zone = metadata.get(ZONE);
		return (zone == null || zone.isBlank()) ? null : zone.trim();
	}

	/**
	 * Write metadata for a registry.
	 * @return the keys and values
	 */
	public Map<String, String> toMap() {
		Map<String, String> metadata = new LinkedHashMap<>();
		metadata.put(PORT, Integer.toString(this.port));
		metadata.put(SERVICES, String.join(",", new TreeSet<>(this.services)));
		metadata.put(WEIGHT, Integer.toString(this.weight));
		if (this.transport != null) {
			metadata.put(TRANSPORT, this.transport.key());
		}
		if (this.protocol != null) {
			metadata.put(PROTOCOL, this.protocol.key());
		}
		metadata.put(SSL, Boolean.toString(this.ssl));
		metadata.put(STARTED, Long.toString(this.started));
		return metadata;
	}

	private static long number(@Nullable String value, long fallback) {
		if (value == null) {
			return fallback;
		}
		try {
			return Long.parseLong(value.trim());
		}
		catch (NumberFormatException ex) {
			return fallback;
		}
	}

}
