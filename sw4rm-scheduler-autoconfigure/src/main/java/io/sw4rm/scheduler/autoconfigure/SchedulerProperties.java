package io.sw4rm.scheduler.autoconfigure;

import java.util.LinkedHashMap;
import java.util.Map;

import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Configuration properties of the SW4RM scheduler client. Invalid values prevent the
 * application from starting.
 *
 * @since 0.1.0
 */
@ConfigurationProperties("sw4rm.scheduler")
public class SchedulerProperties extends SchedulerClientProperties implements InitializingBean {

	/**
	 * Whether to enable auto-configuration of the SW4RM scheduler client.
	 */
	private boolean enabled = true;

	/**
	 * Named clients of further schedulers. Each supports the properties of
	 * sw4rm.scheduler.* except enabled and embedded.*, and inherits those that are not
	 * set, except address, auth.*, metadata.* and ssl.server-name-override.
	 */
	private final Map<String, SchedulerClientProperties> client = new LinkedHashMap<>();

	public boolean isEnabled() {
		return this.enabled;
	}

	public void setEnabled(boolean enabled) {
		this.enabled = enabled;
	}

	public Map<String, SchedulerClientProperties> getClient() {
		return this.client;
	}

	@Override
	public void afterPropertiesSet() {
		new SchedulerPropertiesValidator("sw4rm.scheduler.").validate(this);
	}

}
