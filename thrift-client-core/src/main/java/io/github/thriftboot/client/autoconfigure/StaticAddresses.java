package io.github.thriftboot.client.autoconfigure;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.github.thriftboot.netty.client.ThriftInstance;
import io.github.thriftboot.netty.transport.UnixSockets;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * Reads addresses from the configuration: {@code host:port}, an IPv6 address in brackets,
 * or {@code unix:} and the path of a Unix socket.
 */
final class StaticAddresses {

	private static final Pattern ADDRESS = Pattern.compile("(?:\\[([^\\[\\]]+)]|([^:\\[\\]]+)):(\\d{1,5})");

	private static final int MAX_PORT = 65535;

	private static final String UNIX = "unix:";

	private StaticAddresses() {
	}

	/**
	 * Read addresses.
	 * @param property the name of the property that holds them
	 * @param addresses the addresses
	 * @return their instances
	 * @throws InvalidConfigurationPropertyValueException if one is not an address
	 */
	static List<ThriftInstance> parse(String property, List<String> addresses) {
		List<ThriftInstance> instances = new ArrayList<>();
		for (int i = 0; i < addresses.size(); i++) {
			instances.add(parse(property + "[" + i + "]", addresses.get(i).trim()));
		}
		return instances;
	}

	private static ThriftInstance parse(String property, String address) {
		Matcher matcher = ADDRESS.matcher(address);
		if (!matcher.matches() && address.startsWith(UNIX)) {
			return unixSocket(property, address);
		}
		int port = matcher.matches() ? Integer.parseInt(matcher.group(3)) : 0;
		if (port < 1 || port > MAX_PORT) {
			throw new InvalidConfigurationPropertyValueException(property, address, "Addresses of "
					+ "Thrift servers are written host:port with a port from 1 to 65535, such as 'localhost:9090' "
					+ "or, for an IPv6 address, '[::1]:9090'; Unix sockets as 'unix:/run/app/thrift.sock'.");
		}
		String host = (matcher.group(1) != null) ? matcher.group(1) : matcher.group(2);
		return ThriftInstance.of(host, port);
	}

	private static ThriftInstance unixSocket(String property, String address) {
		try {
			return ThriftInstance.ofUnixSocket(Path.of(address.substring(UNIX.length())));
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidConfigurationPropertyValueException(property, address,
					"Unix sockets are written unix: and an absolute path of at most " + UnixSockets.MAX_PATH_BYTES
							+ " bytes, such as 'unix:/run/app/thrift.sock'.");
		}
	}

}
