package io.sw4rm.scheduler.autoconfigure.auth;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import org.assertj.core.util.Throwables;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.grpc.client.autoconfigure.CompositeChannelFactoryAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration;
import org.springframework.boot.security.oauth2.client.autoconfigure.OAuth2ClientAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;

import io.sw4rm.scheduler.autoconfigure.SchedulerAutoConfiguration;
import io.sw4rm.scheduler.client.ActivityEntry;
import io.sw4rm.scheduler.client.AsyncSchedulerClient;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SchedulerDeadlineExceededException;
import io.sw4rm.scheduler.client.SchedulerPermissionDeniedException;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.testsupport.Channels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for tokens of an OAuth2 authorization server.
 */
@ExtendWith(OutputCaptureExtension.class)
class OAuth2TokenTests {

	private static final String CLIENT_SECRET = "client-s3cret";

	private final TokenInterceptor tokens = new TokenInterceptor("oauth2-token-1", "oauth2-token-2", "oauth2-token-3");

	private final EmbeddedScheduler scheduler = EmbeddedScheduler.builder().intercept(this.tokens).start();

	private final TokenEndpoint endpoint = new TokenEndpoint();

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, GrpcClientAutoConfiguration.class,
				CompositeChannelFactoryAutoConfiguration.class, OAuth2ClientAutoConfiguration.class,
				SchedulerAutoConfiguration.class, SchedulerAuthAutoConfiguration.class))
		.withPropertyValues("sw4rm.scheduler.address=" + this.scheduler.address(),
				"sw4rm.scheduler.auth.oauth2.registration-id=swarm",
				"spring.security.oauth2.client.registration.swarm.client-id=app",
				"spring.security.oauth2.client.registration.swarm.client-secret=" + CLIENT_SECRET,
				"spring.security.oauth2.client.registration.swarm.authorization-grant-type=client_credentials",
				"spring.security.oauth2.client.registration.swarm.scope=schedule",
				"spring.security.oauth2.client.provider.swarm.token-uri=" + this.endpoint.uri());

	@AfterEach
	void stop() {
		this.endpoint.close();
		this.scheduler.close();
	}

	@Test
	void getsTokenWithClientCredentialsOnce() {
		this.contextRunner.run((context) -> {
			poll(context);
			poll(context);
			context.getBean(AsyncSchedulerClient.class).pollActivityBuffer("worker-1").join();
			assertThat(this.tokens.authorizations()).containsOnly("Bearer oauth2-token-1").hasSize(3);
			assertThat(this.endpoint.requests()).singleElement()
				.asString()
				.contains("grant_type=client_credentials", "scope=schedule");
		});
	}

	@Test
	void requestsOneTokenForManyCallsWithoutThreadsThatWait() {
		CountDownLatch issue = new CountDownLatch(1);
		this.endpoint.holdUntil(issue);
		this.contextRunner.run((context) -> {
			Channels.connect(context.getBean("sw4rmSchedulerChannel", ManagedChannel.class));
			AsyncSchedulerClient client = context.getBean(AsyncSchedulerClient.class);
			int threads = Thread.activeCount();
			List<CompletableFuture<List<ActivityEntry>>> calls = IntStream.range(0, 1000)
				.mapToObj((i) -> client.pollActivityBuffer("worker-1"))
				.toList();
			await().until(() -> !this.endpoint.requests().isEmpty());
			assertThat(Thread.activeCount() - threads).isLessThan(1000 / 4);
			issue.countDown();
			calls.forEach(CompletableFuture::join);
			assertThat(this.endpoint.requests()).hasSize(1);
			assertThat(this.tokens.authorizations()).hasSize(1000).containsOnly("Bearer oauth2-token-1");
		});
	}

	@Test
	void replacesTokenThatExpires() {
		this.endpoint.expiresIn(1);
		this.contextRunner.run((context) -> {
			poll(context);
			this.endpoint.expiresIn(3600);
			poll(context);
			poll(context);
			assertThat(this.tokens.authorizations()).containsExactly("Bearer oauth2-token-1", "Bearer oauth2-token-2",
					"Bearer oauth2-token-2");
			assertThat(this.endpoint.requests()).hasSize(2);
		});
	}

	@Test
	void replacesRefusedTokenWithOneRequestForAllCalls() {
		this.contextRunner.run((context) -> {
			poll(context);
			this.tokens.accept("oauth2-token-2");
			AsyncSchedulerClient client = context.getBean(AsyncSchedulerClient.class);
			Stream.generate(() -> client.pollActivityBuffer("worker-1"))
				.limit(100)
				.toList()
				.forEach(CompletableFuture::join);
			assertThat(this.endpoint.requests()).hasSize(2);
		});
	}

	@Test
	void passesOnRefusalOfEveryToken() {
		this.tokens.accept("another");
		this.contextRunner.run((context) -> {
			assertThatExceptionOfType(SchedulerPermissionDeniedException.class).isThrownBy(() -> poll(context))
				.withMessageContaining("refused by the scheduler");
			assertThat(this.tokens.authorizations()).containsExactly("Bearer oauth2-token-1", "Bearer oauth2-token-2");
		});
	}

	@Test
	void failsCallWhenTokenEndpointRefusesTheClient(CapturedOutput output) {
		this.endpoint.failWith(
				"{\"error\":\"invalid_client\",\"error_description\":\"%s is not known\"}".formatted(CLIENT_SECRET));
		this.contextRunner.withPropertyValues("sw4rm.scheduler.retry.max-attempts=5")
			.run((context) -> assertThatExceptionOfType(SchedulerPermissionDeniedException.class)
				.isThrownBy(() -> poll(context))
				.withMessageContaining("No token for the scheduler could be obtained")
				.withMessageContaining("'swarm' got error 'invalid_client'")
				.satisfies((ex) -> assertThat(ex.getStatusCode()).isEqualTo(Status.Code.UNAUTHENTICATED))
				.satisfies((ex) -> assertThat(Throwables.getStackTrace(ex)).doesNotContain(CLIENT_SECRET)));
		assertThat(this.tokens.headers()).isEmpty();
		assertThat(this.endpoint.requests()).hasSize(1);
		assertThat(output).doesNotContain(CLIENT_SECRET);
	}

	@Test
	void failsCallWhenTokenEndpointIsAway() {
		this.endpoint.close();
		this.contextRunner.run((context) -> assertThatExceptionOfType(SchedulerPermissionDeniedException.class)
			.isThrownBy(() -> poll(context))
			.withMessageContaining("ConnectException"));
	}

	@Test
	void showsNothingOfAnswerThatIsNoToken() {
		this.endpoint.failWith("s3cret-answer");
		this.contextRunner.run((context) -> assertThatExceptionOfType(SchedulerPermissionDeniedException.class)
			.isThrownBy(() -> poll(context))
			.satisfies((ex) -> assertThat(Throwables.getStackTrace(ex)).doesNotContain("s3cret")));
	}

	@Test
	void recoversWithTheTokenEndpoint() {
		this.endpoint.failWith("{\"error\":\"server_error\"}");
		this.contextRunner.run((context) -> {
			assertThatExceptionOfType(SchedulerPermissionDeniedException.class).isThrownBy(() -> poll(context));
			this.endpoint.failWith(null);
			await().untilAsserted(() -> assertThatNoException().isThrownBy(() -> poll(context)));
			assertThat(this.tokens.authorizations()).containsExactly("Bearer oauth2-token-2");
		});
	}

	@Test
	void hangingTokenEndpointCostsTheCallItsDeadlineOnly() {
		CountDownLatch issue = new CountDownLatch(1);
		this.endpoint.holdUntil(issue);
		this.contextRunner.run((context) -> {
			SchedulerClient client = context.getBean(SchedulerClient.class).withDeadline(Duration.ofMillis(200));
			assertThatExceptionOfType(SchedulerDeadlineExceededException.class)
				.isThrownBy(() -> client.pollActivityBuffer("worker-1"));
			issue.countDown();
			poll(context);
			assertThat(this.endpoint.requests()).hasSize(1);
		});
	}

	@Test
	void hangingTokenEndpointCostsRefusedCallItsDeadlineOnly() {
		CountDownLatch issue = new CountDownLatch(1);
		this.contextRunner.run((context) -> {
			poll(context);
			this.tokens.accept("oauth2-token-2");
			this.endpoint.holdUntil(issue);
			SchedulerClient client = context.getBean(SchedulerClient.class).withDeadline(Duration.ofMillis(200));
			assertThatExceptionOfType(SchedulerDeadlineExceededException.class)
				.isThrownBy(() -> client.pollActivityBuffer("worker-1"));
			issue.countDown();
		});
	}

	@Test
	void cancelledCallNeverReachesTheScheduler() {
		CountDownLatch issue = new CountDownLatch(1);
		this.endpoint.holdUntil(issue);
		this.contextRunner.run((context) -> {
			AsyncSchedulerClient client = context.getBean(AsyncSchedulerClient.class);
			CompletableFuture<List<ActivityEntry>> call = client.pollActivityBuffer("cancelled");
			await().until(() -> !this.endpoint.requests().isEmpty());
			call.cancel(true);
			issue.countDown();
			poll(context);
			assertThat(this.tokens.headers()).hasSize(1);
		});
	}

	@Test
	void refusesUnknownRegistration() {
		this.contextRunner.withPropertyValues("sw4rm.scheduler.auth.oauth2.registration-id=unknown")
			.run(failsBecauseOfRegistration("unknown", "There is no OAuth2 client registration with this name"));
	}

	@Test
	void refusesRegistrationWhenThereIsNone() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, GrpcClientAutoConfiguration.class,
					CompositeChannelFactoryAutoConfiguration.class, OAuth2ClientAutoConfiguration.class,
					SchedulerAutoConfiguration.class, SchedulerAuthAutoConfiguration.class))
			.withPropertyValues("sw4rm.scheduler.auth.oauth2.registration-id=swarm")
			.run(failsBecauseOfRegistration("swarm", "spring.security.oauth2.client.registration"));
	}

	@Test
	void refusesRegistrationForUsersToLogIn() {
		this.contextRunner
			.withPropertyValues(
					"spring.security.oauth2.client.registration.swarm.authorization-grant-type=authorization_code",
					"spring.security.oauth2.client.registration.swarm.redirect-uri=http://localhost",
					"spring.security.oauth2.client.provider.swarm.authorization-uri=http://localhost")
			.run(failsBecauseOfRegistration("swarm", "to client_credentials"));
	}

	@Test
	void refusesRegistrationWithoutSpringSecurity() {
		this.contextRunner.withClassLoader(new FilteredClassLoader(ClientRegistrationRepository.class))
			.run(failsBecauseOfRegistration("swarm", "spring-boot-starter-security-oauth2-client"));
	}

	private static ContextConsumer<AssertableApplicationContext> failsBecauseOfRegistration(String value,
			String reason) {
		return (context) -> assertThat(context).getFailure()
			.rootCause()
			.isInstanceOfSatisfying(InvalidConfigurationPropertyValueException.class, (ex) -> {
				assertThat(ex.getName()).isEqualTo("sw4rm.scheduler.auth.oauth2.registration-id");
				assertThat(ex.getValue()).isEqualTo(value);
				assertThat(ex.getReason()).contains(reason);
			});
	}

	private static void poll(AssertableApplicationContext context) {
		context.getBean(SchedulerClient.class).pollActivityBuffer("worker-1");
	}

}
