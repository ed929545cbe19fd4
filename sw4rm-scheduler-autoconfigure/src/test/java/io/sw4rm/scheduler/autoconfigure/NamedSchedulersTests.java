package io.sw4rm.scheduler.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.actuate.info.Info;
import org.springframework.boot.actuate.info.InfoContributor;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.context.annotation.Lazy;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.CompositeChannelFactoryAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.sw4rm.scheduler.autoconfigure.actuate.SchedulerEndpoint;
import io.sw4rm.scheduler.autoconfigure.actuate.SchedulerEndpointAutoConfiguration;
import io.sw4rm.scheduler.autoconfigure.auth.SchedulerAuthAutoConfiguration;
import io.sw4rm.scheduler.autoconfigure.auth.SchedulerTokenSupplier;
import io.sw4rm.scheduler.autoconfigure.channel.SchedulerConnection;
import io.sw4rm.scheduler.autoconfigure.embedded.EmbeddedSchedulerAutoConfiguration;
import io.sw4rm.scheduler.autoconfigure.health.SchedulerHealthContributorAutoConfiguration;
import io.sw4rm.scheduler.autoconfigure.metrics.SchedulerMetricsAutoConfiguration;
import io.sw4rm.scheduler.autoconfigure.startup.SchedulerStartupAutoConfiguration;
import io.sw4rm.scheduler.client.AsyncSchedulerClient;
import io.sw4rm.scheduler.client.ReactiveSchedulerClient;
import io.sw4rm.scheduler.client.SchedulerCall;
import io.sw4rm.scheduler.client.SchedulerCallLimitException;
import io.sw4rm.scheduler.client.SchedulerCallListener;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SchedulerExceptionTranslator;
import io.sw4rm.scheduler.client.SchedulerOperation;
import io.sw4rm.scheduler.client.TaskSubmission;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.embedded.Rpc;
import io.sw4rm.scheduler.testsupport.TestCertificates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.entry;
import static org.awaitility.Awaitility.await;

/**
 * Tests for applications with several schedulers, which properties alone define.
 */
@Isolated("Looks at the threads of the JVM")
class NamedSchedulersTests {

	private static final String BLUE = "sw4rm.scheduler.client.blue.";

	private static final String GREEN = "sw4rm.scheduler.client.green.";

	private final HeaderRecorder blueHeaders = new HeaderRecorder();

	private final HeaderRecorder greenHeaders = new HeaderRecorder();

	private final EmbeddedScheduler blue = EmbeddedScheduler.builder().intercept(this.blueHeaders).start();

	private final EmbeddedScheduler green = EmbeddedScheduler.builder().intercept(this.greenHeaders).start();

	private final ApplicationContextRunner unconfiguredRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, GrpcClientAutoConfiguration.class,
				CompositeChannelFactoryAutoConfiguration.class, SchedulerAutoConfiguration.class,
				SchedulerAuthAutoConfiguration.class, SchedulerHealthContributorAutoConfiguration.class,
				SchedulerMetricsAutoConfiguration.class, SchedulerEndpointAutoConfiguration.class,
				SchedulerStartupAutoConfiguration.class, EmbeddedSchedulerAutoConfiguration.class))
		.withBean(SimpleMeterRegistry.class)
		.withPropertyValues("management.endpoints.web.exposure.include=*",
				"management.info.sw4rm-scheduler.enabled=true");

	private final ApplicationContextRunner contextRunner = this.unconfiguredRunner
		.withPropertyValues(BLUE + "address=" + this.blue.address(), GREEN + "address=" + this.green.address());

	private final ApplicationContextRunner withDefaultRunner = this.contextRunner
		.withPropertyValues("sw4rm.scheduler.address=" + this.green.address());

	@AfterEach
	void stop() {
		this.blue.close();
		this.green.close();
	}

	@Test
	void clientsOfAllStylesAreInjectedByQualifierAndByName() {
		this.contextRunner.withUserConfiguration(InjectionConfiguration.class).run((context) -> {
			Injected injected = context.getBean(Injected.class);
			submit(injected.blue(), "blocking");
			injected.asyncBlue().submitTask(task("async")).join();
			injected.reactiveBlue().submitTask(task("reactive")).block();
			submit(context.getBean("blueSchedulerClient", SchedulerClient.class), "by-name");
			submit(injected.green(), "green");
			assertThat(tasks(this.blue)).containsExactly("blocking", "async", "reactive", "by-name");
			assertThat(tasks(this.green)).containsExactly("green");
		});
	}

	@Test
	void clientsAreNotInjectedByPlainType() {
		this.contextRunner.withUserConfiguration(PlainTypeConfiguration.class).run((context) -> {
			Plain plain = context.getBean(Plain.class);
			assertThat(plain.client().getIfAvailable()).isNull();
			assertThat(plain.asyncClient().getIfAvailable()).isNull();
			assertThat(plain.reactiveClient().getIfAvailable()).isNull();
		});
	}

	@Test
	void clientWithoutNameIsAbsentUnlessSomethingConfiguresIt() {
		this.contextRunner.run((context) -> assertThat(context).hasNotFailed()
			.doesNotHaveBean("sw4rmSchedulerChannel")
			.doesNotHaveBean("sw4rmSchedulerClient")
			.doesNotHaveBean(EmbeddedScheduler.class));
	}

	@Test
	void clientWithoutNameIsInjectedByPlainTypeWhenItHasAnAddress() {
		this.withDefaultRunner.withUserConfiguration(PlainTypeConfiguration.class).run((context) -> {
			Plain plain = context.getBean(Plain.class);
			submit(plain.client().getObject(), "blocking");
			plain.asyncClient().getObject().submitTask(task("async")).join();
			plain.reactiveClient().getObject().submitTask(task("reactive")).block();
			assertThat(tasks(this.green)).containsExactly("blocking", "async", "reactive");
			assertThat(tasks(this.blue)).isEmpty();
		});
	}

	@Test
	void connectionDetailsWithoutQualifierServeAll() {
		this.contextRunner.withBean(SchedulerConnectionDetails.class, () -> this.green::address).run((context) -> {
			submit(context.getBean(SchedulerClient.class), "default");
			submit(blue(context), "blue");
			assertThat(tasks(this.green)).containsExactly("default", "blue");
		});
	}

	@Test
	void connectionDetailsWithQualifierServeTheirClientAlone() {
		this.unconfiguredRunner.withPropertyValues(BLUE + "deadline=5s", GREEN + "address=" + this.green.address())
			.withUserConfiguration(BlueConnectionDetailsConfiguration.class)
			.withBean("blueAddress", String.class, this.blue::address)
			.run((context) -> {
				assertThat(context).doesNotHaveBean("sw4rmSchedulerClient");
				submit(blue(context), "blue");
				submit(green(context), "green");
				assertThat(tasks(this.blue)).containsExactly("blue");
				assertThat(tasks(this.green)).containsExactly("green");
			});
	}

	@Test
	void embeddedSchedulerServesAllWhenEnabled() {
		this.withDefaultRunner.withPropertyValues("sw4rm.scheduler.embedded.enabled=true").run((context) -> {
			submit(context.getBean(SchedulerClient.class), "default");
			submit(blue(context), "blue");
			submit(green(context), "green");
			assertThat(tasks(context.getBean(EmbeddedScheduler.class))).containsExactly("default", "blue", "green");
		});
	}

	@Test
	void embeddedSchedulerAddsNoClientWithoutName() {
		this.contextRunner.withPropertyValues("sw4rm.scheduler.embedded.enabled=true").run((context) -> {
			assertThat(context.getBean(SchedulerConnections.class).names()).containsExactly("blue", "green");
			submit(blue(context), "task-1");
			assertThat(tasks(context.getBean(EmbeddedScheduler.class))).containsExactly("task-1");
		});
	}

	@Test
	void namedClientsAreMadeByFactoryOfUser() {
		SchedulerClientFactory factory = (name) -> SchedulerClient.builder(this.green.address());
		this.contextRunner.withBean("mine", SchedulerClientFactory.class, () -> factory).run((context) -> {
			submit(context.getBean("blueSchedulerClient", SchedulerClient.class), "task-1");
			assertThat(tasks(this.green)).containsExactly("task-1");
		});
	}

	@Test
	void clientWithoutAddressFailsNamingTheProperty() {
		this.contextRunner.withPropertyValues("sw4rm.scheduler.client.red.deadline=5s")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("'sw4rm.scheduler.client.red.address' is not set"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "default", "sw4rm", "[Blue]", "[two words]", "[a.b]" })
	void refusesNameThatCannotBeUsed(String name) {
		this.unconfiguredRunner
			.withPropertyValues("sw4rm.scheduler.client" + (name.startsWith("[") ? "" : ".") + name + ".address="
					+ this.blue.address())
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("Use another name")
				.hasStackTraceContaining("sw4rm.scheduler.client"));
	}

	@Test
	void refusesInvalidPropertyByItsFullName() {
		this.contextRunner.withPropertyValues(BLUE + "deadline=0s")
			.run((context) -> assertThat(context).getFailure().hasStackTraceContaining(BLUE + "deadline"));
	}

	@Test
	void inheritsEverythingButAddressCredentialsAndMetadata() {
		this.contextRunner
			.withPropertyValues("sw4rm.scheduler.deadline=5s", "sw4rm.scheduler.deadlines.submit-task=6s",
					"sw4rm.scheduler.retry.max-attempts=4", "sw4rm.scheduler.retry.operations=submit-task",
					"sw4rm.scheduler.keepalive.time=1m", "sw4rm.scheduler.user-agent=inherited",
					"sw4rm.scheduler.max-in-flight=7", "sw4rm.scheduler.metadata.x-tenant=secret",
					"sw4rm.scheduler.auth.token=secret", BLUE + "deadline=7s", BLUE + "retry.max-attempts=2",
					BLUE + "user-agent=own", BLUE + "metadata.x-own=own")
			.run((context) -> {
				SchedulerConnections connections = context.getBean(SchedulerConnections.class);
				SchedulerClientProperties green = connections.properties("green");
				assertThat(green.getDeadline()).isEqualTo(Duration.ofSeconds(5));
				assertThat(green.getDeadlines())
					.containsExactly(entry(SchedulerOperation.SUBMIT_TASK, Duration.ofSeconds(6)));
				assertThat(green.getRetry().getMaxAttempts()).isEqualTo(4);
				assertThat(green.getRetry().getOperations()).containsExactly(SchedulerOperation.SUBMIT_TASK);
				assertThat(green.getKeepalive().getTime()).isEqualTo(Duration.ofMinutes(1));
				assertThat(green.getMaxInFlight()).isEqualTo(7);
				SchedulerClientProperties blue = connections.properties("blue");
				assertThat(blue.getDeadline()).isEqualTo(Duration.ofSeconds(7));
				assertThat(blue.getRetry().getMaxAttempts()).isEqualTo(2);
				assertThat(blue.getRetry().getOperations()).containsExactly(SchedulerOperation.SUBMIT_TASK);
				blue(context).pollActivityBuffer("worker-1");
				green(context).pollActivityBuffer("worker-1");
				assertThat(this.blueHeaders.get("user-agent")).startsWith("own ");
				assertThat(this.blueHeaders.get("x-own")).isEqualTo("own");
				assertThat(this.greenHeaders.get("user-agent")).startsWith("inherited ");
				for (HeaderRecorder headers : List.of(this.blueHeaders, this.greenHeaders)) {
					assertThat(headers.get("x-tenant")).isNull();
					assertThat(headers.get("authorization")).isNull();
				}
			});
	}

	@Test
	void inheritsTlsAndReplacesIt() {
		TestCertificates certificates = new TestCertificates();
		TestCertificates others = new TestCertificates();
		try (EmbeddedScheduler first = EmbeddedScheduler.builder()
			.serverCredentials(certificates.serverCredentials())
			.start();
				EmbeddedScheduler second = EmbeddedScheduler.builder()
					.serverCredentials(others.serverCredentials())
					.start()) {
			this.unconfiguredRunner
				.withPropertyValues("sw4rm.scheduler.ssl.bundle=first", certificates.trustProperty("first"),
						others.trustProperty("second"), BLUE + "address=" + first.address(),
						GREEN + "address=" + second.address(), GREEN + "ssl.bundle=second")
				.run((context) -> {
					assertThat(blue(context).pollActivityBuffer("worker-1")).isEmpty();
					assertThat(green(context).pollActivityBuffer("worker-1")).isEmpty();
				});
		}
	}

	@Test
	void tokensAreThoseOfEachClient() {
		this.withDefaultRunner.withPropertyValues("sw4rm.scheduler.auth.token=of-default", BLUE + "auth.token=of-blue")
			.run((context) -> {
				blue(context).pollActivityBuffer("worker-1");
				assertThat(this.blueHeaders.get("authorization")).isEqualTo("Bearer of-blue");
				green(context).pollActivityBuffer("worker-1");
				assertThat(this.greenHeaders.get("authorization")).isNull();
				context.getBean(SchedulerClient.class).pollActivityBuffer("worker-1");
				assertThat(this.greenHeaders.get("authorization")).isEqualTo("Bearer of-default");
			});
	}

	@Test
	void tokenOfClientComesBeforeSupplierForAll() {
		this.contextRunner.withBean(SchedulerTokenSupplier.class, () -> (request) -> "for-all")
			.withPropertyValues(BLUE + "auth.token=of-blue")
			.run((context) -> {
				submit(blue(context), "one");
				submit(green(context), "two");
				assertThat(this.blueHeaders.get("authorization")).isEqualTo("Bearer of-blue");
				assertThat(this.greenHeaders.get("authorization")).isEqualTo("Bearer for-all");
			});
	}

	@Test
	void supplierInParentContextAppliesToItsClientOnly() {
		new ApplicationContextRunner().withUserConfiguration(BlueTokenConfiguration.class)
			.run((parent) -> this.withDefaultRunner.withParent(parent).run((context) -> {
				submit(blue(context), "one");
				assertThat(this.blueHeaders.get("authorization")).isEqualTo("Bearer of-blue");
				submit(green(context), "two");
				assertThat(this.greenHeaders.get("authorization")).isNull();
				submit(context.getBean(SchedulerClient.class), "three");
				assertThat(this.greenHeaders.get("authorization")).isNull();
			}));
	}

	@Test
	void doesNotInheritNameOfServer() {
		this.unconfiguredRunner
			.withPropertyValues("sw4rm.scheduler.address=https://localhost:1",
					"sw4rm.scheduler.ssl.server-name-override=scheduler.test", BLUE + "address=https://localhost:2")
			.run((context) -> {
				SchedulerConnections connections = context.getBean(SchedulerConnections.class);
				assertThat(connections.get("default").channel().authority()).isEqualTo("scheduler.test");
				assertThat(connections.get("blue").channel().authority()).isEqualTo("localhost:2");
			});
	}

	@Test
	void beansOfOtherSchedulersAreNotCreated() {
		this.contextRunner.withUserConfiguration(LazyGreenConfiguration.class).run((context) -> {
			context.getBean(SchedulerClientFactory.class).create("blue");
			assertThat(context.getBean(LazyGreenConfiguration.class).created).isFalse();
			context.getBean(SchedulerClientFactory.class).create("green");
			assertThat(context.getBean(LazyGreenConfiguration.class).created).isTrue();
		});
	}

	@Test
	void beansApplyToAllUnlessQualifiedWithAName() {
		this.contextRunner.withUserConfiguration(BeansConfiguration.class).run((context) -> {
			blue(context).pollActivityBuffer("worker-1");
			green(context).pollActivityBuffer("worker-1");
			Recorder recorder = context.getBean(Recorder.class);
			assertThat(recorder.events()).containsExactlyInAnyOrder("channel of blue", "channel of green",
					"client of blue", "client of green", "only green channel of green", "only green client of green",
					"listener", "listener", "only green listener", "interceptor", "interceptor",
					"only green interceptor");
			assertThat(this.blueHeaders.get("authorization")).isEqualTo("Bearer for-all");
			assertThat(this.greenHeaders.get("authorization")).isEqualTo("Bearer for-green");
			this.blue.faults().on(Rpc.SUBMIT_TASK).times(1).fail(Status.INTERNAL);
			this.green.faults().on(Rpc.SUBMIT_TASK).times(1).fail(Status.INTERNAL);
			assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> submit(blue(context), "one"))
				.withMessage("for all");
			assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> submit(green(context), "one"))
				.withMessage("for green");
		});
	}

	@Test
	void metersHaveTagOfClientInSuchApplicationsOnly() {
		this.withDefaultRunner.withPropertyValues(GREEN + "metrics.enabled=false").run((context) -> {
			blue(context).pollActivityBuffer("worker-1");
			green(context).pollActivityBuffer("worker-1");
			context.getBean(SchedulerClient.class).pollActivityBuffer("worker-1");
			assertThat(context.getBean(MeterRegistry.class).getMeters()).isNotEmpty()
				.extracting((meter) -> meter.getId().getTag("client"))
				.containsOnly("blue", "default");
		});
		this.unconfiguredRunner.withPropertyValues("sw4rm.scheduler.address=" + this.green.address()).run((context) -> {
			context.getBean(SchedulerClient.class).pollActivityBuffer("worker-1");
			assertThat(context.getBean(MeterRegistry.class).getMeters()).isNotEmpty()
				.extracting((meter) -> meter.getId().getTag("client"))
				.containsOnlyNulls();
		});
	}

	@Test
	void healthIsComposedOfEach() {
		this.contextRunner.withPropertyValues("sw4rm.scheduler.health.deadline=10s", GREEN + "health.deadline=1ms")
			.run((context) -> {
				CompositeHealthContributor health = context.getBean("sw4rmSchedulerHealthContributor",
						CompositeHealthContributor.class);
				assertThat(health.stream()).extracting(CompositeHealthContributor.Entry::name)
					.containsExactlyInAnyOrder("blue", "green");
				HealthIndicator blue = (HealthIndicator) health.getContributor("blue");
				assertThat(blue.health().getDetails()).containsEntry("scheduler", "SERVING")
					.containsEntry("target", this.blue.address());
			});
		this.contextRunner.withPropertyValues(GREEN + "health.deadline=0s")
			.run((context) -> assertThat(context).getFailure().hasStackTraceContaining(GREEN + "health.deadline"));
	}

	@Test
	void endpointAndInfoShowEach() {
		this.withDefaultRunner.run((context) -> {
			submit(blue(context), "task-1");
			SchedulerEndpoint endpoint = context.getBean(SchedulerEndpoint.class);
			assertThat(endpoint.schedulers().clients()).containsOnlyKeys("default", "blue", "green")
				.satisfies((clients) -> assertThat(clients.get("blue").target()).isEqualTo(this.blue.address()))
				.satisfies((clients) -> assertThat(clients.get("blue").calls().get("SubmitTask").total()).isOne())
				.satisfies((clients) -> assertThat(clients.get("green").calls().get("SubmitTask").total()).isZero());
			assertThat(endpoint.activity("worker-1", "blue").entries()).hasSize(1);
			assertThat(endpoint.activity("worker-1", "green").entries()).isEmpty();
			assertThat(endpoint.activity("worker-1", null).entries()).isEmpty();
			assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> endpoint.activity("worker-1", "red"))
				.withMessageContaining("[default, blue, green]");
			Info.Builder info = new Info.Builder();
			context.getBean("sw4rmSchedulerInfoContributor", InfoContributor.class).contribute(info);
			assertThat(info.build().get("sw4rmScheduler")).asInstanceOf(InstanceOfAssertFactories.MAP)
				.containsEntry("targets", Map.of("default", this.green.address(), "blue", this.blue.address(), "green",
						this.green.address()));
		});
	}

	@Test
	void endpointAsksWhichClientIsMeant() {
		this.contextRunner.run((context) -> assertThatExceptionOfType(RuntimeException.class)
			.isThrownBy(() -> context.getBean(SchedulerEndpoint.class).activity("worker-1", null))
			.withMessageContaining("[blue, green]"));
	}

	@Test
	void startIsCheckedForEach() {
		this.contextRunner.withPropertyValues(BLUE + "startup=fail-fast", BLUE + "startup-timeout=10s")
			.run((context) -> assertThat(context).hasNotFailed());
		this.green.close();
		this.contextRunner.withPropertyValues(BLUE + "startup=fail-fast")
			.run((context) -> assertThat(context).hasNotFailed());
		this.contextRunner.withPropertyValues("sw4rm.scheduler.startup=fail-fast", BLUE + "startup=lazy")
			.run((context) -> assertThat(context).getFailure().hasStackTraceContaining(this.green.address()));
	}

	@Test
	void schedulersAtTheSameAddressHaveConnectionsOfTheirOwn() {
		this.withDefaultRunner.withPropertyValues(BLUE + "address=" + this.green.address()).run((context) -> {
			SchedulerConnections connections = context.getBean(SchedulerConnections.class);
			List<Channel> channels = connections.names()
				.stream()
				.map(connections::get)
				.map(SchedulerConnection::channel)
				.toList();
			assertThat(channels).hasSize(3).doesNotHaveDuplicates();
		});
	}

	@Test
	void callLimitIsThatOfOneSchedulerWhateverTheStyleOfItsClients() {
		this.contextRunner.withPropertyValues("sw4rm.scheduler.max-in-flight=1").run((context) -> {
			this.blue.faults().on(Rpc.POLL_ACTIVITY_BUFFER).times(1).hang();
			CompletableFuture<?> call = context.getBean("blueAsyncSchedulerClient", AsyncSchedulerClient.class)
				.pollActivityBuffer("worker-1");
			assertThatExceptionOfType(SchedulerCallLimitException.class)
				.isThrownBy(() -> blue(context).pollActivityBuffer("worker-1"))
				.withMessageContaining(BLUE + "max-in-flight");
			assertThatExceptionOfType(SchedulerCallLimitException.class)
				.isThrownBy(() -> context.getBean("blueReactiveSchedulerClient", ReactiveSchedulerClient.class)
					.pollActivityBuffer("worker-1")
					.blockLast());
			assertThat(green(context).pollActivityBuffer("worker-1")).isEmpty();
			call.cancel(true);
		});
	}

	@Test
	void closingTheContextClosesAllChannelsAndThreads() {
		List<ManagedChannel> channels = new CopyOnWriteArrayList<>();
		// Those of contexts that are cached for other tests
		Set<Thread> threadsBefore = Thread.getAllStackTraces().keySet();
		this.withDefaultRunner.run((context) -> {
			SchedulerConnections connections = context.getBean(SchedulerConnections.class);
			connections.names().forEach((name) -> channels.add((ManagedChannel) connections.get(name).channel()));
			blue(context).pollActivityBuffer("worker-1");
			green(context).pollActivityBuffer("worker-1");
		});
		assertThat(channels).hasSize(3).allMatch(ManagedChannel::isShutdown);
		await().until(() -> channels.stream().allMatch(ManagedChannel::isTerminated));
		await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
			.filteredOn((thread) -> !threadsBefore.contains(thread))
			.extracting(Thread::getName)
			.noneMatch((name) -> name.startsWith("sw4rm-scheduler-reconnect")));
	}

	@Test
	void clientOfApplicationWins() {
		SchedulerClient client = SchedulerClient.create("localhost:1");
		this.contextRunner.withBean("blueSchedulerClient", SchedulerClient.class, () -> client).run((context) -> {
			assertThat(blue(context)).isSameAs(client);
			context.getBean("blueAsyncSchedulerClient", AsyncSchedulerClient.class).submitTask(task("async")).join();
			assertThat(tasks(this.blue)).containsExactly("async");
		});
	}

	@Test
	void factoryNamesTheSchedulersThatItKnows() {
		this.contextRunner.run((context) -> assertThatExceptionOfType(IllegalArgumentException.class)
			.isThrownBy(() -> context.getBean(SchedulerClientFactory.class).builder("red"))
			.withMessageContaining("[blue, green]")
			.withMessageContaining("sw4rm.scheduler.client.red.address"));
	}

	private static SchedulerClient blue(ApplicationContext context) {
		return context.getBean("blueSchedulerClient", SchedulerClient.class);
	}

	private static SchedulerClient green(ApplicationContext context) {
		return context.getBean("greenSchedulerClient", SchedulerClient.class);
	}

	private static void submit(SchedulerClient client, String taskId) {
		client.submitTask(task(taskId));
	}

	private static TaskSubmission task(String taskId) {
		return TaskSubmission.forAgent("worker-1").taskId(taskId).build();
	}

	private static List<String> tasks(EmbeddedScheduler scheduler) {
		return scheduler.agent("worker-1").queued().stream().map((task) -> task.taskId()).toList();
	}

	private static final class HeaderRecorder implements ServerInterceptor {

		private volatile Metadata last = new Metadata();

		@Override
		public <Q, S> ServerCall.Listener<Q> interceptCall(ServerCall<Q, S> call, Metadata headers,
				ServerCallHandler<Q, S> next) {
			this.last = headers;
			return next.startCall(call, headers);
		}

		String get(String name) {
			return this.last.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
		}

	}

	record Injected(SchedulerClient blue, AsyncSchedulerClient asyncBlue, ReactiveSchedulerClient reactiveBlue,
			SchedulerClient green) {

	}

	record Plain(ObjectProvider<SchedulerClient> client, ObjectProvider<AsyncSchedulerClient> asyncClient,
			ObjectProvider<ReactiveSchedulerClient> reactiveClient) {

	}

	record Recorder(Queue<String> events) {

	}

	@Configuration(proxyBeanMethods = false)
	static class BlueTokenConfiguration {

		@Bean
		@Qualifier("blue")
		SchedulerTokenSupplier tokenSupplier() {
			return (request) -> "of-blue";
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class LazyGreenConfiguration {

		private boolean created;

		@Bean
		static BeanFactoryPostProcessor lazyClients() {
			return new LazyInitializationBeanFactoryPostProcessor();
		}

		@Bean
		@Lazy
		@Qualifier("green")
		SchedulerClientBuilderCustomizer customizer() {
			this.created = true;
			return (name, builder) -> {
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class InjectionConfiguration {

		@Bean
		Injected injected(@Qualifier("blue") SchedulerClient blue, @Qualifier("blue") AsyncSchedulerClient asyncBlue,
				@Qualifier("blue") ReactiveSchedulerClient reactiveBlue, @Qualifier("green") SchedulerClient green) {
			return new Injected(blue, asyncBlue, reactiveBlue, green);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class PlainTypeConfiguration {

		@Bean
		Plain plain(ObjectProvider<SchedulerClient> client, ObjectProvider<AsyncSchedulerClient> asyncClient,
				ObjectProvider<ReactiveSchedulerClient> reactiveClient) {
			return new Plain(client, asyncClient, reactiveClient);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class BlueConnectionDetailsConfiguration {

		@Bean
		@Qualifier("blue")
		SchedulerConnectionDetails connectionDetails(String blueAddress) {
			return () -> blueAddress;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class BeansConfiguration {

		@Bean
		Recorder recorder() {
			return new Recorder(new ConcurrentLinkedQueue<>());
		}

		@Bean
		SchedulerChannelBuilderCustomizer channelCustomizer(Recorder recorder) {
			return (name, builder) -> recorder.events().add("channel of " + name);
		}

		@Bean
		@Qualifier("green")
		SchedulerChannelBuilderCustomizer greenChannelCustomizer(Recorder recorder) {
			return (name, builder) -> recorder.events().add("only green channel of " + name);
		}

		@Bean
		SchedulerClientBuilderCustomizer clientCustomizer(Recorder recorder) {
			return (name, builder) -> recorder.events().add("client of " + name);
		}

		@Bean
		@Qualifier("green")
		SchedulerClientBuilderCustomizer greenClientCustomizer(Recorder recorder) {
			return (name, builder) -> recorder.events().add("only green client of " + name);
		}

		@Bean
		SchedulerCallListener listener(Recorder recorder) {
			return new RecordingListener(recorder, "listener");
		}

		@Bean
		@Qualifier("green")
		SchedulerCallListener greenListener(Recorder recorder) {
			return new RecordingListener(recorder, "only green listener");
		}

		@Bean
		@SchedulerClientInterceptor
		ClientInterceptor interceptor(Recorder recorder) {
			return new RecordingInterceptor(recorder, "interceptor");
		}

		@Bean
		@SchedulerClientInterceptor
		@Qualifier("green")
		ClientInterceptor greenInterceptor(Recorder recorder) {
			return new RecordingInterceptor(recorder, "only green interceptor");
		}

		@Bean
		SchedulerTokenSupplier tokenSupplier() {
			return (request) -> "for-all";
		}

		@Bean
		@Qualifier("green")
		SchedulerTokenSupplier greenTokenSupplier() {
			return (request) -> "for-green";
		}

		@Bean
		SchedulerExceptionTranslator translator() {
			return (ex) -> new IllegalStateException("for all", ex);
		}

		@Bean
		@Qualifier("green")
		SchedulerExceptionTranslator greenTranslator() {
			return (ex) -> new IllegalStateException("for green", ex);
		}

	}

	record RecordingListener(Recorder recorder, String name) implements SchedulerCallListener {

		@Override
		public void onEnd(SchedulerCall call) {
			if (call.operation() == SchedulerOperation.POLL_ACTIVITY_BUFFER) {
				this.recorder.events().add(this.name);
			}
		}

	}

	record RecordingInterceptor(Recorder recorder, String name) implements ClientInterceptor {

		@Override
		public <Q, S> ClientCall<Q, S> interceptCall(MethodDescriptor<Q, S> method, CallOptions options, Channel next) {
			if (method.getFullMethodName().endsWith("/PollActivityBuffer")) {
				this.recorder.events().add(this.name);
			}
			return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
			};
		}

	}

}
