package io.github.thriftboot.netty.tls;

import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509Certificate;

import javax.net.ssl.KeyManager;
import javax.net.ssl.X509KeyManager;
import javax.security.auth.x500.X500Principal;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

class CertifiedKeysTests {

	@Test
	void managersWithoutKeysHaveNothingToShow() {
		assertThat(CertifiedKeys.of().isEmpty()).isTrue();
		assertThat(CertifiedKeys.of(mock(KeyManager.class), mock(X509KeyManager.class)).isEmpty()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "EC", "RSA", "Ed25519", "RSASSA-PSS" })
	void keyBelongsToItsCertificate(String algorithm) throws Exception {
		KeyPair pair = pair(algorithm);
		CertifiedKeys keys = CertifiedKeys.of(manager(pair.getPrivate(), pair.getPublic()));
		assertThat(keys.isEmpty()).isFalse();
		assertThatNoException().isThrownBy(keys::check);
	}

	@ParameterizedTest
	@ValueSource(strings = { "EC", "RSA", "Ed25519" })
	void keyOfAnotherCertificateIsFound(String algorithm) throws Exception {
		CertifiedKeys keys = CertifiedKeys.of(manager(pair(algorithm).getPrivate(), pair(algorithm).getPublic()));
		assertThatIllegalArgumentException().isThrownBy(keys::check)
			.withMessage("its private key does not belong to its certificate of CN=server");
	}

	@Test
	void keyOfAnotherKindIsFound() throws Exception {
		CertifiedKeys keys = CertifiedKeys.of(manager(pair("EC").getPrivate(), pair("RSA").getPublic()));
		assertThatIllegalArgumentException().isThrownBy(keys::check);
	}

	private static KeyPair pair(String algorithm) throws Exception {
		KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
		if (algorithm.startsWith("RSA")) {
			// larger ones take long to make
			generator.initialize(1024);
		}
		return generator.generateKeyPair();
	}

	private static X509KeyManager manager(PrivateKey key, PublicKey certified) {
		X509Certificate certificate = mock(X509Certificate.class);
		given(certificate.getPublicKey()).willReturn(certified);
		given(certificate.getSubjectX500Principal()).willReturn(new X500Principal("CN=server"));
		X509KeyManager manager = mock(X509KeyManager.class);
		given(manager.getServerAliases("EC", null)).willReturn(new String[] { "key" });
		given(manager.getPrivateKey("key")).willReturn(key);
		given(manager.getCertificateChain("key")).willReturn(new X509Certificate[] { certificate });
		return manager;
	}

}
