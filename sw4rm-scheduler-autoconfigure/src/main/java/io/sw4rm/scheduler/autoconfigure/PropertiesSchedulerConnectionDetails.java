package io.sw4rm.scheduler.autoconfigure;

import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

import io.sw4rm.scheduler.autoconfigure.tls.SchedulerTls;

/**
 * Adapts {@link SchedulerClientProperties} to {@link SchedulerConnectionDetails}.
 */
class PropertiesSchedulerConnectionDetails implements SchedulerConnectionDetails {

	private final String prefix;

	private final SchedulerClientProperties properties;

	private final SslBundles sslBundles;

	PropertiesSchedulerConnectionDetails(String prefix, SchedulerClientProperties properties, SslBundles sslBundles) {
		this.prefix = prefix;
		this.properties = properties;
		this.sslBundles = sslBundles;
		// An invalid bundle prevents the application from starting
		getSslBundle();
	}

	@Override
	public String getAddress() {
		return this.properties.address();
	}

	@Override
	public @Nullable SslBundle getSslBundle() {
		SchedulerClientProperties.Ssl ssl = this.properties.getSsl();
		if (!ssl.isRequested()) {
			return null;
		}
		String name = ssl.getBundle();
		if (name == null) {
			return SslBundle.systemDefault();
		}
		try {
			SslBundle bundle = this.sslBundles.getBundle(name);
			SchedulerTls.validate(bundle);
			return bundle;
		}
		catch (NoSuchSslBundleException ex) {
			throw invalidBundle(name,
					"There is no SSL bundle with this name (available: %s). Define it with 'spring.ssl.bundle.pem.%s.*' or 'spring.ssl.bundle.jks.%s.*'."
						.formatted(this.sslBundles.getBundleNames(), name, name),
					ex);
		}
		catch (RuntimeException ex) {
			throw invalidBundle(name, "The SSL bundle can't be used: %s. Check 'spring.ssl.bundle.*.%s.*'."
				.formatted(ex.getMessage(), name), ex);
		}
	}

	@Override
	public void addSslBundleUpdateHandler(Consumer<SslBundle> handler) {
		String name = this.properties.getSsl().getBundle();
		if (name != null) {
			this.sslBundles.addBundleUpdateHandler(name, handler);
		}
	}

	private InvalidConfigurationPropertyValueException invalidBundle(String name, String reason,
			RuntimeException cause) {
		return new InvalidConfigurationPropertyValueException(this.prefix + "ssl.bundle", name, reason, cause);
	}

}
