package io.sw4rm.scheduler.autoconfigure.embedded;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * Configuration properties of the embedded scheduler.
 *
 * @since 0.1.0
 */
@ConfigurationProperties("sw4rm.scheduler.embedded")
public class EmbeddedSchedulerProperties implements InitializingBean {

	/**
	 * Whether to start an embedded scheduler and use it instead of all configured
	 * addresses. When not set, it starts if it is on the class path and no address is
	 * configured.
	 */
	private @Nullable Boolean enabled;

	/**
	 * Port of the embedded scheduler. 0 selects any free port.
	 */
	private int port = 0;

	public @Nullable Boolean getEnabled() {
		return this.enabled;
	}

	public void setEnabled(@Nullable Boolean enabled) {
		this.enabled = enabled;
	}

	public int getPort() {
		return this.port;
	}

	public void setPort(int port) {
		this.port = port;
	}

	@Override
	public void afterPropertiesSet() {
		if (this.port < 0 || this.port > 65535) {
			throw new InvalidConfigurationPropertyValueException("sw4rm.scheduler.embedded.port", this.port,
					"It must be in range [0, 65535]; 0 selects any free port.");
		}
	}

}
