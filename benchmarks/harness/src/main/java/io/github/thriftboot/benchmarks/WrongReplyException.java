package io.github.thriftboot.benchmarks;

/**
 * A reply is not what was sent.
 */
public final class WrongReplyException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create an exception.
	 * @param expected what was sent
	 * @param actual what has come
	 */
	public WrongReplyException(Object expected, Object actual) {
		super("expected " + abbreviated(expected) + ", got " + abbreviated(actual));
	}

	private static String abbreviated(Object value) {
		String text = String.valueOf(value);
		return (text.length() > 200) ? text.substring(0, 200) + "..." : text;
	}

}
