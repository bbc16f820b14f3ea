package io.github.thriftboot.netty.protocol;

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

}
