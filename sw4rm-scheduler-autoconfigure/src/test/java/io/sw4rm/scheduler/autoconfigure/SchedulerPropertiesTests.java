package io.sw4rm.scheduler.autoconfigure;

import java.time.Duration;
import java.util.Map;
import java.util.Set;

import io.grpc.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.unit.DataSize;

import io.sw4rm.scheduler.autoconfigure.SchedulerClientProperties.Startup;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SchedulerOperation;
import io.sw4rm.scheduler.client.WatchOptions;
import io.sw4rm.scheduler.testsupport.TestCertificates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests for {@link SchedulerProperties}: what they bind, and how the application stops
 * when they can't work.
 */
@ExtendWith(OutputCaptureExtension.class)
class SchedulerPropertiesTests {

	@Test
	void hasSafeDefaults() {
		SchedulerProperties properties = new SchedulerProperties();
		assertThat(properties.getAddress()).containsExactly("localhost:50053");
		assertThat(properties.getDeadline()).isNull();
		assertThat(properties.isWaitForReady()).isFalse();
		assertThat(properties.getRetry().getOperations()).containsExactly(SchedulerOperation.POLL_ACTIVITY_BUFFER);
		assertThat(properties.getRetry().getStatuses()).containsExactly(Status.Code.UNAVAILABLE);
		assertThat(properties.getSsl().getEnabled()).isNull();
		assertThat(properties.getMaxOutboundMessageSize()).isEqualTo(DataSize.ofMegabytes(4));
		assertThat(properties.getMaxInFlight()).isNull();
		assertThat(properties.getStartup()).isEqualTo(Startup.LAZY);
		assertThat(properties.getHealthChecking().isEnabled()).isFalse();
		assertThat(properties.getActivity().toWatchOptions()).isEqualTo(WatchOptions.defaults());
	}

	@Test
	void bindsEveryProperty() {
		new ApplicationContextRunner().withUserConfiguration(PropertiesConfiguration.class)
			.withPropertyValues("sw4rm.scheduler.address=dns:///scheduler:1", "sw4rm.scheduler.deadline=5s",
					"sw4rm.scheduler.deadlines.submit-task=1m", "sw4rm.scheduler.wait-for-ready=true",
					"sw4rm.scheduler.load-balancing-policy=round_robin", "sw4rm.scheduler.user-agent=agent",
					"sw4rm.scheduler.metadata.x-tenant=acme", "sw4rm.scheduler.idle-timeout=2m",
					"sw4rm.scheduler.max-inbound-message-size=1MB", "sw4rm.scheduler.compression=gzip",
					"sw4rm.scheduler.shutdown-grace-period=3s", "sw4rm.scheduler.retry.max-attempts=4",
					"sw4rm.scheduler.retry.initial-backoff=50ms", "sw4rm.scheduler.retry.max-backoff=1s",
					"sw4rm.scheduler.retry.backoff-multiplier=1.5",
					"sw4rm.scheduler.retry.statuses=unavailable,resource-exhausted",
					"sw4rm.scheduler.retry.operations=submit-task,purge-activity", "sw4rm.scheduler.ssl.enabled=true",
					"sw4rm.scheduler.ssl.server-name-override=scheduler.test", "sw4rm.scheduler.keepalive.time=1m",
					"sw4rm.scheduler.keepalive.timeout=5s", "sw4rm.scheduler.keepalive.without-calls=true",
					"sw4rm.scheduler.max-outbound-message-size=2MB", "sw4rm.scheduler.max-in-flight=100",
					"sw4rm.scheduler.max-reconnect-backoff=3s", "sw4rm.scheduler.startup=fail-fast",
					"sw4rm.scheduler.startup-timeout=7s", "sw4rm.scheduler.health-checking.enabled=true",
					"sw4rm.scheduler.health-checking.service-name=scheduler",
					"sw4rm.scheduler.retry.throttling.max-tokens=10",
					"sw4rm.scheduler.retry.throttling.token-ratio=0.5", "sw4rm.scheduler.activity.interval=2s",
					"sw4rm.scheduler.activity.jitter=0.1", "sw4rm.scheduler.activity.max-backoff=1m",
					"sw4rm.scheduler.activity.purge=true")
			.run((context) -> {
				SchedulerProperties properties = context.getBean(SchedulerProperties.class);
				assertThat(properties.getAddress()).containsExactly("dns:///scheduler:1");
				assertThat(properties.getDeadline()).isEqualTo(Duration.ofSeconds(5));
				assertThat(properties.getDeadlines().get(SchedulerOperation.SUBMIT_TASK))
					.isEqualTo(Duration.ofMinutes(1));
				assertThat(properties.getDeadlines().get(SchedulerOperation.PURGE_ACTIVITY)).isNull();
				assertThat(properties.isWaitForReady()).isTrue();
				assertThat(properties.getLoadBalancingPolicy()).isEqualTo("round_robin");
				assertThat(properties.getUserAgent()).isEqualTo("agent");
				assertThat(properties.getMetadata()).isEqualTo(Map.of("x-tenant", "acme"));
				assertThat(properties.getIdleTimeout()).isEqualTo(Duration.ofMinutes(2));
				assertThat(properties.getMaxInboundMessageSize()).isEqualTo(DataSize.ofMegabytes(1));
				assertThat(properties.getCompression()).isEqualTo("gzip");
				assertThat(properties.getShutdownGracePeriod()).isEqualTo(Duration.ofSeconds(3));
				assertThat(properties.getRetry().getMaxAttempts()).isEqualTo(4);
				assertThat(properties.getRetry().getInitialBackoff()).isEqualTo(Duration.ofMillis(50));
				assertThat(properties.getRetry().getMaxBackoff()).isEqualTo(Duration.ofSeconds(1));
				assertThat(properties.getRetry().getBackoffMultiplier()).isEqualTo(1.5);
				assertThat(properties.getRetry().getStatuses())
					.isEqualTo(Set.of(Status.Code.UNAVAILABLE, Status.Code.RESOURCE_EXHAUSTED));
				assertThat(properties.getRetry().getOperations())
					.isEqualTo(Set.of(SchedulerOperation.SUBMIT_TASK, SchedulerOperation.PURGE_ACTIVITY));
				assertThat(properties.getSsl().getEnabled()).isTrue();
				assertThat(properties.getSsl().getServerNameOverride()).isEqualTo("scheduler.test");
				assertThat(properties.getKeepalive().getTime()).isEqualTo(Duration.ofMinutes(1));
				assertThat(properties.getKeepalive().getTimeout()).isEqualTo(Duration.ofSeconds(5));
				assertThat(properties.getKeepalive().getWithoutCalls()).isTrue();
				assertThat(properties.getMaxOutboundMessageSize()).isEqualTo(DataSize.ofMegabytes(2));
				assertThat(properties.getMaxInFlight()).isEqualTo(100);
				assertThat(properties.getMaxReconnectBackoff()).isEqualTo(Duration.ofSeconds(3));
				assertThat(properties.getStartup()).isEqualTo(Startup.FAIL_FAST);
				assertThat(properties.getStartupTimeout()).isEqualTo(Duration.ofSeconds(7));
				assertThat(properties.getHealthChecking().isEnabled()).isTrue();
				assertThat(properties.getHealthChecking().getServiceName()).isEqualTo("scheduler");
				assertThat(properties.getRetry().getThrottling().getMaxTokens()).isEqualTo(10);
				assertThat(properties.getRetry().getThrottling().getTokenRatio()).isEqualTo(0.5);
				assertThat(properties.getActivity().toWatchOptions())
					.isEqualTo(new WatchOptions(Duration.ofSeconds(2), 0.1, Duration.ofMinutes(1), true, true));
			});
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			address                  | localhost:99999         | '99999'
			address                  | ''                      | blank
			address                  | ftp://localhost         | host:port
			address                  | http://a:1,https://b:2  | same scheme
			address                  | xds:///scheduler        | io.grpc:grpc-xds
			deadline                 | 0s                      | must be positive
			deadline                 | -5s                     | must be positive
			deadlines.submit-task    | 0s                      | must be positive
			idle-timeout             | 0s                      | must be positive
			keepalive.time           | 0s                      | must be positive
			keepalive.timeout        | -1s                     | must be positive
			shutdown-grace-period    | -1s                     | must not be negative
			retry.max-attempts       | 0                       | 1 disables retries
			retry.initial-backoff    | 0s                      | must be positive
			retry.max-backoff        | 100ms                   | sw4rm.scheduler.retry.initial-backoff
			retry.backoff-multiplier | 0.5                     | at least 1
			retry.statuses           | ok                      | must not contain OK
			retry.statuses           | unavailable,unauthenticated | with another token
			load-balancing-policy    | fastest                 | round_robin
			ssl.server-name-override | scheduler.test          | no effect without TLS
			user-agent               | ' '                     | not blank
			user-agent               | ägent                   | printable ASCII
			load-balancing-policy    | outlier_detection_experimental | requires settings
			compression              | lzma                    | gzip
			max-inbound-message-size | 0B                      | range
			max-inbound-message-size | 3GB                     | range
			max-outbound-message-size | 0B                     | range
			max-in-flight            | 0                       | at least 1
			max-reconnect-backoff    | 1ns                     | at least 10ms
			startup-timeout          | 0s                      | must be positive
			retry.throttling.max-tokens  | 1001                | range
			retry.throttling.token-ratio | 0.0                 | range
			retry.throttling.token-ratio | 1.0E8               | range
			activity.interval        | 0s                      | must be positive
			activity.interval        | 5                       | It has no unit
			activity.max-backoff     | -1s                     | must be positive
			activity.jitter          | 1.5                     | range [0, 1]
			activity.jitter          | -0.1                    | range [0, 1]
			embedded.port            | 70000                   | range
			""")
	void stopsTheApplicationNamingPropertyValueAndRemedy(String name, String value, String remedy,
			CapturedOutput output) {
		assertFailsToStart("sw4rm.scheduler." + name + "=" + value);
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("Invalid value '%s' for configuration property 'sw4rm.scheduler.%s'".formatted(value, name))
			.contains(remedy);
	}

	@Test
	void refusesHealthCheckingWithPolicyThatChecksNothing(CapturedOutput output) {
		assertFailsToStart("sw4rm.scheduler.health-checking.enabled=true",
				"sw4rm.scheduler.load-balancing-policy=pick_first");
		assertThat(output).contains("'pick_first' for configuration property 'sw4rm.scheduler.load-balancing-policy'")
			.contains("round_robin");
	}

	@Test
	void refusesUnknownSslBundle(CapturedOutput output) {
		assertFailsToStart("sw4rm.scheduler.address=localhost:1", "sw4rm.scheduler.ssl.bundle=missing",
				"spring.ssl.bundle.pem.mine.truststore.certificate=" + new TestCertificates().authorityPem());
		assertThat(output).contains("'missing' for configuration property 'sw4rm.scheduler.ssl.bundle'")
			.contains("available: [mine]")
			.contains("spring.ssl.bundle.pem.missing.*");
	}

	@Test
	void refusesPlaintextAddressWithSslBundle(CapturedOutput output) {
		assertFailsToStart("sw4rm.scheduler.address=http://localhost:1", "sw4rm.scheduler.ssl.bundle=mine");
		assertThat(output).contains("'http://localhost:1' for configuration property 'sw4rm.scheduler.address'")
			.contains("means plaintext, but 'sw4rm.scheduler.ssl.*' requires TLS");
	}

	@Test
	void refusesTlsAddressWithSslSwitchedOff(CapturedOutput output) {
		assertFailsToStart("sw4rm.scheduler.address=https://localhost:1", "sw4rm.scheduler.ssl.enabled=false");
		assertThat(output).contains("'false' for configuration property 'sw4rm.scheduler.ssl.enabled'")
			.contains("the address starts with https://");
	}

	@Test
	void refusesSslBundleWithSslSwitchedOff(CapturedOutput output) {
		assertFailsToStart("sw4rm.scheduler.ssl.enabled=false", "sw4rm.scheduler.ssl.bundle=mine");
		assertThat(output).contains("'false' for configuration property 'sw4rm.scheduler.ssl.enabled'")
			.contains("'sw4rm.scheduler.ssl.bundle' is set");
	}

	@Test
	void refusesServerNameThatIsNone(CapturedOutput output) {
		assertFailsToStart("sw4rm.scheduler.address=https://localhost:1",
				"sw4rm.scheduler.ssl.server-name-override=scheduler.test:443");
		assertThat(output)
			.contains("'scheduler.test:443' for configuration property 'sw4rm.scheduler.ssl.server-name-override'")
			.contains("It must be a host name");
	}

	@Test
	void refusesTlsOverUnixSocket(CapturedOutput output) {
		assertFailsToStart("sw4rm.scheduler.address=unix:/tmp/scheduler", "sw4rm.scheduler.ssl.enabled=true");
		assertThat(output).contains("'unix:/tmp/scheduler' for configuration property 'sw4rm.scheduler.address'")
			.contains("TLS is not available");
	}

	@Test
	void refusesUserInformationInAddressWithoutPrintingIt(CapturedOutput output) {
		assertFailsToStart("sw4rm.scheduler.address=http://user:s3cret@localhost:1");
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("configuration property 'sw4rm.scheduler.address'")
			.contains("must not contain user information")
			.doesNotContain("s3cret");
	}

	@Test
	void refusesMalformedMetadataWithoutPrintingItsValue(CapturedOutput output) {
		assertFailsToStart("sw4rm.scheduler.metadata.x-api-key=s3cret\u00fc");
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("configuration property 'sw4rm.scheduler.metadata.x-api-key'")
			.contains("printable ASCII")
			.doesNotContain("s3cret");
	}

	@Test
	void refusesAuthorizationInMetadataWithoutPrintingIt(CapturedOutput output) {
		assertFailsToStart("sw4rm.scheduler.metadata.Authorization=Bearer s3cret");
		assertThat(output).contains("configuration property 'sw4rm.scheduler.metadata.Authorization'")
			.contains("Use 'sw4rm.scheduler.auth.token' or 'sw4rm.scheduler.auth.token-file'")
			.doesNotContain("s3cret");
	}

	@Test
	void refusesAnswerToWhetherToEmbedThatIsNeitherYesNorNo(CapturedOutput output) {
		assertFailsToStart("sw4rm.scheduler.embedded.enabled=perhaps");
		assertThat(output).contains("APPLICATION FAILED TO START").contains("sw4rm.scheduler.embedded.enabled");
	}

	@ParameterizedTest
	@ValueSource(strings = { "connect-timeout", "idle-timeout", "keepalive.time", "keepalive.timeout",
			"max-reconnect-backoff", "startup-timeout", "shutdown-grace-period", "retry.max-backoff", "deadline",
			"health.deadline", "activity.interval", "activity.max-backoff" })
	void acceptsLongerTimeThanAnyoneCanWait(String name) {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.NONE)
			.run("--sw4rm.scheduler.startup=wait", "--sw4rm.scheduler." + name + "=PT2562047788015215H")) {
			assertThat(context.getBean(SchedulerClient.class).pollActivityBuffer("worker-1")).isEmpty();
		}
	}

	private void assertFailsToStart(String... properties) {
		String[] arguments = new String[properties.length];
		for (int i = 0; i < properties.length; i++) {
			arguments[i] = "--" + properties[i];
		}
		assertThatException()
			.isThrownBy(() -> new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
				.run(arguments)
				.close());
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableConfigurationProperties(SchedulerProperties.class)
	static class PropertiesConfiguration {

	}

}
