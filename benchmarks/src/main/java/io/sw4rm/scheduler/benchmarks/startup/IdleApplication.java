package io.sw4rm.scheduler.benchmarks.startup;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;

/**
 * A command-line application that makes no call.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
class IdleApplication {

	public static void main(String[] args) {
		StartedApplication.run(IdleApplication.class, args);
	}

}
