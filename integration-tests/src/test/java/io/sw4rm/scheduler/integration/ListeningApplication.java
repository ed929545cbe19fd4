package io.sw4rm.scheduler.integration;

import java.util.Scanner;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.sw4rm.scheduler.autoconfigure.activity.SchedulerActivityListener;
import io.sw4rm.scheduler.client.ActivityEntry;

/**
 * An application that prints the activity of an agent, until its standard input ends.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class ListeningApplication {

	public static void main(String[] args) {
		ConfigurableApplicationContext context = SpringApplication.run(ListeningApplication.class, args);
		try (Scanner input = new Scanner(System.in)) {
			input.hasNextLine();
		}
		context.close();
	}

	@Bean
	ActivityPrinter activityPrinter() {
		return new ActivityPrinter();
	}

	static class ActivityPrinter {

		@SchedulerActivityListener(agents = "${watched-agent}")
		void onActivity(ActivityEntry entry, String agentId) {
			System.out.println(agentId + " received " + entry.taskId());
		}

	}

}
