package io.github.thriftboot.client.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.github.thriftboot.netty.client.ThriftInstance;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * Reads addresses from the configuration: {@code host:port}, an IPv6 address in brackets.
 */
final class StaticAddresses {

	private static final Pattern ADDRESS = Pattern.compile("(?:\\[([^\\[\\]]+)]|([^:\\[\\]]+)):(\\d{1,5})");

	private static final int MAX_PORT = 65535;

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
			String address = addresses.get(i).trim();
			Matcher matcher = ADDRESS.matcher(address);
			int port = matcher.matches() ? Integer.parseInt(matcher.group(3)) : 0;
			if (port < 1 || port > MAX_PORT) {
				throw new InvalidConfigurationPropertyValueException(property + "[" + i + "]", address, "Addresses of "
						+ "Thrift servers are written host:port with a port from 1 to 65535, such as 'localhost:9090' "
						+ "or, for an IPv6 address, '[::1]:9090'.");
			}
			String host = (matcher.group(1) != null) ? matcher.group(1) : matcher.group(2);
			instances.add(ThriftInstance.of(host, port));
		}
		return instances;
	}

}
