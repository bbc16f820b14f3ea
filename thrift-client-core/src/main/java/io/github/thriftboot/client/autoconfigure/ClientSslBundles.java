package io.github.thriftboot.client.autoconfigure;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import io.github.thriftboot.client.ThriftClientConfigurationException;
import io.github.thriftboot.netty.client.ThriftChannel;
import io.github.thriftboot.netty.tls.CertifiedKeys;
import io.github.thriftboot.netty.tls.ClientTls;
import io.github.thriftboot.netty.tls.ReloadableTlsContext;
import io.github.thriftboot.netty.tls.TlsContext;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.util.StringUtils;

/**
 * Lets clients use TLS with SSL bundles, and follow the bundles when they change. Clients
 * with the same bundle share connections. Thread-safe.
 */
final class ClientSslBundles {

	private final @Nullable SslBundles bundles;

	private final Map<String, ReloadableTlsContext> contexts = new ConcurrentHashMap<>();

	/**
	 * Create the contexts of clients.
	 * @param bundles the bundles of the application, or {@code null} if it has none
	 */
	ClientSslBundles(@Nullable SslBundles bundles) {
		this.bundles = bundles;
	}

	/**
	 * Apply the configuration of a client.
	 * @param client the name of the client
	 * @param properties the configuration of all clients
	 * @param builder builds the channel of the client
	 * @throws ThriftClientConfigurationException if its bundle cannot be used
	 */
	void apply(String client, ThriftClientProperties properties, ThriftChannel.Builder builder) {
		String bundle = properties.find(client, (own) -> own.getSsl().getBundle());
		Supplier<TlsContext> context = StringUtils.hasText(bundle)
				? this.contexts.computeIfAbsent(bundle, (name) -> follow(client, name)) : ClientTls.DEFAULT.context();
		builder.tls(properties.find(client, (own) -> own.getSsl().use()));
		builder.tlsSettings(new ClientTls(context, properties.get(client, (own) -> own.getSsl().getVerifyHostname())));
	}

	private ReloadableTlsContext follow(String client, String name) {
		SslBundles all = this.bundles;
		if (all == null) {
			throw failure(client, name, "there is no bean of type " + SslBundles.class.getName(), "Define one", null);
		}
		try {
			ReloadableTlsContext followed = new ReloadableTlsContext("SSL bundle '" + name + "'",
					context(all.getBundle(name)));
			all.addBundleUpdateHandler(name, (bundle) -> followed.reload(() -> context(bundle)));
			return followed;
		}
		catch (NoSuchSslBundleException ex) {
			throw failure(client, name, "there is none of this name", "Define it below 'spring.ssl.bundle', or name "
					+ "one of " + all.getBundleNames().stream().sorted().toList(), ex);
		}
		catch (IllegalArgumentException | IllegalStateException ex) {
			throw failure(client, name, String.valueOf(ex.getMessage()), "Correct the bundle below 'spring.ssl.bundle'",
					ex);
		}
	}

	private static ThriftClientConfigurationException failure(String client, String name, String reason, String action,
			@Nullable Throwable cause) {
		return new ThriftClientConfigurationException("Thrift client '" + client + "' cannot use SSL bundle '" + name
				+ "', which property 'ssl.bundle' below 'thrift.client.service." + client
				+ "' or 'thrift.client' names: " + reason + ".", action + ", or remove the property.", cause);
	}

	private static TlsContext context(SslBundle bundle) {
		CertifiedKeys.of(bundle.getManagers().getKeyManagers()).check();
		return new TlsContext(bundle.createSslContext(), list(bundle.getOptions().getEnabledProtocols()),
				list(bundle.getOptions().getCiphers()));
	}

	private static List<String> list(String @Nullable [] values) {
		return (values != null) ? Arrays.asList(values) : List.of();
	}

}
