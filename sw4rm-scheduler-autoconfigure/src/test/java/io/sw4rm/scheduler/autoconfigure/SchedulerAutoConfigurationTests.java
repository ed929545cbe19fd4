package io.sw4rm.scheduler.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ConnectivityState;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.netty.NettyChannelBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.grpc.client.autoconfigure.CompositeChannelFactoryAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.env.Environment;
import org.springframework.grpc.client.ChannelBuilderOptions;
import org.springframework.grpc.client.GlobalClientInterceptor;
import org.springframework.grpc.client.GrpcChannelFactory;

import io.sw4rm.scheduler.autoconfigure.embedded.EmbeddedSchedulerAutoConfiguration;
import io.sw4rm.scheduler.client.ActivityEntry;
import io.sw4rm.scheduler.client.AsyncSchedulerClient;
import io.sw4rm.scheduler.client.PayloadConverter;
import io.sw4rm.scheduler.client.ReactiveSchedulerClient;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SchedulerOperation;
import io.sw4rm.scheduler.client.SchedulerClientBuilder;
import io.sw4rm.scheduler.client.SchedulerExceptionTranslator;
import io.sw4rm.scheduler.client.TaskSubmission;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link SchedulerAutoConfiguration}.
 */
class SchedulerAutoConfigurationTests {

	private static final List<Metadata> headers = new CopyOnWriteArrayList<>();

	private static EmbeddedScheduler scheduler;

	private static ManagedChannel channelOfUser;

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, GrpcClientAutoConfiguration.class,
				CompositeChannelFactoryAutoConfiguration.class, SchedulerAutoConfiguration.class))
		.withPropertyValues("sw4rm.scheduler.address=" + scheduler.address());

	@BeforeAll
	static void startScheduler() {
		scheduler = EmbeddedScheduler.builder().intercept(new HeaderRecorder()).start();
		channelOfUser = newChannel();
	}

	@AfterAll
	static void stopScheduler() {
		channelOfUser.shutdown();
		scheduler.close();
	}

	@BeforeEach
	void reset() {
		scheduler.reset();
		headers.clear();
	}

	@ParameterizedTest
	@ValueSource(strings = { "sw4rm.scheduler.address=localhost:1", "sw4rm.scheduler.embedded.enabled=true",
			"sw4rm.scheduler.client.blue.address=localhost:1" })
	void doesNotCreateFactoryBeansEarly(String property) {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, GrpcClientAutoConfiguration.class,
					CompositeChannelFactoryAutoConfiguration.class, SchedulerAutoConfiguration.class,
					EmbeddedSchedulerAutoConfiguration.class))
			.withPropertyValues(property)
			.withUserConfiguration(FactoryBeanConfiguration.class)
			.run((context) -> assertThat(context.getBean(UntypedFactoryBean.class).environment)
				.isSameAs(context.getEnvironment()));
	}

	@Test
	void providesClientsThatReachTheScheduler() {
		this.contextRunner.run((context) -> {
			SchedulerClient client = context.getBean(SchedulerClient.class);
			assertThat(client.submitTask(TaskSubmission.forAgent("worker-1").taskId("blocking").build()).accepted())
				.isTrue();
			assertThat(context.getBean(AsyncSchedulerClient.class)
				.submitTask(TaskSubmission.forAgent("worker-1").taskId("async").build())
				.join()
				.accepted()).isTrue();
			assertThat(context.getBean(ReactiveSchedulerClient.class)
				.submitTask(TaskSubmission.forAgent("worker-1").taskId("reactive").build())
				.block()
				.accepted()).isTrue();
			assertThat(client.pollActivityBuffer("worker-1")).extracting(ActivityEntry::taskId)
				.containsExactly("blocking", "async", "reactive");
		});
	}

	@Test
	void doesNothingWhenDisabled() {
		this.contextRunner.withPropertyValues("sw4rm.scheduler.enabled=false")
			.run((context) -> assertThat(context.getBeanDefinitionNames())
				.noneMatch((name) -> name.toLowerCase().contains("sw4rm")));
	}

	@Test
	void backsOffWithoutClientLibrary() {
		this.contextRunner.withClassLoader(new FilteredClassLoader(SchedulerClient.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(SchedulerAutoConfiguration.class));
	}

	@Test
	void backsOffWithoutSpringGrpc() {
		this.contextRunner.withClassLoader(new FilteredClassLoader("org.springframework.grpc"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(SchedulerAutoConfiguration.class));
	}

	@Test
	void providesNoClientsWithoutChannelFactory() {
		this.contextRunner.withPropertyValues("spring.grpc.client.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(SchedulerClient.class)
				.doesNotHaveBean("sw4rmSchedulerChannel"));
	}

	@Test
	void providesNoReactiveClientWithoutReactor() {
		this.contextRunner.withClassLoader(new FilteredClassLoader(Mono.class))
			.run((context) -> assertThat(context).hasSingleBean(SchedulerClient.class)
				.doesNotHaveBean(ReactiveSchedulerClient.class));
	}

	@Test
	void providesNoPayloadConverterWithoutJackson() {
		this.contextRunner.withClassLoader(new FilteredClassLoader(JsonMapper.class)).run((context) -> {
			assertThat(context).hasSingleBean(SchedulerClient.class).doesNotHaveBean(PayloadConverter.class);
			assertThatExceptionOfType(IllegalArgumentException.class)
				.isThrownBy(() -> context.getBean(SchedulerClient.class)
					.submitTask(TaskSubmission.forAgent("worker-1").params(Map.of("a", 1)).build()))
				.withMessageContaining("PayloadConverter");
		});
	}

	@Test
	void convertsPayloadWithJsonMapperOfApplication() {
		this.contextRunner.withConfiguration(AutoConfigurations.of(JacksonAutoConfiguration.class))
			.withPropertyValues("spring.jackson.property-naming-strategy=SNAKE_CASE")
			.run((context) -> {
				context.getBean(SchedulerClient.class)
					.submitTask(TaskSubmission.forAgent("worker-1").params(new Payload("x")).build());
				assertThat(scheduler.agent("worker-1").takeNext()).hasValueSatisfying(
						(task) -> assertThat(task.params().toStringUtf8()).isEqualTo("{\"order_name\":\"x\"}"));
			});
	}

	@Test
	void backsOffWhenUserDefinesConnectionDetails() {
		this.contextRunner.withPropertyValues("sw4rm.scheduler.address=does-not-exist.invalid:1")
			.withBean(SchedulerConnectionDetails.class, () -> scheduler::address)
			.run((context) -> {
				assertThat(context).hasSingleBean(SchedulerConnectionDetails.class)
					.doesNotHaveBean(PropertiesSchedulerConnectionDetails.class);
				assertThat(context.getBean(SchedulerClient.class).pollActivityBuffer("worker-1")).isEmpty();
			});
	}

	@Test
	void backsOffWhenUserDefinesChannel() {
		this.contextRunner.withPropertyValues("sw4rm.scheduler.address=does-not-exist.invalid:1")
			.withBean("sw4rmSchedulerChannel", ManagedChannel.class, () -> channelOfUser)
			.run((context) -> {
				assertThat(context).hasSingleBean(ManagedChannel.class);
				assertThat(context.getBean(SchedulerClient.class).pollActivityBuffer("worker-1")).isEmpty();
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "sw4rm.scheduler.address=https://localhost:1", "sw4rm.scheduler.ssl.enabled=true",
			"sw4rm.scheduler.ssl.bundle=any" })
	void refusesTlsThatChannelOfUserIgnores(String property) {
		this.contextRunner.withPropertyValues(property)
			.withBean("sw4rmSchedulerChannel", ManagedChannel.class, () -> channelOfUser)
			.run((context) -> assertThat(context).getFailure()
				.hasRootCauseInstanceOf(InvalidConfigurationPropertyValueException.class)
				.rootCause()
				.hasMessageContaining(property.substring(0, property.indexOf('='))));
	}

	@Test
	void usesChannelOfUserWithoutChannelFactory() {
		this.contextRunner.withPropertyValues("spring.grpc.client.enabled=false")
			.withBean("sw4rmSchedulerChannel", ManagedChannel.class, () -> channelOfUser)
			.run((context) -> assertThat(context.getBean(SchedulerClient.class).pollActivityBuffer("worker-1"))
				.isEmpty());
	}

	@Test
	void neitherTakesNorHidesOtherChannels() {
		this.contextRunner.withBean("other", ManagedChannel.class, () -> channelOfUser)
			.withUserConfiguration(ChannelUser.class)
			.run((context) -> {
				assertThat(context.getBean(ChannelUser.class).channel).isSameAs(context.getBean("other"));
				assertThat(context.getBean("sw4rmSchedulerChannel")).isNotSameAs(context.getBean("other"));
			});
	}

	@Test
	void backsOffWhenUserDefinesClientBuilder() {
		this.contextRunner.withUserConfiguration(ClientBuilderConfiguration.class).run((context) -> {
			assertThat(context).hasSingleBean(SchedulerClientBuilder.class)
				.doesNotHaveBean("sw4rmSchedulerClientBuilder");
			context.getBean(SchedulerClient.class).pollActivityBuffer("worker-1");
			assertThat(header("from")).isEqualTo("user");
		});
	}

	@Test
	void backsOffWhenUserDefinesSchedulerClient() {
		SchedulerClient client = SchedulerClient.create(channelOfUser);
		this.contextRunner.withBean("mine", SchedulerClient.class, () -> client)
			.run((context) -> assertThat(context.getBean(SchedulerClient.class)).isSameAs(client));
	}

	@Test
	void backsOffWhenUserDefinesAsyncSchedulerClient() {
		AsyncSchedulerClient client = SchedulerClient.builder(channelOfUser).buildAsync();
		this.contextRunner.withBean("mine", AsyncSchedulerClient.class, () -> client)
			.run((context) -> assertThat(context.getBean(AsyncSchedulerClient.class)).isSameAs(client));
	}

	@Test
	void backsOffWhenUserDefinesReactiveSchedulerClient() {
		ReactiveSchedulerClient client = ReactiveSchedulerClient.create(channelOfUser);
		this.contextRunner.withBean("mine", ReactiveSchedulerClient.class, () -> client)
			.run((context) -> assertThat(context.getBean(ReactiveSchedulerClient.class)).isSameAs(client));
	}

	@Test
	void backsOffWhenUserDefinesPayloadConverter() {
		this.contextRunner.withConfiguration(AutoConfigurations.of(JacksonAutoConfiguration.class))
			.withBean(PayloadConverter.class, () -> (params, contentType) -> new byte[] { 42 })
			.run((context) -> {
				assertThat(context).hasSingleBean(PayloadConverter.class);
				context.getBean(SchedulerClient.class)
					.submitTask(TaskSubmission.forAgent("worker-1").params(List.of()).build());
				assertThat(scheduler.agent("worker-1").takeNext())
					.hasValueSatisfying((task) -> assertThat(task.params().toByteArray()).containsExactly(42));
			});
	}

	@Test
	void translatesExceptionsWithBean() {
		this.contextRunner.withPropertyValues("sw4rm.scheduler.address=does-not-exist.invalid:1")
			.withBean(SchedulerExceptionTranslator.class, () -> IllegalStateException::new)
			.run((context) -> assertThatExceptionOfType(IllegalStateException.class)
				.isThrownBy(() -> context.getBean(SchedulerClient.class).pollActivityBuffer("worker-1"))
				.withMessageContaining("does-not-exist.invalid:1"));
	}

	@Test
	void appliesChannelCustomizersAfterProperties() {
		this.contextRunner.withPropertyValues("sw4rm.scheduler.user-agent=from-property")
			.withBean(SchedulerChannelBuilderCustomizer.class,
					() -> (name, builder) -> builder.userAgent("from-customizer"))
			.run((context) -> {
				context.getBean(SchedulerClient.class).pollActivityBuffer("worker-1");
				assertThat(header("user-agent")).startsWith("from-customizer ");
			});
	}

	@Test
	void appliesClientCustomizersInOrderAfterProperties() {
		this.contextRunner
			.withPropertyValues("sw4rm.scheduler.metadata.a=property", "sw4rm.scheduler.metadata.b=property")
			.withUserConfiguration(ClientCustomizersConfiguration.class)
			.run((context) -> {
				context.getBean(SchedulerClient.class).pollActivityBuffer("worker-1");
				assertThat(header("a")).isEqualTo("property");
				assertThat(header("b")).isEqualTo("first");
				assertThat(header("c")).isEqualTo("second");
			});
	}

	@Test
	void sendsUserAgentAndMetadataOfProperties() {
		this.contextRunner
			.withPropertyValues("sw4rm.scheduler.user-agent=my-app/1", "sw4rm.scheduler.metadata.x-tenant=acme")
			.run((context) -> {
				context.getBean(SchedulerClient.class).pollActivityBuffer("worker-1");
				assertThat(header("user-agent")).startsWith("my-app/1 ");
				assertThat(header("x-tenant")).isEqualTo("acme");
			});
	}

	@Test
	void introducesItselfByDefault() {
		this.contextRunner.run((context) -> {
			context.getBean(SchedulerClient.class).pollActivityBuffer("worker-1");
			assertThat(header("user-agent")).startsWith("sw4rm-scheduler-java");
		});
	}

	@Test
	void appliesGlobalAndSchedulerInterceptorsInOrderButNoOthers() {
		this.contextRunner.withUserConfiguration(InterceptorsConfiguration.class).run((context) -> {
			context.getBean(SchedulerClient.class).pollActivityBuffer("worker-1");
			assertThat(context.getBean(InterceptorsConfiguration.class).called).containsExactly("scheduler-1",
					"global-2", "scheduler-3");
		});
	}

	@Test
	void leavesOtherChannelsOfFactoryAlone() {
		this.contextRunner.withUserConfiguration(InterceptorsConfiguration.class)
			.withPropertyValues("sw4rm.scheduler.user-agent=my-app/1")
			.run((context) -> {
				ManagedChannel other = context.getBean(GrpcChannelFactory.class)
					.createChannel(scheduler.address(), ChannelBuilderOptions.defaults());
				SchedulerClient.create(other).pollActivityBuffer("worker-1");
				assertThat(header("user-agent")).startsWith("grpc-java");
				assertThat(context.getBean(InterceptorsConfiguration.class).called).containsExactly("global-2");
			});
	}

	@Test
	void buildsFurtherClientsFromPrototype() {
		this.contextRunner.withPropertyValues("sw4rm.scheduler.metadata.a=property").run((context) -> {
			SchedulerClient client = context.getBean(SchedulerClientBuilder.class).metadata("b", "own").build();
			client.pollActivityBuffer("worker-1");
			assertThat(header("a")).isEqualTo("property");
			assertThat(header("b")).isEqualTo("own");
			context.getBean(SchedulerClient.class).pollActivityBuffer("worker-1");
			assertThat(header("b")).isNull();
		});
	}

	@Test
	void worksWithLazyInitialization() {
		this.contextRunner
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.run((context) -> assertThat(context.getBean(SchedulerClient.class).pollActivityBuffer("worker-1"))
				.isEmpty());
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void initializesNoBeanTooEarly(CapturedOutput output) {
		this.contextRunner.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).doesNotContain("not eligible for getting processed by all BeanPostProcessors");
	}

	@Test
	void bindsEnvironmentVariables() {
		this.contextRunner
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.replace("systemEnvironment", new SystemEnvironmentPropertySource("systemEnvironment",
						Map.of("SW4RM_SCHEDULER_DEADLINES_SUBMITTASK", "7s", "SW4RM_SCHEDULER_METADATA_TENANT",
								"acme"))))
			.run((context) -> {
				SchedulerProperties properties = context.getBean(SchedulerProperties.class);
				assertThat(properties.getDeadlines().get(SchedulerOperation.SUBMIT_TASK))
					.isEqualTo(Duration.ofSeconds(7));
				assertThat(properties.getMetadata()).containsEntry("tenant", "acme");
			});
	}

	@Test
	void keepsPlaintextThatWasAskedForWhenDefaultChannelUsesTls() {
		this.contextRunner
			.withPropertyValues("sw4rm.scheduler.address=http://" + scheduler.address(),
					"spring.grpc.client.channel.default.ssl.enabled=true")
			.run((context) -> assertThat(context.getBean(SchedulerClient.class).pollActivityBuffer("worker-1"))
				.isEmpty());
	}

	@Test
	void otherChannelsDoNotDependOnConnectionDetails() {
		this.contextRunner
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.withBean(SchedulerConnectionDetails.class, () -> {
				throw new IllegalStateException("asked for");
			})
			.run((context) -> assertThat(context.getBean(GrpcChannelFactory.class).createChannel(scheduler.address()))
				.isNotNull());
	}

	@Test
	void toleratesSeveralClientsOfUser() {
		AsyncSchedulerClient client = SchedulerClient.builder(channelOfUser).buildAsync();
		this.contextRunner.withBean("one", AsyncSchedulerClient.class, () -> client)
			.withBean("two", AsyncSchedulerClient.class, () -> client)
			.run((context) -> assertThat(context).hasSingleBean(ReactiveSchedulerClient.class));
	}

	@Test
	void refusesToChooseAmongSeveralConvertersOfUser() {
		this.contextRunner.withBean("one", PayloadConverter.class, () -> (params, contentType) -> new byte[0])
			.withBean("two", PayloadConverter.class, () -> (params, contentType) -> new byte[0])
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("expected single matching bean but found 2: one,two"));
	}

	@Test
	void shutsChannelDownWithContext() {
		ManagedChannel[] channel = new ManagedChannel[1];
		this.contextRunner.run((context) -> channel[0] = channel(context));
		assertThat(channel[0].isShutdown()).isTrue();
	}

	@Test
	void makesNoConnectionBeforeFirstCall() {
		this.contextRunner
			.run((context) -> assertThat(channel(context).getState(false)).isEqualTo(ConnectivityState.IDLE));
	}

	private static ManagedChannel channel(ApplicationContext context) {
		return context.getBean("sw4rmSchedulerChannel", ManagedChannel.class);
	}

	private static ManagedChannel newChannel() {
		return NettyChannelBuilder.forTarget(scheduler.address(), InsecureChannelCredentials.create()).build();
	}

	private static String header(String name) {
		return headers.get(headers.size() - 1).get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
	}

	record Payload(String orderName) {

	}

	static class HeaderRecorder implements ServerInterceptor {

		@Override
		public <Q, S> ServerCall.Listener<Q> interceptCall(ServerCall<Q, S> call, Metadata metadata,
				ServerCallHandler<Q, S> next) {
			headers.add(metadata);
			return next.startCall(call, metadata);
		}

	}

	static class ChannelUser {

		private final Channel channel;

		ChannelUser(Channel channel) {
			this.channel = channel;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ClientBuilderConfiguration {

		@Bean
		SchedulerClientBuilder myBuilder() {
			return SchedulerClient.builder(channelOfUser).metadata("from", "user");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ClientCustomizersConfiguration {

		@Bean
		@Order(2)
		SchedulerClientBuilderCustomizer second() {
			return (name, builder) -> builder.metadata("c", "second");
		}

		@Bean
		@Order(1)
		SchedulerClientBuilderCustomizer first() {
			return (name, builder) -> builder.metadata("b", "first").metadata("c", "first");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class InterceptorsConfiguration {

		private final List<String> called = new CopyOnWriteArrayList<>();

		@Bean
		@SchedulerClientInterceptor
		@Order(3)
		ClientInterceptor scheduler3() {
			return recorder("scheduler-3");
		}

		@Bean
		@GlobalClientInterceptor
		@Order(2)
		ClientInterceptor global2() {
			return recorder("global-2");
		}

		@Bean
		@SchedulerClientInterceptor
		@Order(1)
		ClientInterceptor scheduler1() {
			return recorder("scheduler-1");
		}

		@Bean
		ClientInterceptor unmarked() {
			return recorder("unmarked");
		}

		private ClientInterceptor recorder(String name) {
			return new ClientInterceptor() {

				@Override
				public <Q, S> ClientCall<Q, S> interceptCall(MethodDescriptor<Q, S> method, CallOptions callOptions,
						Channel next) {
					InterceptorsConfiguration.this.called.add(name);
					return next.newCall(method, callOptions);
				}

			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(UntypedFactoryBean.class)
	static class FactoryBeanConfiguration {

	}

	/**
	 * A bean whose type is only known when its factory is initialized.
	 */
	@SuppressWarnings("rawtypes")
	static class UntypedFactoryBean implements FactoryBean, InitializingBean {

		@Autowired
		private Environment environment;

		private Object object;

		@Override
		public void afterPropertiesSet() {
			this.object = "object";
		}

		@Override
		public Object getObject() {
			return this.object;
		}

		@Override
		public Class<?> getObjectType() {
			return (this.object != null) ? this.object.getClass() : null;
		}

	}

}
