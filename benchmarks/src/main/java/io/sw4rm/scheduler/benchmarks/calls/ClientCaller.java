package io.sw4rm.scheduler.benchmarks.calls;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import reactor.core.publisher.Mono;

import io.sw4rm.scheduler.client.ActivityEntry;
import io.sw4rm.scheduler.client.AsyncSchedulerClient;
import io.sw4rm.scheduler.client.ReactiveSchedulerClient;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SchedulerOperation;
import io.sw4rm.scheduler.client.TaskSubmission;

/**
 * Calls the scheduler with the clients of this project.
 *
 * @param client the blocking client
 * @param asyncClient the asynchronous client
 * @param reactiveClient the reactive client
 * @param onClose closes the channel of the clients
 */
record ClientCaller(SchedulerClient client, AsyncSchedulerClient asyncClient, ReactiveSchedulerClient reactiveClient,
		Runnable onClose) implements Caller {

	@Override
	public Supplier<?> blocking(SchedulerOperation operation, CallArguments arguments) {
		SchedulerClient client = this.client;
		return switch (operation) {
			case SUBMIT_TASK -> () -> client.submitTask(submission(arguments));
			case REQUEST_PREEMPTION ->
				() -> client.requestPreemption(CallArguments.AGENT, CallArguments.TASK, CallArguments.REASON);
			case SHUTDOWN_AGENT -> () -> client.shutdownAgent(CallArguments.AGENT, CallArguments.GRACE_PERIOD);
			case POLL_ACTIVITY_BUFFER -> () -> length(client.pollActivityBuffer(arguments.polledAgent()));
			case PURGE_ACTIVITY -> () -> client.purgeActivity(CallArguments.AGENT, CallArguments.PURGED_TASKS);
		};
	}

	@Override
	public AsyncCall async(SchedulerOperation operation, CallArguments arguments) {
		AsyncSchedulerClient client = this.asyncClient;
		return switch (operation) {
			case SUBMIT_TASK -> observe(() -> client.submitTask(submission(arguments)));
			case REQUEST_PREEMPTION ->
				observe(() -> client.requestPreemption(CallArguments.AGENT, CallArguments.TASK, CallArguments.REASON));
			case SHUTDOWN_AGENT -> observe(() -> client.shutdownAgent(CallArguments.AGENT, CallArguments.GRACE_PERIOD));
			case POLL_ACTIVITY_BUFFER -> observe(() -> client.pollActivityBuffer(arguments.polledAgent()));
			case PURGE_ACTIVITY -> observe(() -> client.purgeActivity(CallArguments.AGENT, CallArguments.PURGED_TASKS));
		};
	}

	private static AsyncCall observe(Supplier<CompletableFuture<?>> call) {
		return (completion) -> call.get().whenComplete(completion);
	}

	@Override
	public AsyncCall reactive(SchedulerOperation operation, CallArguments arguments) {
		ReactiveSchedulerClient client = this.reactiveClient;
		return switch (operation) {
			case SUBMIT_TASK -> subscribe(() -> client.submitTask(submission(arguments)));
			case REQUEST_PREEMPTION -> subscribe(
					() -> client.requestPreemption(CallArguments.AGENT, CallArguments.TASK, CallArguments.REASON));
			case SHUTDOWN_AGENT ->
				subscribe(() -> client.shutdownAgent(CallArguments.AGENT, CallArguments.GRACE_PERIOD));
			case POLL_ACTIVITY_BUFFER -> subscribe(() -> client.pollActivityBuffer(arguments.polledAgent()).last());
			case PURGE_ACTIVITY ->
				subscribe(() -> client.purgeActivity(CallArguments.AGENT, CallArguments.PURGED_TASKS));
		};
	}

	private static AsyncCall subscribe(Supplier<Mono<?>> call) {
		return (completion) -> call.get().subscribe(completion::onSuccess, completion::onFailure);
	}

	/**
	 * Read all entries, as an application does.
	 */
	private static int length(List<ActivityEntry> entries) {
		int length = 0;
		for (ActivityEntry entry : entries) {
			length += entry.taskId().length() + entry.repoId().length() + entry.worktreeId().length()
					+ entry.branch().length() + entry.description().length() + entry.timestamp().length();
		}
		return length;
	}

	private static TaskSubmission submission(CallArguments arguments) {
		return TaskSubmission.forAgent(CallArguments.AGENT)
			.taskId(CallArguments.TASK)
			.params(arguments.params())
			.build();
	}

	@Override
	public void close() {
		this.onClose.run();
	}

}
