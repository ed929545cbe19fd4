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
			.contains("nothing made a gRPC channel to the scheduler")
			.contains("spring-boot-starter-grpc-client, which brings io.grpc:grpc-netty")
			.contains("'spring.grpc.client.enabled'");
	}

	@Test
	void saysThatSchedulerIsDisabled(CapturedOutput output) {
		run(ClientUser.class, "--sw4rm.scheduler.enabled=false");
		assertThat(output).contains("as 'sw4rm.scheduler.enabled' is false")
			.contains("inject ObjectProvider<SchedulerClient>");
	}

	@Test
	void leavesOtherBeansToOthers(CapturedOutput output) {
		run(OtherUser.class, "--sw4rm.scheduler.enabled=false");
		assertThat(output).contains("Consider defining a bean of type 'java.lang.StringBuilder'");
	}

	private static void run(Class<?> user, String argument) {
		assertThatException().isThrownBy(
				() -> new SpringApplicationBuilder(Application.class, user).web(WebApplicationType.NONE).run(argument));
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
