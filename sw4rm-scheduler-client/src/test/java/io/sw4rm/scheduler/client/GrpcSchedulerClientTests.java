package io.sw4rm.scheduler.client;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.sw4rm.scheduler.client.address.SchedulerAddress;
import io.sw4rm.scheduler.proto.SubmitTaskRequest;
import io.sw4rm.scheduler.proto.SubmitTaskResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Tests for {@link GrpcSchedulerClient}, for what {@link SchedulerClientTests} doesn't
 * cover.
 */
@Timeout(60)
class GrpcSchedulerClientTests {

	@RegisterExtension
	final TestScheduler scheduler = new TestScheduler();

	@Test
	void isUsableInThreeLines() {
		this.scheduler.answers(SubmitTaskResponse.newBuilder().setAccepted(true).build());
		String address = this.scheduler.address();

		ManagedChannel channel = SchedulerAddress.parse(address).newChannelBuilder().build();
		SchedulerClient client = SchedulerClient.create(channel);
		SubmitTaskResult result = client.submitTask(TaskSubmission.forAgent("worker-1").params("{}").build());

		channel.shutdownNow();
		assertThat(result.accepted()).isTrue();
	}

	@Test
	void cancelsCallWhenCallerIsInterrupted() throws InterruptedException {
		this.scheduler.hangs();
		SchedulerClient client = SchedulerClient.create(this.scheduler.channel());
		CompletableFuture<Throwable> failure = new CompletableFuture<>();
		CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
		Thread caller = new Thread(() -> {
			failure.complete(catchThrowable(() -> client.pollActivityBuffer("worker-1")));
			interrupted.complete(Thread.currentThread().isInterrupted());
		});
		caller.start();
		this.scheduler.awaitHangingCall();
		caller.interrupt();
		this.scheduler.awaitCancelledCall();
		caller.join();
		assertThat(failure).isCompletedWithValueMatching((ex) -> ex instanceof SchedulerException exception
				&& exception.getStatusCode() == Status.Code.CANCELLED);
		assertThat(interrupted).isCompletedWithValue(true);
	}

	@Test
	void sendsNothingWhenCallerIsAlreadyInterrupted() {
		List<Status.@Nullable Code> ends = new ArrayList<>();
		AtomicInteger sent = new AtomicInteger();
		SchedulerClient client = SchedulerClient.builder(this.scheduler.channel())
			.listener(new SchedulerCallListener() {

				@Override
				public void onEnd(SchedulerCall call) {
					ends.add(call.status());
				}

			})
			.intercept(new ClientInterceptor() {

				@Override
				public <Q, S> ClientCall<Q, S> interceptCall(MethodDescriptor<Q, S> method, CallOptions options,
						Channel next) {
					sent.incrementAndGet();
					return next.newCall(method, options);
				}

			})
			.build();
		Thread.currentThread().interrupt();
		SchedulerException exception = catchThrowableOfType(SchedulerException.class,
				() -> client.pollActivityBuffer("worker-1"));
		assertThat(Thread.interrupted()).isTrue();
		assertThat(exception.getStatusCode()).isEqualTo(Status.Code.CANCELLED);
		assertThat(exception)
			.hasMessageContaining("CANCELLED: The calling thread was interrupted before the call was sent");
		assertThat(ends).containsExactly(Status.Code.CANCELLED);
		assertThat(sent).hasValue(0);
		assertThat(this.scheduler.calls()).isEmpty();
	}

	@Test
	void givesEachOfManyThreadsItsOwnAnswer() throws Exception {
		this.scheduler.answers((request) -> SubmitTaskResponse.newBuilder()
			.setReason(((SubmitTaskRequest) request).getParams().toStringUtf8())
			.build());
		SchedulerClient client = SchedulerClient.create(this.scheduler.channel());
		ExecutorService threads = Executors.newFixedThreadPool(16);
		try {
			List<Callable<SubmitTaskResult>> submissions = IntStream.range(0, 2000)
				.<Callable<SubmitTaskResult>>mapToObj((i) -> () -> client.withMetadata("x-correlation-id", "id-" + i)
					.submitTask(TaskSubmission.forAgent("worker-1").taskId("task-" + i).params("answer " + i).build()))
				.toList();
			List<Future<SubmitTaskResult>> results = threads.invokeAll(submissions);
			for (int i = 0; i < results.size(); i++) {
				assertThat(results.get(i).get()).isEqualTo(new SubmitTaskResult("task-" + i, false, "answer " + i));
			}
		}
		finally {
			threads.shutdownNow();
		}
		assertThat(this.scheduler.calls()).hasSize(2000)
			.allSatisfy((call) -> assertThat(call.headers("x-correlation-id"))
				.containsExactly(((SubmitTaskRequest) call.request()).getTaskId().replace("task", "id")));
	}

}
