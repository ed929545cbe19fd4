package com.example;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Properties of an application under the prefix of the scheduler.
 */
@ConfigurationProperties("sw4rm.scheduler.acme")
public class ApplicationProperties {

	private String name;

	public String getName() {
		return this.name;
	}

	public void setName(String name) {
		this.name = name;
	}

}
