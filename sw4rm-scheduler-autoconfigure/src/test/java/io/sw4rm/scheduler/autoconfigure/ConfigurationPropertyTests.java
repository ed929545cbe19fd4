package io.sw4rm.scheduler.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

import io.grpc.ManagedChannel;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.GenerationMode;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import tools.jackson.databind.JsonNode;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.grpc.client.autoconfigure.CompositeChannelFactoryAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.MapPropertySource;
import org.springframework.util.PlaceholderResolutionException;

import io.sw4rm.scheduler.autoconfigure.embedded.EmbeddedSchedulerAutoConfiguration;
import io.sw4rm.scheduler.autoconfigure.health.SchedulerHealthContributorAutoConfiguration;
import io.sw4rm.scheduler.autoconfigure.metrics.SchedulerMetricsAutoConfiguration;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SchedulerException;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.embedded.EmbeddedSchedulerStartException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

/**
 * Tests for every property in the configuration metadata, with any value: the application
 * starts and can call, or it doesn't start and says which property is to blame.
 */
class ConfigurationPropertyTests {

	private static final String PREFIX = "sw4rm.scheduler.";

	private static final Map<String, String> TYPES = types();

	private static EmbeddedScheduler scheduler;

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, GrpcClientAutoConfiguration.class,
				CompositeChannelFactoryAutoConfiguration.class, MetricsAutoConfiguration.class,
				SimpleMetricsExportAutoConfiguration.class, EmbeddedSchedulerAutoConfiguration.class,
				SchedulerAutoConfiguration.class, SchedulerMetricsAutoConfiguration.class,
				SchedulerHealthContributorAutoConfiguration.class));

	@BeforeContainer
	static void startScheduler() {
		scheduler = EmbeddedScheduler.start();
	}

	@AfterContainer
	static void stopScheduler() {
		scheduler.close();
	}

	@Property(generation = GenerationMode.EXHAUSTIVE)
	void startsOrBlamesPropertyWithValueAtTheExtremes(@ForAll("extremes") Setting setting) throws InterruptedException {
		assertThatStartsOrBlames(List.of(setting));
	}

	@Property(tries = 200, seed = "1")
	void startsOrBlamesPropertyWithAnyText(@ForAll("texts") Setting setting) throws InterruptedException {
		assertThatStartsOrBlames(List.of(setting));
	}

	@Property(tries = 100, seed = "1")
	void startsOrBlamesOneOfTwoProperties(@ForAll("extremes") Setting first, @ForAll("extremes") Setting second)
			throws InterruptedException {
		assertThatStartsOrBlames(List.of(first, second));
	}

	@Provide
	Arbitrary<Setting> extremes() {
		return Arbitraries.of(TYPES.keySet())
			.flatMap((name) -> extremes(TYPES.get(name)).flatMap((value) -> settings(name, value)));
	}

	@Provide
	Arbitrary<Setting> texts() {
		return Arbitraries.of(TYPES.keySet()).flatMap((name) -> text().flatMap((value) -> settings(name, value)));
	}

	private static Arbitrary<Setting> settings(String name, String value) {
		Arbitrary<String> keys = TYPES.get(name).startsWith("java.util.Map")
				? Arbitraries.of(".x-tenant", "[X-Tenant]", ".authorization", ".te", "[x tenant]", ".x-trace-bin", "")
				: Arbitraries.just("");
		return keys.map((key) -> new Setting(name + key, value));
	}

	private static Arbitrary<String> text() {
		return Arbitraries.oneOf(
				Arbitraries.of("", " ", "\u0000", "\r\n", "\ud83d", "\ud83d\ude00", "%s", "#{1}", "${missing}", "${",
						",", ",,", "null", "a".repeat(10_000)),
				Arbitraries.strings().all().ofMaxLength(20), Arbitraries.strings().ascii().ofMaxLength(20));
	}

	private static Arbitrary<String> extremes(String type) {
		return switch (type) {
			case "java.lang.Boolean" -> Arbitraries.of("true", "false", "on", "no");
			case "java.lang.Integer" -> Arbitraries.of("0", "-1", "1", "2", "2147483647", "-2147483648", "2147483648");
			case "java.lang.Double" ->
				Arbitraries.of("0", "-1", "1", "0.001", "1e-300", "1e300", "1e999", "NaN", "Infinity", "-Infinity");
			case "java.time.Duration" -> Arbitraries.of("0s", "1ns", "-1s", "1ms", "5", "106751d", "106752d",
					"315576000001s", "PT2562047788015H", "PT-2562047788015H", "9223372036854775807d");
			case "org.springframework.util.unit.DataSize" -> Arbitraries.of("0B", "1B", "-1B", "4MB", "2147483647B",
					"2147483648B", "9223372036854775807B", "9223372036854775807TB", "100");
			case "java.lang.String" -> Arbitraries.of("localhost:1", "127.0.0.1", "https://localhost:1",
					"dns:///one two", "dns:localhost", "one,two", "in-process:", "in-process:test", "sw4rm:///one",
					"fe80::1%1/x", "user:hidden@localhost", "gzip", "identity", "pick_first", "round_robin",
					"outlier_detection_experimental", "random_subsetting_experimental", "agent/1.0", "agent\r\nx: y",
					"\u00e4gent");
			case "java.nio.file.Path" -> Arbitraries.of("missing", "/", "/dev/null", "a\u0000b");
			case "java.util.Map<java.lang.String,java.lang.String>" -> Arbitraries.of("acme", "\u00fc", "a\nb", "");
			case "io.sw4rm.scheduler.autoconfigure.SchedulerProperties$Startup" ->
				Arbitraries.of("lazy", "wait", "fail-fast", "FAIL_FAST");
			default -> {
				assertThat(type).as("type without values of its own").startsWith("java.util.Set<");
				yield Arbitraries.of("unavailable", "ok", "submit-task", "unavailable,", ",submit-task",
						"unavailable,aborted", "submit-task,purge-activity", "UNAVAILABLE,unavailable");
			}
		};
	}

	private void assertThatStartsOrBlames(List<Setting> settings) throws InterruptedException {
		Map<String, Object> properties = new HashMap<>();
		properties.put("sw4rm.scheduler.startup-timeout", "200ms");
		properties.put("sw4rm.scheduler.shutdown-grace-period", "1s");
		if (settings.stream().noneMatch((setting) -> setting.name().startsWith(PREFIX + "embedded."))) {
			properties.put("sw4rm.scheduler.address", scheduler.address());
		}
		settings.forEach((setting) -> properties.put(setting.name(), setting.value()));
		List<ManagedChannel> channels = new ArrayList<>();
		this.contextRunner
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.addFirst(new MapPropertySource("settings", properties)))
			.run((context) -> {
				Throwable failure = context.getStartupFailure();
				if (failure != null) {
					assertThatBlames(failure, settings);
				}
				else {
					assertThatCanBeUsed(context);
					channels.addAll(context.getBeansOfType(ManagedChannel.class).values());
				}
			});
		for (ManagedChannel channel : channels) {
			assertThat(channel.isShutdown()).isTrue();
			assertThat(channel.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
		}
	}

	private static void assertThatBlames(Throwable failure, List<Setting> settings) {
		StringBuilder messages = new StringBuilder();
		boolean known = false;
		boolean unresolved = false;
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			messages.append(cause.getMessage()).append('\n');
			known |= cause instanceof BindException || cause instanceof InvalidConfigurationPropertyValueException
					|| cause instanceof SecretPropertyException || cause instanceof SchedulerStartupException
					|| cause instanceof EmbeddedSchedulerStartException;
			unresolved |= cause instanceof PlaceholderResolutionException;
		}
		if (!known && unresolved) {
			// By a condition of Spring Boot, which names the placeholder only
			return;
		}
		if (!known) {
			fail("Not a failure of configuration", failure);
		}
		assertThat(messages.toString()).containsAnyOf(settings.stream()
			.map((setting) -> setting.name().replaceFirst("\\[.*", ""))
			.toArray(CharSequence[]::new));
		if (settings.stream().allMatch((setting) -> setting.name().equals(PREFIX + "address"))) {
			assertThat(messages.toString()).doesNotContain("hidden");
		}
	}

	private static void assertThatCanBeUsed(AssertableApplicationContext context) {
		context.getBeanProvider(SchedulerClient.class).ifAvailable((client) -> {
			try {
				client.withDeadline(Duration.ofMillis(200)).pollActivityBuffer("worker-1");
			}
			catch (SchedulerException ex) {
				assertThat(ex.getStatusCode()).isNotNull();
			}
			catch (IllegalArgumentException ex) {
				assertThat(ex).hasMessageContaining("must not be larger than");
			}
		});
		context.getBeanProvider(HealthIndicator.class)
			.stream()
			.forEach((indicator) -> assertThat(indicator.health().getDetails()).containsKey("scheduler"));
	}

	private static Map<String, String> types() {
		Map<String, String> types = new TreeMap<>();
		for (JsonNode property : ConfigurationMetadataTests.metadata().path("properties").valueStream().toList()) {
			if (property.path("name").asString().startsWith(PREFIX)) {
				types.put(property.path("name").asString(), property.path("type").asString());
			}
		}
		return types;
	}

	/**
	 * A property with a value.
	 *
	 * @param name the full name
	 * @param value the value, as text
	 */
	record Setting(String name, String value) {

	}

}
