package io.github.thriftboot.netty.tls;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import javax.net.ssl.KeyManager;
import javax.net.ssl.X509KeyManager;

/**
 * The private keys that one side of a connection has to show certificates for. Immutable.
 */
public final class CertifiedKeys {

	/**
	 * Kinds of keys that a certificate may have.
	 */
	private static final List<String> KEY_TYPES = List.of("EC", "RSA", "EdDSA", "RSASSA-PSS");

	private static final byte[] CHALLENGE = new byte[32];

	private final Set<CertifiedKey> keys;

	private CertifiedKeys(Set<CertifiedKey> keys) {
		this.keys = keys;
	}

	/**
	 * Find the keys of key managers.
	 * @param managers the managers; those that know no X.509 certificates have no keys
	 * @return the keys that have a certificate
	 */
	public static CertifiedKeys of(KeyManager... managers) {
		Set<CertifiedKey> keys = new LinkedHashSet<>();
		for (KeyManager manager : managers) {
			if (manager instanceof X509KeyManager known) {
				for (String type : KEY_TYPES) {
					Stream.of(known.getServerAliases(type, null), known.getClientAliases(type, null))
						.flatMap(Stream::ofNullable)
						.flatMap(Stream::of)
						.forEach((alias) -> add(keys, known, alias));
				}
			}
		}
		return new CertifiedKeys(keys);
	}

	private static void add(Set<CertifiedKey> keys, X509KeyManager manager, String alias) {
		PrivateKey key = manager.getPrivateKey(alias);
		X509Certificate[] chain = manager.getCertificateChain(alias);
		if (key != null && chain != null && chain.length > 0) {
			keys.add(new CertifiedKey(key, chain[0]));
		}
	}

	/**
	 * Whether there is nothing to show.
	 * @return {@code true} if no private key has a certificate
	 */
	public boolean isEmpty() {
		return this.keys.isEmpty();
	}

	/**
	 * Check that each key belongs to its certificate. Nobody else does before the first
	 * handshake, which fails with one that does not, as do all that follow.
	 * @throws IllegalArgumentException if a key belongs to another certificate
	 */
	public void check() {
		for (CertifiedKey key : this.keys) {
			if (!key.isPair()) {
				throw new IllegalArgumentException("its private key does not belong to its certificate of "
						+ key.certificate().getSubjectX500Principal().getName());
			}
		}
	}

	private record CertifiedKey(PrivateKey key, X509Certificate certificate) {

		boolean isPair() {
			String algorithm = switch (this.key.getAlgorithm()) {
				case "EC" -> "SHA256withECDSA";
				case "RSA" -> "SHA256withRSA";
				case "EdDSA", "Ed25519", "Ed448" -> "EdDSA";
				default -> "";
			};
			Signature signature;
			byte[] signed;
			try {
				signature = Signature.getInstance(algorithm);
				signature.initSign(this.key);
				signature.update(CHALLENGE);
				signed = signature.sign();
			}
			catch (GeneralSecurityException ex) {
				// a key of hardware, for example, that signs in other ways: cannot be
				// told
				return true;
			}
			try {
				signature.initVerify(this.certificate.getPublicKey());
				signature.update(CHALLENGE);
				return signature.verify(signed);
			}
			catch (GeneralSecurityException ex) {
				// a key of another kind
				return false;
			}
		}

	}

}
