package io.sw4rm.scheduler.client;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

import com.google.common.base.Throwables;
import org.jspecify.annotations.Nullable;

/**
 * Waits for an entry of a task.
 */
final class ActivityAwaiter implements ActivityListener {

	private final String agentId;

	private final String taskId;

	private final Predicate<? super ActivityEntry> condition;

	private final CompletableFuture<ActivityEntry> result = new CompletableFuture<>();

	private volatile @Nullable Throwable outage;

	private ActivityAwaiter(String agentId, String taskId, Predicate<? super ActivityEntry> condition) {
		this.agentId = agentId;
		this.taskId = Checks.hasText(taskId, "taskId");
		this.condition = Checks.notNull(condition, "condition");
	}

	static CompletableFuture<ActivityEntry> start(UnaryCalls calls, String agentId, String taskId,
			Predicate<? super ActivityEntry> condition, WatchOptions options) {
		return new ActivityAwaiter(agentId, taskId, condition).start(calls, options).result;
	}

	static ActivityEntry await(UnaryCalls calls, String agentId, String taskId,
			Predicate<? super ActivityEntry> condition, WatchOptions options, Duration timeout) {
		Checks.positive(timeout, "timeout");
		NonBlockingThreads.checkNotCurrent("awaitActivity");
		return new ActivityAwaiter(agentId, taskId, condition).start(calls, options).await(calls, timeout);
	}

	/**
	 * Never purges, because the caller waits for one entry only. Entries that are not
	 * delivered are not recorded either.
	 */
	private ActivityAwaiter start(UnaryCalls calls, WatchOptions options) {
		Checks.notNull(options, "options");
		ActivityWatch watch = new PollingActivityWatch(calls, this.agentId,
				options.withPurge(false).withExistingEntries(true), this, (poll, entry) -> {
				});
		watch.resume();
		this.result.whenComplete((entry, failure) -> watch.closeAsync());
		return this;
	}

	private ActivityEntry await(UnaryCalls calls, Duration timeout) {
		try {
			return this.result.get(TimeUnit.NANOSECONDS.convert(timeout), TimeUnit.NANOSECONDS);
		}
		catch (TimeoutException ex) {
			throw new ActivityTimeoutException(this.agentId, this.taskId, timeout, this.outage);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw unchecked(calls.interrupted(SchedulerOperation.POLL_ACTIVITY_BUFFER));
		}
		catch (ExecutionException ex) {
			throw unchecked(Objects.requireNonNull(ex.getCause()));
		}
		finally {
			this.result.cancel(false);
		}
	}

	private static RuntimeException unchecked(Throwable failure) {
		Throwables.throwIfUnchecked(failure);
		return new IllegalStateException(failure);
	}

	@Override
	public void onActivity(ActivityEntry entry) {
		try {
			if (entry.taskId().equals(this.taskId) && this.condition.test(entry)) {
				this.result.complete(entry);
			}
		}
		catch (Throwable ex) {
			this.result.completeExceptionally(ex);
		}
	}

	@Override
	public void onOutage(Throwable failure) {
		this.outage = failure;
	}

	@Override
	public void onRecovery() {
		this.outage = null;
	}

	@Override
	public void onError(Throwable failure) {
		this.result.completeExceptionally(failure);
	}

}
