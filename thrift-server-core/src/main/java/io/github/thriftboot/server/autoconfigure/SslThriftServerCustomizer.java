package io.github.thriftboot.server.autoconfigure;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import javax.net.ssl.KeyManager;
import javax.net.ssl.X509KeyManager;

import io.github.thriftboot.netty.server.ThriftServer;
import io.github.thriftboot.netty.tls.ReloadableTlsContext;
import io.github.thriftboot.netty.tls.ServerTls;
import io.github.thriftboot.netty.tls.TlsContext;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.util.StringUtils;

/**
 * Lets the server use TLS with an SSL bundle, and follow the bundle when it changes.
 */
final class SslThriftServerCustomizer implements ThriftServerCustomizer {

	private static final String PREFIX = "thrift.server.ssl.";

	/**
	 * Kinds of keys that a certificate may have.
	 */
	private static final List<String> KEY_TYPES = List.of("EC", "RSA", "EdDSA", "RSASSA-PSS");

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
		if (Stream.of(bundle.getManagers().getKeyManagers()).noneMatch(SslThriftServerCustomizer::hasKey)) {
			throw new IllegalArgumentException("it holds no private key with a certificate");
		}
		return new TlsContext(bundle.createSslContext(), list(bundle.getOptions().getEnabledProtocols()),
				list(bundle.getOptions().getCiphers()));
	}

	private static boolean hasKey(KeyManager manager) {
		return manager instanceof X509KeyManager keys
				&& KEY_TYPES.stream().anyMatch((type) -> keys.getServerAliases(type, null) != null);
	}

	private static List<String> list(String @Nullable [] values) {
		return (values != null) ? Arrays.asList(values) : List.of();
	}

}
