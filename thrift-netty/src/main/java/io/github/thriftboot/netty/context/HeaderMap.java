package io.github.thriftboot.netty.context;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Headers to send, never more than a peer accepts. Thread-safe.
 */
final class HeaderMap {

	private static final String CLIENT_TIMEOUT = "client_timeout";

	private static final int MAX_HEADERS = 64;

	private static final int MAX_BYTES = 8 * 1024;

	/**
	 * Left for the headers that the runtime adds itself.
	 */
	private static final int RESERVED_HEADERS = 8;

	private static final int RESERVED_BYTES = 1024;

	private volatile Map<String, String> headers = Map.of();

	synchronized void put(String name, String value) {
		if (name.equals(CLIENT_TIMEOUT)) {
			throw new IllegalArgumentException(
					"header: " + name + " (expected: another name; the timeout of the call goes out under this one)");
		}
		Map<String, String> changed = new LinkedHashMap<>(this.headers);
		changed.put(name, value);
		int bytes = 0;
		for (Map.Entry<String, String> header : changed.entrySet()) {
			bytes += header.getKey().getBytes(StandardCharsets.UTF_8).length
					+ header.getValue().getBytes(StandardCharsets.UTF_8).length;
		}
		if (changed.size() > MAX_HEADERS - RESERVED_HEADERS || bytes > MAX_BYTES - RESERVED_BYTES) {
			throw new IllegalArgumentException(
					"headers: " + changed.size() + " of " + bytes + " bytes (expected: at most "
							+ (MAX_HEADERS - RESERVED_HEADERS) + " of " + (MAX_BYTES - RESERVED_BYTES) + " bytes)");
		}
		this.headers = Map.copyOf(changed);
	}

	Map<String, String> copy() {
		return this.headers;
	}

}
