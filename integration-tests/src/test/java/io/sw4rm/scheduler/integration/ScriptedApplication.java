package io.sw4rm.scheduler.integration;

import java.util.List;
import java.util.Scanner;

import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.registry.HealthContributorRegistry;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Configuration;

import io.sw4rm.scheduler.autoconfigure.SchedulerClientFactory;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.TaskSubmission;

/**
 * An application that executes the commands in its standard input, one per line, and
 * answers each with a line that starts with {@value #ANSWER}.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class ScriptedApplication {

	static final String ANSWER = "answer: ";

	public static void main(String[] args) {
		try (var context = SpringApplication.run(ScriptedApplication.class, args)) {
			System.out.println(ANSWER + "started");
			try (Scanner commands = new Scanner(System.in)) {
				while (commands.hasNextLine()) {
					System.out.println(ANSWER + answer(context, commands.nextLine()));
				}
			}
		}
	}

	private static String answer(ApplicationContext context, String line) {
		List<String> words = List.of(line.split(" "));
		String command = words.get(0);
		String scheduler = (words.size() > 1) ? words.get(1) : "default";
		try {
			return switch (command) {
				case "health" -> health(context, scheduler);
				case "submissions" -> submissions(context);
				case "bean" -> String.valueOf(context.getBean(scheduler, SchedulerClient.class) != null);
				default -> call(context.getBean(SchedulerClientFactory.class).create(scheduler), command);
			};
		}
		catch (RuntimeException ex) {
			return String.valueOf(ex).replace('\n', ' ');
		}
	}

	private static String call(SchedulerClient client, String operation) {
		return switch (operation) {
			case "submit" -> "" + client.submitTask(TaskSubmission.forAgent("agent").taskId("task").build()).accepted();
			case "preempt" -> "" + client.requestPreemption("agent", "task").enqueued();
			case "poll" -> "" + client.pollActivityBuffer("agent").size();
			case "purge" -> "" + client.purgeAllActivity("agent");
			case "shutdown" -> "" + client.shutdownAgent("agent").ok();
			default -> throw new IllegalArgumentException(operation);
		};
	}

	private static String submissions(ApplicationContext context) {
		return "" + context.getBean(MeterRegistry.class)
			.get("sw4rm.scheduler.submissions")
			.tag("outcome", "accepted")
			.counter()
			.count();
	}

	private static String health(ApplicationContext context, String scheduler) {
		HealthContributor contributor = context.getBean(HealthContributorRegistry.class)
			.getContributor("sw4rmScheduler");
		if (contributor instanceof CompositeHealthContributor contributors) {
			contributor = contributors.getContributor(scheduler);
		}
		return ((HealthIndicator) contributor).health().getStatus().getCode();
	}

}
