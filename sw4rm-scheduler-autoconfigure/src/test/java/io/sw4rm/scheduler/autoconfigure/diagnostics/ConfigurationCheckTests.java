package io.sw4rm.scheduler.autoconfigure.diagnostics;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

import com.example.ApplicationProperties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

import io.sw4rm.scheduler.autoconfigure.SchedulerConnectionDetails;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests for {@link ConfigurationCheck} and {@link UnboundProperties}.
 */
@ExtendWith(OutputCaptureExtension.class)
class ConfigurationCheckTests {

	private static final String ADDRESS = "sw4rm.scheduler.address=localhost:1";

	@ParameterizedTest
	@CsvSource(textBlock = """
			sw4rm.scheduler.adress,                   sw4rm.scheduler.address
			sw4rm.scheduler.retry.max-attempt,        sw4rm.scheduler.retry.max-attempts
			sw4rm.scheduler.retries.max-attempts,     sw4rm.scheduler.retry.max-attempts
			sw4rm.scheduler.ssl-bundle,               sw4rm.scheduler.ssl.bundle
			sw4rm.scheduler.auth.tokn,                sw4rm.scheduler.auth.token
			sw4rm.scheduler.health.dedline,           sw4rm.scheduler.health.deadline
			sw4rm.scheduler.embedded.prot,            sw4rm.scheduler.embedded.port
			sw4rm.scheduler.client.billing.adress,    sw4rm.scheduler.client.billing.address
			sw4rm.scheduler.client.billing.auth.tokn, sw4rm.scheduler.client.billing.auth.token
			""")
	void warnsOfPropertyWithoutEffectAndSuggestsAnother(String name, String suggestion, CapturedOutput output) {
		run((context) -> {
		}, ADDRESS, "sw4rm.scheduler.client.billing.address=localhost:1", name + "=secret");
		assertThat(output).contains("WARN")
			.contains("The property '" + name + "' (\"" + name + "\" from property source \"commandLineArgs\")")
			.contains("has no effect. Did you mean '" + suggestion + "'?")
			.doesNotContain("secret");
	}

	@ParameterizedTest
	@ValueSource(strings = { "enabled=false", "embedded.enabled=true", "client.b.address=localhost:1" })
	void warnsOfPropertyThatNamedClientsDoNotHave(String property, CapturedOutput output) {
		run((context) -> {
		}, ADDRESS, "sw4rm.scheduler.client.billing.address=localhost:1", "sw4rm.scheduler.client.billing." + property);
		assertThat(output)
			.contains("'sw4rm.scheduler.client.billing." + property.substring(0, property.indexOf('=')) + "'")
			.contains("has no effect");
	}

	@Test
	void acceptsPropertiesOfTheApplication(CapturedOutput output) {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class,
				ApplicationProperties.class)
			.web(WebApplicationType.NONE)
			.run("--sw4rm.scheduler.acme.name=x")) {
			assertThat(context.getBean(ApplicationProperties.class).getName()).isEqualTo("x");
		}
		assertThat(output).doesNotContain("has no effect");
	}

	@Test
	void suggestsNothingIfNoPropertyIsSimilar(CapturedOutput output) {
		run((context) -> {
		}, ADDRESS, "sw4rm.scheduler.something-else=1");
		assertThat(output).contains("has no effect.").doesNotContain("Did you mean");
	}

	@Test
	void warnsEvenIfBeansAreLazy(CapturedOutput output) {
		run((context) -> {
		}, ADDRESS, "sw4rm.scheduler.adress=x", "spring.main.lazy-initialization=true");
		assertThat(output).contains("'sw4rm.scheduler.adress'");
	}

	@ParameterizedTest
	@ValueSource(strings = { "sw4rm.scheduler.metadata.x-tenant=acme", "sw4rm.scheduler.deadlines.submit-task=6s",
			"sw4rm.scheduler.deadlines.submitTask=6s", "sw4rm.scheduler.retry.statuses[0]=unavailable",
			"sw4rm.scheduler.retry.operations=submit-task", "sw4rm.scheduler.maxInFlight=1",
			"sw4rm.scheduler.max_in_flight=1", "sw4rm.scheduler.client.billing.metadata.x-tenant=acme",
			"sw4rm.scheduler.client.billing.retry.max-attempts=1", "sw4rm.scheduler.metrics.enabled=true",
			"sw4rm.scheduler.max-inbound-message-size=1MB", "sw4rm.scheduler.startup=lazy",
			"sw4rm.scheduler.keepalive.without-calls=true", "sw4rm.scheduler.embedded.port=0", "other.property=x" })
	void acceptsProperty(String property, CapturedOutput output) {
		run((context) -> {
		}, ADDRESS, "sw4rm.scheduler.client.billing.address=localhost:1", property);
		assertThat(output).doesNotContain("has no effect");
	}

	@Test
	void knowsEachPropertyOfTheMetadata() throws IOException {
		List<ConfigurationPropertyName> names = new ArrayList<>();
		for (Resource metadata : new PathMatchingResourcePatternResolver()
			.getResources("classpath*:META-INF/spring-configuration-metadata.json")) {
			new JsonMapper().readTree(metadata.getContentAsByteArray())
				.path("properties")
				.valueStream()
				.map((property) -> property.path("name").asString())
				.filter((name) -> name.startsWith("sw4rm.scheduler.") && !name.startsWith("sw4rm.scheduler.acme"))
				.map(ConfigurationPropertyName::of)
				.forEach(names::add);
		}
		assertThat(names).contains(ConfigurationPropertyName.of("sw4rm.scheduler.address"))
			.allMatch(knownProperties()::contains);
	}

	@ParameterizedTest
	@ValueSource(strings = { "SW4RM_SCHEDULER_MAXINFLIGHT", "SW4RM_SCHEDULER_MAX_IN_FLIGHT",
			"SW4RM_SCHEDULER_AUTH_TOKENFILE", "SW4RM_SCHEDULER_METADATA_TENANT", "SW4RM_SCHEDULER_CLIENT_A_DEADLINE",
			"SW4RM_SCHEDULER_SERVICE_HOST", "SW4RM_SCHEDULER_SERVICE_PORT", "SW4RM_SCHEDULER_SERVICE_PORT_GRPC",
			"SW4RM_SCHEDULER_PORT", "SW4RM_SCHEDULER_PORT_50053_TCP", "SW4RM_SCHEDULER_PORT_50053_TCP_ADDR",
			"SW4RM_SCHEDULER_ADDR", "SW4RM_SCHEDULER_ADDRESS_0", "SW4RM_SCHEDULER_RETRY_STATUSES_0",
			"SW4RM_SCHEDULER_GRPC_SERVICE_HOST", "SW4RM_SCHEDULER_GRPC_PORT_50053_TCP_ADDR" })
	void acceptsEnvironmentVariable(String variable) {
		assertThat(UnboundProperties.find(knownProperties(), environment(Map.of(variable, "1")))).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "SW4RM_SCHEDULER_ADRESS, sw4rm.scheduler.address",
			"SW4RM_SCHEDULER_ADDRESSES, sw4rm.scheduler.address", "SW4RM_SCHEDULER_ADDRESS_LIST, has no effect",
			"SW4RM_SCHEDULER_METADATAX, has no effect", "SW4RM_SCHEDULER_AUTH_TOKE, sw4rm.scheduler.auth.token" })
	void findsMisspeltEnvironmentVariable(String variable, String suggestion) {
		assertThat(UnboundProperties.find(knownProperties(), environment(Map.of(variable, "secret")))).singleElement()
			.asString()
			.contains("\"" + variable + "\"")
			.contains(suggestion)
			.doesNotContain("secret");
	}

	@ParameterizedTest
	@ValueSource(strings = { "sw4rm.scheduler.adress=localhost:1", "sw4rm.scheduler.host=localhost" })
	void embeddedSchedulerDoesNotStartByItselfBesidePropertyWithoutEffect(String property, CapturedOutput output) {
		assertThatException().isThrownBy(() -> run((context) -> {
		}, property));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("The property '" + property.substring(0, property.indexOf('=')) + "'")
			.contains("set 'sw4rm.scheduler.embedded.enabled' to true");
	}

	@Test
	void embeddedSchedulerStartsBesidePropertyWithoutEffectIfRequested(CapturedOutput output) {
		run((context) -> assertThat(context.containsBean("sw4rmEmbeddedScheduler")).isTrue(),
				"sw4rm.scheduler.adress=localhost:1", "sw4rm.scheduler.embedded.enabled=true");
		assertThat(output).contains("'sw4rm.scheduler.adress'").doesNotContain("keeps tasks in memory only");
	}

	@Test
	void embeddedSchedulerThatStartsByItselfWarns(CapturedOutput output) {
		run((context) -> assertThat(context.containsBean("sw4rmEmbeddedScheduler")).isTrue());
		assertThat(output).containsPattern("WARN .*No SW4RM scheduler is configured.*keeps tasks in memory only");
	}

	@Test
	void logsAddressIfNoneIsConfigured(CapturedOutput output) {
		run((context) -> assertThat(address(context)).isEqualTo("localhost:50053"),
				"sw4rm.scheduler.embedded.enabled=false");
		assertThat(output)
			.contains("'sw4rm.scheduler.address' is not set: the SW4RM scheduler at 'localhost:50053' is used");
	}

	@Test
	void usesVariableOfOtherClientsForTheAddress() {
		run(Map.of("SW4RM_SCHEDULER_ADDR", "http://localhost:1"), (context) -> {
			assertThat(context.containsBean("sw4rmEmbeddedScheduler")).isFalse();
			assertThat(address(context)).isEqualTo("http://localhost:1");
		});
	}

	@Test
	void prefersAddressToVariableOfOtherClients() {
		run(Map.of("SW4RM_SCHEDULER_ADDR", "localhost:1"),
				(context) -> assertThat(address(context)).isEqualTo("localhost:2"),
				"sw4rm.scheduler.address=localhost:2");
		run(Map.of("SW4RM_SCHEDULER_ADDR", "localhost:1", "SW4RM_SCHEDULER_ADDRESS", "localhost:2"),
				(context) -> assertThat(address(context)).isEqualTo("localhost:2"));
	}

	@Test
	void namesVariableOfOtherClientsIfItsAddressIsInvalid(CapturedOutput output) {
		assertThatException().isThrownBy(() -> run(Map.of("SW4RM_SCHEDULER_ADDR", "no address"), (context) -> {
		}));
		assertThat(output).contains("APPLICATION FAILED TO START").contains("SW4RM_SCHEDULER_ADDR");
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			sw4rm.scheduler.deadline=5,                           Use 5s for seconds or 5ms for milliseconds
			sw4rm.scheduler.deadlines.submit-task=30,             Use 30s for seconds
			sw4rm.scheduler.retry.initial-backoff=200,            Use 200s for seconds or 200ms for milliseconds
			sw4rm.scheduler.health.deadline=${other},             Use 7s for seconds
			sw4rm.scheduler.client.billing.keepalive.time=30,     Use 30s for seconds
			sw4rm.scheduler.client.billing.deadlines.shutdown-agent=-1, Use -1s for seconds
			""")
	void refusesDurationWithoutUnit(String property, String remedy, CapturedOutput output) {
		assertThatException().isThrownBy(() -> run((context) -> {
		}, ADDRESS, "other=7", "sw4rm.scheduler.client.billing.address=localhost:1",
				"spring.main.lazy-initialization=true", property));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains(property.substring(0, property.indexOf('=')))
			.contains(remedy);
	}

	@ParameterizedTest
	@ValueSource(strings = { "sw4rm.scheduler.shutdown-grace-period=0", "sw4rm.scheduler.deadline=PT5S",
			"sw4rm.scheduler.max-inbound-message-size=4194304", "sw4rm.scheduler.max-in-flight=5" })
	void acceptsNumber(String property) {
		run((context) -> assertThat(context.isActive()).isTrue(), ADDRESS, property);
	}

	@Test
	void namesOperationThatDoesNotExist(CapturedOutput output) {
		assertThatException().isThrownBy(() -> run((context) -> {
		}, ADDRESS, "sw4rm.scheduler.deadlines.submit=5s"));
		assertThat(output).contains("'sw4rm.scheduler.deadlines.submit'")
			.contains("Use one of [submit-task, request-preemption");
	}

	@ParameterizedTest
	@CsvSource({ "deadline=4s, 5s to 300s", "deadline=2m, 1s to 60s", "deadlines.submit-task=301s, 5s to 300s",
			"deadlines.poll-activity-buffer=900ms, 1s to 60s", "client.billing.deadline=4s, 5s to 300s" })
	void warnsOnceOfDeadlineOutsideOfTheProtocolsRange(String property, String range, CapturedOutput output) {
		run((context) -> {
		}, ADDRESS, "sw4rm.scheduler.client.billing.address=localhost:1", "sw4rm.scheduler." + property);
		assertThat(output).containsOnlyOnce("the protocol recommends")
			.contains("'sw4rm.scheduler." + property.substring(0, property.indexOf('=')) + "'")
			.contains(range);
	}

	@ParameterizedTest
	@ValueSource(strings = { "deadline=5s", "deadline=60s", "deadlines.submit-task=300s",
			"deadlines.poll-activity-buffer=1s" })
	void acceptsDeadlineWithinTheProtocolsRange(String property, CapturedOutput output) {
		run((context) -> {
		}, ADDRESS, "sw4rm.scheduler." + property);
		assertThat(output).doesNotContain("the protocol recommends");
	}

	private static String address(ConfigurableApplicationContext context) {
		return context.getBean(SchedulerConnectionDetails.class).getAddress();
	}

	private static KnownProperties knownProperties() {
		try (ConfigurableApplicationContext context = application(Map.of()).run("--" + ADDRESS)) {
			return KnownProperties.of(context.getBeanFactory());
		}
	}

	private static void run(Consumer<ConfigurableApplicationContext> test, String... properties) {
		run(Map.of(), test, properties);
	}

	private static void run(Map<String, Object> variables, Consumer<ConfigurableApplicationContext> test,
			String... properties) {
		String[] arguments = Stream.of(properties).map("--"::concat).toArray(String[]::new);
		try (ConfigurableApplicationContext context = application(variables).run(arguments)) {
			test.accept(context);
		}
	}

	private static SpringApplication application(Map<String, Object> variables) {
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.environment(environment(variables))
			.build();
	}

	private static StandardEnvironment environment(Map<String, Object> variables) {
		StandardEnvironment environment = new StandardEnvironment() {

			@Override
			public Map<String, Object> getSystemEnvironment() {
				return variables;
			}

		};
		environment.getPropertySources()
			.replace(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, new SystemEnvironmentPropertySource(
					StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables));
		return environment;
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
