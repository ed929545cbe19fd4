package io.sw4rm.scheduler.integration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.sw4rm.scheduler.client.SchedulerUnavailableException;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.embedded.Rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for a name that comes to stand for another address. The build lets the JVM look
 * names up in a file; only Linux has more than one loopback address by itself.
 */
@EnabledIfSystemProperty(named = "jdk.net.hosts.file", matches = ".+")
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class NameResolutionTests {

	private static final Path HOSTS = Path.of(System.getProperty("jdk.net.hosts.file", ""));

	@AfterEach
	void restoreName() throws IOException {
		moveName("127.0.0.1");
	}

	@ParameterizedTest
	@ValueSource(strings = { "scheduler.test:%d", "dns:///scheduler.test:%d", "scheduler.test:%d,scheduler.test:%<d" })
	void followsNameToAnotherServer(String address) throws IOException {
		EmbeddedScheduler first = EmbeddedScheduler.builder().address("127.0.0.1").start();
		EmbeddedScheduler second = EmbeddedScheduler.builder().address("127.0.0.2").port(first.port()).start();
		try {
			SchedulerApplication.at(address.formatted(first.port()))
				// gRPC keeps a server that it has no more use for a few seconds longer
				.withPropertyValues("sw4rm.scheduler.shutdown-grace-period=100ms")
				.run((context) -> {
					Call.SUBMIT_TASK.make(context);
					assertThat(submissions(first)).isOne();
					moveName("127.0.0.2");
					first.close();
					await().atMost(Duration.ofSeconds(30))
						.ignoreExceptionsInstanceOf(SchedulerUnavailableException.class)
						.until(() -> Call.SUBMIT_TASK.make(context) != null);
					assertThat(submissions(second)).isOne();
				});
		}
		finally {
			first.close();
			second.close();
		}
	}

	@Test
	void findsReplicasThatAreAddedToName() {
		try (EmbeddedScheduler first = EmbeddedScheduler.builder().address("127.0.0.1").start();
				EmbeddedScheduler second = EmbeddedScheduler.builder()
					.address("127.0.0.2")
					.port(first.port())
					.start()) {
			SchedulerApplication.at("scheduler.test:" + first.port())
				.withPropertyValues("sw4rm.scheduler.load-balancing-policy=round_robin",
						"sw4rm.scheduler.max-reconnect-backoff=100ms", "sw4rm.scheduler.shutdown-grace-period=100ms")
				.run((context) -> {
					Call.SUBMIT_TASK.make(context);
					moveName("127.0.0.1", "127.0.0.2");
					await().atMost(Duration.ofSeconds(30)).until(() -> {
						Call.SUBMIT_TASK.make(context);
						return submissions(second) > 0;
					});
				});
		}
	}

	private static long submissions(EmbeddedScheduler scheduler) {
		return scheduler.faults().calls(Rpc.SUBMIT_TASK);
	}

	private static void moveName(String... addresses) throws IOException {
		List<String> lines = new ArrayList<>(List.of("127.0.0.1 localhost"));
		for (String address : addresses) {
			lines.add(address + " scheduler.test");
		}
		// Other tests look names up in the same file at any time
		Path file = Files.write(Files.createTempFile(HOSTS.getParent(), "hosts", null), lines);
		Files.move(file, HOSTS, StandardCopyOption.ATOMIC_MOVE);
	}

}
