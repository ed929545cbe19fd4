package io.sw4rm.scheduler.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import io.grpc.ManagedChannel;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
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

import io.sw4rm.scheduler.autoconfigure.diagnostics.SchedulerFailureException;
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

	private static final String DEADLINES = "java.util.Map<io.sw4rm.scheduler.client.SchedulerOperation,java.time.Duration>";

	private static final String CLIENTS = "java.util.Map<java.lang.String,io.sw4rm.scheduler.autoconfigure.SchedulerClientProperties>";

	private static final Map<String, String> TYPES = types();

	private static EmbeddedScheduler scheduler;

	@RegisterExtension
	static final TestExecutionExceptionHandler describer = (context, failure) -> {
		throw new AssertionError(context.getDisplayName() + ": " + failure.getMessage(), failure);
	};

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, GrpcClientAutoConfiguration.class,
				CompositeChannelFactoryAutoConfiguration.class, MetricsAutoConfiguration.class,
				SimpleMetricsExportAutoConfiguration.class, EmbeddedSchedulerAutoConfiguration.class,
				SchedulerAutoConfiguration.class, SchedulerMetricsAutoConfiguration.class,
				SchedulerHealthContributorAutoConfiguration.class));

	@BeforeAll
	static void startScheduler() {
		scheduler = EmbeddedScheduler.start();
	}

	@AfterAll
	static void stopScheduler() {
		scheduler.close();
	}

	@ParameterizedTest
	@MethodSource
	void startsOrBlamesPropertyWithValueAtTheExtremes(Setting setting) throws InterruptedException {
		assertThatStartsOrBlames(List.of(setting));
	}

	static List<Setting> startsOrBlamesPropertyWithValueAtTheExtremes() {
		return settings(ConfigurationPropertyTests::extremes);
	}

	@ParameterizedTest
	@MethodSource
	void startsOrBlamesPropertyWithTroublesomeText(Setting setting) throws InterruptedException {
		assertThatStartsOrBlames(List.of(setting));
	}

	static List<Setting> startsOrBlamesPropertyWithTroublesomeText() {
		return settings((type) -> List.of("", " ", "\u0000", "\r\n", "\ud83d", "\ud83d\ude00", "%s", "#{1}",
				"${missing}", "${", ",", ",,", "null", "a".repeat(10_000)));
	}

	@ParameterizedTest
	@MethodSource
	void startsOrBlamesPropertyWithAnyText(long seed, Setting setting) throws InterruptedException {
		assertThatStartsOrBlames(List.of(setting));
	}

	static Stream<Arguments> startsOrBlamesPropertyWithAnyText() {
		return LongStream.range(0, 200).mapToObj((seed) -> {
			Random random = new Random(seed);
			int characters = random.nextBoolean() ? Character.MAX_VALUE + 1 : 128;
			String text = random.ints(random.nextInt(21), 0, characters)
				.mapToObj(Character::toString)
				.collect(Collectors.joining());
			return Arguments.of(seed, oneOf(settings((type) -> List.of(text)), random));
		});
	}

	@ParameterizedTest
	@MethodSource
	void startsOrBlamesOneOfTwoProperties(long seed, Setting first, Setting second) throws InterruptedException {
		assertThatStartsOrBlames(List.of(first, second));
	}

	static Stream<Arguments> startsOrBlamesOneOfTwoProperties() {
		List<Setting> extremes = settings(ConfigurationPropertyTests::extremes);
		return LongStream.range(0, 100).mapToObj((seed) -> {
			Random random = new Random(seed);
			return Arguments.of(seed, oneOf(extremes, random), oneOf(extremes, random));
		});
	}

	private static Setting oneOf(List<Setting> settings, Random random) {
		return settings.get(random.nextInt(settings.size()));
	}

	private static List<Setting> settings(Function<String, List<String>> values) {
		List<Setting> settings = new ArrayList<>();
		TYPES.forEach((name, type) -> keys(type)
			.forEach((key) -> values.apply(type).forEach((value) -> settings.add(new Setting(name + key, value)))));
		return settings;
	}

	private static List<String> keys(String type) {
		if (type.equals(DEADLINES)) {
			return List.of(".submit-task", "[SUBMIT_TASK]", "[unknown]", "");
		}
		return type.startsWith("java.util.Map")
				? List.of(".x-tenant", "[X-Tenant]", ".authorization", ".te", "[x tenant]", ".x-trace-bin", "")
				: List.of("");
	}

	private static List<String> extremes(String type) {
		return switch (type) {
			case "java.lang.Boolean" -> List.of("true", "false", "on", "no");
			case "java.lang.Integer" -> List.of("0", "-1", "1", "2", "2147483647", "-2147483648", "2147483648");
			case "java.lang.Double" ->
				List.of("0", "-1", "1", "0.001", "1e-300", "1e300", "1e999", "NaN", "Infinity", "-Infinity");
			case "java.time.Duration", DEADLINES -> List.of("0s", "1ns", "-1s", "1ms", "5", "106751d", "106752d",
					"315576000001s", "PT2562047788015H", "PT-2562047788015H", "9223372036854775807d");
			case "org.springframework.util.unit.DataSize" -> List.of("0B", "1B", "-1B", "4MB", "2147483647B",
					"2147483648B", "9223372036854775807B", "9223372036854775807TB", "100");
			case "java.lang.String", "java.util.List<java.lang.String>" ->
				List.of("localhost:1", "127.0.0.1", "https://localhost:1", "dns:///one two", "dns:localhost", "one,two",
						"in-process:", "in-process:test", "sw4rm:///one", "fe80::1%1/x", "user:hidden@localhost",
						"gzip", "identity", "pick_first", "round_robin", "outlier_detection_experimental",
						"random_subsetting_experimental", "agent/1.0", "agent\r\nx: y", "\u00e4gent");
			case "java.nio.file.Path" -> List.of("missing", "/", "/dev/null", "a\u0000b");
			case "java.util.Map<java.lang.String,java.lang.String>", CLIENTS -> List.of("acme", "\u00fc", "a\nb", "");
			case "io.sw4rm.scheduler.autoconfigure.SchedulerClientProperties$Startup" ->
				List.of("lazy", "wait", "fail-fast", "FAIL_FAST");
			default -> {
				assertThat(type).as("type without values of its own").startsWith("java.util.Set<");
				yield List.of("unavailable", "ok", "submit-task", "unavailable,", ",submit-task", "unavailable,aborted",
						"submit-task,purge-activity", "UNAVAILABLE,unavailable");
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
					|| cause instanceof SchedulerFailureException || cause instanceof EmbeddedSchedulerStartException;
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
