package io.sw4rm.scheduler.client;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.sw4rm.scheduler.proto.PollActivityBufferResponse;
import io.sw4rm.scheduler.proto.PurgeActivityResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for clients that are created from an address and own their channel, and for those
 * that do not.
 */
@Timeout(60)
class OwnedChannelTests {

	@RegisterExtension
	final TestScheduler scheduler = new TestScheduler();

	@Test
	void blockingClientShutsDownItsChannel() {
		SchedulerClient client;
		try (SchedulerClient created = SchedulerClient.create(this.scheduler.address())) {
			client = created;
			assertThat(client.purgeAllActivity("worker-1")).isZero();
		}
		assertThatChannelIsShutDown(client);
	}

	@Test
	void asyncClientShutsDownItsChannel() {
		AsyncSchedulerClient client;
		try (AsyncSchedulerClient created = AsyncSchedulerClient.create(this.scheduler.address())) {
			client = created;
			assertThat(client.purgeAllActivity("worker-1").join()).isZero();
		}
		assertThat(client.purgeAllActivity("worker-1")).failsWithin(10, TimeUnit.SECONDS)
			.withThrowableThat()
			.havingCause()
			.isInstanceOfSatisfying(SchedulerException.class,
					(ex) -> assertThat(ex.getProblem()).isEqualTo(SchedulerProblem.CHANNEL_SHUT_DOWN));
	}

	@Test
	void reactiveClientShutsDownItsChannel() {
		ReactiveSchedulerClient client;
		try (ReactiveSchedulerClient created = ReactiveSchedulerClient.create(this.scheduler.address())) {
			client = created;
			assertThat(client.purgeAllActivity("worker-1").block()).isZero();
		}
		assertThatExceptionOfType(SchedulerException.class)
			.isThrownBy(() -> client.purgeAllActivity("worker-1").block())
			.satisfies((ex) -> assertThat(ex.getProblem()).isEqualTo(SchedulerProblem.CHANNEL_SHUT_DOWN));
	}

	@Test
	void clientsOfAllBuildersWithAddressOwnTheirChannel() {
		List<SchedulerClientBuilder> builders = List.of(SchedulerClient.builder(this.scheduler.address()),
				AsyncSchedulerClient.builder(this.scheduler.address()),
				ReactiveSchedulerClient.builder(this.scheduler.address()));
		assertThat(builders).allSatisfy((builder) -> {
			SchedulerClient client = builder.build();
			assertThat(client.purgeAllActivity("worker-1")).isZero();
			client.close();
			assertThatChannelIsShutDown(client);
		});
	}

	@Test
	void clientsOfOneBuilderHaveChannelsOfTheirOwn() {
		SchedulerClientBuilder builder = SchedulerClient.builder(this.scheduler.address());
		SchedulerClient first = builder.build();
		SchedulerClient second = builder.build();
		first.close();
		assertThat(second.purgeAllActivity("worker-1")).isZero();
		second.close();
		assertThatChannelIsShutDown(second);
	}

	@Test
	void derivedClientsShareTheChannel() {
		SchedulerClient client = SchedulerClient.create(this.scheduler.address());
		client.withMetadata("x-tenant", "acme").withDeadline(SchedulerOperation.SUBMIT_TASK.defaultDeadline()).close();
		assertThatChannelIsShutDown(client);
	}

	@Test
	void targetOfClientIsItsAddress() {
		try (SchedulerClient client = SchedulerClient.create("http://localhost:1")) {
			assertThatExceptionOfType(SchedulerUnavailableException.class)
				.isThrownBy(() -> client.pollActivityBuffer("worker-1"))
				.satisfies((ex) -> assertThat(ex.getTarget()).isEqualTo("localhost:1"));
		}
	}

	@Test
	void channelThatClientWasGivenStaysOpen() {
		SchedulerClient.create(this.scheduler.channel()).close();
		AsyncSchedulerClient.create(this.scheduler.channel()).close();
		ReactiveSchedulerClient.create(this.scheduler.channel()).close();
		SchedulerClient.builder(this.scheduler.channel()).build().withMetadata("x-tenant", "acme").close();
		assertThat(this.scheduler.channel().isShutdown()).isFalse();
		assertThat(SchedulerClient.create(this.scheduler.channel()).purgeAllActivity("worker-1")).isZero();
	}

	@Test
	void closingLetsCallsEnd() throws InterruptedException {
		CountDownLatch answer = new CountDownLatch(1);
		CountDownLatch received = new CountDownLatch(1);
		this.scheduler.answers((request) -> {
			received.countDown();
			try {
				assertThat(answer.await(10, TimeUnit.SECONDS)).isTrue();
			}
			catch (InterruptedException ex) {
				throw new AssertionError(ex);
			}
			return PurgeActivityResponse.newBuilder().setPurged(7).build();
		});
		AsyncSchedulerClient client = AsyncSchedulerClient.create(this.scheduler.address());
		CompletableFuture<Long> call = client.purgeAllActivity("worker-1");
		assertThat(received.await(10, TimeUnit.SECONDS)).isTrue();
		CompletableFuture<Void> closing = CompletableFuture.runAsync(client::close);
		await().until(() -> client.pollActivityBuffer("worker-1")
			.handle((entries, failure) -> failure != null)
			.completeOnTimeout(false, 200, TimeUnit.MILLISECONDS)
			.join());
		assertThat(call).isNotDone();
		assertThat(closing).isNotDone();
		answer.countDown();
		assertThat(call).succeedsWithin(10, TimeUnit.SECONDS).isEqualTo(7L);
		assertThat(closing).succeedsWithin(10, TimeUnit.SECONDS);
	}

	@Test
	void closingOnInterruptedThreadCancelsCallsAtOnce() {
		this.scheduler.hangs();
		AsyncSchedulerClient client = AsyncSchedulerClient.create(this.scheduler.address());
		CompletableFuture<Long> call = client.purgeAllActivity("worker-1");
		this.scheduler.awaitHangingCall();
		Thread.currentThread().interrupt();
		client.close();
		assertThat(Thread.interrupted()).isTrue();
		this.scheduler.awaitCancelledCall();
		assertThat(call).failsWithin(10, TimeUnit.SECONDS);
	}

	@Test
	@SuppressWarnings("NullAway")
	void refusesInvalidAddress() {
		assertThatIllegalArgumentException().isThrownBy(() -> SchedulerClient.create("localhost:0"))
			.withMessageContaining("'localhost:0' is not the address of a scheduler");
		assertThatIllegalArgumentException().isThrownBy(() -> AsyncSchedulerClient.builder(" "));
		assertThatIllegalArgumentException().isThrownBy(() -> ReactiveSchedulerClient.create((String) null))
			.withMessage("address must not be null");
	}

	private void assertThatChannelIsShutDown(SchedulerClient client) {
		this.scheduler.answers(PollActivityBufferResponse.getDefaultInstance());
		assertThatExceptionOfType(SchedulerUnavailableException.class)
			.isThrownBy(() -> client.pollActivityBuffer("worker-1"))
			.satisfies((ex) -> assertThat(ex.getProblem()).isEqualTo(SchedulerProblem.CHANNEL_SHUT_DOWN));
	}

}
