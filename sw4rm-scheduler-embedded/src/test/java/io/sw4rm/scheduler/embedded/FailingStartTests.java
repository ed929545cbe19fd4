package io.sw4rm.scheduler.embedded;

import java.lang.management.ManagementFactory;
import java.util.Set;
import java.util.stream.Collectors;

import com.sun.management.UnixOperatingSystemMXBean;
import io.grpc.InternalChannelz;
import io.grpc.ServerCredentials;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assumptions.assumeThat;

class FailingStartTests {

	private static final int REPETITIONS = 20;

	@AutoClose
	private final EmbeddedScheduler scheduler = EmbeddedScheduler.start();

	@Test
	void leavesNothingBehindWhenThePortIsTaken() {
		EmbeddedScheduler.Builder builder = EmbeddedScheduler.builder().port(this.scheduler.port());
		assertLeavesNothingBehind(
				() -> assertThatExceptionOfType(EmbeddedSchedulerStartException.class).isThrownBy(builder::start));
	}

	@Test
	void leavesNothingBehindWhenTheHostIsUnknown() {
		EmbeddedScheduler.Builder builder = EmbeddedScheduler.builder().address("no-such-host.invalid");
		assertLeavesNothingBehind(
				() -> assertThatExceptionOfType(EmbeddedSchedulerStartException.class).isThrownBy(builder::start));
	}

	@Test
	void leavesNothingBehindWhenTheCredentialsAreOfAnUnknownKind() {
		EmbeddedScheduler.Builder builder = EmbeddedScheduler.builder().serverCredentials(new ServerCredentials() {
		});
		assertLeavesNothingBehind(() -> assertThatIllegalArgumentException().isThrownBy(builder::start));
	}

	private static void assertLeavesNothingBehind(Runnable failingStart) {
		// The first one loads classes and opens jars
		failingStart.run();
		Resources before = Resources.inUse();
		for (int i = 0; i < REPETITIONS; i++) {
			failingStart.run();
		}
		Awaitility.await().until(Resources::inUse, (after) -> after.areNoMoreThan(before));
	}

	/**
	 * What a scheduler that runs holds.
	 *
	 * @param threads the threads of all schedulers
	 * @param files the number of open files and sockets of this JVM
	 * @param servers the number of servers that gRPC knows
	 */
	private record Resources(Set<Thread> threads, long files, int servers) {

		static Resources inUse() {
			Set<Thread> threads = Thread.getAllStackTraces()
				.keySet()
				.stream()
				.filter((thread) -> thread.getName().startsWith("sw4rm-embedded-scheduler"))
				.collect(Collectors.toSet());
			assumeThat(ManagementFactory.getOperatingSystemMXBean()).isInstanceOf(UnixOperatingSystemMXBean.class);
			long files = ManagementFactory.getPlatformMXBean(UnixOperatingSystemMXBean.class)
				.getOpenFileDescriptorCount();
			return new Resources(threads, files, InternalChannelz.instance().getServers(0, 1000).servers.size());
		}

		boolean areNoMoreThan(Resources before) {
			return before.threads.containsAll(this.threads) && this.files <= before.files
					&& this.servers <= before.servers;
		}

	}

}
