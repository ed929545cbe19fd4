package io.sw4rm.scheduler.autoconfigure.auth;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.assertj.core.util.Throwables;
import io.grpc.ManagedChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.grpc.client.autoconfigure.CompositeChannelFactoryAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.grpc.client.GrpcChannelFactory;

import io.sw4rm.scheduler.autoconfigure.SchedulerAutoConfiguration;
import io.sw4rm.scheduler.autoconfigure.SchedulerChannelBuilderCustomizer;
import io.sw4rm.scheduler.autoconfigure.health.SchedulerHealthContributorAutoConfiguration;
import io.sw4rm.scheduler.client.address.SchedulerAddress;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SchedulerPermissionDeniedException;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.testsupport.TestCertificates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link SchedulerAuthAutoConfiguration}.
 */
@ExtendWith(OutputCaptureExtension.class)
class SchedulerAuthAutoConfigurationTests {

	private static final String TOKEN = "s3cret-token";

	private static final String TOKEN_PROPERTY = "sw4rm.scheduler.auth.token=" + TOKEN;

	private static final String ALLOW_PLAINTEXT = "sw4rm.scheduler.auth.dangerously-allow-plaintext=true";

	private final TokenInterceptor tokens = new TokenInterceptor(TOKEN);

	private final EmbeddedScheduler scheduler = EmbeddedScheduler.builder().intercept(this.tokens).start();

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, GrpcClientAutoConfiguration.class,
				CompositeChannelFactoryAutoConfiguration.class, SchedulerAutoConfiguration.class,
				SchedulerHealthContributorAutoConfiguration.class, SchedulerAuthAutoConfiguration.class))
		.withPropertyValues("sw4rm.scheduler.address=" + this.scheduler.address(),
				"sw4rm.scheduler.health.deadline=30s");

	@AfterEach
	void stop() {
		this.scheduler.close();
	}

	@Test
	void sendsTokenOfProperty() {
		this.contextRunner.withPropertyValues(TOKEN_PROPERTY).run((context) -> {
			poll(context);
			assertThat(this.tokens.authorizations()).containsExactly("Bearer " + TOKEN);
		});
	}

	@Test
	void sendsTokenOfFileAndOfItsNextContent(@TempDir Path directory) throws IOException {
		Path file = Files.writeString(directory.resolve("token"), TOKEN + "\n");
		this.contextRunner.withPropertyValues("sw4rm.scheduler.auth.token-file=" + file).run((context) -> {
			poll(context);
			Files.writeString(file, "next");
			this.tokens.accept("next");
			poll(context);
			assertThat(this.tokens.authorizations()).startsWith("Bearer " + TOKEN).endsWith("Bearer next");
		});
	}

	@Test
	void refusesTokenThatChannelOfUserWouldNotSend() {
		ManagedChannel channel = SchedulerAddress.parse(this.scheduler.address()).newChannelBuilder().build();
		this.contextRunner.withPropertyValues(TOKEN_PROPERTY)
			.withBean("sw4rmSchedulerChannel", ManagedChannel.class, () -> channel)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("'sw4rmSchedulerChannel' replaces the channel that would send tokens"));
		channel.shutdownNow();
	}

	@Test
	void warnsThatHealthChecksCarryNoToken(CapturedOutput output) {
		this.contextRunner.withPropertyValues(TOKEN_PROPERTY, "sw4rm.scheduler.health-checking.enabled=true")
			.run((context) -> assertThat(output).contains("'sw4rm.scheduler.health-checking.enabled' is true"));
	}

	@Test
	void sendsNothingWithoutToken() {
		this.contextRunner.run((context) -> {
			assertThat(context).doesNotHaveBean(SchedulerTokenSupplier.class)
				.doesNotHaveBean(BearerTokenClientInterceptor.class);
			assertThatExceptionOfType(SchedulerPermissionDeniedException.class).isThrownBy(() -> poll(context));
			assertThat(this.tokens.authorizations()).containsExactly("");
		});
	}

	@Test
	void leavesNothingBehindWhenDisabled() {
		this.contextRunner.withPropertyValues(TOKEN_PROPERTY, "sw4rm.scheduler.enabled=false")
			.run((context) -> assertThat(context.getBeanDefinitionNames())
				.noneMatch((name) -> name.toLowerCase().contains("sw4rm")));
	}

	@Test
	void doesNothingWithoutChannel() {
		this.contextRunner.withPropertyValues(TOKEN_PROPERTY)
			.withClassLoader(new FilteredClassLoader(GrpcChannelFactory.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(BearerTokenClientInterceptor.class));
	}

	@ParameterizedTest
	@ValueSource(strings = { TOKEN_PROPERTY, "sw4rm.scheduler.auth.token-file=/missing",
			"sw4rm.scheduler.auth.oauth2.registration-id=missing" })
	void propertyBacksOffForBeanOfUser(String property) {
		this.contextRunner.withPropertyValues(property)
			.withBean(SchedulerTokenSupplier.class, () -> (request) -> "from-bean")
			.run((context) -> {
				assertThat(context).hasSingleBean(SchedulerTokenSupplier.class);
				this.tokens.accept("from-bean");
				poll(context);
				assertThat(this.tokens.authorizations()).containsExactly("Bearer from-bean");
			});
	}

	@Test
	void refusesTwoSourcesOfTokensNamingBoth(CapturedOutput output) {
		assertFailsToStart(TOKEN_PROPERTY, "sw4rm.scheduler.auth.token-file=/token");
		assertThat(output).contains("sw4rm.scheduler.auth.token\n", "sw4rm.scheduler.auth.token-file\n")
			.doesNotContain(TOKEN);
	}

	@ParameterizedTest
	@ValueSource(strings = { "Bearer s3cret-token", "s3cret-token\u00fc" })
	void refusesTokenThatCannotBeSentWithoutPrintingIt(String token, CapturedOutput output) {
		assertFailsToStart("sw4rm.scheduler.auth.token=" + token);
		assertThat(output).contains("configuration property 'sw4rm.scheduler.auth.token'")
			.contains("without 'Bearer'")
			.doesNotContain(TOKEN);
	}

	@Test
	void refusesMissingTokenFile(CapturedOutput output) {
		assertFailsToStart("sw4rm.scheduler.auth.token-file=/missing");
		assertThat(output).contains("'/missing' for configuration property 'sw4rm.scheduler.auth.token-file'")
			.contains("Specify an existing, readable file");
	}

	@Test
	void refusesEmptyTokenFileProperty(CapturedOutput output) {
		assertFailsToStart("sw4rm.scheduler.auth.token-file=");
		assertThat(output).contains("configuration property 'sw4rm.scheduler.auth.token-file'");
	}

	@ParameterizedTest
	@ValueSource(strings = { "http://scheduler.example.com", "http://localhost:1,http://10.0.0.1:1",
			"http://[fd00::1]:1", "http://127.0.0.1.example.com:1" })
	void refusesPlaintextAddressOfOtherMachine(String address, CapturedOutput output) {
		assertFailsToStart(TOKEN_PROPERTY, "sw4rm.scheduler.address=" + address);
		assertThat(output).contains("configuration property 'sw4rm.scheduler.address'")
			.contains("A token would be sent to another machine without TLS")
			.contains("sw4rm.scheduler.auth.dangerously-allow-plaintext")
			.doesNotContain(TOKEN);
	}

	@ParameterizedTest
	@ValueSource(strings = { "http://localhost:1", "http://LOCALHOST:1,http://127.1.2.3:1", "http://[::1]:1",
			"http://[::1%missing0]:1", "https://scheduler.example.com" })
	void acceptsAddressWhereTokenIsSafe(String address) {
		this.contextRunner.withPropertyValues(TOKEN_PROPERTY, "sw4rm.scheduler.address=" + address)
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void acceptsPlaintextAddressWithoutToken() {
		this.contextRunner.withPropertyValues("sw4rm.scheduler.address=http://scheduler.example.com")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void allowsPlaintextAddressWithWarning(CapturedOutput output) {
		this.contextRunner
			.withPropertyValues(TOKEN_PROPERTY, ALLOW_PLAINTEXT, "sw4rm.scheduler.address=http://scheduler.example.com")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains("WARN").contains("'sw4rm.scheduler.auth.dangerously-allow-plaintext' is true");
	}

	@Test
	void sendsNoTokenToOtherAddressInPlaintext() throws Exception {
		String address = ownAddress();
		assumeThat(address).as("an address that isn't loopback").isNotNull();
		try (EmbeddedScheduler scheduler = EmbeddedScheduler.builder()
			.address(address)
			.intercept(this.tokens)
			.start()) {
			this.contextRunner
				.withPropertyValues(TOKEN_PROPERTY, "sw4rm.scheduler.address=" + address + ":" + scheduler.port())
				.run((context) -> {
					assertRefused(context);
					assertThatExceptionOfType(SchedulerPermissionDeniedException.class)
						.isThrownBy(() -> context.getBean(SchedulerClient.class)
							.withMetadata("authorization", "Bearer mine")
							.pollActivityBuffer("worker-1"))
						.withMessageContaining("has no TLS");
				});
			assertThat(this.tokens.headers()).isEmpty();
			this.contextRunner
				.withPropertyValues(TOKEN_PROPERTY, ALLOW_PLAINTEXT,
						"sw4rm.scheduler.address=http://" + address + ":" + scheduler.port())
				.run(SchedulerAuthAutoConfigurationTests::poll);
			assertThat(this.tokens.authorizations()).containsExactly("Bearer " + TOKEN);
		}
	}

	/**
	 * As a proxy on this machine has it: the connection is local, the call isn't.
	 */
	@Test
	void sendsNoTokenThroughLoopbackToOtherHostInPlaintext() {
		this.contextRunner.withPropertyValues(TOKEN_PROPERTY)
			.withBean(SchedulerChannelBuilderCustomizer.class,
					() -> (name, builder) -> builder.overrideAuthority("scheduler.example.com"))
			.run(SchedulerAuthAutoConfigurationTests::assertRefused);
		assertThat(this.tokens.headers()).isEmpty();
	}

	@Test
	void sendsTokenOverTls() {
		TestCertificates certificates = new TestCertificates();
		try (EmbeddedScheduler scheduler = EmbeddedScheduler.builder()
			.serverCredentials(certificates.serverCredentials())
			.intercept(this.tokens)
			.start()) {
			this.contextRunner
				.withPropertyValues(TOKEN_PROPERTY, "sw4rm.scheduler.address=https://" + scheduler.address(),
						"sw4rm.scheduler.ssl.bundle=trusted",
						"spring.ssl.bundle.pem.trusted.truststore.certificate=" + certificates.authorityPem())
				.withBean(SchedulerChannelBuilderCustomizer.class,
						() -> (name, builder) -> builder.overrideAuthority("localhost"))
				.run(SchedulerAuthAutoConfigurationTests::poll);
			assertThat(this.tokens.authorizations()).containsExactly("Bearer " + TOKEN);
		}
	}

	@Test
	void healthCheckSendsToken() {
		this.contextRunner.withPropertyValues(TOKEN_PROPERTY).run((context) -> {
			assertThat(health(context).getDetails()).containsEntry("scheduler", "SERVING");
			assertThat(this.tokens.authorizations()).containsExactly("Bearer " + TOKEN);
		});
	}

	@Test
	void isDownWhenNoTokenCanBeSent() {
		this.contextRunner.withBean(SchedulerTokenSupplier.class, () -> (request) -> {
			throw new IllegalStateException(TOKEN);
		}).run((context) -> {
			Health health = health(context);
			assertThat(health.getStatus()).isEqualTo(Status.DOWN);
			assertThat(health.getDetails().toString()).contains("No token for the scheduler could be obtained")
				.doesNotContain(TOKEN);
		});
	}

	@Test
	void showsTokenNowhere(CapturedOutput output) throws Exception {
		LoggingSystem loggingSystem = LoggingSystem.get(getClass().getClassLoader());
		try (ConfigurableApplicationContext context = start("--" + TOKEN_PROPERTY, "--server.port=0",
				"--sw4rm.scheduler.address=" + this.scheduler.address(), "--logging.level.io.grpc=trace",
				"--logging.level.io.grpc.netty.NettyServerHandler=info", "--logging.level.io.sw4rm=trace",
				"--management.endpoints.web.exposure.include=*", "--management.endpoint.env.show-values=always",
				"--management.endpoint.configprops.show-values=always",
				"--management.endpoint.health.show-details=always", "--management.health.diskspace.enabled=false")) {
			poll(context);
			loggingSystem.setLogLevel("io.grpc.netty.NettyClientHandler", LogLevel.DEBUG);
			poll(context);
			assertThat(this.tokens.authorizations()).containsExactly("Bearer " + TOKEN, "Bearer " + TOKEN);
			for (String path : List.of("health", "info", "sw4rmscheduler", "env", "env/sw4rm.scheduler.auth.token",
					"configprops", "configprops/sw4rm.scheduler.auth", "beans", "conditions", "metrics", "loggers")) {
				HttpResponse<String> response = get(context, path);
				assertThat(response.statusCode()).as(path).isIn(200, 503);
				assertThat(response.body()).as(path).doesNotContain(TOKEN);
			}
			for (String name : context.getBeanDefinitionNames()) {
				assertThat(context.getBean(name).toString()).as(name).doesNotContain(TOKEN);
			}
			this.tokens.accept("another");
			assertThatException().isThrownBy(() -> poll(context))
				.satisfies((ex) -> assertThat(Throwables.getStackTrace(ex)).doesNotContain(TOKEN));
		}
		finally {
			loggingSystem.setLogLevel("io.grpc", null);
			loggingSystem.setLogLevel("io.sw4rm", null);
			loggingSystem.setLogLevel("io.grpc.netty.NettyClientHandler", null);
			loggingSystem.setLogLevel("io.grpc.netty.NettyServerHandler", null);
		}
		assertThat(output).contains("io.grpc").contains("The level of logger 'io.grpc.netty.NettyClientHandler'");
		assertThat(output).doesNotContain(TOKEN);
	}

	@Test
	void sendsNoTokenWhileItsLoggerCannotBeSilenced() {
		LoggingSystem loggingSystem = LoggingSystem.get(getClass().getClassLoader());
		loggingSystem.setLogLevel("io.grpc.netty.NettyClientHandler", LogLevel.DEBUG);
		try {
			this.contextRunner.withPropertyValues(TOKEN_PROPERTY)
				.withBean(LoggingSystem.class, () -> mock(LoggingSystem.class))
				.run((context) -> {
					assertThatExceptionOfType(SchedulerPermissionDeniedException.class).isThrownBy(() -> poll(context))
						.withMessageContaining("logger 'io.grpc.netty.NettyClientHandler' logs request headers");
					assertThat(this.tokens.headers()).isEmpty();
					loggingSystem.setLogLevel("io.grpc.netty.NettyClientHandler", LogLevel.INFO);
					poll(context);
				});
		}
		finally {
			loggingSystem.setLogLevel("io.grpc.netty.NettyClientHandler", null);
		}
	}

	@Test
	void keepsHeadersOfCallsWithoutTokenInTheLog() {
		LoggingSystem loggingSystem = LoggingSystem.get(getClass().getClassLoader());
		loggingSystem.setLogLevel("io.grpc.netty.NettyClientHandler", LogLevel.DEBUG);
		try {
			this.contextRunner.run((context) -> assertThatException().isThrownBy(() -> poll(context)));
			assertThat(loggingSystem.getLoggerConfiguration("io.grpc.netty.NettyClientHandler").getEffectiveLevel())
				.isEqualTo(LogLevel.DEBUG);
		}
		finally {
			loggingSystem.setLogLevel("io.grpc.netty.NettyClientHandler", null);
		}
	}

	private static void assertRefused(ApplicationContext context) {
		assertThatExceptionOfType(SchedulerPermissionDeniedException.class).isThrownBy(() -> poll(context))
			.withMessageContaining("The token was not sent")
			.withMessageContaining("has no TLS")
			.withMessageContaining("sw4rm.scheduler.ssl.bundle")
			.withMessageContaining("sw4rm.scheduler.auth.dangerously-allow-plaintext")
			.satisfies((ex) -> assertThat(Throwables.getStackTrace(ex)).doesNotContain(TOKEN));
	}

	private static void poll(ApplicationContext context) {
		context.getBean(SchedulerClient.class).pollActivityBuffer("worker-1");
	}

	private static Health health(ApplicationContext context) {
		return context.getBean("sw4rmSchedulerHealthContributor", HealthIndicator.class).health();
	}

	private static String ownAddress() throws IOException {
		return NetworkInterface.networkInterfaces()
			.flatMap(NetworkInterface::inetAddresses)
			.filter((address) -> address instanceof Inet4Address && !address.isLoopbackAddress())
			.map(InetAddress::getHostAddress)
			.findFirst()
			.orElse(null);
	}

	private static HttpResponse<String> get(ConfigurableApplicationContext context, String path) throws Exception {
		String port = context.getEnvironment().getProperty("local.server.port");
		return HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(URI.create("http://localhost:%s/actuator/%s".formatted(port, path))).build(),
					HttpResponse.BodyHandlers.ofString());
	}

	private static ConfigurableApplicationContext start(String... arguments) {
		return new SpringApplicationBuilder(Application.class).run(arguments);
	}

	private static void assertFailsToStart(String... properties) {
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

}
