package io.github.thriftboot.netty.test;

import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Takes texts of any size, or makes them, whatever the other direction carries. Every
 * character of a text takes a byte in every protocol.
 */
public final class SizedTextHandler extends EchoHandler {

	private static final String REQUEST = "size ";

	private final AtomicInteger texts = new AtomicInteger();

	/**
	 * Make a text.
	 * @param size the number of characters
	 * @return letters in no order, the same for each size
	 */
	public static String text(int size) {
		return new Random(size).ints(size, 'a', 'z' + 1)
			.collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
			.toString();
	}

	/**
	 * Ask for a text.
	 * @param size the number of characters
	 * @return what to send
	 */
	public static String request(int size) {
		return REQUEST + size;
	}

	/**
	 * Tell what the answer to a text is.
	 * @param text the text
	 * @return the answer, which proves that it came whole
	 */
	public static String digest(String text) {
		return text.length() + " " + text.hashCode();
	}

	/**
	 * Return how many texts came or were asked for.
	 * @return the number
	 */
	public int texts() {
		return this.texts.get();
	}

	@Override
	public String misbehave(String how) {
		this.texts.incrementAndGet();
		return how.startsWith(REQUEST) ? text(Integer.parseInt(how.substring(REQUEST.length()))) : digest(how);
	}

}
