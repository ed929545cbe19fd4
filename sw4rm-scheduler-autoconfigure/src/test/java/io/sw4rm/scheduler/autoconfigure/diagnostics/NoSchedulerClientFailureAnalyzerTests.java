package io.sw4rm.scheduler.autoconfigure.diagnostics;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;

import io.sw4rm.scheduler.client.AsyncSchedulerClient;
import io.sw4rm.scheduler.client.ReactiveSchedulerClient;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SchedulerClientBuilder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests for {@link NoSchedulerClientFailureAnalyzer}.
 */
@ExtendWith(OutputCaptureExtension.class)
class NoSchedulerClientFailureAnalyzerTests {

	@ParameterizedTest
	@ValueSource(classes = { ClientUser.class, AsyncClientUser.class, ReactiveClientUser.class, BuilderUser.class })
	void saysThatThereIsNoChannel(Class<?> user, CapturedOutput output) {
		run(user, "--spring.grpc.client.enabled=false");
		assertThat(output)
			.contains("Parameter 0 of constructor in %s required a bean of type 'io.sw4rm".formatted(user.getName()))
			.contains("which was not auto-configured, because there is no gRPC channel to the scheduler")
			.contains("Add org.springframework.boot:spring-boot-starter-grpc-client without exclusions")
			.contains("'spring.grpc.client.enabled' is not false");
	}

	@Test
	void saysThatSchedulerIsDisabled(CapturedOutput output) {
		run(ClientUser.class, "--sw4rm.scheduler.enabled=false");
		assertThat(output).contains("because 'sw4rm.scheduler.enabled' is false")
			.contains("inject ObjectProvider<SchedulerClient>");
	}

	@ParameterizedTest
	@ValueSource(classes = { ClientUser.class, AsyncClientUser.class, ReactiveClientUser.class })
	void saysThatAllSchedulersHaveNames(Class<?> user, CapturedOutput output) {
		run(user, "--sw4rm.scheduler.client.billing.address=localhost:1",
				"--sw4rm.scheduler.client.search.address=localhost:2");
		assertThat(output)
			.contains("Parameter 0 of constructor in %s required a bean of type 'io.sw4rm".formatted(user.getName()))
			.contains("which was not auto-configured, because all schedulers have names")
			.contains("Inject it with @Qualifier and one of [billing, search], or set 'sw4rm.scheduler.address'")
			.doesNotContain("no gRPC channel");
	}

	@Test
	void namesFactoryWhenBuilderIsMissing(CapturedOutput output) {
		run(BuilderUser.class, "--sw4rm.scheduler.client.billing.address=localhost:1");
		assertThat(output).contains("because all schedulers have names")
			.contains("Use SchedulerClientFactory.builder and one of [billing]");
	}

	@Test
	void saysThatThereIsNoChannelToNamedSchedulers(CapturedOutput output) {
		run(ClientUser.class, "--sw4rm.scheduler.client.billing.address=localhost:1",
				"--spring.grpc.client.enabled=false");
		assertThat(output).contains("there is no gRPC channel to the scheduler").doesNotContain("@Qualifier");
	}

	@Test
	void leavesOtherBeansToOthers(CapturedOutput output) {
		run(OtherUser.class, "--sw4rm.scheduler.enabled=false");
		assertThat(output).contains("Consider defining a bean of type 'java.lang.StringBuilder'");
	}

	private static void run(Class<?> user, String... arguments) {
		assertThatException()
			.isThrownBy(() -> new SpringApplicationBuilder(Application.class, user).web(WebApplicationType.NONE)
				.run(arguments));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

	static class ClientUser {

		ClientUser(SchedulerClient client) {
		}

	}

	static class AsyncClientUser {

		AsyncClientUser(AsyncSchedulerClient client) {
		}

	}

	static class ReactiveClientUser {

		ReactiveClientUser(ReactiveSchedulerClient client) {
		}

	}

	static class BuilderUser {

		BuilderUser(SchedulerClientBuilder builder) {
		}

	}

	static class OtherUser {

		OtherUser(StringBuilder other) {
		}

	}

}
