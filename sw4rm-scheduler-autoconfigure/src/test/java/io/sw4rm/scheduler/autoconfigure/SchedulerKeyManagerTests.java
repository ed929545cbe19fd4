package io.sw4rm.scheduler.autoconfigure;

import java.security.GeneralSecurityException;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;

import io.netty.pkitesting.X509Bundle;
import org.junit.jupiter.api.Test;

import io.sw4rm.scheduler.testsupport.TestCertificates;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SchedulerKeyManager}.
 */
class SchedulerKeyManagerTests {

	private final TestCertificates certificates = new TestCertificates();

	private final X509Bundle before = this.certificates.issue("before");

	private final X509Bundle after = this.certificates.issue("after");

	private final ReloadableTlsMaterial material = new ReloadableTlsMaterial(
			TlsMaterial.from(PemBundles.of(this.certificates, this.before)));

	private final SchedulerKeyManager keyManager = new SchedulerKeyManager(this.material);

	@Test
	void keyAndCertificateOfHandshakeMatchWhenTheMaterialIsReplacedInBetween() throws Exception {
		String alias = chooseAlias();
		assertThat(this.keyManager.getPrivateKey(alias)).isEqualTo(this.before.getKeyPair().getPrivate());
		this.material.replace(TlsMaterial.from(PemBundles.of(this.certificates, this.after)));
		assertThat(this.keyManager.getCertificateChain(alias)).containsExactly(this.before.getCertificate());
		alias = chooseAlias();
		assertThat(this.keyManager.getPrivateKey(alias)).isEqualTo(this.after.getKeyPair().getPrivate());
		assertThat(this.keyManager.getCertificateChain(alias)).containsExactly(this.after.getCertificate());
	}

	@Test
	void forgetsKeyThatWasReplacedTwice() throws Exception {
		String alias = chooseAlias();
		this.material.replace(TlsMaterial.from(PemBundles.of(this.certificates, this.after)));
		this.material.replace(TlsMaterial.from(PemBundles.of(this.certificates, this.after)));
		assertThat(this.keyManager.getPrivateKey(alias)).isNull();
	}

	private String chooseAlias() throws GeneralSecurityException {
		SSLEngine engine = SSLContext.getDefault().createSSLEngine();
		return this.keyManager.chooseEngineClientAlias(new String[] { "EC" }, null, engine);
	}

}
