package io.github.thriftboot.netty.tls;

import java.time.Duration;
import java.util.function.Supplier;

import io.netty.channel.ChannelHandler;
import io.netty.handler.ssl.SslHandler;

/**
 * How a server speaks TLS. Immutable.
 *
 * @param context gives the key and the trust of each new connection; thread-safe
 * @param clientAuth whether clients show a certificate
 * @param plaintextAllowed whether connections without TLS are served on the same port
 * @param handshakeTimeout how long a handshake may take, more than zero
 */
public record ServerTls(Supplier<TlsContext> context, ClientAuth clientAuth, boolean plaintextAllowed,
		Duration handshakeTimeout) {

	/**
	 * How long a handshake may take where nothing else is said.
	 */
	public static final Duration DEFAULT_HANDSHAKE_TIMEOUT = Duration.ofSeconds(10);

	/**
	 * Create settings.
	 * @throws IllegalArgumentException if the timeout is not positive
	 */
	public ServerTls {
		if (handshakeTimeout.isNegative() || handshakeTimeout.isZero()) {
			throw new IllegalArgumentException("handshakeTimeout: " + handshakeTimeout + " (expected: > 0)");
		}
	}

	/**
	 * Make settings with which clients need no certificate, but TLS.
	 * @param context gives the key of each new connection
	 * @return the settings
	 */
	public static ServerTls of(Supplier<TlsContext> context) {
		return new ServerTls(context, ClientAuth.NONE, false, DEFAULT_HANDSHAKE_TIMEOUT);
	}

	/**
	 * Make the first handler of a connection, which tells from its first bytes whether it
	 * uses TLS. What it decrypts goes to the handlers behind it.
	 * @return a new handler
	 */
	public ChannelHandler newDetector() {
		return new TlsDetector(this);
	}

	/**
	 * Make the handler of a connection that uses TLS.
	 * @return a new handler
	 */
	SslHandler newHandler() {
		SslHandler handler = new SslHandler(this.context.get().serverEngine(this.clientAuth));
		handler.setHandshakeTimeoutMillis(Math.max(1, this.handshakeTimeout.toMillis()));
		handler.setCloseNotifyFlushTimeoutMillis(ClientTls.CLOSE_TIMEOUT_MILLIS);
		return handler;
	}

}
