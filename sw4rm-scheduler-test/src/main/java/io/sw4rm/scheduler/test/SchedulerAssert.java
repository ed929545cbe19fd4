package io.sw4rm.scheduler.test;

import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.assertj.core.api.AbstractAssert;
import org.jspecify.annotations.Nullable;

import io.sw4rm.scheduler.embedded.Faults;
import io.sw4rm.scheduler.embedded.ReceivedCall;
import io.sw4rm.scheduler.embedded.Rpc;
import io.sw4rm.scheduler.proto.SubmitTaskResponse;

/**
 * Assertions for the calls that a scheduler has received. They consider the calls until
 * the assertion was created, since the start or the last reset of the scheduler. Each
 * failure lists the calls.
 * <p>
 * Methods that expect a call return a {@link CallAssert}, which limits the calls further.
 *
 * @since 0.1.0
 * @see SchedulerAssertions
 */
public final class SchedulerAssert extends AbstractAssert<SchedulerAssert, List<ReceivedCall>> {

	private final @Nullable Faults faults;

	SchedulerAssert(List<ReceivedCall> calls, @Nullable Faults faults) {
		super(calls, SchedulerAssert.class);
		this.faults = faults;
	}

	/**
	 * Verify that a task was accepted. It may have finished since then.
	 * @param taskId the task
	 * @return assertions for the accepted submissions of the task
	 */
	public CallAssert hasAccepted(String taskId) {
		return hasAcceptedTask().ofTask(taskId);
	}

	/**
	 * Verify that any task was accepted.
	 * @return assertions for all accepted submissions
	 */
	public CallAssert hasAcceptedTask() {
		return calls("an accepted submission", SchedulerAssert::isAccepted);
	}

	/**
	 * Verify that a task was not accepted: it was refused, its submission failed, or it
	 * was not submitted.
	 * @param taskId the task
	 * @return this assertion
	 */
	public SchedulerAssert hasNotAccepted(String taskId) {
		return hasNone("accepted submission of task \"%s\"".formatted(taskId),
				(call) -> isAccepted(call) && taskId.equals(CallAssert.field(call, "task_id")));
	}

	/**
	 * Verify that a task was refused.
	 * @param taskId the task
	 * @return assertions for the refused submissions of the task
	 */
	public CallAssert hasRefused(String taskId) {
		return calls("a refused submission", SchedulerAssert::isRefused).ofTask(taskId);
	}

	/**
	 * Verify that a task was requested to yield, regardless of the response.
	 * @param taskId the task
	 * @return assertions for the requests of the task
	 */
	public CallAssert hasReceivedPreemption(String taskId) {
		return hasReceived(Rpc.REQUEST_PREEMPTION).ofTask(taskId);
	}

	/**
	 * Verify that an agent was requested to shut down, regardless of the response.
	 * @param agentId the agent
	 * @return assertions for the requests of the agent
	 */
	public CallAssert hasReceivedShutdown(String agentId) {
		return hasReceived(Rpc.SHUTDOWN_AGENT).forAgent(agentId);
	}

	/**
	 * Verify that a purge of the activity of an agent was requested, regardless of the
	 * response.
	 * @param agentId the agent
	 * @return assertions for the requests of the agent
	 */
	public CallAssert hasReceivedPurge(String agentId) {
		return hasReceived(Rpc.PURGE_ACTIVITY).forAgent(agentId);
	}

	/**
	 * Verify that an RPC was called, regardless of the response and including calls that
	 * a fault applied to.
	 * @param rpc the RPC
	 * @return assertions for all calls of the RPC
	 */
	public CallAssert hasReceived(Rpc rpc) {
		return calls("a call of " + rpc.methodName(), (call) -> call.rpc() == rpc);
	}

	/**
	 * Verify that an RPC was not called.
	 * @param rpc the RPC
	 * @return this assertion
	 */
	public SchedulerAssert hasNotReceived(Rpc rpc) {
		return hasNone("call of " + rpc.methodName(), (call) -> call.rpc() == rpc);
	}

	/**
	 * Verify that no RPC was called.
	 * @return this assertion
	 */
	public SchedulerAssert hasReceivedNothing() {
		return hasNone("call", (call) -> true);
	}

	/**
	 * Verify that all configured faults were used, each as often as configured.
	 * @return this assertion
	 */
	public SchedulerAssert hasNoUnusedFaults() {
		Faults faults = this.faults;
		if (faults == null) {
			return this;
		}
		String unused = Stream.of(Rpc.values())
			.filter((rpc) -> faults.unused(rpc) > 0)
			.map((rpc) -> "%s (%d unused)".formatted(rpc.methodName(), faults.unused(rpc)))
			.collect(Collectors.joining(", "));
		if (!unused.isEmpty()) {
			throw failure("%nExpecting all faults to be used, but not all are:%n  %s%nAll calls:%n%s", unused,
					CallAssert.list(this.actual));
		}
		return this;
	}

	private SchedulerAssert hasNone(String description, Predicate<ReceivedCall> condition) {
		List<ReceivedCall> unexpected = this.actual.stream().filter(condition).toList();
		if (!unexpected.isEmpty()) {
			throw failure("%nExpecting no %s, but found:%n%s", description, CallAssert.list(unexpected));
		}
		return this;
	}

	private CallAssert calls(String description, Predicate<ReceivedCall> condition) {
		return new CallAssert(this.actual, getWritableAssertionInfo()).limit(description, condition);
	}

	private static boolean isAccepted(ReceivedCall call) {
		return call.response() instanceof SubmitTaskResponse response && response.getAccepted();
	}

	private static boolean isRefused(ReceivedCall call) {
		return call.response() instanceof SubmitTaskResponse response && !response.getAccepted();
	}

}
