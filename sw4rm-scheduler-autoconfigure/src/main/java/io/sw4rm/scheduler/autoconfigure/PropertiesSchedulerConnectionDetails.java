package io.sw4rm.scheduler.autoconfigure;

import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

/**
 * Adapts {@link SchedulerProperties} to {@link SchedulerConnectionDetails}.
 */
class PropertiesSchedulerConnectionDetails implements SchedulerConnectionDetails {

	private final SchedulerProperties properties;

	private final SslBundles sslBundles;

	PropertiesSchedulerConnectionDetails(SchedulerProperties properties, SslBundles sslBundles) {
		this.properties = properties;
		this.sslBundles = sslBundles;
		validate();
	}

	private void validate() {
		String name = this.properties.getSsl().getBundle();
		SslBundle bundle = getSslBundle();
		if (name == null || bundle == null) {
			return;
		}
		try {
			TlsMaterial.from(bundle);
		}
		catch (RuntimeException ex) {
			throw invalidBundle(name, "The SSL bundle of that name can't be used: %s. Check 'spring.ssl.bundle.*.%s.*'."
				.formatted(ex.getMessage(), name), ex);
		}
	}

	@Override
	public String getAddress() {
		return this.properties.getAddress();
	}

	@Override
	public @Nullable SslBundle getSslBundle() {
		SchedulerProperties.Ssl ssl = this.properties.getSsl();
		if (!ssl.isRequested()) {
			return null;
		}
		String name = ssl.getBundle();
		if (name == null) {
			return SslBundle.systemDefault();
		}
		try {
			return this.sslBundles.getBundle(name);
		}
		catch (NoSuchSslBundleException ex) {
			throw invalidBundle(name,
					"There is no SSL bundle of that name (known: %s). Define it with 'spring.ssl.bundle.pem.%s.*' or 'spring.ssl.bundle.jks.%s.*'."
						.formatted(this.sslBundles.getBundleNames(), name, name),
					ex);
		}
	}

	@Override
	public void addSslBundleUpdateHandler(Consumer<SslBundle> handler) {
		String name = this.properties.getSsl().getBundle();
		if (name != null) {
			this.sslBundles.addBundleUpdateHandler(name, handler);
		}
	}

	private static InvalidConfigurationPropertyValueException invalidBundle(String name, String reason,
			RuntimeException cause) {
		return new InvalidConfigurationPropertyValueException("sw4rm.scheduler.ssl.bundle", name, reason, cause);
	}

}
