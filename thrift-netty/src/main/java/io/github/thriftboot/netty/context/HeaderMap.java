package io.github.thriftboot.netty.context;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Headers to send, never more than may be sent. Thread-safe.
 */
final class HeaderMap {

	private static final String CLIENT_TIMEOUT = "client_timeout";

	/**
	 * Left for the headers that the runtime adds itself.
	 */
	private static final int RESERVED_HEADERS = 8;

	private static final int RESERVED_BYTES = 1024;

	/**
	 * What the lengths of a name and a value take on the wire.
	 */
	private static final int LENGTH_BYTES = 4;

	private final int maxHeaders;

	private final int maxBytes;

	private volatile Map<String, String> headers;

	/**
	 * Create headers.
	 * @param maxHeaders the most headers of a message, those of the runtime included
	 * @param maxBytes the size of all of them
	 * @param headers what to begin with, the {@link #copy()} of others
	 */
	HeaderMap(int maxHeaders, int maxBytes, Map<String, String> headers) {
		this.maxHeaders = maxHeaders - RESERVED_HEADERS;
		this.maxBytes = maxBytes - RESERVED_BYTES;
		this.headers = headers;
	}

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
					+ header.getValue().getBytes(StandardCharsets.UTF_8).length + LENGTH_BYTES;
		}
		if (changed.size() > this.maxHeaders || bytes > this.maxBytes) {
			throw new IllegalArgumentException("headers: " + changed.size() + " of " + bytes
					+ " bytes (expected: at most " + this.maxHeaders + " of " + this.maxBytes + " bytes)");
		}
		this.headers = Map.copyOf(changed);
	}

	Map<String, String> copy() {
		return this.headers;
	}

}
