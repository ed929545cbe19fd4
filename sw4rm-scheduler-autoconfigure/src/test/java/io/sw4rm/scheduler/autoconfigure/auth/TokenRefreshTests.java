package io.sw4rm.scheduler.autoconfigure.auth;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import org.assertj.core.util.Throwables;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.CompositeChannelFactoryAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.sw4rm.scheduler.autoconfigure.SchedulerAutoConfiguration;
import io.sw4rm.scheduler.autoconfigure.SchedulerClientBuilderCustomizer;
import io.sw4rm.scheduler.autoconfigure.SchedulerClientInterceptor;
import io.sw4rm.scheduler.autoconfigure.health.SchedulerHealthContributorAutoConfiguration;
import io.sw4rm.scheduler.client.ActivityEntry;
import io.sw4rm.scheduler.client.AsyncSchedulerClient;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SchedulerDeadlineExceededException;
import io.sw4rm.scheduler.client.SchedulerOperation;
import io.sw4rm.scheduler.client.SchedulerPermissionDeniedException;
import io.sw4rm.scheduler.client.TaskSubmission;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.embedded.Rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for tokens of a {@link SchedulerTokenSupplier} bean, and for what happens when
 * the scheduler refuses them.
 */
class TokenRefreshTests {

	private final TokenInterceptor tokens = new TokenInterceptor("token-1");

	private final EmbeddedScheduler scheduler = EmbeddedScheduler.builder().intercept(this.tokens).start();

	private final CountingTokenSupplier supplier = new CountingTokenSupplier();

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, GrpcClientAutoConfiguration.class,
				CompositeChannelFactoryAutoConfiguration.class, SchedulerAutoConfiguration.class,
				SchedulerAuthAutoConfiguration.class))
		.withPropertyValues("sw4rm.scheduler.address=" + this.scheduler.address())
		.withBean(SchedulerTokenSupplier.class, () -> this.supplier);

	@AfterEach
	void stop() {
		this.scheduler.close();
	}

	@Test
	void sendsTokenOfBean() {
		this.contextRunner.run((context) -> {
			client(context).submitTask(TaskSubmission.forAgent("worker-1").taskId("blocking").build());
			context.getBean(AsyncSchedulerClient.class)
				.submitTask(TaskSubmission.forAgent("worker-1").taskId("async").build())
				.join();
			assertThat(this.tokens.authorizations()).containsExactly("Bearer token-1", "Bearer token-1");
			assertThat(this.supplier.invalidated).isEmpty();
		});
	}

	@Test
	void makesRefusedCallOnceMoreWithNewToken() {
		this.tokens.accept("token-2");
		this.contextRunner.run((context) -> {
			assertThat(client(context).withMetadata("x-tenant", "acme")
				.submitTask(TaskSubmission.forAgent("worker-1").taskId("task-1").params("payload").build())
				.accepted()).isTrue();
			assertThat(this.tokens.authorizations()).containsExactly("Bearer token-1", "Bearer token-2");
			assertThat(this.supplier.invalidated).containsExactly("token-1");
			assertThat(header("x-tenant")).containsExactly("acme", "acme");
			assertThat(header("x-correlation-id")).hasSize(2).containsOnly(header("x-correlation-id").get(0));
			assertThat(this.scheduler.agent("worker-1").queued()).singleElement()
				.satisfies((task) -> assertThat(task.params().toStringUtf8()).isEqualTo("payload"));
		});
	}

	@Test
	void makesRefusedAsyncCallOnceMore() {
		this.tokens.accept("token-2");
		this.tokens.sendHeadersFirst();
		this.contextRunner.run((context) -> {
			assertThat(context.getBean(AsyncSchedulerClient.class).pollActivityBuffer("worker-1").join()).isEmpty();
			assertThat(this.tokens.authorizations()).containsExactly("Bearer token-1", "Bearer token-2");
		});
	}

	@Test
	void makesRefusedCallNoThirdTime() {
		this.tokens.accept("another");
		this.contextRunner.run((context) -> {
			assertThatExceptionOfType(SchedulerPermissionDeniedException.class)
				.isThrownBy(() -> client(context).pollActivityBuffer("worker-1"));
			assertThat(this.tokens.authorizations()).containsExactly("Bearer token-1", "Bearer token-2");
		});
	}

	@Test
	void passesRefusalOnWhenThereIsNoOtherToken() {
		this.tokens.accept("another");
		this.supplier.renews = false;
		this.contextRunner.run((context) -> {
			assertThatExceptionOfType(SchedulerPermissionDeniedException.class)
				.isThrownBy(() -> client(context).pollActivityBuffer("worker-1"))
				.withMessageContaining("refused by the scheduler")
				.havingCause()
				.isInstanceOfSatisfying(StatusRuntimeException.class,
						(ex) -> assertThat(
								ex.getTrailers().get(Metadata.Key.of("reason", Metadata.ASCII_STRING_MARSHALLER)))
							.isEqualTo("unknown token"));
			assertThat(this.tokens.authorizations()).containsExactly("Bearer token-1");
			assertThat(this.supplier.invalidated).containsExactly("token-1");
		});
	}

	@Test
	void passesRefusalOnWhenNoOtherTokenCanBeHad() {
		this.tokens.accept("another");
		this.supplier.failsAfterInvalidation = true;
		this.contextRunner.run((context) -> assertThatExceptionOfType(SchedulerPermissionDeniedException.class)
			.isThrownBy(() -> client(context).pollActivityBuffer("worker-1"))
			.withMessageContaining("refused by the scheduler"));
	}

	@Test
	void doesNotRefreshAfterOtherFailures() {
		this.contextRunner.run((context) -> {
			this.scheduler.faults().on(Rpc.POLL_ACTIVITY_BUFFER).times(1).fail(Status.PERMISSION_DENIED);
			assertThatExceptionOfType(SchedulerPermissionDeniedException.class)
				.isThrownBy(() -> client(context).pollActivityBuffer("worker-1"));
			assertThat(this.supplier.invalidated).isEmpty();
			assertThat(this.tokens.headers()).hasSize(1);
		});
	}

	@Test
	void asksSupplierOnceForCallsThatWait() {
		CountDownLatch supply = new CountDownLatch(1);
		this.contextRunner.run((context) -> {
			AsyncSchedulerClient client = context.getBean(AsyncSchedulerClient.class);
			// On a connection that is ready, a call needs its token before it returns
			client.pollActivityBuffer("worker-1").join();
			this.supplier.holdUntil(supply);
			List<CompletableFuture<List<ActivityEntry>>> calls = IntStream.range(0, 500)
				.mapToObj((i) -> client.pollActivityBuffer("worker-1"))
				.toList();
			supply.countDown();
			calls.forEach(CompletableFuture::join);
			assertThat(this.supplier.asked).hasValue(2);
			assertThat(this.tokens.authorizations()).hasSize(501).containsOnly("Bearer token-1");
		});
	}

	@Test
	void tellsSupplierWhichCallNeedsTheToken() {
		this.contextRunner.withConfiguration(AutoConfigurations.of(SchedulerHealthContributorAutoConfiguration.class))
			.run((context) -> {
				client(context).pollActivityBuffer("worker-1");
				context.getBean(AsyncSchedulerClient.class)
					.submitTask(TaskSubmission.forAgent("worker-2").build())
					.join();
				context.getBean(HealthIndicator.class).health();
				assertThat(this.supplier.requests).containsExactly(
						new SchedulerTokenRequest(SchedulerOperation.POLL_ACTIVITY_BUFFER, "worker-1"),
						new SchedulerTokenRequest(SchedulerOperation.SUBMIT_TASK, "worker-2"),
						new SchedulerTokenRequest(null, null));
			});
	}

	@Test
	void callKeepsAuthorizationThatAnInterceptorSets() {
		this.tokens.accept("mine");
		this.contextRunner
			.withBean(SchedulerClientBuilderCustomizer.class,
					() -> (name, builder) -> builder
						.intercept(MetadataUtils.newAttachHeadersInterceptor(authorization("Bearer mine"))))
			.run((context) -> {
				client(context).pollActivityBuffer("worker-1");
				this.tokens.accept("another");
				assertThatExceptionOfType(SchedulerPermissionDeniedException.class)
					.isThrownBy(() -> client(context).pollActivityBuffer("worker-1"));
				assertThat(this.tokens.authorizations()).containsExactly("Bearer mine", "Bearer mine");
				assertThat(this.supplier.asked).hasValue(0);
			});
	}

	private static Metadata authorization(String value) {
		Metadata metadata = new Metadata();
		metadata.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), value);
		return metadata;
	}

	@Test
	void cancelledCallIsNotMadeOnceMore() {
		this.tokens.accept("token-2");
		CountDownLatch supply = new CountDownLatch(1);
		this.contextRunner.run((context) -> {
			AsyncSchedulerClient client = context.getBean(AsyncSchedulerClient.class);
			this.supplier.holdAfterInvalidationUntil(supply);
			CompletableFuture<List<ActivityEntry>> call = client.pollActivityBuffer("cancelled");
			await().until(() -> !this.supplier.invalidated.isEmpty());
			call.cancel(true);
			supply.countDown();
			client.pollActivityBuffer("worker-1").join();
			assertThat(this.tokens.authorizations()).containsExactly("Bearer token-1", "Bearer token-2");
		});
	}

	@Test
	void slowSupplierCostsTheCallItsDeadlineOnly() {
		CountDownLatch supply = new CountDownLatch(1);
		this.supplier.holdUntil(supply);
		this.contextRunner.run((context) -> {
			assertThatExceptionOfType(SchedulerDeadlineExceededException.class)
				.isThrownBy(() -> client(context).withDeadline(Duration.ofMillis(100)).pollActivityBuffer("worker-1"));
			supply.countDown();
		});
	}

	@Test
	void failsCallWithoutTheMessageOfTheSupplierThatFailed() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, GrpcClientAutoConfiguration.class,
					CompositeChannelFactoryAutoConfiguration.class, SchedulerAutoConfiguration.class,
					SchedulerAuthAutoConfiguration.class))
			.withPropertyValues("sw4rm.scheduler.address=" + this.scheduler.address())
			.withBean(SchedulerTokenSupplier.class, () -> (request) -> {
				throw new IllegalStateException("s3cret");
			})
			.run((context) -> assertThatExceptionOfType(SchedulerPermissionDeniedException.class)
				.isThrownBy(() -> client(context).pollActivityBuffer("worker-1"))
				.withMessageContaining("No token for the scheduler could be obtained: java.lang.IllegalStateException")
				.satisfies((ex) -> assertThat(Throwables.getStackTrace(ex)).doesNotContain("s3cret")
					.contains(TokenRefreshTests.class.getName())));
	}

	@Test
	void failsCallWithTokenThatCannotBeSent() {
		this.supplier.prefix = "s3cret token\n";
		this.contextRunner.run((context) -> assertThatExceptionOfType(SchedulerPermissionDeniedException.class)
			.isThrownBy(() -> client(context).pollActivityBuffer("worker-1"))
			.withMessageContaining("visible ASCII")
			.satisfies((ex) -> assertThat(Throwables.getStackTrace(ex)).doesNotContain("s3cret")));
	}

	@Test
	void callKeepsAuthorizationOfItsOwn() {
		this.tokens.accept("mine");
		this.contextRunner.run((context) -> {
			client(context).withMetadata("authorization", "Bearer mine").pollActivityBuffer("worker-1");
			assertThat(this.tokens.authorizations()).containsExactly("Bearer mine");
			assertThat(this.supplier.asked).hasValue(0);
		});
	}

	@Test
	void otherInterceptorsSeeBothCallsAndNoToken() {
		this.tokens.accept("token-2");
		this.contextRunner.withUserConfiguration(InterceptorConfiguration.class).run((context) -> {
			client(context).pollActivityBuffer("worker-1");
			RecordingInterceptor interceptor = context.getBean(RecordingInterceptor.class);
			assertThat(interceptor.headers).hasSize(2)
				.allSatisfy((headers) -> assertThat(headers.keys()).doesNotContain("authorization"));
		});
	}

	@Test
	void interruptedCallEnds() {
		CountDownLatch supply = new CountDownLatch(1);
		this.supplier.holdUntil(supply);
		this.contextRunner.run((context) -> {
			Thread.currentThread().interrupt();
			assertThatException().isThrownBy(() -> client(context).pollActivityBuffer("worker-1"));
			assertThat(Thread.interrupted()).isTrue();
			supply.countDown();
		});
	}

	private List<String> header(String name) {
		return this.tokens.headers()
			.stream()
			.map((headers) -> headers.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER)))
			.toList();
	}

	private static SchedulerClient client(ApplicationContext context) {
		return context.getBean(SchedulerClient.class);
	}

	/**
	 * Supplies {@code token-1}, and the next one after it was told that the last is no
	 * good.
	 */
	static class CountingTokenSupplier implements SchedulerTokenSupplier {

		private final AtomicInteger asked = new AtomicInteger();

		private final List<SchedulerTokenRequest> requests = new CopyOnWriteArrayList<>();

		private final List<String> invalidated = new CopyOnWriteArrayList<>();

		private volatile String prefix = "token-";

		private volatile boolean renews = true;

		private volatile boolean failsAfterInvalidation;

		private volatile CountDownLatch open = new CountDownLatch(0);

		private volatile CountDownLatch openAfterInvalidation = new CountDownLatch(0);

		private volatile int number = 1;

		void holdUntil(CountDownLatch latch) {
			this.open = latch;
		}

		void holdAfterInvalidationUntil(CountDownLatch latch) {
			this.openAfterInvalidation = latch;
		}

		@Override
		public String getToken(SchedulerTokenRequest request) {
			this.asked.incrementAndGet();
			this.requests.add(request);
			try {
				this.open.await();
				if (!this.invalidated.isEmpty()) {
					this.openAfterInvalidation.await();
				}
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			if (this.failsAfterInvalidation && !this.invalidated.isEmpty()) {
				throw new IllegalStateException("no other");
			}
			return this.prefix + this.number;
		}

		@Override
		public synchronized void invalidate(String token) {
			if (this.renews && token.equals(this.prefix + this.number)) {
				this.number++;
			}
			this.invalidated.add(token);
		}

	}

	static class RecordingInterceptor implements ClientInterceptor {

		private final List<Metadata> headers = new CopyOnWriteArrayList<>();

		@Override
		public <Q, S> ClientCall<Q, S> interceptCall(MethodDescriptor<Q, S> method, CallOptions options, Channel next) {
			return new SimpleForwardingClientCall<>(next.newCall(method, options)) {

				@Override
				public void start(Listener<S> listener, Metadata headers) {
					RecordingInterceptor.this.headers.add(headers);
					super.start(listener, headers);
				}

			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class InterceptorConfiguration {

		@Bean
		@SchedulerClientInterceptor
		RecordingInterceptor recordingInterceptor() {
			return new RecordingInterceptor();
		}

	}

}
