package io.sw4rm.scheduler.test;

import org.junit.jupiter.api.Test;

import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.CompositeChannelFactoryAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration;
import org.springframework.boot.grpc.test.autoconfigure.AutoConfigureTestGrpcTransport;
import org.springframework.boot.grpc.test.autoconfigure.TestGrpcTransportAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.grpc.client.CompositeGrpcChannelFactory;
import org.springframework.grpc.client.GrpcChannelFactory;
import org.springframework.grpc.client.NettyGrpcChannelFactory;

import io.sw4rm.scheduler.autoconfigure.SchedulerAutoConfiguration;
import io.sw4rm.scheduler.autoconfigure.embedded.EmbeddedSchedulerAutoConfiguration;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.test.EmbeddedSchedulerTestAutoConfiguration.EmbeddedSchedulerChannelFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link EmbeddedSchedulerTestAutoConfiguration}.
 */
class EmbeddedSchedulerTestAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, GrpcClientAutoConfiguration.class,
				CompositeChannelFactoryAutoConfiguration.class, SchedulerAutoConfiguration.class,
				EmbeddedSchedulerAutoConfiguration.class, EmbeddedSchedulerTestAutoConfiguration.class));

	@Test
	void leavesChannelFactoryOfBootAloneWithoutTestTransport() {
		this.contextRunner.run((context) -> assertThat(context).hasSingleBean(NettyGrpcChannelFactory.class)
			.doesNotHaveBean(EmbeddedSchedulerChannelFactory.class));
	}

	@Test
	void createsChannelsToSchedulersBesideTestTransport() {
		this.contextRunner.withConfiguration(AutoConfigurations.of(TestGrpcTransportAutoConfiguration.class))
			.withPropertyValues("spring.grpc.client.channelfactory.enabled=false")
			.run((context) -> {
				assertThat(context).hasSingleBean(EmbeddedSchedulerChannelFactory.class);
				assertThat(context.getBean(GrpcChannelFactory.class)).isInstanceOf(CompositeGrpcChannelFactory.class);
				assertThat(context.getBean(EmbeddedSchedulerChannelFactory.class).supports("static://localhost:1"))
					.isFalse();
			});
	}

	@Test
	void backsOffWithoutTestTransportOnTheClassPath() {
		this.contextRunner.withClassLoader(new FilteredClassLoader(AutoConfigureTestGrpcTransport.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(EmbeddedSchedulerChannelFactory.class));
	}

	@Test
	void startsSchedulerWithApplicationEvenIfBeansAreLazy() {
		this.contextRunner
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.run((context) -> {
				assertThat(context.getBeanFactory().containsSingleton("sw4rmEmbeddedScheduler")).isTrue();
				assertThat(context.getEnvironment().getProperty("local.sw4rm.scheduler.port")).isNotNull();
				assertThat(context.getBeanFactory().containsSingleton("sw4rmSchedulerClient")).isFalse();
			});
	}

	@Test
	void addsNoSchedulerIfSchedulersAreDisabled() {
		this.contextRunner.withPropertyValues("sw4rm.scheduler.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(LazyInitializationExcludeFilter.class)
				.doesNotHaveBean(EmbeddedScheduler.class));
	}

	@Test
	void usesEmbeddedSchedulerOfTest() {
		EmbeddedScheduler scheduler = EmbeddedScheduler.builder().maxTasks(1).start();
		this.contextRunner.withBean(EmbeddedScheduler.class, () -> scheduler)
			.run((context) -> assertThat(context).getBean(EmbeddedScheduler.class).isSameAs(scheduler));
	}

}
