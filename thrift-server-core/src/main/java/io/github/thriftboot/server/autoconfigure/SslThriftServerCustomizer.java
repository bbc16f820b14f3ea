package io.github.thriftboot.server.autoconfigure;

import java.util.Arrays;
import java.util.List;

import io.github.thriftboot.netty.server.ThriftServer;
import io.github.thriftboot.netty.tls.CertifiedKeys;
import io.github.thriftboot.netty.tls.ReloadableTlsContext;
import io.github.thriftboot.netty.tls.ServerTls;
import io.github.thriftboot.netty.tls.TlsContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.util.StringUtils;

/**
 * Lets the server use TLS with an SSL bundle, and follow the bundle when it changes.
 */
final class SslThriftServerCustomizer implements ThriftServerCustomizer {

	private static final Logger logger = LoggerFactory.getLogger(SslThriftServerCustomizer.class);

	private static final String PREFIX = "thrift.server.ssl.";

	private final ThriftServerSslProperties properties;

	private final @Nullable SslBundles bundles;

	/**
	 * Made once, also if the server is started several times: a bundle does not forget
	 * who follows it.
	 */
	private @Nullable ReloadableTlsContext context;

	SslThriftServerCustomizer(ThriftServerSslProperties properties, @Nullable SslBundles bundles) {
		this.properties = properties;
		this.bundles = bundles;
	}

	@Override
	public void customize(ThriftServer.Builder builder) {
		String bundle = this.properties.getBundle();
		Boolean enabled = this.properties.getEnabled();
		if (!((enabled != null) ? enabled : StringUtils.hasText(bundle))) {
			return;
		}
		if (!StringUtils.hasText(bundle)) {
			throw new InvalidConfigurationPropertyValueException(PREFIX + "enabled", enabled,
					"A server needs a certificate for TLS. Name the bundle that holds it with '" + PREFIX + "bundle'.");
		}
		if (this.context == null) {
			this.context = follow(bundle);
		}
		if (this.properties.isAllowPlaintext()) {
			logger
				.warn("Property '{}allow-plaintext' lets clients connect without TLS: what they send can be read on the"
						+ " way, and they need no certificate. Remove it as soon as all clients use TLS.", PREFIX);
		}
		builder.tls(new ServerTls(this.context, this.properties.getClientAuth(), this.properties.isAllowPlaintext(),
				this.properties.getHandshakeTimeout()));
	}

	private ReloadableTlsContext follow(String name) {
		SslBundles bundles = this.bundles;
		if (bundles == null) {
			throw new InvalidConfigurationPropertyValueException(PREFIX + "bundle", name,
					"There are no SSL bundles, because there is no bean of type " + SslBundles.class.getName() + ".");
		}
		try {
			ReloadableTlsContext followed = new ReloadableTlsContext("SSL bundle '" + name + "'",
					context(bundles.getBundle(name)));
			bundles.addBundleUpdateHandler(name, (bundle) -> followed.reload(() -> context(bundle)));
			return followed;
		}
		catch (NoSuchSslBundleException ex) {
			throw new InvalidConfigurationPropertyValueException(PREFIX + "bundle", name,
					"There is no SSL bundle of this name. Define it below 'spring.ssl.bundle', or name one of "
							+ bundles.getBundleNames().stream().sorted().toList() + ".");
		}
		catch (IllegalArgumentException | IllegalStateException ex) {
			throw new InvalidConfigurationPropertyValueException(PREFIX + "bundle", name,
					"This SSL bundle cannot be used: " + ex.getMessage() + ".");
		}
	}

	private static TlsContext context(SslBundle bundle) {
		CertifiedKeys keys = CertifiedKeys.of(bundle.getManagers().getKeyManagers());
		if (keys.isEmpty()) {
			throw new IllegalArgumentException("it holds no private key with a certificate");
		}
		keys.check();
		return new TlsContext(bundle.createSslContext(), list(bundle.getOptions().getEnabledProtocols()),
				list(bundle.getOptions().getCiphers()));
	}

	private static List<String> list(String @Nullable [] values) {
		return (values != null) ? Arrays.asList(values) : List.of();
	}

}
