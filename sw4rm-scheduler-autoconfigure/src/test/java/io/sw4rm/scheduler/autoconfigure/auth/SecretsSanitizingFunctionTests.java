package io.sw4rm.scheduler.autoconfigure.auth;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SecretsSanitizingFunction}, over HTTP.
 */
class SecretsSanitizingFunctionTests {

	private static final String SECRET = "s3cret-0123456789";

	private static final String MASK = "******";

	private final Map<String, Object> environmentVariables = new HashMap<>();

	@ParameterizedTest
	@ValueSource(strings = { "sw4rm.scheduler.auth.token", "sw4rm.scheduler.metadata.x-api-key",
			"sw4rm.scheduler.client.billing.auth.token", "sw4rm.scheduler.client.billing.metadata.x-api-key" })
	void masksSecretUnderItsName(String property) throws Exception {
		try (ConfigurableApplicationContext context = start("--" + property + "=" + SECRET,
				"--sw4rm.scheduler.client.billing.address=localhost:1")) {
			assertThat(get(context, "env")).contains(property).doesNotContain(SECRET);
			assertThat(get(context, "env/" + property)).contains(MASK).doesNotContain(SECRET);
			assertThat(get(context, "configprops")).contains("sw4rm.scheduler").doesNotContain(SECRET);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "sw4rm.scheduler.auth.token", "sw4rm.scheduler.client.billing.auth.token",
			"sw4rm.scheduler.metadata.x-api-key", "sw4rm.scheduler.client.billing.metadata.x-api-key" })
	void masksSecretUnderOtherNames(String property) throws Exception {
		this.environmentVariables.put("SCHEDULER_TOKEN", SECRET);
		try (ConfigurableApplicationContext context = start("--" + property + "=${SCHEDULER_TOKEN}",
				"--sw4rm.scheduler.client.billing.address=localhost:1", "--other.value=Bearer " + SECRET,
				"--other.harmless=shown")) {
			assertThat(get(context, "env")).contains("SCHEDULER_TOKEN", "shown").doesNotContain(SECRET);
			assertThat(get(context, "env/SCHEDULER_TOKEN")).contains(MASK).doesNotContain(SECRET);
			assertThat(get(context, "configprops")).contains("other", "shown").doesNotContain(SECRET);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "SW4RM_SCHEDULER_AUTH_TOKEN", "SW4RM_SCHEDULER_CLIENT_BILLING_AUTH_TOKEN",
			"SW4RM_SCHEDULER_METADATA_XAPIKEY" })
	void masksSecretOfEnvironmentVariable(String variable) throws Exception {
		this.environmentVariables.put(variable, SECRET);
		try (ConfigurableApplicationContext context = start("--sw4rm.scheduler.client.billing.address=localhost:1",
				"--other.value=" + SECRET)) {
			assertThat(get(context, "env")).contains(variable).doesNotContain(SECRET);
			assertThat(get(context, "configprops")).doesNotContain(SECRET);
		}
	}

	@Test
	void masksSecretOfJson() throws Exception {
		String json = "{\"sw4rm\":{\"scheduler\":{\"auth\":{\"token\":\"%s\"}}}}".formatted(SECRET);
		try (ConfigurableApplicationContext context = start("--spring.application.json=" + json)) {
			assertThat(get(context, "env")).contains("spring.application.json").doesNotContain(SECRET);
		}
	}

	@Test
	void masksSecretOfClientThatWasNotCreatedYet() throws Exception {
		this.environmentVariables.put("SCHEDULER_TOKEN", SECRET);
		try (ConfigurableApplicationContext context = start("--spring.main.lazy-initialization=true",
				"--sw4rm.scheduler.auth.token=${SCHEDULER_TOKEN}", "--sw4rm.scheduler.metadata.x-missing=${MISSING}")) {
			assertThat(get(context, "env")).contains("SCHEDULER_TOKEN").doesNotContain(SECRET);
		}
	}

	@Test
	void showsShortValuesThatAreMetadataToo() throws Exception {
		try (ConfigurableApplicationContext context = start("--sw4rm.scheduler.metadata.x-tenant=acme",
				"--sw4rm.scheduler.metadata.x-stage=production", "--sw4rm.scheduler.metadata.x-flag=true",
				"--sw4rm.scheduler.auth.token=1234567", "--other.value=acme-company", "--other.harmless=true")) {
			assertThat(get(context, "env/other.value")).contains("acme-company");
			assertThat(get(context, "env/other.harmless")).contains("\"true\"");
			assertThat(get(context, "configprops/other")).contains("acme-company", "\"true\"");
			assertThat(get(context, "env/sw4rm.scheduler.metadata.x-tenant")).doesNotContain("acme");
			assertThat(get(context, "configprops/sw4rm.scheduler")).doesNotContain("acme", "production");
		}
	}

	private ConfigurableApplicationContext start(String... arguments) {
		return new SpringApplicationBuilder(Application.class)
			.properties("server.port=0", "management.endpoints.web.exposure.include=env,configprops",
					"management.endpoint.env.show-values=always", "management.endpoint.configprops.show-values=always",
					"sw4rm.scheduler.address=localhost:1")
			.initializers((context) -> context.getEnvironment()
				.getPropertySources()
				.addAfter(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
						new SystemEnvironmentPropertySource("test-systemEnvironment", this.environmentVariables)))
			.run(arguments);
	}

	private static String get(ConfigurableApplicationContext context, String path) throws Exception {
		String port = context.getEnvironment().getProperty("local.server.port");
		HttpResponse<String> response = HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(URI.create("http://localhost:%s/actuator/%s".formatted(port, path))).build(),
					HttpResponse.BodyHandlers.ofString());
		assertThat(response.statusCode()).as(path).isEqualTo(200);
		return response.body();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableConfigurationProperties(OtherProperties.class)
	static class Application {

	}

	@ConfigurationProperties("other")
	public record OtherProperties(String value, String harmless) {

	}

}
