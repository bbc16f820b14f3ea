package io.github.thriftboot.benchmarks.echo;

import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * What the payloads hold, whatever a system makes of it.
 */
public final class Content {

	/**
	 * The name of a user.
	 */
	public static final String NAME = "Ada Lovelace";

	/**
	 * The mail address of a user.
	 */
	public static final String EMAIL = "ada.lovelace@example.org";

	/**
	 * The tags of a user.
	 */
	public static final List<String> TAGS = List.of("admin", "staff", "test", "gold", "early");

	/**
	 * The attributes of a user.
	 */
	public static final Map<String, String> ATTRIBUTES = Map.of("city", "Turin", "lang", "it", "plan", "team", "tz",
			"CET", "theme", "darker");

	/**
	 * The number of users in the medium payload.
	 */
	public static final int USERS = 20;

	private static final int BLOB_BYTES = 64 * 1024;

	private Content() {
	}

	/**
	 * Make the content of the large payload: noise, the same every time.
	 * @return a new array
	 */
	public static byte[] blob() {
		byte[] bytes = new byte[BLOB_BYTES];
		new Random(42).nextBytes(bytes);
		return bytes;
	}

}
