package io.github.thriftboot.netty.test;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.security.auth.x500.X500Principal;

import io.netty.util.NetUtil;
import org.jspecify.annotations.Nullable;

/**
 * A certificate and its key, made by the test that uses it. Immutable.
 *
 * @param certificate the certificate
 * @param key its key
 */
public record TestCertificate(X509Certificate certificate, PrivateKey key) {

	/**
	 * The password of key stores.
	 */
	public static final String PASSWORD = "secret";

	private static final Duration YEAR = Duration.ofDays(365);

	private static final DateTimeFormatter UTC_TIME = DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'")
		.withZone(ZoneOffset.UTC);

	/**
	 * The object identifiers of ecdsa-with-SHA256, subjectAltName and basicConstraints,
	 * with their tags.
	 */
	private static final byte[] SIGNATURE_ALGORITHM = sequence(hex("06082a8648ce3d040302"));

	private static final byte[] ALTERNATIVE_NAME = hex("0603551d11");

	private static final byte[] BASIC_CONSTRAINTS = hex("0603551d13");

	/**
	 * Make an authority.
	 * @param name its common name
	 * @return a certificate that it has signed itself
	 */
	public static TestCertificate authority(String name) {
		byte[] constraints = sequence(BASIC_CONSTRAINTS, hex("0101ff"), tagged(0x04, sequence(hex("0101ff"))));
		return make(null, name, Instant.now().plus(YEAR), constraints);
	}

	/**
	 * Make a certificate that no authority has signed.
	 * @param name its common name
	 * @param hosts the names and addresses that it is for
	 * @return the certificate
	 */
	public static TestCertificate selfSigned(String name, String... hosts) {
		return make(null, name, Instant.now().plus(YEAR), alternativeNames(hosts));
	}

	/**
	 * Sign a certificate as an authority.
	 * @param name its common name
	 * @param hosts the names and addresses that it is for
	 * @return the certificate
	 */
	public TestCertificate issue(String name, String... hosts) {
		return make(this, name, Instant.now().plus(YEAR), alternativeNames(hosts));
	}

	/**
	 * Sign a certificate that has expired.
	 * @param name its common name
	 * @param hosts the names and addresses that it is for
	 * @return the certificate
	 */
	public TestCertificate issueExpired(String name, String... hosts) {
		return make(this, name, Instant.now().minus(Duration.ofDays(1)), alternativeNames(hosts));
	}

	/**
	 * Make a TLS context.
	 * @param own the certificate to show, or {@code null} for none
	 * @param trusted the authority to trust
	 * @return the context
	 */
	public static SSLContext context(@Nullable TestCertificate own, TestCertificate trusted) {
		try {
			KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
			keys.init(store(own, null), PASSWORD.toCharArray());
			TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
			trust.init(store(null, trusted));
			SSLContext context = SSLContext.getInstance("TLS");
			context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
			return context;
		}
		catch (GeneralSecurityException | IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Write a key store of the kind PKCS12.
	 * @param file where to
	 * @param own the certificate to hold with its key, or {@code null}
	 * @param trusted the certificate to hold without its key, or {@code null}
	 * @return the file
	 */
	public static Path writeStore(Path file, @Nullable TestCertificate own, @Nullable TestCertificate trusted) {
		try (OutputStream out = Files.newOutputStream(file)) {
			store(own, trusted).store(out, PASSWORD.toCharArray());
			return file;
		}
		catch (GeneralSecurityException | IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static KeyStore store(@Nullable TestCertificate own, @Nullable TestCertificate trusted)
			throws GeneralSecurityException, IOException {
		KeyStore store = KeyStore.getInstance("PKCS12");
		store.load(null, null);
		if (own != null) {
			store.setKeyEntry("own", own.key, PASSWORD.toCharArray(), new Certificate[] { own.certificate });
		}
		if (trusted != null) {
			store.setCertificateEntry("trusted", trusted.certificate);
		}
		return store;
	}

	/**
	 * Return the certificate as text.
	 * @return the certificate in PEM
	 */
	public String certificatePem() {
		try {
			return pem("CERTIFICATE", this.certificate.getEncoded());
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Return the key as text.
	 * @return the key in PEM
	 */
	public String keyPem() {
		return pem("PRIVATE KEY", this.key.getEncoded());
	}

	private static String pem(String type, byte[] bytes) {
		return "-----BEGIN " + type + "-----\n" + Base64.getMimeEncoder(64, new byte[] { '\n' }).encodeToString(bytes)
				+ "\n-----END " + type + "-----\n";
	}

	private static TestCertificate make(@Nullable TestCertificate issuer, String name, Instant notAfter,
			byte[] extension) {
		try {
			KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
			generator.initialize(new ECGenParameterSpec("secp256r1"));
			KeyPair pair = generator.generateKeyPair();
			X500Principal subject = new X500Principal("CN=" + name);
			X500Principal signer = (issuer != null) ? issuer.certificate.getSubjectX500Principal() : subject;
			byte[] content = sequence(tagged(0xA0, hex("020102")),
					tagged(0x02, new BigInteger(63, new SecureRandom()).toByteArray()), SIGNATURE_ALGORITHM,
					signer.getEncoded(), sequence(time(notAfter.minus(YEAR)), time(notAfter)), subject.getEncoded(),
					pair.getPublic().getEncoded(), tagged(0xA3, sequence(extension)));
			Signature signature = Signature.getInstance("SHA256withECDSA");
			signature.initSign((issuer != null) ? issuer.key : pair.getPrivate());
			signature.update(content);
			byte[] bytes = sequence(content, SIGNATURE_ALGORITHM, tagged(0x03, new byte[1], signature.sign()));
			return new TestCertificate((X509Certificate) CertificateFactory.getInstance("X.509")
				.generateCertificate(new ByteArrayInputStream(bytes)), pair.getPrivate());
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static byte[] alternativeNames(String... hosts) {
		List<byte[]> names = new ArrayList<>();
		for (String host : hosts) {
			byte[] address = NetUtil.createByteArrayFromIpAddressString(host);
			names.add(
					(address != null) ? tagged(0x87, address) : tagged(0x82, host.getBytes(StandardCharsets.US_ASCII)));
		}
		return sequence(ALTERNATIVE_NAME, tagged(0x04, sequence(names.toArray(byte[][]::new))));
	}

	private static byte[] time(Instant time) {
		return tagged(0x17, UTC_TIME.format(time).getBytes(StandardCharsets.US_ASCII));
	}

	private static byte[] sequence(byte[]... parts) {
		return tagged(0x30, parts);
	}

	/**
	 * Encode a value as DER does.
	 */
	private static byte[] tagged(int tag, byte[]... parts) {
		ByteArrayOutputStream value = new ByteArrayOutputStream();
		for (byte[] part : parts) {
			value.writeBytes(part);
		}
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		out.write(tag);
		int length = value.size();
		if (length > 0xFF) {
			out.write(0x82);
			out.write(length >>> 8);
		}
		else if (length > 0x7F) {
			out.write(0x81);
		}
		out.write(length);
		out.writeBytes(value.toByteArray());
		return out.toByteArray();
	}

	private static byte[] hex(String hex) {
		return HexFormat.of().parseHex(hex);
	}

}
