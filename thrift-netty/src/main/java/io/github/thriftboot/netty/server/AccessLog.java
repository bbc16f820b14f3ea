package io.github.thriftboot.netty.server;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Locale;

import io.github.thriftboot.netty.context.ThriftContext;
import io.github.thriftboot.netty.protocol.RemoteApplicationException;
import io.github.thriftboot.netty.protocol.ThriftMethod;
import io.github.thriftboot.netty.protocol.WireText;
import org.apache.thrift.TApplicationException;
import org.apache.thrift.TBase;
import org.apache.thrift.TException;
import org.apache.thrift.TSerializable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line for each request, at level INFO of a logger of its own: <pre class="code">
 * 10.0.0.7:40112 UserService.getUser OK 1.204 ms 18/240 B</pre> which is the peer, what
 * was called, how it ended, the time from the arrival of the request to its answer, and
 * the sizes of arguments and result. A peer of a Unix socket is {@code unix}. Whatever
 * comes from the wire is escaped.
 */
final class AccessLog {

	/**
	 * The name of the logger.
	 */
	static final String LOGGER_NAME = "io.github.thriftboot.access";

	private static final Logger logger = LoggerFactory.getLogger(LOGGER_NAME);

	private static final String OK = "OK";

	/**
	 * The names of the types of {@link TApplicationException}, which has none.
	 */
	private static final String[] ERROR_TYPES = { "UNKNOWN", "UNKNOWN_METHOD", "INVALID_MESSAGE_TYPE",
			"WRONG_METHOD_NAME", "BAD_SEQUENCE_ID", "MISSING_RESULT", "INTERNAL_ERROR", "PROTOCOL_ERROR",
			"INVALID_TRANSFORM", "INVALID_PROTOCOL", "UNSUPPORTED_CLIENT_TYPE" };

	/**
	 * Write the line of a call.
	 * @param call the call
	 * @param method the method
	 * @param answer the result or the error that it is answered with, {@code null} for
	 * none
	 * @param nanos the time since the request arrived
	 * @param requestBytes the size of the arguments
	 * @param replyBytes the size of the result, 0 if there is no reply
	 */
	void write(ThriftContext call, ThriftMethod method, @Nullable TSerializable answer, long nanos, int requestBytes,
			int replyBytes) {
		if (logger.isInfoEnabled()) {
			write(call.peer(), call.service() + "." + call.method(), outcome(method, answer), nanos, requestBytes,
					replyBytes);
		}
	}

	/**
	 * Write the line of a request that does not become a call.
	 * @param name the name from the wire
	 * @param peer the caller
	 * @param error what it is answered with
	 * @param nanos the time since the request arrived
	 * @param requestBytes the size of the arguments
	 */
	void writeRefused(String name, @Nullable SocketAddress peer, TApplicationException error, long nanos,
			int requestBytes) {
		if (logger.isInfoEnabled()) {
			write(peer, "'" + WireText.printable(name).replace(' ', '?') + "'", errorName(error), nanos, requestBytes,
					0);
		}
	}

	private static void write(@Nullable SocketAddress peer, String call, String outcome, long nanos, int requestBytes,
			int replyBytes) {
		logger.info("{} {} {} {} ms {}/{} B", address(peer), call, outcome,
				String.format(Locale.ROOT, "%.3f", nanos / 1e6), requestBytes, replyBytes);
	}

	private static String address(@Nullable SocketAddress peer) {
		if (peer instanceof InetSocketAddress address && address.getAddress() != null) {
			String host = address.getAddress().getHostAddress();
			return ((host.indexOf(':') >= 0) ? "[" + host + "]" : host) + ":" + address.getPort();
		}
		return WireText.printable(WireText.peer(peer).toString()).replace(' ', '?');
	}

	/**
	 * Tell how a call ended, in a word or two. A declared exception has the name of its
	 * class.
	 */
	private static String outcome(ThriftMethod method, @Nullable TSerializable answer) {
		if (answer instanceof TApplicationException error) {
			return errorName(error);
		}
		try {
			if (answer != null) {
				method.valueOrNull((TBase<?, ?>) answer);
			}
			return OK;
		}
		catch (TException declared) {
			return declared.getClass().getSimpleName();
		}
	}

	private static String errorName(TApplicationException error) {
		// the text of this one is always ours
		return (error.getType() == RemoteApplicationException.NOT_PROCESSED) ? String.valueOf(error.getMessage())
				: errorName(error.getType());
	}

	private static String errorName(int type) {
		return (type >= 0 && type < ERROR_TYPES.length) ? ERROR_TYPES[type] : "ERROR_" + type;
	}

}
