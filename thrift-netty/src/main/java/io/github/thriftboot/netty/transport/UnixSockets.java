package io.github.thriftboot.netty.transport;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * What paths of Unix sockets have to be like.
 */
public final class UnixSockets {

	/**
	 * The longest path in bytes that Java binds and connects to on every platform. Some
	 * take a few bytes more.
	 */
	public static final int MAX_PATH_BYTES = 102;

	private UnixSockets() {
	}

	/**
	 * Check a path. Whether there is a socket does not matter.
	 * @param path the path of a Unix socket
	 * @return the same
	 * @throws IllegalArgumentException if the path depends on the working directory, or
	 * is too long for the operating system
	 */
	public static Path check(Path path) {
		int bytes = path.toString().getBytes(StandardCharsets.UTF_8).length;
		if (!path.isAbsolute()) {
			throw new IllegalArgumentException("unixSocket: '" + path + "' (expected: an absolute path)");
		}
		if (bytes > MAX_PATH_BYTES) {
			throw new IllegalArgumentException("unixSocket: '" + path + "' of " + bytes + " bytes (expected: at most "
					+ MAX_PATH_BYTES + ", more fit into no socket address)");
		}
		return path;
	}

}
