package io.sw4rm.scheduler.autoconfigure.auth;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.CompositeChannelFactoryAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import io.sw4rm.scheduler.autoconfigure.SchedulerAutoConfiguration;
import io.sw4rm.scheduler.autoconfigure.SchedulerClientBuilderCustomizer;
import io.sw4rm.scheduler.client.AsyncSchedulerClient;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SchedulerPermissionDeniedException;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.embedded.Rpc;
import io.sw4rm.scheduler.testsupport.Channels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for what many calls cost whose tokens the scheduler rejects.
 */
class RejectedTokenTests {

	private static final int CALLS = 500;

	/** More than the number of back-offs in the time of a test. */
	private static final int FEW = 25;

	private final TokenInterceptor tokens = new TokenInterceptor("none");

	@AutoClose
	private final EmbeddedScheduler scheduler = EmbeddedScheduler.builder().intercept(this.tokens).start();

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, GrpcClientAutoConfiguration.class,
				CompositeChannelFactoryAutoConfiguration.class, SchedulerAutoConfiguration.class,
				SchedulerAuthAutoConfiguration.class))
		.withPropertyValues("sw4rm.scheduler.address=" + this.scheduler.address());

	@ParameterizedTest
	@EnumSource
	void backsOffWhenCallsAreRejectedOneAfterTheOther(Renewal renewal) {
		CountingSupplier supplier = new CountingSupplier(renewal);
		this.contextRunner.withBean(SchedulerTokenSupplier.class, () -> supplier).run((context) -> {
			for (int i = 0; i < CALLS; i++) {
				assertThatExceptionOfType(SchedulerPermissionDeniedException.class).isThrownBy(() -> poll(context))
					.withMessageContaining("refused by the scheduler");
			}
			assertThat(this.tokens.headers()).hasSizeBetween(CALLS, CALLS + FEW);
			assertThat(supplier.asked).hasValueLessThan(2 * FEW);
			assertThat(supplier.told).hasValueBetween(1, FEW);
		});
	}

	@ParameterizedTest
	@EnumSource
	void backsOffWhenConcurrentCallsAreRejected(Renewal renewal) {
		CountingSupplier supplier = new CountingSupplier(renewal);
		this.contextRunner.withBean(SchedulerTokenSupplier.class, () -> supplier).run((context) -> {
			assertThat(pollConcurrently(context, CALLS))
				.allSatisfy((call) -> assertThat(call).isCompletedExceptionally());
			assertThat(this.tokens.headers()).hasSizeBetween(CALLS, CALLS + FEW);
			assertThat(supplier.asked).hasValueLessThan(CALLS + FEW);
			assertThat(supplier.told).hasValueBetween(1, FEW);
		});
	}

	@Test
	void tellsSupplierOnceOfTokenThatConcurrentCallsSent() {
		this.tokens.accept("token-1");
		CountingSupplier supplier = new CountingSupplier(Renewal.OTHER_TOKEN);
		this.contextRunner.withBean(SchedulerTokenSupplier.class, () -> supplier).run((context) -> {
			poll(context);
			this.tokens.accept("token-2");
			assertThat(pollConcurrently(context, CALLS)).allSatisfy((call) -> assertThat(call).isCompleted());
			assertThat(supplier.told).hasValue(1);
			assertThat(this.tokens.authorizations().stream().filter("Bearer token-2"::equals)).hasSize(CALLS);
		});
	}

	@Test
	void callsDoNotWaitForTrialThatEndsWithAnotherError() {
		this.tokens.accept("token-1");
		CountingSupplier supplier = new CountingSupplier(Renewal.OTHER_TOKEN);
		int calls = 20;
		this.contextRunner.withPropertyValues("sw4rm.scheduler.deadline=4s")
			.withBean(SchedulerTokenSupplier.class, () -> supplier)
			.run((context) -> {
				Channels.connect(context.getBean("sw4rmSchedulerChannel", ManagedChannel.class));
				poll(context);
				this.scheduler.faults().on(Rpc.POLL_ACTIVITY_BUFFER).times(2 * calls).fail(Status.NOT_FOUND);
				this.tokens.accept("token-2");
				assertThat(pollConcurrently(context, calls))
					.allSatisfy((call) -> assertThat(call).failsWithin(Duration.ZERO)
						.withThrowableThat()
						.withMessageContaining("NOT_FOUND"));
			});
	}

	@Test
	void doesNotRepeatWithFixedToken() {
		AtomicInteger calls = new AtomicInteger();
		this.contextRunner.withPropertyValues("sw4rm.scheduler.auth.token=s3cret-token")
			.withBean(SchedulerClientBuilderCustomizer.class,
					() -> (name, builder) -> builder.intercept(counting(calls)))
			.run((context) -> {
				poll(context, 10);
				assertThat(this.tokens.headers()).hasSize(10);
				assertThat(calls).hasValue(10);
			});
	}

	@ParameterizedTest
	@EnumSource
	void usesNewTokenAfterTheBackOff(Renewal renewal) {
		CountingSupplier supplier = new CountingSupplier(renewal);
		this.contextRunner.withBean(SchedulerTokenSupplier.class, () -> supplier).run((context) -> {
			poll(context, 20);
			supplier.replaceToken("renewed");
			this.tokens.accept("renewed");
			await().untilAsserted(() -> assertThatNoException().isThrownBy(() -> poll(context)));
			this.tokens.accept("renewed-again");
			supplier.replaceOnInvalidation("renewed-again");
			poll(context);
		});
	}

	private List<CompletableFuture<?>> pollConcurrently(ApplicationContext context, int times) {
		AsyncSchedulerClient client = context.getBean(AsyncSchedulerClient.class);
		List<CompletableFuture<?>> calls = Stream.generate(() -> client.pollActivityBuffer("worker-1"))
			.limit(times)
			.<CompletableFuture<?>>map((call) -> call)
			.toList();
		calls.forEach((call) -> call.handle((result, failure) -> failure).join());
		return calls;
	}

	private static ClientInterceptor counting(AtomicInteger calls) {
		return new ClientInterceptor() {

			@Override
			public <Q, S> ClientCall<Q, S> interceptCall(MethodDescriptor<Q, S> method, CallOptions options,
					Channel next) {
				calls.incrementAndGet();
				return next.newCall(method, options);
			}

		};
	}

	private static void poll(ApplicationContext context, int times) {
		for (int i = 0; i < times; i++) {
			assertThatExceptionOfType(SchedulerPermissionDeniedException.class).isThrownBy(() -> poll(context));
		}
	}

	private static void poll(ApplicationContext context) {
		context.getBean(SchedulerClient.class).pollActivityBuffer("worker-1");
	}

	/**
	 * What a supplier has after it was told that its token is rejected.
	 */
	enum Renewal {

		SAME_TOKEN, OTHER_TOKEN

	}

	static class CountingSupplier implements SchedulerTokenSupplier {

		private final AtomicInteger asked = new AtomicInteger();

		private final AtomicInteger told = new AtomicInteger();

		private final Renewal renewal;

		private int number = 1;

		private String token = "token-1";

		private String next;

		CountingSupplier(Renewal renewal) {
			this.renewal = renewal;
		}

		synchronized void replaceToken(String token) {
			this.token = token;
		}

		synchronized void replaceOnInvalidation(String next) {
			this.next = next;
		}

		@Override
		public synchronized String getToken(SchedulerTokenRequest request) {
			this.asked.incrementAndGet();
			return this.token;
		}

		@Override
		public synchronized void invalidate(String token) {
			this.told.incrementAndGet();
			if (this.next != null) {
				this.token = this.next;
			}
			else if (this.renewal == Renewal.OTHER_TOKEN && token.equals(this.token)) {
				this.token = "token-" + ++this.number;
			}
		}

	}

}
