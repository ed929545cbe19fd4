package io.sw4rm.scheduler.integration;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.grpc.Attributes;
import io.grpc.Server;
import io.grpc.ServerInterceptor;
import io.grpc.ServerTransportFilter;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.sw4rm.scheduler.client.AsyncSchedulerClient;
import io.sw4rm.scheduler.client.SchedulerUnavailableException;
import io.sw4rm.scheduler.client.TaskSubmission;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.embedded.Rpc;
import io.sw4rm.scheduler.proto.SchedulerServiceGrpc;
import io.sw4rm.scheduler.proto.SubmitTaskRequest;
import io.sw4rm.scheduler.proto.SubmitTaskResponse;
import io.sw4rm.scheduler.testsupport.Ports;
import io.sw4rm.scheduler.testsupport.ReceivedCalls;
import io.sw4rm.scheduler.testsupport.TcpProxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for connections that can't be had or break.
 */
@Timeout(60)
class ConnectionFaultTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	@AutoClose
	private final EmbeddedScheduler scheduler = EmbeddedScheduler.builder().shutdownGracePeriod(Duration.ZERO).start();

	@AutoClose
	private final TcpProxy proxy = new TcpProxy(this.scheduler.port());

	private final ApplicationContextRunner contextRunner = SchedulerApplication.at(this.proxy.address());

	@ParameterizedTest
	@EnumSource
	void reachesSchedulerThatWasDownWhenApplicationStarted(Call call) {
		this.proxy.refuse();
		this.contextRunner.run((context) -> {
			assertThatExceptionOfType(SchedulerUnavailableException.class).isThrownBy(() -> call.make(context));
			this.proxy.restore();
			awaitGoodCall(call, context);
		});
	}

	@ParameterizedTest
	@EnumSource
	void reachesSchedulerThatWasRestarted(Call call) {
		ReceivedCalls received = new ReceivedCalls();
		EmbeddedScheduler first = EmbeddedScheduler.builder().intercept(received).start();
		SchedulerApplication.at(first.address()).run((context) -> {
			assertThat(call.make(context)).isNotNull();
			first.close();
			EmbeddedScheduler second = Ports
				.listenAgain(EmbeddedScheduler.builder().port(first.port()).intercept(received)::start);
			try {
				awaitGoodCall(call, context);
			}
			finally {
				second.close();
			}
		});
		// Calls that failed in between did not reach anybody
		assertThat(received.correlationIds()).hasSize(2).doesNotHaveDuplicates();
	}

	@Test
	void callFailsWhenConnectionIsCutAndNextOneSucceeds() {
		this.contextRunner.run((context) -> {
			CompletableFuture<?> hanging = submitHangingTask(context);
			await().until(() -> this.scheduler.faults().calls(Rpc.SUBMIT_TASK) == 1);
			this.proxy.cut();
			assertThat(hanging).failsWithin(PATIENCE)
				.withThrowableThat()
				.withCauseInstanceOf(SchedulerUnavailableException.class);
			assertThat(Call.SUBMIT_TASK.make(context)).isNotNull();
			assertThat(this.proxy.connections()).isEqualTo(2);
		});
	}

	/**
	 * Ten seconds are the least that gRPC waits.
	 */
	@Test
	void keepaliveFindsConnectionThatIsDeadWithoutASign() {
		this.contextRunner
			.withPropertyValues("sw4rm.scheduler.keepalive.time=10s", "sw4rm.scheduler.keepalive.timeout=1s",
					"sw4rm.scheduler.deadline=2m")
			.run((context) -> {
				CompletableFuture<?> hanging = submitHangingTask(context);
				await().until(() -> this.scheduler.faults().calls(Rpc.SUBMIT_TASK) == 1);
				this.proxy.silence();
				assertThat(hanging).failsWithin(PATIENCE)
					.withThrowableThat()
					.withCauseInstanceOf(SchedulerUnavailableException.class);
				this.proxy.restore();
				assertThat(Call.SUBMIT_TASK.make(context)).isNotNull();
			});
	}

	@Test
	void noCallFailsWhenServerLimitsAgeOfConnections() throws Exception {
		AtomicInteger connections = new AtomicInteger();
		ReceivedCalls received = new ReceivedCalls();
		Server server = startServerWithShortConnections(connections, received);
		try {
			SchedulerApplication.at("127.0.0.1:" + server.getPort())
				.withPropertyValues("sw4rm.scheduler.retry.max-attempts=1")
				.run((context) -> {
					try (Load load = new Load(4, () -> Call.SUBMIT_TASK.make(context))) {
						await().atMost(PATIENCE).until(() -> connections.get() >= 4);
						assertThat(load.stop()).isEmpty();
						assertThat(received.correlationIds()).doesNotHaveDuplicates().hasSize((int) load.calls());
					}
				});
		}
		finally {
			server.shutdownNow().awaitTermination();
		}
	}

	private CompletableFuture<?> submitHangingTask(BeanFactory application) {
		this.scheduler.faults().on(Rpc.SUBMIT_TASK).hang();
		return application.getBean(AsyncSchedulerClient.class).submitTask(TaskSubmission.forAgent("worker-1").build());
	}

	private static void awaitGoodCall(Call call, BeanFactory application) {
		await().atMost(PATIENCE)
			.ignoreExceptionsInstanceOf(SchedulerUnavailableException.class)
			.until(() -> call.make(application) != null);
	}

	private static Server startServerWithShortConnections(AtomicInteger connections, ServerInterceptor interceptor)
			throws IOException {
		return NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
			// The least that gRPC allows
			.maxConnectionAge(1, TimeUnit.SECONDS)
			.addTransportFilter(new ServerTransportFilter() {

				@Override
				public Attributes transportReady(Attributes attributes) {
					connections.incrementAndGet();
					return attributes;
				}

			})
			.intercept(interceptor)
			.addService(new SchedulerServiceGrpc.SchedulerServiceImplBase() {

				@Override
				public void submitTask(SubmitTaskRequest request, StreamObserver<SubmitTaskResponse> observer) {
					observer.onNext(SubmitTaskResponse.newBuilder().setAccepted(true).build());
					observer.onCompleted();
				}

			})
			.build()
			.start();
	}

}
