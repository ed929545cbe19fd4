package io.sw4rm.scheduler.xds;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;

import com.google.protobuf.UInt32Value;
import com.google.protobuf.util.Durations;
import io.grpc.InsecureChannelCredentials;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.xds.XdsChannelCredentials;
import io.grpc.xds.shaded.io.envoyproxy.envoy.config.route.v3.RetryPolicy;
import io.grpc.xds.shaded.io.envoyproxy.envoy.config.route.v3.RouteAction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.CompositeChannelFactoryAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.grpc.client.ChannelCredentialsProvider;
import org.springframework.grpc.client.GrpcChannelFactory;
import org.springframework.grpc.client.ShadedNettyGrpcChannelFactory;

import io.sw4rm.scheduler.autoconfigure.SchedulerAutoConfiguration;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SchedulerDeadlineExceededException;
import io.sw4rm.scheduler.client.SchedulerUnavailableException;
import io.sw4rm.scheduler.client.TaskSubmission;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.embedded.Rpc;
import io.sw4rm.scheduler.testsupport.TestCertificates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for schedulers that an xDS control plane names. gRPC reads the bootstrap file
 * once in the life of a JVM and keeps a client for each target, so the tests share the
 * control plane, and each has a service of its own.
 */
@Timeout(120)
class XdsTests {

	private static final String BOOTSTRAP = "io.grpc.xds.bootstrap";

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final XdsControlPlane controlPlane = new XdsControlPlane();

	private static final TestCertificates certificates = new TestCertificates();

	private final EmbeddedScheduler scheduler = EmbeddedScheduler.builder().address("127.0.0.1").start();

	private final EmbeddedScheduler otherScheduler = EmbeddedScheduler.builder().address("127.0.0.1").start();

	private String service;

	private ApplicationContextRunner contextRunner;

	@BeforeAll
	static void writeBootstrap(@TempDir Path directory) throws Exception {
		Path certificate = Files.writeString(directory.resolve("authority.crt"), certificates.authorityPem());
		Path key = Files.writeString(directory.resolve("authority.key"), certificates.authority().getPrivateKeyPEM());
		controlPlane.start();
		Path bootstrap = Files.writeString(directory.resolve("bootstrap.json"),
				controlPlane.bootstrap(certificate, key));
		System.setProperty(BOOTSTRAP, bootstrap.toString());
	}

	@AfterAll
	static void forgetBootstrap() throws InterruptedException {
		System.clearProperty(BOOTSTRAP);
		controlPlane.stop();
	}

	@BeforeEach
	void useService(TestInfo test) {
		this.service = test.getTestMethod().orElseThrow().getName().toLowerCase(Locale.ROOT);
		this.contextRunner = new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, GrpcClientAutoConfiguration.class,
					CompositeChannelFactoryAutoConfiguration.class, SchedulerAutoConfiguration.class))
			.withPropertyValues("sw4rm.scheduler.address=xds:///" + this.service);
	}

	@AfterEach
	void restoreControlPlane() throws IOException {
		controlPlane.start();
	}

	@AfterEach
	void stopSchedulers() {
		this.scheduler.close();
		this.otherScheduler.close();
	}

	@Test
	void callsSchedulerThatControlPlaneNames() {
		controlPlane.serve(this.service, this.scheduler);
		this.contextRunner.run((context) -> submit(context.getBean(SchedulerClient.class)));
		assertThat(this.scheduler.agent("worker-1").queued()).hasSize(1);
	}

	@Test
	void bringsNettyThatBootPrefers() {
		this.contextRunner.run((context) -> assertThat(context.getBean(GrpcChannelFactory.class))
			.isInstanceOf(ShadedNettyGrpcChannelFactory.class));
	}

	@Test
	void balancesAsControlPlaneSaysAndNotAsPropertySays() {
		controlPlane.serve(this.service, this.scheduler, this.otherScheduler);
		this.contextRunner.withPropertyValues("sw4rm.scheduler.load-balancing-policy=pick_first").run((context) -> {
			SchedulerClient client = context.getBean(SchedulerClient.class);
			// Until both connections stand, all calls go to one
			await().atMost(PATIENCE).until(() -> {
				poll(client);
				return calls(this.scheduler) > 0 && calls(this.otherScheduler) > 0;
			});
			this.scheduler.reset();
			this.otherScheduler.reset();
			for (int i = 0; i < 10; i++) {
				poll(client);
			}
			assertThat(calls(this.scheduler)).isEqualTo(5);
			assertThat(calls(this.otherScheduler)).isEqualTo(5);
		});
	}

	@Test
	void followsServiceToAnotherScheduler() {
		controlPlane.serve(this.service, this.scheduler);
		// gRPC keeps connections that it no longer needs for some seconds
		this.contextRunner.withPropertyValues("sw4rm.scheduler.shutdown-grace-period=0s").run((context) -> {
			SchedulerClient client = context.getBean(SchedulerClient.class);
			poll(client);
			controlPlane.serve(this.service, this.otherScheduler);
			await().atMost(PATIENCE).until(() -> {
				poll(client);
				return calls(this.otherScheduler) > 0;
			});
			this.scheduler.reset();
			for (int i = 0; i < 10; i++) {
				poll(client);
			}
			assertThat(calls(this.scheduler)).isZero();
		});
	}

	@Test
	void callsSchedulerThatDoesNotServeAlthoughPropertySaysOtherwise() {
		this.scheduler.setServing(false);
		controlPlane.serve(this.service, this.scheduler);
		this.contextRunner.withPropertyValues("sw4rm.scheduler.health-checking.enabled=true")
			.run((context) -> poll(context.getBean(SchedulerClient.class)));
		assertThat(calls(this.scheduler)).isOne();
	}

	@Test
	void retriesNothingByItself() {
		controlPlane.serve(this.service, this.scheduler);
		this.scheduler.faults().on(Rpc.POLL_ACTIVITY_BUFFER).fail(Status.UNAVAILABLE);
		this.contextRunner.withPropertyValues("sw4rm.scheduler.retry.operations=poll-activity-buffer")
			.run((context) -> assertThatExceptionOfType(SchedulerUnavailableException.class)
				.isThrownBy(() -> poll(context.getBean(SchedulerClient.class))));
		assertThat(calls(this.scheduler)).isOne();
	}

	@Test
	void retriesWhatRouteSays() {
		controlPlane.serve(this.service, retryOnce(), this.scheduler);
		this.scheduler.faults().on(Rpc.SUBMIT_TASK).fail(Status.UNAVAILABLE);
		this.contextRunner.withPropertyValues("sw4rm.scheduler.retry.max-attempts=1")
			.run((context) -> submit(context.getBean(SchedulerClient.class)));
		assertThat(this.scheduler.faults().calls(Rpc.SUBMIT_TASK)).isEqualTo(2);
	}

	@Test
	void keepsDeadlineOfClient() {
		controlPlane.serve(this.service, this.scheduler);
		this.contextRunner.withPropertyValues("sw4rm.scheduler.deadlines.submit-task=2s").run((context) -> {
			SchedulerClient client = context.getBean(SchedulerClient.class);
			poll(client);
			this.scheduler.faults().on(Rpc.SUBMIT_TASK).hang();
			assertThatExceptionOfType(SchedulerDeadlineExceededException.class).isThrownBy(() -> submit(client));
		});
		assertThat(this.scheduler.faults().calls(Rpc.SUBMIT_TASK)).isOne();
	}

	@Test
	void routeMayShortenDeadline() {
		RouteAction route = RouteAction.newBuilder()
			.setMaxStreamDuration(
					RouteAction.MaxStreamDuration.newBuilder().setMaxStreamDuration(Durations.fromMillis(300)))
			.build();
		controlPlane.serve(this.service, route, this.scheduler);
		this.scheduler.faults().on(Rpc.SUBMIT_TASK).hang();
		this.contextRunner.withPropertyValues("sw4rm.scheduler.deadline=1h")
			.run((context) -> assertThatExceptionOfType(SchedulerDeadlineExceededException.class)
				.isThrownBy(() -> submit(context.getBean(SchedulerClient.class))));
	}

	@Test
	void sendsMetadataOfClient() {
		List<Metadata> received = new CopyOnWriteArrayList<>();
		try (EmbeddedScheduler scheduler = EmbeddedScheduler.builder()
			.address("127.0.0.1")
			.intercept(new MetadataRecorder(received))
			.start()) {
			controlPlane.serve(this.service, scheduler);
			this.contextRunner.withPropertyValues("sw4rm.scheduler.metadata.x-tenant=acme")
				.run((context) -> submit(context.getBean(SchedulerClient.class)));
		}
		assertThat(received).singleElement()
			.satisfies((
					metadata) -> assertThat(metadata.get(Metadata.Key.of("x-tenant", Metadata.ASCII_STRING_MARSHALLER)))
						.isEqualTo("acme"));
	}

	@Test
	void waitsForSchedulerWhenAsked() {
		controlPlane.serve(this.service);
		this.contextRunner.withPropertyValues("sw4rm.scheduler.wait-for-ready=true", "sw4rm.scheduler.deadline=500ms")
			.run((context) -> assertThatExceptionOfType(SchedulerDeadlineExceededException.class)
				.isThrownBy(() -> poll(context.getBean(SchedulerClient.class))));
	}

	@Test
	void failsAtOnceWhileControlPlaneNamesNoScheduler() {
		controlPlane.serve(this.service);
		this.contextRunner.run((context) -> assertThatExceptionOfType(SchedulerUnavailableException.class)
			.isThrownBy(() -> poll(context.getBean(SchedulerClient.class))));
	}

	@Test
	void keepsDeadlineWhenControlPlaneDoesNotKnowService() {
		this.contextRunner.withPropertyValues("sw4rm.scheduler.deadline=500ms")
			.run((context) -> assertThatExceptionOfType(SchedulerDeadlineExceededException.class)
				.isThrownBy(() -> poll(context.getBean(SchedulerClient.class))));
	}

	@Test
	void startsWithoutControlPlaneAndAsksItOnceItIsThere() throws Exception {
		controlPlane.serve(this.service, this.scheduler);
		controlPlane.stop();
		this.contextRunner.run((context) -> {
			SchedulerClient client = context.getBean(SchedulerClient.class);
			assertThatExceptionOfType(SchedulerUnavailableException.class).isThrownBy(() -> poll(client));
			controlPlane.start();
			await().atMost(PATIENCE)
				.ignoreExceptionsInstanceOf(SchedulerUnavailableException.class)
				.untilAsserted(() -> poll(client));
		});
		assertThat(calls(this.scheduler)).isOne();
	}

	@Test
	void callsOnWhenControlPlaneGoesAway() {
		controlPlane.serve(this.service, this.scheduler);
		this.contextRunner.run((context) -> {
			SchedulerClient client = context.getBean(SchedulerClient.class);
			poll(client);
			controlPlane.stop();
			poll(client);
		});
		assertThat(calls(this.scheduler)).isEqualTo(2);
	}

	@Test
	void usesTlsOfPropertiesAndExpectsCertificateOfService() {
		try (EmbeddedScheduler scheduler = tlsScheduler(this.service);
				EmbeddedScheduler impostor = tlsScheduler("localhost")) {
			this.contextRunner = this.contextRunner.withPropertyValues("sw4rm.scheduler.ssl.bundle=scheduler",
					certificates.trustProperty("scheduler"));
			controlPlane.serve(this.service, impostor);
			this.contextRunner.run((context) -> assertThatExceptionOfType(SchedulerUnavailableException.class)
				.isThrownBy(() -> submit(context.getBean(SchedulerClient.class))));
			controlPlane.serve(this.service, scheduler);
			this.contextRunner.run((context) -> submit(context.getBean(SchedulerClient.class)));
			assertThat(impostor.queued()).isEmpty();
			assertThat(scheduler.queued()).hasSize(1);
		}
	}

	@Test
	void takesNoTlsFromControlPlaneByItself() {
		try (EmbeddedScheduler scheduler = tlsScheduler(this.service)) {
			controlPlane.serveWithTls(this.service, scheduler);
			this.contextRunner.run((context) -> assertThatExceptionOfType(SchedulerUnavailableException.class)
				.isThrownBy(() -> submit(context.getBean(SchedulerClient.class))));
		}
	}

	@Test
	void takesTlsFromControlPlaneWithXdsChannelCredentials() {
		try (EmbeddedScheduler scheduler = tlsScheduler(this.service)) {
			controlPlane.serveWithTls(this.service, scheduler);
			this.contextRunner.withBean(ChannelCredentialsProvider.class, XdsTests::xdsCredentials)
				.run((context) -> submit(context.getBean(SchedulerClient.class)));
			assertThat(scheduler.queued()).hasSize(1);
		}
	}

	@Test
	void prefersTlsOfPropertiesToXdsChannelCredentials() {
		try (EmbeddedScheduler scheduler = tlsScheduler(this.service)) {
			controlPlane.serveWithTls(this.service, scheduler);
			// Unlike the control plane, the JVM doesn't trust the certificate
			this.contextRunner.withBean(ChannelCredentialsProvider.class, XdsTests::xdsCredentials)
				.withPropertyValues("sw4rm.scheduler.ssl.enabled=true")
				.run((context) -> assertThatExceptionOfType(SchedulerUnavailableException.class)
					.isThrownBy(() -> submit(context.getBean(SchedulerClient.class))));
		}
	}

	private static ChannelCredentialsProvider xdsCredentials() {
		return (target) -> XdsChannelCredentials.create(InsecureChannelCredentials.create());
	}

	private static EmbeddedScheduler tlsScheduler(String name) {
		return EmbeddedScheduler.builder()
			.address("127.0.0.1")
			.serverCredentials(certificates.serverCredentials(name))
			.start();
	}

	private static RouteAction retryOnce() {
		return RouteAction.newBuilder()
			.setRetryPolicy(RetryPolicy.newBuilder().setRetryOn("unavailable").setNumRetries(UInt32Value.of(1)))
			.build();
	}

	private static void submit(SchedulerClient client) {
		client.submitTask(TaskSubmission.forAgent("worker-1").build());
	}

	private static void poll(SchedulerClient client) {
		client.pollActivityBuffer("worker-1");
	}

	private static long calls(EmbeddedScheduler scheduler) {
		return scheduler.faults().calls(Rpc.POLL_ACTIVITY_BUFFER);
	}

	private record MetadataRecorder(List<Metadata> received) implements ServerInterceptor {

		@Override
		public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata metadata,
				ServerCallHandler<Q, R> next) {
			this.received.add(metadata);
			return next.startCall(call, metadata);
		}

	}

}
