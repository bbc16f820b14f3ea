package io.github.thriftboot.netty.tls;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

/**
 * What TLS connections are made of: keys and trust, and what may be negotiated. TLS 1.2
 * is the oldest version that is spoken. Immutable.
 *
 * @param context has the keys and tells whom to trust
 * @param protocols the versions to offer, {@code TLSv1.2} and {@code TLSv1.3}; both if
 * empty
 * @param ciphers the cipher suites to offer, those of the JVM if empty
 */
public record TlsContext(SSLContext context, List<String> protocols, List<String> ciphers) {

	private static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

	/**
	 * Create a context.
	 * @throws IllegalArgumentException if a protocol is older than TLS 1.2 or none, or a
	 * cipher suite is not known
	 */
	public TlsContext {
		List<String> supported = supported(context.getSupportedSSLParameters().getProtocols());
		protocols = protocols.isEmpty() ? supported : List.copyOf(protocols);
		check("protocols", protocols, supported);
		ciphers = List.copyOf(ciphers);
		check("ciphers", ciphers, Arrays.asList(context.getSupportedSSLParameters().getCipherSuites()));
	}

	/**
	 * Make a context that offers what the JVM does.
	 * @param context has the keys and tells whom to trust
	 * @return the context
	 */
	public static TlsContext of(SSLContext context) {
		return new TlsContext(context, List.of(), List.of());
	}

	private static List<String> supported(String[] ofJvm) {
		return PROTOCOLS.stream().filter(Arrays.asList(ofJvm)::contains).toList();
	}

	private static void check(String name, List<String> values, Collection<String> expected) {
		for (String value : values) {
			if (!expected.contains(value)) {
				throw new IllegalArgumentException(name + ": '" + value + "' (expected: of " + expected + ")");
			}
		}
	}

	/**
	 * Make the engine of a connection of a client.
	 * @param host the host to connect to
	 * @param port the port to connect to
	 * @param verifyHost whether the certificate of the peer must be one of that host
	 * @return a new engine
	 */
	SSLEngine clientEngine(String host, int port, boolean verifyHost) {
		SSLEngine engine = this.context.createSSLEngine(host, port);
		engine.setUseClientMode(true);
		SSLParameters parameters = parameters(engine);
		// the rules of HTTPS: alternative names, addresses among them, and wildcards
		parameters.setEndpointIdentificationAlgorithm(verifyHost ? "HTTPS" : null);
		engine.setSSLParameters(parameters);
		return engine;
	}

	/**
	 * Make the engine of a connection of a server.
	 * @param clientAuth whether clients have to have a certificate
	 * @return a new engine
	 */
	SSLEngine serverEngine(ClientAuth clientAuth) {
		SSLEngine engine = this.context.createSSLEngine();
		engine.setUseClientMode(false);
		SSLParameters parameters = parameters(engine);
		parameters.setUseCipherSuitesOrder(true);
		if (clientAuth == ClientAuth.NEED) {
			parameters.setNeedClientAuth(true);
		}
		else {
			parameters.setWantClientAuth(clientAuth == ClientAuth.WANT);
		}
		engine.setSSLParameters(parameters);
		return engine;
	}

	private SSLParameters parameters(SSLEngine engine) {
		SSLParameters parameters = engine.getSSLParameters();
		parameters.setProtocols(this.protocols.toArray(String[]::new));
		if (!this.ciphers.isEmpty()) {
			parameters.setCipherSuites(this.ciphers.toArray(String[]::new));
		}
		return parameters;
	}

}
