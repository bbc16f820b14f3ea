package io.github.thriftboot.netty.protocol;

import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

import org.jspecify.annotations.Nullable;

/**
 * Makes text that came from the wire fit for logs and error messages.
 */
public final class WireText {

	private static final int MAX_LENGTH = 80;

	private WireText() {
	}

	/**
	 * Shorten a text and replace everything but printable ASCII, so that it can neither
	 * forge a log line nor flood one.
	 * @param text any text
	 * @return at most 80 printable characters
	 */
	public static String printable(String text) {
		StringBuilder result = new StringBuilder(Math.min(text.length(), MAX_LENGTH));
		for (int i = 0; i < text.length() && i < MAX_LENGTH; i++) {
			char c = text.charAt(i);
			result.append((c >= ' ' && c <= '~') ? c : '?');
		}
		if (text.length() > MAX_LENGTH) {
			result.replace(MAX_LENGTH - 3, MAX_LENGTH, "...");
		}
		return result.toString();
	}

	/**
	 * Name a peer in a log line. Few peers of a Unix socket have a name, and one that has
	 * chose it itself.
	 * @param peer the address of the peer, or {@code null} if it is not known
	 * @return the address, {@code unix} or {@code unix:} and a path for a Unix socket,
	 * {@code -} if it is not known
	 */
	public static Object peer(@Nullable SocketAddress peer) {
		if (peer instanceof UnixDomainSocketAddress) {
			String path = printable(peer.toString());
			return path.isEmpty() ? "unix" : "unix:" + path;
		}
		return (peer != null) ? peer : "-";
	}

}
