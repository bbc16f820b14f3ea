package io.github.thriftboot.server.autoconfigure;

import java.time.Duration;

import io.github.thriftboot.netty.tls.ClientAuth;
import org.jspecify.annotations.Nullable;

/**
 * TLS of the server.
 */
public final class ThriftServerSslProperties {

	/**
	 * Whether to serve with TLS. Enabled automatically if 'bundle' is set.
	 */
	private @Nullable Boolean enabled;

	/**
	 * Name of the SSL bundle that holds the certificate of the server and the authorities
	 * of its clients.
	 */
	private @Nullable String bundle;

	/**
	 * Whether clients show a certificate.
	 */
	private ClientAuth clientAuth = ClientAuth.NONE;

	/**
	 * Whether to serve connections without TLS, too, on the same port. For the time in
	 * which clients learn to use TLS.
	 */
	private boolean allowPlaintext;

	/**
	 * Maximum time that the TLS handshake of a connection may take.
	 */
	private Duration handshakeTimeout = Duration.ofSeconds(10);

	public @Nullable Boolean getEnabled() {
		return this.enabled;
	}

	public void setEnabled(@Nullable Boolean enabled) {
		this.enabled = enabled;
	}

	public @Nullable String getBundle() {
		return this.bundle;
	}

	public void setBundle(@Nullable String bundle) {
		this.bundle = bundle;
	}

	public ClientAuth getClientAuth() {
		return this.clientAuth;
	}

	public void setClientAuth(ClientAuth clientAuth) {
		this.clientAuth = clientAuth;
	}

	public boolean isAllowPlaintext() {
		return this.allowPlaintext;
	}

	public void setAllowPlaintext(boolean allowPlaintext) {
		this.allowPlaintext = allowPlaintext;
	}

	public Duration getHandshakeTimeout() {
		return this.handshakeTimeout;
	}

	public void setHandshakeTimeout(Duration handshakeTimeout) {
		this.handshakeTimeout = handshakeTimeout;
	}

}
