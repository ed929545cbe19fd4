package io.sw4rm.scheduler.sample;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import org.jspecify.annotations.Nullable;

import io.sw4rm.scheduler.client.SchedulerException;
import io.sw4rm.scheduler.client.SubmitTaskResult;

/**
 * What became of tasks that were submitted at once. No task is lost:
 * {@code accepted + refused + failed = asked}.
 *
 * @param asked how many tasks were asked for
 * @param accepted how many the scheduler accepted
 * @param refused how many the scheduler refused
 * @param failed how many got no answer
 * @param reasons why tasks were refused or failed, with the number of tasks
 */
record BatchResult(int asked, int accepted, int refused, int failed, Map<String, Integer> reasons) {

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
				reasons.merge(reason(ex.getCause()), 1, Integer::sum);
			}
		}
		return new BatchResult(answers.size(), accepted, refused, failed, reasons);
	}

	/**
	 * Without the correlation id, so that equal failures count as one reason.
	 */
	private static String reason(@Nullable Throwable failure) {
		return (failure instanceof SchedulerException ex) ? "%s at %s".formatted(ex.getStatusCode(), ex.getTarget())
				: String.valueOf(failure);
	}

}
