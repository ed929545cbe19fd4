package io.sw4rm.scheduler.client;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.function.Supplier;

import com.sun.management.ThreadMXBean;
import io.grpc.Metadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what it costs to derive a client for a single call.
 */
@Timeout(60)
class DerivedClientTests {

	private static final int ROUNDS = 20_000;

	@RegisterExtension
	final TestScheduler scheduler = new TestScheduler();

	private volatile Object sink;

	@Test
	void withDeadlineIsCheap() {
		SchedulerClient client = client();
		Duration deadline = Duration.ofSeconds(3);
		assertThat(bytesPerCall(() -> client.withDeadline(deadline))).isLessThan(110);
	}

	@Test
	void withMetadataIsCheap() {
		SchedulerClient client = client();
		assertThat(bytesPerCall(() -> client.withMetadata("x-trace", "1234"))).isLessThan(900);
	}

	@Test
	void withPreparedMetadataIsCheap() {
		SchedulerClient client = client();
		Metadata metadata = new Metadata();
		metadata.put(Metadata.Key.of("x-trace", Metadata.ASCII_STRING_MARSHALLER), "1234");
		assertThat(bytesPerCall(() -> client.withMetadata(metadata))).isLessThan(750);
	}

	private SchedulerClient client() {
		return SchedulerClient.builder(this.scheduler.channel())
			.metadata("x-tenant", "acme")
			.metadata("x-region", "north")
			.build();
	}

	private long bytesPerCall(Supplier<SchedulerClient> derivation) {
		measure(derivation);
		return measure(derivation);
	}

	private long measure(Supplier<SchedulerClient> derivation) {
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		long thread = Thread.currentThread().getId();
		long before = threads.getThreadAllocatedBytes(thread);
		for (int i = 0; i < ROUNDS; i++) {
			this.sink = derivation.get();
		}
		return (threads.getThreadAllocatedBytes(thread) - before) / ROUNDS;
	}

}
