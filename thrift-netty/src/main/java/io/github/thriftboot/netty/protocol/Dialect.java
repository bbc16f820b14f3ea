package io.github.thriftboot.netty.protocol;

import org.jspecify.annotations.Nullable;

/**
 * What a peer speaks on a connection, as its first bytes tell.
 *
 * @param transport how messages are wrapped
 * @param protocol how messages are encoded; in THeader each frame tells its own
 */
public record Dialect(ThriftTransport transport, ThriftProtocol protocol) {

	/**
	 * The most bytes that are needed to tell.
	 */
	public static final int MAX_BYTES = 8;

	/**
	 * The fewest bytes that may be enough to tell.
	 */
	public static final int MIN_BYTES = 4;

	/**
	 * The largest length that THeader allows. Above it lie magic numbers, text and
	 * negative lengths.
	 */
	public static final int MAX_LENGTH = 0x3FFFFFFF;

	/**
	 * The longest method name that a message of the old style may start with.
	 */
	private static final int MAX_OLD_NAME_LENGTH = 1024;

	/**
	 * What a framed message of the old style has beside its name, at least.
	 */
	private static final int OLD_MESSAGE_BYTES = 9;

	private static final int TTHEADER_MAGIC = 0x1000;

	private static final int TLS_HELLO = 0x1603;

	/**
	 * <code>[1,"</code>: every JSON message starts with its version and the method name.
	 */
	private static final int JSON_START = 0x5B312C22;

	/**
	 * Whether a word that is no length tells the dialect alone, so that no more bytes
	 * need to come.
	 * @param first the first four bytes
	 * @return {@code true} if {@link #detect} needs no second word
	 */
	public static boolean isDecidedBy(int first) {
		return first <= 0 || first > MAX_LENGTH;
	}

	/**
	 * Tell the dialect of a connection.
	 * @param first the first four bytes
	 * @param second the next four bytes, 0 if {@link #isDecidedBy} the first
	 * @return the dialect, or {@code null} if it is none that is spoken here
	 */
	public static @Nullable Dialect detect(int first, int second) {
		ThriftProtocol unframed = messageStart(first);
		if (unframed != null) {
			return new Dialect(ThriftTransport.UNFRAMED, unframed);
		}
		if (isDecidedBy(first) || first >>> 16 == TLS_HELLO) {
			return null;
		}
		if (second >>> 16 == HeaderFrame.MAGIC) {
			return new Dialect(ThriftTransport.HEADER, ThriftProtocol.BINARY);
		}
		ThriftProtocol framed = messageStart(second);
		if (framed != null) {
			return new Dialect(ThriftTransport.FRAMED, framed);
		}
		if (second >= 0 && second <= Math.min(MAX_OLD_NAME_LENGTH, first - OLD_MESSAGE_BYTES)) {
			return new Dialect(ThriftTransport.FRAMED, ThriftProtocol.OLD_BINARY);
		}
		if (first <= MAX_OLD_NAME_LENGTH && isNameStart(second >>> 24)) {
			return new Dialect(ThriftTransport.UNFRAMED, ThriftProtocol.OLD_BINARY);
		}
		return null;
	}

	private static @Nullable ThriftProtocol messageStart(int word) {
		if (word >>> 16 == 0x8001) {
			return ThriftProtocol.BINARY;
		}
		if (word >>> 24 == 0x82 && (word >>> 16 & 0x1F) == 1) {
			return ThriftProtocol.COMPACT;
		}
		return (word == JSON_START) ? ThriftProtocol.JSON : null;
	}

	private static boolean isNameStart(int c) {
		return c == '_' || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
	}

	/**
	 * Say what the first bytes of a connection look like.
	 * @param first the first four bytes
	 * @param second the next four bytes, 0 if they have not come
	 * @return a text for logs
	 */
	public static String describe(int first, int second) {
		Dialect dialect = detect(first, second);
		if (dialect != null) {
			return "Thrift with transport " + dialect.transport().key()
					+ ((dialect.transport() == ThriftTransport.HEADER) ? ""
							: " and protocol " + dialect.protocol().key());
		}
		String text = describeText(first);
		if (text != null) {
			return text;
		}
		if (first == 0x0D0A0D0A && second == 0x000D0A51) {
			return "a PROXY protocol header";
		}
		if (first >>> 16 == TLS_HELLO) {
			return "a TLS hello";
		}
		if (first >>> 16 == 0x1503) {
			return "a TLS alert";
		}
		if (first >>> 16 == 0xACED) {
			return "Java serialization";
		}
		if (first >>> 24 == 0xFF) {
			return "telnet";
		}
		if (!isDecidedBy(first) && second >>> 16 == TTHEADER_MAGIC) {
			return "Kitex TTHeader";
		}
		return String.format("no Thrift at all (first bytes: %08x %08x)", first, second);
	}

	private static @Nullable String describeText(int first) {
		return switch (first) {
			// the first four letters of GET, POST, PUT, HEAD, OPTIONS, DELETE and PATCH
			case 0x47455420, 0x504F5354, 0x50555420, 0x48454144, 0x4F505449, 0x44454C45, 0x50415443 ->
				"an HTTP request";
			case 0x48545450 -> "an HTTP answer";
			case 0x50524920 -> "HTTP/2";
			case 0x5353482D -> "SSH";
			case 0x50524F58 -> "a PROXY protocol header";
			default -> null;
		};
	}

}
