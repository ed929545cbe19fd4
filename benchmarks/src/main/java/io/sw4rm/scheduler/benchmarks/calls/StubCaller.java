package io.sw4rm.scheduler.benchmarks.calls;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.Channel;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

import io.sw4rm.scheduler.client.SchedulerOperation;
import io.sw4rm.scheduler.proto.ActivityEntry;
import io.sw4rm.scheduler.proto.PollActivityBufferRequest;
import io.sw4rm.scheduler.proto.PollActivityBufferResponse;
import io.sw4rm.scheduler.proto.PreemptRequest;
import io.sw4rm.scheduler.proto.PurgeActivityRequest;
import io.sw4rm.scheduler.proto.SchedulerServiceGrpc;
import io.sw4rm.scheduler.proto.SchedulerServiceGrpc.SchedulerServiceBlockingStub;
import io.sw4rm.scheduler.proto.SchedulerServiceGrpc.SchedulerServiceFutureStub;
import io.sw4rm.scheduler.proto.ShutdownAgentRequest;
import io.sw4rm.scheduler.proto.SubmitTaskRequest;

/**
 * Calls the scheduler with generated stubs.
 */
final class StubCaller implements Caller {

	private final JsonMapper jsonMapper = new JsonMapper();

	private final SchedulerServiceBlockingStub stub;

	private final SchedulerServiceFutureStub futureStub;

	private final Runnable onClose;

	/**
	 * Create a caller.
	 * @param stub the blocking stub
	 * @param futureStub the stub with futures
	 * @param onClose closes the channel of the stubs
	 */
	StubCaller(SchedulerServiceBlockingStub stub, SchedulerServiceFutureStub futureStub, Runnable onClose) {
		this.stub = stub;
		this.futureStub = futureStub;
		this.onClose = onClose;
	}

	/**
	 * Create a caller with stubs of a channel.
	 */
	static StubCaller of(Channel channel, Runnable onClose) {
		return new StubCaller(SchedulerServiceGrpc.newBlockingStub(channel),
				SchedulerServiceGrpc.newFutureStub(channel), onClose);
	}

	@Override
	public Supplier<?> blocking(SchedulerOperation operation, CallArguments arguments) {
		SchedulerServiceBlockingStub stub = this.stub;
		return switch (operation) {
			case SUBMIT_TASK -> () -> stub.submitTask(submission(arguments));
			case REQUEST_PREEMPTION -> () -> stub.requestPreemption(preemption());
			case SHUTDOWN_AGENT -> () -> stub.shutdownAgent(shutdown());
			case POLL_ACTIVITY_BUFFER -> () -> length(stub.pollActivityBuffer(poll(arguments)).getEntriesList());
			case PURGE_ACTIVITY -> () -> stub.purgeActivity(purge());
		};
	}

	@Override
	public AsyncCall async(SchedulerOperation operation, CallArguments arguments) {
		Supplier<ListenableFuture<?>> call = future(operation, arguments);
		return (completion) -> Futures.addCallback(call.get(), completion, MoreExecutors.directExecutor());
	}

	private Supplier<ListenableFuture<?>> future(SchedulerOperation operation, CallArguments arguments) {
		SchedulerServiceFutureStub stub = this.futureStub;
		return switch (operation) {
			case SUBMIT_TASK -> () -> stub.submitTask(submission(arguments));
			case REQUEST_PREEMPTION -> () -> stub.requestPreemption(preemption());
			case SHUTDOWN_AGENT -> () -> stub.shutdownAgent(shutdown());
			case POLL_ACTIVITY_BUFFER -> () -> stub.pollActivityBuffer(poll(arguments));
			case PURGE_ACTIVITY -> () -> stub.purgeActivity(purge());
		};
	}

	@Override
	public AsyncCall reactive(SchedulerOperation operation, CallArguments arguments) {
		SchedulerServiceFutureStub stub = this.futureStub;
		return switch (operation) {
			case SUBMIT_TASK -> subscribe(() -> mono(() -> stub.submitTask(submission(arguments))));
			case REQUEST_PREEMPTION -> subscribe(() -> mono(() -> stub.requestPreemption(preemption())));
			case SHUTDOWN_AGENT -> subscribe(() -> mono(() -> stub.shutdownAgent(shutdown())));
			case POLL_ACTIVITY_BUFFER -> subscribe(() -> entries(mono(() -> stub.pollActivityBuffer(poll(arguments)))));
			case PURGE_ACTIVITY -> subscribe(() -> mono(() -> stub.purgeActivity(purge())));
		};
	}

	private static AsyncCall subscribe(Supplier<Mono<?>> call) {
		return (completion) -> call.get().subscribe(completion::onSuccess, completion::onFailure);
	}

	private static Mono<?> entries(Mono<PollActivityBufferResponse> response) {
		return response.<Object>flatMapIterable(PollActivityBufferResponse::getEntriesList).last();
	}

	private static <R> Mono<R> mono(Supplier<ListenableFuture<R>> call) {
		return Mono.fromFuture(() -> completable(call.get()));
	}

	private static <R> CompletableFuture<R> completable(ListenableFuture<R> call) {
		CompletableFuture<R> future = new CompletableFuture<>() {

			@Override
			public boolean cancel(boolean mayInterruptIfRunning) {
				call.cancel(mayInterruptIfRunning);
				return super.cancel(mayInterruptIfRunning);
			}

		};
		Futures.addCallback(call, new FutureCallback<R>() {

			@Override
			public void onSuccess(@Nullable R result) {
				future.complete(result);
			}

			@Override
			public void onFailure(Throwable failure) {
				future.completeExceptionally(failure);
			}

		}, MoreExecutors.directExecutor());
		return future;
	}

	private SubmitTaskRequest submission(CallArguments arguments) {
		return SubmitTaskRequest.newBuilder()
			.setAgentId(CallArguments.AGENT)
			.setTaskId(CallArguments.TASK)
			.setParams(params(arguments))
			.setContentType("application/json")
			.build();
	}

	private ByteString params(CallArguments arguments) {
		return (arguments.params() instanceof byte[] bytes) ? ByteString.copyFrom(bytes)
				: UnsafeByteOperations.unsafeWrap(this.jsonMapper.writeValueAsBytes(arguments.params()));
	}

	private static PreemptRequest preemption() {
		return PreemptRequest.newBuilder()
			.setAgentId(CallArguments.AGENT)
			.setTaskId(CallArguments.TASK)
			.setReason(CallArguments.REASON)
			.build();
	}

	private static ShutdownAgentRequest shutdown() {
		return ShutdownAgentRequest.newBuilder()
			.setAgentId(CallArguments.AGENT)
			.setGracePeriod(Duration.newBuilder().setSeconds(CallArguments.GRACE_PERIOD.getSeconds()))
			.build();
	}

	private static PollActivityBufferRequest poll(CallArguments arguments) {
		return PollActivityBufferRequest.newBuilder().setAgentId(arguments.polledAgent()).build();
	}

	/**
	 * Read all entries, as an application does.
	 */
	private static int length(List<ActivityEntry> entries) {
		int length = 0;
		for (ActivityEntry entry : entries) {
			length += entry.getTaskId().length() + entry.getRepoId().length() + entry.getWorktreeId().length()
					+ entry.getBranch().length() + entry.getDescription().length() + entry.getTimestamp().length();
		}
		return length;
	}

	private static PurgeActivityRequest purge() {
		return PurgeActivityRequest.newBuilder()
			.setAgentId(CallArguments.AGENT)
			.addAllTaskIds(CallArguments.PURGED_TASKS)
			.build();
	}

	@Override
	public void close() {
		this.onClose.run();
	}

}
