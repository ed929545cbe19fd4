package io.sw4rm.scheduler.autoconfigure.auth;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import io.grpc.ManagedChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.CompositeChannelFactoryAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.sw4rm.scheduler.autoconfigure.SchedulerAutoConfiguration;
import io.sw4rm.scheduler.client.AsyncSchedulerClient;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SchedulerDeadlineExceededException;
import io.sw4rm.scheduler.client.SchedulerUnavailableException;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.testsupport.Channels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for applications that stop while a {@link SchedulerTokenSupplier} hangs.
 */
class HangingTokenSupplierTests {

	@AutoClose
	private final EmbeddedScheduler scheduler = EmbeddedScheduler.start();

	private final CountDownLatch supplierIsCalled = new CountDownLatch(1);

	private final CountDownLatch supplierReturns = new CountDownLatch(1);

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, GrpcClientAutoConfiguration.class,
				CompositeChannelFactoryAutoConfiguration.class, SchedulerAutoConfiguration.class,
				SchedulerAuthAutoConfiguration.class))
		.withPropertyValues("sw4rm.scheduler.address=" + this.scheduler.address(),
				"sw4rm.scheduler.shutdown-grace-period=1h")
		.withBean(SchedulerTokenSupplier.class, () -> this::hang);

	@AfterEach
	void release() {
		this.supplierReturns.countDown();
	}

	/*
	 * The timeouts are shorter than the time that calls wait for a token.
	 */

	@Test
	@Timeout(20)
	void doesNotHoldUpApplicationWhoseCallExceededItsDeadline() {
		this.contextRunner.run((context) -> {
			Channels.connect(context.getBean("sw4rmSchedulerChannel", ManagedChannel.class));
			SchedulerClient client = context.getBean(SchedulerClient.class).withDeadline(Duration.ofSeconds(2));
			assertThatExceptionOfType(SchedulerDeadlineExceededException.class)
				.isThrownBy(() -> client.pollActivityBuffer("worker-1"));
			assertThat(this.supplierIsCalled.getCount()).isZero();
		});
	}

	@Test
	@Timeout(20)
	void doesNotHoldUpApplicationWhoseCallWasCancelled() {
		this.contextRunner.run((context) -> {
			CompletableFuture<?> call = context.getBean(AsyncSchedulerClient.class).pollActivityBuffer("worker-1");
			this.supplierIsCalled.await();
			call.cancel(true);
		});
	}

	@Test
	@Timeout(20)
	void doesNotHoldUpApplicationWhoseGracePeriodIsOver() {
		this.contextRunner.withPropertyValues("sw4rm.scheduler.shutdown-grace-period=0s").run((context) -> {
			CompletableFuture<?> call = context.getBean(AsyncSchedulerClient.class).pollActivityBuffer("worker-1");
			this.supplierIsCalled.await();
			context.close();
			assertThat(call).failsWithin(Duration.ofSeconds(10))
				.withThrowableThat()
				.withCauseInstanceOf(SchedulerUnavailableException.class);
		});
	}

	private String hang(SchedulerTokenRequest request) {
		this.supplierIsCalled.countDown();
		try {
			this.supplierReturns.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		return "token";
	}

}
