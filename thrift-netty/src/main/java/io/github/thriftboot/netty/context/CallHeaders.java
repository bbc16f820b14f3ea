package io.github.thriftboot.netty.context;

import java.util.Map;

import io.github.thriftboot.netty.protocol.MessageLimits;
import org.jspecify.annotations.Nullable;

/**
 * Headers of the calls that a thread makes:
 *
 * <pre class="code">
 * try (CallHeaders headers = CallHeaders.open()) {
 *     headers.put("tenant", "acme");
 *     users.getUser(1);
 *     headers.reply().get("served-by");
 * }
 * </pre>
 *
 * They go with every call made on this thread until they are closed, in dialects that
 * have headers. Opened, filled and closed on one thread; the headers of a reply may be
 * read on any.
 */
public final class CallHeaders implements AutoCloseable {

	private static final ThreadLocal<@Nullable CallHeaders> CURRENT = new ThreadLocal<>();

	private final @Nullable CallHeaders previous;

	/**
	 * Learns of replies, too.
	 */
	private final @Nullable CallHeaders origin;

	private final HeaderMap headers;

	private volatile Map<String, String> reply = Map.of();

	private CallHeaders(@Nullable CallHeaders previous, @Nullable CallHeaders origin) {
		this.previous = previous;
		this.origin = origin;
		this.headers = new HeaderMap(MessageLimits.LARGEST_HEADERS, MessageLimits.LARGEST_HEADER_SIZE,
				(origin != null) ? origin.request() : Map.of());
	}

	/**
	 * Open headers for this thread. What was open before is not sent until these are
	 * closed.
	 * @return new headers
	 */
	public static CallHeaders open() {
		CallHeaders headers = new CallHeaders(CURRENT.get(), null);
		CURRENT.set(headers);
		return headers;
	}

	/**
	 * Return the headers of this thread.
	 * @return the headers opened last, or {@code null} if none are open
	 */
	public static @Nullable CallHeaders current() {
		return CURRENT.get();
	}

	/**
	 * Make headers that begin with those of this thread, for something that adds its own
	 * to a call. The headers of replies are told to those of this thread as well.
	 * @return new headers, for {@link #bind}
	 */
	public static CallHeaders inherit() {
		return new CallHeaders(null, CURRENT.get());
	}

	/**
	 * Bind headers to the current thread, for what goes on here that began on another.
	 * @param headers the headers, or {@code null} to bind none
	 * @return what was bound before, to be bound again afterwards
	 */
	public static @Nullable CallHeaders bind(@Nullable CallHeaders headers) {
		CallHeaders previous = CURRENT.get();
		if (headers != null) {
			CURRENT.set(headers);
		}
		else if (previous != null) {
			CURRENT.remove();
		}
		return previous;
	}

	/**
	 * Send a header with the calls that follow.
	 * @param name the name
	 * @param value the value
	 * @return these headers
	 * @throws IllegalArgumentException if that makes more headers than any client may
	 * send; what is over the limits of the client that is called fails the call
	 */
	public CallHeaders put(String name, String value) {
		this.headers.put(name, value);
		return this;
	}

	/**
	 * Return the headers to send.
	 * @return a copy
	 */
	public Map<String, String> request() {
		return this.headers.copy();
	}

	/**
	 * Return the headers of the last reply.
	 * @return the headers, empty if there was no reply or it had none
	 */
	public Map<String, String> reply() {
		return this.reply;
	}

	/**
	 * Take over the headers of a reply. Called by the runtime.
	 * @param replyHeaders the headers
	 */
	public void replied(Map<String, String> replyHeaders) {
		this.reply = replyHeaders;
		if (this.origin != null) {
			this.origin.replied(replyHeaders);
		}
	}

	/**
	 * End the headers of this thread; those that were open before are sent again.
	 */
	@Override
	public void close() {
		if (this.previous != null) {
			CURRENT.set(this.previous);
		}
		else {
			CURRENT.remove();
		}
	}

}
