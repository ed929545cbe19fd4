package io.sw4rm.scheduler.sample;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import io.sw4rm.scheduler.client.SchedulerException;
import io.sw4rm.scheduler.client.SubmitTaskResult;

/**
 * The outcome of a batch of submissions. Every task is counted:
 * {@code accepted + refused + failed = requested}.
 *
 * @param requested the number of tasks in the batch
 * @param accepted the number of tasks that the scheduler accepted
 * @param refused the number of tasks that the scheduler refused
 * @param failed the number of calls that failed
 * @param reasons the reasons of refusals and failures, with the number of tasks
 */
record BatchResult(int requested, int accepted, int refused, int failed, Map<String, Integer> reasons) {

	static CompletableFuture<BatchResult> whenDone(List<CompletableFuture<SubmitTaskResult>> answers) {
		return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
			.handle((done, failure) -> of(answers));
	}

	private static BatchResult of(List<CompletableFuture<SubmitTaskResult>> answers) {
		int accepted = 0;
		int refused = 0;
		int failed = 0;
		Map<String, Integer> reasons = new LinkedHashMap<>();
		for (CompletableFuture<SubmitTaskResult> answer : answers) {
			try {
				SubmitTaskResult result = answer.join();
				if (result.accepted()) {
					accepted++;
				}
				else {
					refused++;
					reasons.merge(result.reason(), 1, Integer::sum);
				}
			}
			catch (CompletionException ex) {
				failed++;
				reasons.merge(reason(Objects.requireNonNull(ex.getCause())), 1, Integer::sum);
			}
		}
		return new BatchResult(answers.size(), accepted, refused, failed, reasons);
	}

	/**
	 * Leaves out the correlation id, so that equal failures count as one reason.
	 */
	private static String reason(Throwable failure) {
		if (!(failure instanceof SchedulerException ex)) {
			return String.valueOf(failure.getMessage());
		}
		String reason = "%s at %s".formatted(ex.getStatusCode(), ex.getTarget());
		return (ex.getProblem() != null) ? reason + ": " + ex.getProblem().meaning() : reason;
	}

}
