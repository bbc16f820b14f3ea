package io.github.thriftboot.client.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.util.StringUtils;

/**
 * TLS of connections to instances.
 */
public final class ThriftSslProperties {

	/**
	 * Whether to use TLS. Enabled automatically if 'bundle' is set; otherwise what an
	 * instance tells in the registry by default, else not.
	 */
	private @Nullable Boolean enabled;

	/**
	 * Name of the SSL bundle that holds the authorities of servers and, if they want one,
	 * the certificate of the client. By default the authorities of the JVM are trusted.
	 */
	private @Nullable String bundle;

	/**
	 * Whether the certificate of a server has to be one of the host that is called.
	 */
	private @Nullable Boolean verifyHostname;

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

	public @Nullable Boolean getVerifyHostname() {
		return this.verifyHostname;
	}

	public void setVerifyHostname(@Nullable Boolean verifyHostname) {
		this.verifyHostname = verifyHostname;
	}

	/**
	 * Whether to use TLS as far as it is told here: a bundle says so, too.
	 * @return {@code null} if it is not told
	 */
	@Nullable Boolean use() {
		return (this.enabled == null && StringUtils.hasText(this.bundle)) ? Boolean.TRUE : this.enabled;
	}

}
