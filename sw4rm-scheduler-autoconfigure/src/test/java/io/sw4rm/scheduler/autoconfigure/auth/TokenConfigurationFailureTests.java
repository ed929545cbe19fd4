package io.sw4rm.scheduler.autoconfigure.auth;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import io.grpc.ManagedChannel;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.grpc.client.GrpcChannelFactory;

import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests for applications whose tokens are not configured correctly.
 */
@ExtendWith(OutputCaptureExtension.class)
class TokenConfigurationFailureTests {

	@AutoClose
	private final EmbeddedScheduler scheduler = EmbeddedScheduler.start();

	@ParameterizedTest
	@ValueSource(classes = { FaultySupplierApplication.class, FaultyVaultApplication.class })
	void saysWhySupplierCouldNotBeCreated(Class<?> application, CapturedOutput output) {
		assertFailsToStart(application);
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("'tokenSupplier'")
			.contains("java.lang.IllegalStateException: the vault is sealed");
	}

	@Test
	void leavesFailuresToTheirOwnAnalyzers(CapturedOutput output) {
		assertFailsToStart(WronglyConfiguredSupplierApplication.class, "--vault.address=nowhere");
		assertThat(output).contains("Invalid value 'nowhere' for configuration property 'vault.address'")
			.contains("it must be a URI");
	}

	@Test
	void otherChannelsWorkInLazyApplicationWhoseSupplierCannotBeCreated() {
		assertOtherChannelWorks(FaultySupplierApplication.class, "the vault is sealed");
	}

	@ParameterizedTest
	@ValueSource(strings = { "token=", "token-file=/missing", "oauth2.registration-id=missing" })
	void otherChannelsWorkInLazyApplicationWithInvalidProperty(String property) {
		assertOtherChannelWorks(Application.class, property.substring(0, property.indexOf('=')),
				"--sw4rm.scheduler.auth." + property);
	}

	private void assertOtherChannelWorks(Class<?> application, String reason, String... arguments) {
		try (ConfigurableApplicationContext context = builder(application)
			.properties("spring.main.lazy-initialization=true", "management.health.sw4rm-scheduler.enabled=false",
					"sw4rm.scheduler.address=" + this.scheduler.address())
			.run(arguments)) {
			ManagedChannel channel = context.getBean(GrpcChannelFactory.class).createChannel(this.scheduler.address());
			assertThat(SchedulerClient.builder(channel).build().pollActivityBuffer("worker-1")).isEmpty();
			assertThatException().isThrownBy(() -> context.getBean(SchedulerClient.class))
				.satisfies((ex) -> assertThat(ex).hasRootCauseInstanceOf(RuntimeException.class)
					.hasStackTraceContaining(reason));
			assertThat(SchedulerClient.builder(channel).build().pollActivityBuffer("worker-1")).isEmpty();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "${SCHEDULER_TOKEN:}", "${SCHEDULER_TOKEN:   }" })
	void saysThatTokenIsBlank(String token, CapturedOutput output) {
		assertFailsToStart(Application.class, "--sw4rm.scheduler.auth.token=" + token);
		assertThat(output).contains("The value of configuration property 'sw4rm.scheduler.auth.token'")
			.contains("is blank")
			.contains("\"sw4rm.scheduler.auth.token\" from property source \"commandLineArgs\"")
			.doesNotContain("secret");
	}

	@Test
	void saysThatTokenFileIsEmpty(@TempDir Path directory, CapturedOutput output) throws IOException {
		Path file = Files.writeString(directory.resolve("token"), " \n");
		assertFailsToStart(Application.class, "--sw4rm.scheduler.auth.token-file=" + file);
		assertThat(output)
			.contains("Invalid value '%s' for configuration property 'sw4rm.scheduler.auth.token-file'".formatted(file))
			.contains("originating from")
			.contains("The file is empty");
	}

	@ParameterizedTest
	@CsvSource({ "sw4rm.scheduler.auth.token, s3cret\u00fc", "sw4rm.scheduler.metadata.x-api-key, s3cret\u00fc",
			"sw4rm.scheduler.metadata.Authorization, s3cret", "sw4rm.scheduler.metadata.x_api.key, s3cret\u00fc",
			"sw4rm.scheduler.address, http://s3cret@localhost:1",
			"sw4rm.scheduler.address[0], http://s3cret@localhost:1" })
	void tellsFileAndLineOfSecretButNotItsValue(String property, String value, @TempDir Path directory,
			CapturedOutput output) throws IOException {
		Path file = Files.writeString(directory.resolve("application.properties"),
				"# first line\n" + property.replace("x_api.key", "[x_api.key]") + "=" + value + "\n");
		assertFailsToStart(Application.class, "--spring.config.location=" + file.toUri());
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("application.properties] - 2:")
			.doesNotContain("s3cret");
	}

	@ParameterizedTest
	@CsvSource({ "SW4RM_SCHEDULER_AUTH_TOKEN, s3cret\u00fc", "SW4RM_SCHEDULER_METADATA_XAPIKEY, s3cret\u00fc",
			"SW4RM_SCHEDULER_ADDRESS, http://s3cret@localhost:1",
			"SW4RM_SCHEDULER_CLIENT_BILLING_AUTH_TOKEN, s3cret\u00fc" })
	void tellsEnvironmentVariableOfSecretButNotItsValue(String variable, String value, CapturedOutput output) {
		assertThatException().isThrownBy(() -> builder(Application.class)
			.properties("sw4rm.scheduler.address=localhost:1", "sw4rm.scheduler.client.billing.address=localhost:1")
			.environment(new EnvironmentWithVariable(variable, value))
			.run()
			.close());
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("System Environment Property \"%s\"".formatted(variable))
			.doesNotContain("s3cret");
	}

	private static void assertFailsToStart(Class<?> application, String... arguments) {
		assertThatException().isThrownBy(() -> builder(application).run(arguments).close());
	}

	private static SpringApplicationBuilder builder(Class<?> application) {
		return new SpringApplicationBuilder(application).web(WebApplicationType.NONE);
	}

	static class EnvironmentWithVariable extends StandardEnvironment {

		EnvironmentWithVariable(String name, String value) {
			getPropertySources().replace(SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
					new SystemEnvironmentPropertySource(SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, Map.of(name, value)));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class FaultySupplierApplication {

		@Bean
		SchedulerTokenSupplier tokenSupplier() {
			throw new IllegalStateException("the vault is sealed");
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class FaultyVaultApplication {

		@Bean
		SchedulerTokenSupplier tokenSupplier(Vault vault) {
			return (request) -> vault.toString();
		}

		@Bean
		@Lazy
		Vault vault() {
			throw new IllegalStateException("the vault is sealed");
		}

		record Vault() {

		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class WronglyConfiguredSupplierApplication {

		@Bean
		SchedulerTokenSupplier tokenSupplier() {
			throw new InvalidConfigurationPropertyValueException("vault.address", "nowhere", "it must be a URI");
		}

	}

}
