package io.sw4rm.scheduler.autoconfigure.health;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;

import io.grpc.BindableService;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointAutoConfiguration;
import org.springframework.boot.actuate.endpoint.ApiVersion;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.web.WebServerNamespace;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.CompositeChannelFactoryAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration;
import org.springframework.boot.health.actuate.endpoint.ReactiveHealthEndpointWebExtension;
import org.springframework.boot.health.autoconfigure.actuate.endpoint.HealthEndpointAutoConfiguration;
import org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration;
import org.springframework.boot.health.autoconfigure.registry.HealthContributorRegistryAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.health.registry.HealthContributorRegistry;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import io.sw4rm.scheduler.autoconfigure.SchedulerAutoConfiguration;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.proto.SchedulerServiceGrpc.SchedulerServiceImplBase;
import io.sw4rm.scheduler.testsupport.Ports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link SchedulerHealthContributorAutoConfiguration}.
 */
@Execution(ExecutionMode.CONCURRENT)
class SchedulerHealthContributorAutoConfigurationTests {

	private static final Set<Thread.State> WAITS = Set.of(Thread.State.WAITING, Thread.State.TIMED_WAITING);

	private static final String HEALTH_DEADLINE = "sw4rm.scheduler.health.deadline=30s";

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, GrpcClientAutoConfiguration.class,
				CompositeChannelFactoryAutoConfiguration.class, SchedulerAutoConfiguration.class,
				HealthContributorRegistryAutoConfiguration.class, HealthContributorAutoConfiguration.class,
				SchedulerHealthContributorAutoConfiguration.class));

	@Test
	void isUpWhenSchedulerIsServing() {
		try (EmbeddedScheduler scheduler = EmbeddedScheduler.start()) {
			at(scheduler.address()).run((context) -> {
				Health health = health(context);
				assertThat(health.getStatus()).isEqualTo(Status.UP);
				assertThat(health.getDetails()).containsEntry("target", scheduler.address())
					.containsEntry("channelState", "READY")
					.containsEntry("scheduler", "SERVING")
					.doesNotContainKey("error");
				assertThat(health.getDetails().get("roundTripMillis")).isInstanceOf(Long.class);
				assertThat(health.getDetails().get("since")).isInstanceOf(Instant.class);
			});
		}
	}

	@Test
	void isUpHoweverLongTheDeadline() {
		try (EmbeddedScheduler scheduler = EmbeddedScheduler.start()) {
			at(scheduler.address()).withPropertyValues("sw4rm.scheduler.health.deadline=PT2562047788015H")
				.run((context) -> assertThat(health(context).getStatus()).isEqualTo(Status.UP));
		}
	}

	@Test
	void isOutOfServiceWhenSchedulerIsNotServing() {
		try (EmbeddedScheduler scheduler = EmbeddedScheduler.start()) {
			at(scheduler.address()).run((context) -> {
				Instant upSince = (Instant) health(context).getDetails().get("since");
				assertThat(health(context).getDetails()).containsEntry("since", upSince);
				scheduler.setServing(false);
				Health health = health(context);
				assertThat(health.getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
				assertThat(health.getDetails()).containsEntry("scheduler", "NOT_SERVING");
				assertThat((Instant) health.getDetails().get("since")).isAfter(upSince);
			});
		}
	}

	@Test
	void isUpWhenSchedulerOffersNoHealthService() throws Exception {
		withServer(new SchedulerServiceImplBase() {
		}, (address) -> at(address).run((context) -> {
			Health health = health(context);
			assertThat(health.getStatus()).isEqualTo(Status.UP);
			assertThat(health.getDetails()).containsEntry("scheduler", "NOT_OFFERED");
		}));
	}

	@Test
	void isUpWhenHealthServiceDoesNotKnowScheduler() throws Exception {
		withServer(new HealthGrpc.HealthImplBase() {

			@Override
			public void check(HealthCheckRequest request, StreamObserver<HealthCheckResponse> observer) {
				observer.onError(io.grpc.Status.NOT_FOUND.asRuntimeException());
			}

		}, (address) -> at(address).run((context) -> assertThat(health(context).getStatus()).isEqualTo(Status.UP)));
	}

	@Test
	void isDownWithinDeadlineWhenSchedulerHangs() throws Exception {
		withServer(new HealthGrpc.HealthImplBase() {

			@Override
			public void check(HealthCheckRequest request, StreamObserver<HealthCheckResponse> observer) {
			}

		}, (address) -> at(address).withPropertyValues("sw4rm.scheduler.health.deadline=100ms").run((context) -> {
			Health health = health(context);
			assertThat(health.getStatus()).isEqualTo(Status.DOWN);
			assertThat(health.getDetails()).containsEntry("scheduler", "UNREACHABLE")
				.hasEntrySatisfying("error", (error) -> assertThat(error).asString().contains("DEADLINE_EXCEEDED"));
		}));
	}

	@Test
	void isDownWhileSchedulerIsAwayAndUpAgainWhenItIsBack() {
		EmbeddedScheduler first = EmbeddedScheduler.start();
		at(first.address()).run((context) -> {
			assertThat(health(context).getStatus()).isEqualTo(Status.UP);
			first.close();
			Health health = health(context);
			assertThat(health.getStatus()).isEqualTo(Status.DOWN);
			assertThat(health.getDetails()).hasEntrySatisfying("error",
					(error) -> assertThat(error).asString().contains("UNAVAILABLE"));
			try (EmbeddedScheduler second = Ports.listenAgain(EmbeddedScheduler.builder().port(first.port())::start)) {
				await().until(() -> health(context).getStatus().equals(Status.UP));
				assertThat(second.port()).isEqualTo(first.port());
			}
		});
	}

	@Test
	void isUpAfterChannelWasIdle() {
		try (EmbeddedScheduler scheduler = EmbeddedScheduler.start()) {
			at(scheduler.address()).run((context) -> {
				context.getBean(SchedulerClient.class).pollActivityBuffer("worker-1");
				context.getBean("sw4rmSchedulerChannel", ManagedChannel.class).enterIdle();
				assertThat(health(context).getStatus()).isEqualTo(Status.UP);
			});
		}
	}

	@Test
	void askersShareOneProbe() throws Exception {
		AtomicInteger probes = new AtomicInteger();
		CountDownLatch answer = new CountDownLatch(1);
		withServer(new HealthGrpc.HealthImplBase() {

			@Override
			public void check(HealthCheckRequest request, StreamObserver<HealthCheckResponse> observer) {
				probes.incrementAndGet();
				awaitUninterruptibly(answer);
				observer.onNext(
						HealthCheckResponse.newBuilder().setStatus(HealthCheckResponse.ServingStatus.SERVING).build());
				observer.onCompleted();
			}

		}, (address) -> at(address).run((context) -> {
			HealthIndicator indicator = indicator(context);
			List<FutureTask<Health>> askers = IntStream.range(0, 100)
				.mapToObj((i) -> new FutureTask<>(indicator::health))
				.toList();
			List<Thread> threads = askers.stream().map(Thread::new).toList();
			threads.forEach(Thread::start);
			await().until(() -> threads.stream().allMatch((thread) -> WAITS.contains(thread.getState())));
			answer.countDown();
			for (FutureTask<Health> asker : askers) {
				assertThat(asker.get().getStatus()).isEqualTo(Status.UP);
			}
			assertThat(probes).hasValue(1);
		}));
	}

	@Test
	void isShownInReactiveApplications() {
		try (EmbeddedScheduler scheduler = EmbeddedScheduler.start()) {
			new ReactiveWebApplicationContextRunner()
				.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, GrpcClientAutoConfiguration.class,
						CompositeChannelFactoryAutoConfiguration.class, SchedulerAutoConfiguration.class,
						HealthContributorRegistryAutoConfiguration.class, HealthContributorAutoConfiguration.class,
						SchedulerHealthContributorAutoConfiguration.class, EndpointAutoConfiguration.class,
						WebEndpointAutoConfiguration.class, HealthEndpointAutoConfiguration.class))
				.withPropertyValues("sw4rm.scheduler.address=" + scheduler.address(), HEALTH_DEADLINE)
				.run((context) -> {
					var response = context.getBean(ReactiveHealthEndpointWebExtension.class)
						.health(ApiVersion.LATEST, WebServerNamespace.SERVER, SecurityContext.NONE, true,
								"sw4rmScheduler")
						.block();
					assertThat(response.getStatus()).isEqualTo(200);
					assertThat(response.getBody().getStatus()).isEqualTo(Status.UP);
				});
		}
	}

	@Test
	void canBeSwitchedOff() {
		at("localhost:1").withPropertyValues("management.health.sw4rm-scheduler.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean("sw4rmSchedulerHealthContributor"));
	}

	@Test
	void backsOffWhenSchedulerIsDisabled() {
		at("localhost:1").withPropertyValues("sw4rm.scheduler.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean("sw4rmSchedulerHealthContributor"));
	}

	@Test
	void backsOffWhenUserDefinesIndicator() {
		at("localhost:1")
			.withBean("sw4rmSchedulerHealthIndicator", HealthIndicator.class, () -> () -> Health.unknown().build())
			.run((context) -> assertThat(health(context).getStatus()).isEqualTo(Status.UNKNOWN));
	}

	@Test
	void backsOffWithoutActuator() {
		at("localhost:1").withClassLoader(new FilteredClassLoader(HealthIndicator.class))
			.run((context) -> assertThat(context).hasSingleBean(SchedulerClient.class)
				.doesNotHaveBean(SchedulerHealthContributorAutoConfiguration.class));
	}

	@Test
	void isUpWithoutLibraryOfHealthProtocol() {
		try (EmbeddedScheduler scheduler = EmbeddedScheduler.start()) {
			at(scheduler.address()).withClassLoader(new FilteredClassLoader(HealthGrpc.class))
				.run((context) -> assertThat(health(context).getStatus()).isEqualTo(Status.UP));
		}
	}

	private ApplicationContextRunner at(String address) {
		return this.contextRunner.withPropertyValues("sw4rm.scheduler.address=" + address, HEALTH_DEADLINE);
	}

	private static Health health(ApplicationContext context) {
		return indicator(context).health();
	}

	private static HealthIndicator indicator(ApplicationContext context) {
		return (HealthIndicator) context.getBean(HealthContributorRegistry.class).getContributor("sw4rmScheduler");
	}

	private static void awaitUninterruptibly(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static void withServer(BindableService service, Consumer<String> test) throws Exception {
		Server server = NettyServerBuilder.forPort(0).addService(service).build().start();
		try {
			test.accept("localhost:" + server.getPort());
		}
		finally {
			server.shutdownNow().awaitTermination();
		}
	}

}
