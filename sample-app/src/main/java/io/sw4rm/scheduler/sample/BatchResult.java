package io.sw4rm.scheduler.sample;

import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import io.sw4rm.scheduler.client.BatchProgress;
import io.sw4rm.scheduler.client.TaskOutcome;

/**
 * The result of a batch of submissions, or its result so far. A complete result counts
 * every task: {@code accepted + refused + failed = requested}.
 *
 * @param requested the number of tasks in the batch
 * @param accepted the number of tasks that the scheduler accepted
 * @param refused the number of tasks that the scheduler refused
 * @param failed the number of calls that failed
 * @param reasons the reasons of refusals and failures in alphabetical order, with the
 * number of tasks
 */
record BatchResult(long requested, long accepted, long refused, long failed, Map<String, Integer> reasons) {

	private static final int MAX_REASONS = 20;

	private static final String OTHER_REASONS = "other reasons";

	static BatchResult of(long requested) {
		return new BatchResult(requested, 0, 0, 0, Map.of());
	}

	BatchResult after(TaskOutcome outcome, BatchProgress progress) {
		return new BatchResult(this.requested, progress.accepted(), progress.refused(), progress.failed(),
				reasonsAfter(outcome));
	}

	private Map<String, Integer> reasonsAfter(TaskOutcome outcome) {
		String reason = reason(outcome);
		if (reason == null) {
			return this.reasons;
		}
		Map<String, Integer> reasons = new TreeMap<>(this.reasons);
		boolean listed = reasons.containsKey(reason) || reasons.size() < MAX_REASONS;
		reasons.merge(listed ? reason : OTHER_REASONS, 1, Integer::sum);
		return reasons;
	}

	private static @Nullable String reason(TaskOutcome outcome) {
		if (outcome.failure() != null) {
			return Failures.reason(outcome.failure());
		}
		return (outcome.result() != null && !outcome.result().accepted()) ? outcome.result().reason() : null;
	}

}
