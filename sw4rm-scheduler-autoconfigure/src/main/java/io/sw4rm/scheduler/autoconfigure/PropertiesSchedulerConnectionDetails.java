package io.sw4rm.scheduler.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

/**
 * Adapts {@link SchedulerProperties} to {@link SchedulerConnectionDetails}.
 */
class PropertiesSchedulerConnectionDetails implements SchedulerConnectionDetails {

	private final String address;

	private final @Nullable SslBundle sslBundle;

	PropertiesSchedulerConnectionDetails(SchedulerProperties properties, SslBundles sslBundles) {
		this.address = properties.getAddress();
		this.sslBundle = sslBundle(properties.getSsl(), sslBundles);
	}

	private static @Nullable SslBundle sslBundle(SchedulerProperties.Ssl ssl, SslBundles sslBundles) {
		if (!ssl.isRequested()) {
			return null;
		}
		String name = ssl.getBundle();
		if (name == null) {
			return SslBundle.systemDefault();
		}
		try {
			return sslBundles.getBundle(name);
		}
		catch (NoSuchSslBundleException ex) {
			throw new InvalidConfigurationPropertyValueException("sw4rm.scheduler.ssl.bundle", name,
					"There is no SSL bundle of that name (known: %s). Define it with 'spring.ssl.bundle.pem.%s.*' or 'spring.ssl.bundle.jks.%s.*'."
						.formatted(sslBundles.getBundleNames(), name, name),
					ex);
		}
	}

	@Override
	public String getAddress() {
		return this.address;
	}

	@Override
	public @Nullable SslBundle getSslBundle() {
		return this.sslBundle;
	}

}
