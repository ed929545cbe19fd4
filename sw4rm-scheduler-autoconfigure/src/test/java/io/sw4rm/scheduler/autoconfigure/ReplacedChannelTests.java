package io.sw4rm.scheduler.autoconfigure;

import java.util.Map;

import io.grpc.ManagedChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.actuate.info.Info;
import org.springframework.boot.actuate.info.InfoContributor;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.CompositeChannelFactoryAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;

import io.sw4rm.scheduler.autoconfigure.actuate.SchedulerEndpoint;
import io.sw4rm.scheduler.autoconfigure.actuate.SchedulerEndpoint.SchedulerDescriptor;
import io.sw4rm.scheduler.autoconfigure.actuate.SchedulerEndpointAutoConfiguration;
import io.sw4rm.scheduler.autoconfigure.auth.SchedulerAuthAutoConfiguration;
import io.sw4rm.scheduler.autoconfigure.auth.SchedulerTokenSupplier;
import io.sw4rm.scheduler.autoconfigure.channel.SchedulerChannel;
import io.sw4rm.scheduler.autoconfigure.embedded.EmbeddedSchedulerAutoConfiguration;
import io.sw4rm.scheduler.autoconfigure.health.SchedulerHealthContributorAutoConfiguration;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.address.SchedulerAddress;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.testsupport.TestCertificates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests for applications whose own channel replaces that of the scheduler without a name.
 */
class ReplacedChannelTests {

	private final EmbeddedScheduler scheduler = EmbeddedScheduler.start();

	private final ManagedChannel channel = SchedulerAddress.parse(this.scheduler.address()).newChannelBuilder().build();

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, GrpcClientAutoConfiguration.class,
				CompositeChannelFactoryAutoConfiguration.class, SchedulerAutoConfiguration.class,
				SchedulerAuthAutoConfiguration.class, SchedulerHealthContributorAutoConfiguration.class,
				SchedulerEndpointAutoConfiguration.class, EmbeddedSchedulerAutoConfiguration.class))
		.withPropertyValues("management.endpoints.web.exposure.include=*",
				"management.info.sw4rm-scheduler.enabled=true")
		.withBean(SchedulerChannel.BEAN_NAME, ManagedChannel.class, () -> this.channel);

	@AfterEach
	void stop() {
		this.channel.shutdownNow();
		this.scheduler.close();
	}

	@Test
	void isUsedWithoutEmbeddedScheduler() {
		this.contextRunner.run((context) -> {
			assertThat(context).doesNotHaveBean(EmbeddedScheduler.class);
			context.getBean(SchedulerClient.class).pollActivityBuffer("worker-1");
			assertThat(context.getBean(SchedulerConnections.class).get("default").channel()).isSameAs(this.channel);
		});
	}

	@Test
	void isToldByHealthEndpointAndInfo() {
		this.contextRunner.run((context) -> {
			assertThat(context.getBean("sw4rmSchedulerHealthContributor", HealthIndicator.class).health().getDetails())
				.containsEntry("channel", "The application's own bean 'sw4rmSchedulerChannel'")
				.containsEntry("target", this.channel.authority());
			SchedulerDescriptor client = context.getBean(SchedulerEndpoint.class).schedulers().clients().get("default");
			assertThat(client.channelReplaced()).isTrue();
			assertThat(client.tls()).isNull();
			assertThat(client.target()).isEqualTo(this.channel.authority());
			Info.Builder info = new Info.Builder();
			context.getBean("sw4rmSchedulerInfoContributor", InfoContributor.class).contribute(info);
			assertThat(info.build().getDetails()).extracting("sw4rmScheduler.targets")
				.isEqualTo(Map.of("default", this.channel.authority()));
		});
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "ssl.enabled=true", "ssl.bundle=mine", "address=https://localhost:1", "auth.token=secret" })
	void refusesSettingsThatItWouldIgnore(String property) {
		this.contextRunner
			.withPropertyValues("sw4rm.scheduler." + property, new TestCertificates().trustProperty("mine"))
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("own bean 'sw4rmSchedulerChannel' replaces the channel"));
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "ssl.enabled=true", "ssl.bundle=mine", "address=https://localhost:1", "auth.token=secret" })
	void isNotUsedBySettingsThatItWouldIgnoreIfBeansAreLazy(String property) {
		this.contextRunner.withInitializer(lazyInitialization())
			.withPropertyValues("sw4rm.scheduler." + property, new TestCertificates().trustProperty("mine"))
			.run((context) -> {
				assertThatException().isThrownBy(() -> context.getBean(SchedulerClient.class))
					.havingRootCause()
					.withMessageContaining("own bean 'sw4rmSchedulerChannel' replaces the channel");
				assertThatException().isThrownBy(() -> context.getBean(SchedulerClientFactory.class).create());
			});
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void refusesEmbeddedSchedulerThatItWouldReplace(boolean lazy) {
		this.contextRunner.withInitializer(lazy ? lazyInitialization() : (context) -> {
		})
			.withPropertyValues("sw4rm.scheduler.embedded.enabled=true")
			.run((context) -> assertThat(context).getFailure()
				.hasMessageContaining("sw4rm.scheduler.embedded.enabled")
				.hasMessageContaining("[sw4rmSchedulerChannel] are used instead of the embedded scheduler"));
	}

	private static ApplicationContextInitializer<ConfigurableApplicationContext> lazyInitialization() {
		return (context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor());
	}

	@Test
	void refusesTokenSupplierThatItWouldIgnore() {
		this.contextRunner.withBean(SchedulerTokenSupplier.class, () -> (request) -> "token")
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("own bean 'sw4rmSchedulerChannel' replaces the channel"));
	}

}
