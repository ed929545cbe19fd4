package io.sw4rm.scheduler.benchmarks;

import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import io.sw4rm.scheduler.client.ActivityEntry;
import io.sw4rm.scheduler.client.AsyncSchedulerClient;
import io.sw4rm.scheduler.client.PreemptionResult;
import io.sw4rm.scheduler.client.ReactiveSchedulerClient;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SchedulerOperation;
import io.sw4rm.scheduler.client.ShutdownResult;
import io.sw4rm.scheduler.client.SubmitTaskResult;

/**
 * A call, for each type of client, and the check of its answer.
 *
 * @param blocking makes the call with the blocking client
 * @param async makes the call with the asynchronous client
 * @param reactive makes the call with the reactive client
 * @param mistake returns a description of an incorrect answer, or {@code null} if it is
 * correct
 * @param <R> the type of the answer
 */
record SoakRequest<R>(Function<SchedulerClient, R> blocking, Function<AsyncSchedulerClient, CompletableFuture<R>> async,
		Function<ReactiveSchedulerClient, Mono<R>> reactive, Function<R, @Nullable String> mistake) {

	/**
	 * The maximum age, in calls, of an earlier task that a call refers to.
	 */
	private static final int RECENT_CALLS = 500;

	private static final int RETIRED_AGENTS = 50;

	/**
	 * Create a request with arguments that differ for each call.
	 * @param operation the operation
	 * @param number the number of the call
	 * @param random the source of the arguments
	 * @param account determines which answers are correct
	 * @return the request
	 */
	static SoakRequest<?> create(SchedulerOperation operation, int number, Random random, SoakAccount account) {
		return switch (operation) {
			case SUBMIT_TASK -> submitTask(new SoakTask(number), account);
			case REQUEST_PREEMPTION -> requestPreemption(recentTask(number, random), account);
			case SHUTDOWN_AGENT -> shutdownAgent(agentToShutDown(random));
			case POLL_ACTIVITY_BUFFER -> pollActivityBuffer(recentTask(number, random).agentId(), account);
			case PURGE_ACTIVITY ->
				random.nextBoolean() ? purgeAllActivity(recentTask(number, random).agentId(), account)
						: purgeActivity(recentTask(number, random), account);
		};
	}

	private static SoakTask recentTask(int number, Random random) {
		return new SoakTask(Math.max(0, number - random.nextInt(RECENT_CALLS)));
	}

	/**
	 * Rarely returns an active agent, because its tasks wait until it is revived.
	 */
	private static String agentToShutDown(Random random) {
		return (random.nextInt(20) == 0) ? SoakTask.AGENT_IDS.get(random.nextInt(SoakTask.AGENT_IDS.size()))
				: "retired-" + random.nextInt(RETIRED_AGENTS);
	}

	private static SoakRequest<SubmitTaskResult> submitTask(SoakTask task, SoakAccount account) {
		return new SoakRequest<>((client) -> client.submitTask(task.submission()),
				(client) -> client.submitTask(task.submission()), (client) -> client.submitTask(task.submission()),
				(result) -> (result.taskId().equals(task.id())
						&& (result.accepted() || isExpectedRefusal(result, account))) ? null
								: "submission of %s answered with %s".formatted(task.id(), result));
	}

	private static boolean isExpectedRefusal(SubmitTaskResult result, SoakAccount account) {
		return result.reason().contains("is shutting down")
				|| (account.duplicatesAllowed() && result.reason().contains("is already"));
	}

	private static SoakRequest<PreemptionResult> requestPreemption(SoakTask task, SoakAccount account) {
		return new SoakRequest<>((client) -> client.requestPreemption(task.agentId(), task.id(), "soak"),
				(client) -> client.requestPreemption(task.agentId(), task.id(), "soak"),
				(client) -> client.requestPreemption(task.agentId(), task.id(), "soak"),
				(result) -> (!result.enqueued() || account.hasArrived(task)) ? null
						: "preemption enqueued for %s, which never arrived".formatted(task.id()));
	}

	private static SoakRequest<ShutdownResult> shutdownAgent(String agentId) {
		return new SoakRequest<>((client) -> client.shutdownAgent(agentId), (client) -> client.shutdownAgent(agentId),
				(client) -> client.shutdownAgent(agentId),
				(result) -> result.ok() ? null : "shutdown of %s answered with %s".formatted(agentId, result));
	}

	private static SoakRequest<List<ActivityEntry>> pollActivityBuffer(String agentId, SoakAccount account) {
		return new SoakRequest<>((client) -> client.pollActivityBuffer(agentId),
				(client) -> client.pollActivityBuffer(agentId),
				(client) -> client.pollActivityBuffer(agentId).collectList(),
				(entries) -> entries.stream()
					.filter((entry) -> !isOf(agentId, entry, account))
					.findAny()
					.map((entry) -> "activity of %s has %s".formatted(agentId, entry))
					.orElse(null));
	}

	private static boolean isOf(String agentId, ActivityEntry entry, SoakAccount account) {
		return SoakTask.number(entry.taskId())
			.stream()
			.mapToObj(SoakTask::new)
			.anyMatch((task) -> task.agentId().equals(agentId) && account.hasArrived(task));
	}

	private static SoakRequest<Long> purgeActivity(SoakTask task, SoakAccount account) {
		SoakTask next = new SoakTask(task.number() + SoakTask.AGENT_IDS.size());
		List<String> taskIds = List.of(task.id(), next.id());
		return purge((client) -> client.purgeActivity(task.agentId(), taskIds),
				(client) -> client.purgeActivity(task.agentId(), taskIds),
				(client) -> client.purgeActivity(task.agentId(), taskIds), taskIds.size(), account);
	}

	private static SoakRequest<Long> purgeAllActivity(String agentId, SoakAccount account) {
		return purge((client) -> client.purgeAllActivity(agentId), (client) -> client.purgeAllActivity(agentId),
				(client) -> client.purgeAllActivity(agentId), Integer.MAX_VALUE, account);
	}

	private static SoakRequest<Long> purge(Function<SchedulerClient, Long> blocking,
			Function<AsyncSchedulerClient, CompletableFuture<Long>> async,
			Function<ReactiveSchedulerClient, Mono<Long>> reactive, int most, SoakAccount account) {
		return new SoakRequest<>(blocking, async, reactive,
				(purged) -> (purged >= 0 && (purged <= most || account.duplicatesAllowed())) ? null
						: "purge of at most %d entries removed %d".formatted(most, purged));
	}

}
