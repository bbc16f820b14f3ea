package io.github.thriftboot.netty.protocol;

import java.util.HashMap;
import java.util.Map;

import org.apache.thrift.protocol.TMessageType;

/**
 * How a server that stops parts from its clients without losing a call: a client
 * announces with the first request of a connection that it understands, and the server
 * tells it with a message that answers nothing. The client then sends no new call there,
 * and closes when all of its calls are answered.
 */
public final class Drain {

	/**
	 * The name of the message, {@code ONEWAY} with the sequence id 0 and a struct with
	 * nothing set.
	 */
	public static final String METHOD = "$drain";

	private static final String HEADER = "thrift-drain";

	private static final String VERSION = "1";

	private static final Map<String, String> ANNOUNCEMENT = Map.of(HEADER, VERSION);

	private Drain() {
	}

	/**
	 * Add the announcement to the headers of a request.
	 * @param headers the headers
	 * @return all headers
	 */
	public static Map<String, String> announceIn(Map<String, String> headers) {
		if (headers.isEmpty()) {
			return ANNOUNCEMENT;
		}
		Map<String, String> all = new HashMap<>(headers);
		all.put(HEADER, VERSION);
		return all;
	}

	/**
	 * Whether a request announces that its sender understands.
	 * @param envelope the envelope of the request
	 * @return {@code true} if it does
	 */
	public static boolean isAnnouncedIn(Envelope envelope) {
		return VERSION.equals(envelope.headers().get(HEADER));
	}

	/**
	 * Take the announcement out of a request, which is nothing for its handler.
	 * @param request the request
	 * @return the request with the other headers, and the same body
	 */
	public static ThriftMessage withoutAnnouncement(ThriftMessage request) {
		Envelope envelope = request.envelope();
		Map<String, String> others = new HashMap<>(envelope.headers());
		others.remove(HEADER);
		return new ThriftMessage(
				new Envelope(envelope.transport(), envelope.protocol(), envelope.flags(), Map.copyOf(others),
						envelope.zlib(), envelope.timeoutMillis()),
				request.name(), request.type(), request.sequenceId(), request.body());
	}

	/**
	 * Whether a message tells that the server stops.
	 * @param message a message from a server
	 * @return {@code true} if it does
	 */
	public static boolean isTold(ThriftMessage message) {
		return message.type() == TMessageType.ONEWAY && message.sequenceId() == 0 && message.name().equals(METHOD);
	}

}
