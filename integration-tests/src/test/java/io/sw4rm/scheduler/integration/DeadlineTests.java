package io.sw4rm.scheduler.integration;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.sw4rm.scheduler.client.AsyncSchedulerClient;
import io.sw4rm.scheduler.client.address.SchedulerAddress;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SchedulerDeadlineExceededException;
import io.sw4rm.scheduler.client.SchedulerException;
import io.sw4rm.scheduler.client.TaskSubmission;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.embedded.Rpc;
import io.sw4rm.scheduler.proto.PollActivityBufferRequest;
import io.sw4rm.scheduler.proto.PollActivityBufferResponse;
import io.sw4rm.scheduler.proto.SchedulerServiceGrpc.SchedulerServiceImplBase;
import io.sw4rm.scheduler.testsupport.Channels;
import io.sw4rm.scheduler.testsupport.TcpServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Tests for how long a call can take.
 */
@Timeout(60)
class DeadlineTests {

	private final EmbeddedScheduler scheduler = EmbeddedScheduler.start();

	@AfterEach
	void stopScheduler() {
		this.scheduler.close();
	}

	@Test
	void hangingSchedulerCostsTheDeadlineAndNotMuchMore() {
		for (Rpc rpc : Rpc.values()) {
			this.scheduler.faults().on(rpc).hang();
		}
		Duration deadline = Duration.ofSeconds(2);
		SchedulerApplication.at(this.scheduler.address())
			.withPropertyValues("sw4rm.scheduler.deadline=2s")
			.run((context) -> {
				AsyncSchedulerClient client = context.getBean(AsyncSchedulerClient.class);
				List<CompletableFuture<?>> calls = List.of(
						client.submitTask(TaskSubmission.forAgent("worker-1").build()),
						client.requestPreemption("worker-1", "task-1"), client.shutdownAgent("worker-1"),
						client.pollActivityBuffer("worker-1"), client.purgeAllActivity("worker-1"));
				assertThat(calls).allSatisfy((call) -> {
					Throwable failure = catchThrowableOfType(CompletionException.class, call::join).getCause();
					assertThat(failure).isInstanceOfSatisfying(SchedulerDeadlineExceededException.class, (ex) -> {
						assertThat(ex.getDeadline()).isEqualTo(deadline);
						assertThat(ex.getElapsed()).isBetween(deadline, deadline.multipliedBy(5));
					});
				});
			});
	}

	@Test
	void retriesDoNotProlongTheDeadline() {
		this.scheduler.faults().on(Rpc.POLL_ACTIVITY_BUFFER).times(100).fail(Status.UNAVAILABLE);
		SchedulerApplication.at(this.scheduler.address())
			.withPropertyValues("sw4rm.scheduler.deadline=500ms", "sw4rm.scheduler.retry.initial-backoff=1h",
					"sw4rm.scheduler.retry.max-backoff=1h")
			.run((context) -> assertThatExceptionOfType(SchedulerDeadlineExceededException.class)
				.isThrownBy(() -> context.getBean(SchedulerClient.class).pollActivityBuffer("worker-1")));
	}

	@Test
	void silentServerCostsTheDeadline() {
		try (TcpServer silent = TcpServer.silent()) {
			SchedulerApplication.at("localhost:" + silent.port())
				.withPropertyValues("sw4rm.scheduler.deadline=2s")
				.run((context) -> assertThatExceptionOfType(SchedulerDeadlineExceededException.class)
					.isThrownBy(() -> context.getBean(SchedulerClient.class).pollActivityBuffer("worker-1"))
					.satisfies((ex) -> assertThat(ex.getElapsed()).isBetween(ex.getDeadline(),
							ex.getDeadline().multipliedBy(5))));
		}
	}

	@Test
	void callServedByTheApplicationLimitsItsCalls() {
		this.scheduler.faults().on(Rpc.POLL_ACTIVITY_BUFFER).hang();
		SchedulerApplication.at(this.scheduler.address())
			.withPropertyValues("sw4rm.scheduler.deadline=1h")
			.run((context) -> {
				Gateway gateway = new Gateway(context.getBean(SchedulerClient.class));
				Server server = NettyServerBuilder
					.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
					.addService(gateway)
					.build()
					.start();
				ManagedChannel channel = SchedulerAddress.parse("localhost:" + server.getPort())
					.newChannelBuilder()
					.build();
				try {
					Channels.connect(channel);
					SchedulerClient caller = SchedulerClient.create(channel).withDeadline(Duration.ofSeconds(2));
					assertThatExceptionOfType(SchedulerDeadlineExceededException.class)
						.isThrownBy(() -> caller.pollActivityBuffer("worker-1"));
					assertThat(gateway.failure.get(30, TimeUnit.SECONDS).getStatusCode())
						.isIn(Status.Code.DEADLINE_EXCEEDED, Status.Code.CANCELLED);
				}
				finally {
					channel.shutdownNow();
					server.shutdownNow().awaitTermination();
				}
			});
	}

	/**
	 * A gRPC service of the application that asks the scheduler.
	 */
	private static final class Gateway extends SchedulerServiceImplBase {

		private final SchedulerClient client;

		private final CompletableFuture<SchedulerException> failure = new CompletableFuture<>();

		private Gateway(SchedulerClient client) {
			this.client = client;
		}

		@Override
		public void pollActivityBuffer(PollActivityBufferRequest request,
				StreamObserver<PollActivityBufferResponse> observer) {
			this.failure.complete(catchThrowableOfType(SchedulerException.class,
					() -> this.client.pollActivityBuffer(request.getAgentId())));
		}

	}

}
