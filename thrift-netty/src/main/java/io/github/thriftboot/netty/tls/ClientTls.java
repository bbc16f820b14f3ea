package io.github.thriftboot.netty.tls;

import java.security.NoSuchAlgorithmException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import javax.net.ssl.SSLContext;

import io.netty.channel.ChannelHandler;
import io.netty.handler.ssl.SslHandler;

/**
 * How a client speaks TLS. Two of them are equal if they use the same supplier.
 * Immutable.
 *
 * @param context gives the keys and the trust of each new connection; thread-safe
 * @param verifyHostname whether the certificate of the peer must be one of the host that
 * was connected to
 */
public record ClientTls(Supplier<TlsContext> context, boolean verifyHostname) {

	/**
	 * Trusts the authorities that the JVM trusts, has no key, verifies host names.
	 */
	public static final ClientTls DEFAULT = new ClientTls(ClientTls::ofJvm, true);

	/**
	 * How long a peer that does not read may hold up the end of a connection.
	 */
	static final long CLOSE_TIMEOUT_MILLIS = TimeUnit.SECONDS.toMillis(1);

	private static TlsContext ofJvm() {
		try {
			return TlsContext.of(SSLContext.getDefault());
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("the JVM has no TLS context", ex);
		}
	}

	/**
	 * Make the first handler of a connection. It tells of the handshake with a
	 * {@link io.netty.handler.ssl.SslHandshakeCompletionEvent}.
	 * @param host the host to connect to
	 * @param port the port to connect to
	 * @param timeoutMillis how long the handshake may take
	 * @return a new handler
	 */
	public ChannelHandler newHandler(String host, int port, long timeoutMillis) {
		SslHandler handler = new SslHandler(this.context.get().clientEngine(host, port, this.verifyHostname));
		handler.setHandshakeTimeoutMillis(timeoutMillis);
		handler.setCloseNotifyFlushTimeoutMillis(CLOSE_TIMEOUT_MILLIS);
		return handler;
	}

	/**
	 * Make the first handler of a connection without TLS. It tells of a peer that wants
	 * TLS with a {@link TlsException}.
	 * @return a new handler
	 */
	public static ChannelHandler newAlertDetector() {
		return new TlsAlertDetector();
	}

}
