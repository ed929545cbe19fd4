package io.sw4rm.scheduler.sample;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.scheduling.annotation.EnableScheduling;

/**
 * The sample application. It serves a web page on port 8080 and, unless
 * {@code sw4rm.scheduler.address} names another scheduler, an embedded scheduler on port
 * 50053.
 */
@SpringBootApplication(proxyBeanMethods = false)
@EnableScheduling
public class SampleApplication {

	private static final Logger logger = LoggerFactory.getLogger(SampleApplication.class);

	/**
	 * Run the application.
	 * @param args command-line properties, such as
	 * {@code --sw4rm.scheduler.address=localhost:50053}
	 */
	public static void main(String[] args) {
		SpringApplication.run(SampleApplication.class, args);
	}

	@EventListener
	void logAddressOfPage(ApplicationReadyEvent event) {
		logger.info("The page is at http://localhost:{}",
				event.getApplicationContext().getEnvironment().getProperty("local.server.port"));
	}

}
