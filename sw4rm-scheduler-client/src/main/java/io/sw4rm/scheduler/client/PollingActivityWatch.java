package io.sw4rm.scheduler.client;

import java.time.Duration;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * {@link ActivityWatch} that works in rounds: poll, deliver, purge, wait. Each step
 * starts the next one, so that there is never more than one call in flight.
 */
final class PollingActivityWatch implements ActivityWatch {

	/**
	 * Interceptors of a client may block the thread that starts a call, so the JDK's
	 * timer and its common pool can't be used. The threads end when they are not needed.
	 */
	private static final Executor EXECUTOR = new ThreadPoolExecutor(0, Integer.MAX_VALUE, 1, TimeUnit.SECONDS,
			new SynchronousQueue<>(), PollingActivityWatch::newThread);

	private final UnaryCalls calls;

	private final String agentId;

	private final WatchOptions options;

	private final ActivityListener listener;

	private final Delivery delivery;

	private final CompletableFuture<Void> completion = new CompletableFuture<>();

	private State state = State.PAUSED;

	/** The time of the next poll. */
	private long dueNanos = System.nanoTime();

	/** Ends the wait for the next poll; null during a round. */
	private @Nullable CompletableFuture<Void> timer;

	private boolean inRound;

	private @Nullable CompletableFuture<?> call;

	/** The thread that uses the listener. */
	private @Nullable Thread listenerThread;

	private @Nullable Throwable failure;

	// From here on: used by one round after the other, without a lock

	private final SeenEntries seen = new SeenEntries();

	/** Tasks with entries that were not handled; null before the first answer. */
	private @Nullable Set<String> unhandledTasks;

	/** The number of rounds that failed during the outage, 0 if there is none. */
	private int failures;

	/** The operation that the listener knows to fail, null if there is no outage. */
	private @Nullable SchedulerOperation outage;

	/**
	 * Create a watch that is paused.
	 * @param calls makes the calls
	 * @param agentId the agent
	 * @param options the options
	 * @param listener is told of new entries
	 * @param delivery is told of the progress of the delivery
	 */
	PollingActivityWatch(UnaryCalls calls, String agentId, WatchOptions options, ActivityListener listener,
			Delivery delivery) {
		this.calls = calls;
		this.agentId = Checks.hasText(agentId, "agentId");
		this.options = Checks.notNull(options, "options");
		this.listener = Checks.notNull(listener, "listener");
		this.delivery = delivery;
	}

	static PollingActivityWatch start(UnaryCalls calls, String agentId, WatchOptions options,
			ActivityListener listener) {
		PollingActivityWatch watch = new PollingActivityWatch(calls, agentId, options, listener,
				calls.listeners()::onActivity);
		watch.resume();
		return watch;
	}

	private static Thread newThread(Runnable task) {
		Thread thread = new Thread(task, "sw4rm-scheduler-watch");
		thread.setDaemon(true);
		// Not the one of the thread that happens to need this one
		thread.setContextClassLoader(PollingActivityWatch.class.getClassLoader());
		return thread;
	}

	@Override
	public synchronized State state() {
		return this.state;
	}

	@Override
	public synchronized void pause() {
		if (this.state == State.RUNNING) {
			this.state = State.PAUSED;
			stopTimer();
		}
	}

	@Override
	public synchronized void resume() {
		if (this.state == State.PAUSED) {
			this.state = State.RUNNING;
			startTimer();
		}
	}

	private void startTimer() {
		if (this.inRound) {
			return;
		}
		CompletableFuture<Void> timer = new CompletableFuture<>();
		this.timer = timer;
		timer.thenRunAsync(() -> poll(timer), EXECUTOR).whenComplete((nothing, failure) -> {
			if (failure != null && !timer.isCancelled()) {
				end(failure);
			}
		});
		timer.completeOnTimeout(null, Math.max(this.dueNanos - System.nanoTime(), 0), TimeUnit.NANOSECONDS);
	}

	private void stopTimer() {
		if (this.timer != null) {
			this.timer.cancel(false);
			this.timer = null;
		}
	}

	private void poll(CompletableFuture<Void> timer) {
		synchronized (this) {
			if (this.timer != timer) {
				return;
			}
			this.timer = null;
			this.inRound = true;
		}
		call(() -> this.calls.pollActivityBuffer(this.agentId), this::deliver);
	}

	private void deliver(SchedulerCall poll, List<ActivityEntry> answer) {
		if (this.outage == SchedulerOperation.POLL_ACTIVITY_BUFFER) {
			recover();
		}
		Set<String> taskIds = answer.stream().map(ActivityEntry::taskId).collect(Collectors.toSet());
		List<ActivityEntry> unseen = this.seen.retain(answer);
		if (this.unhandledTasks == null) {
			this.unhandledTasks = new HashSet<>();
			if (!this.options.existingEntries()) {
				unseen.forEach(this.seen::add);
				this.unhandledTasks.addAll(taskIds);
				unseen = List.of();
			}
		}
		this.unhandledTasks.retainAll(taskIds);
		boolean complete = unseen.isEmpty() || deliverUnseen(poll, unseen, this.unhandledTasks);
		if (complete && this.options.purge() && state() == State.RUNNING) {
			purge(answer, this.unhandledTasks);
		}
		else {
			endRound();
		}
	}

	/**
	 * Deliver entries until the watch is paused or closed.
	 * @return whether all entries were delivered
	 */
	private boolean deliverUnseen(SchedulerCall poll, List<ActivityEntry> entries, Set<String> unhandledTasks) {
		if (!enterListener()) {
			return false;
		}
		try {
			for (ActivityEntry entry : entries) {
				if (state() != State.RUNNING) {
					return false;
				}
				this.seen.add(entry);
				this.delivery.onEntry(poll, entry);
				try {
					this.listener.onActivity(entry);
				}
				catch (Throwable ex) {
					unhandledTasks.add(entry.taskId());
					tell((listener) -> listener.onActivityFailure(entry, ex));
				}
			}
			this.delivery.onEnd();
			return true;
		}
		finally {
			leaveListener();
		}
	}

	private void purge(List<ActivityEntry> answer, Set<String> unhandledTasks) {
		Set<String> taskIds = new LinkedHashSet<>();
		long known = 0;
		for (ActivityEntry entry : answer) {
			if (!entry.taskId().isBlank() && !unhandledTasks.contains(entry.taskId())) {
				taskIds.add(entry.taskId());
				known++;
			}
		}
		if (taskIds.isEmpty()) {
			succeed();
			return;
		}
		purge(this.calls.purgeActivity(this.agentId, taskIds).iterator(), taskIds, known, 0);
	}

	private void purge(Iterator<UnaryCall<?, ?, Long>> calls, Set<String> taskIds, long known, long purged) {
		if (calls.hasNext()) {
			call(calls::next, (call, removed) -> purge(calls, taskIds, known, purged + removed));
			return;
		}
		this.seen.removeTasks(taskIds);
		if (purged > known) {
			notifyListener((listener) -> listener.onEntriesLost(purged - known));
		}
		succeed();
	}

	private <R> void call(Supplier<UnaryCall<?, ?, R>> supplier, BiConsumer<SchedulerCall, R> next) {
		UnaryCall<?, ?, R> call;
		CompletableFuture<R> future;
		try {
			call = supplier.get();
			future = call.executeAsync();
		}
		catch (Throwable ex) {
			end(ex);
			return;
		}
		synchronized (this) {
			this.call = future;
		}
		if (state() == State.CLOSED) {
			future.cancel(true);
		}
		future.whenComplete((result, failure) -> {
			if (failure != null) {
				fail(call, failure);
				return;
			}
			try {
				next.accept(call, result);
			}
			catch (Throwable ex) {
				end(ex);
			}
		});
	}

	private void fail(UnaryCall<?, ?, ?> call, Throwable failure) {
		if (!isRetryable(call.failure())) {
			end(failure);
			return;
		}
		this.failures++;
		boolean begins = this.outage == null;
		this.outage = call.operation();
		if (begins) {
			notifyListener((listener) -> listener.onOutage(failure));
		}
		endRound();
	}

	/**
	 * Decides on the failure before it was translated. A server that stops cancels the
	 * calls in flight.
	 */
	private static boolean isRetryable(@Nullable Throwable failure) {
		return failure instanceof SchedulerException exception
				&& (exception.isRetryable() || exception.getStatusCode() == Status.Code.CANCELLED)
				&& exception.getProblem() != SchedulerProblem.CHANNEL_SHUT_DOWN;
	}

	private void succeed() {
		if (this.outage != null) {
			recover();
		}
		endRound();
	}

	private void recover() {
		this.failures = 0;
		this.outage = null;
		notifyListener(ActivityListener::onRecovery);
	}

	private synchronized void endRound() {
		this.inRound = false;
		this.call = null;
		this.dueNanos = System.nanoTime() + delayNanos();
		if (this.state == State.RUNNING) {
			startTimer();
		}
	}

	private long delayNanos() {
		double delay = nanos(this.options.interval());
		if (this.failures > 0) {
			double max = Math.max(delay, nanos(this.options.maxBackoff()));
			delay = Math.min(delay * Math.pow(2, this.failures - 1), max);
		}
		double variation = this.options.jitter() * (2 * ThreadLocalRandom.current().nextDouble() - 1);
		// Half of the longest time, because the time is added to another one
		return (long) Math.min(delay * (1 + variation), Long.MAX_VALUE >> 1);
	}

	private static long nanos(Duration duration) {
		// Saturates
		return TimeUnit.NANOSECONDS.convert(duration);
	}

	private void notifyListener(Consumer<ActivityListener> event) {
		if (!enterListener()) {
			return;
		}
		try {
			tell(event);
		}
		finally {
			leaveListener();
		}
	}

	private void tell(Consumer<ActivityListener> event) {
		try {
			event.accept(this.listener);
		}
		catch (Throwable ex) {
			ActivityLog.listenerFailed(this.listener, ex);
		}
	}

	private synchronized boolean enterListener() {
		if (this.state == State.CLOSED) {
			return false;
		}
		this.listenerThread = Thread.currentThread();
		return true;
	}

	private void leaveListener() {
		synchronized (this) {
			this.listenerThread = null;
			if (this.state != State.CLOSED) {
				return;
			}
		}
		complete();
	}

	private void end(Throwable failure) {
		synchronized (this) {
			if (this.state == State.CLOSED) {
				return;
			}
			this.state = State.CLOSED;
			this.failure = failure;
			this.listenerThread = Thread.currentThread();
			stopTimer();
		}
		try {
			tell((listener) -> listener.onError(failure));
		}
		finally {
			leaveListener();
		}
	}

	@Override
	public CompletableFuture<Void> closeAsync() {
		CompletableFuture<?> call;
		boolean idle;
		synchronized (this) {
			if (this.state == State.CLOSED) {
				return completion();
			}
			this.state = State.CLOSED;
			stopTimer();
			call = this.call;
			idle = this.listenerThread == null;
		}
		if (call != null) {
			call.cancel(true);
		}
		if (idle) {
			complete();
		}
		return completion();
	}

	private void complete() {
		if (this.failure != null) {
			this.completion.completeExceptionally(this.failure);
		}
		else {
			this.completion.complete(null);
		}
	}

	@Override
	public void close() {
		closeAsync();
		synchronized (this) {
			if (this.listenerThread == Thread.currentThread()) {
				return;
			}
		}
		try {
			this.completion.get();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (ExecutionException ex) {
			// The listener was told
		}
	}

	@Override
	public CompletableFuture<Void> completion() {
		// Not copy(), which wraps the failure
		CompletableFuture<Void> copy = new CompletableFuture<>();
		this.completion.whenComplete((nothing, failure) -> {
			if (failure != null) {
				copy.completeExceptionally(failure);
			}
			else {
				copy.complete(null);
			}
		});
		return copy;
	}

	@Override
	public String toString() {
		return "watch on the activity of agent '%s' (%s)".formatted(this.agentId, state());
	}

	/**
	 * The delivery of the new entries of an answer.
	 */
	@FunctionalInterface
	interface Delivery {

		/**
		 * Called before the listener receives an entry.
		 */
		void onEntry(SchedulerCall poll, ActivityEntry entry);

		/**
		 * Called when all new entries of an answer were delivered.
		 */
		default void onEnd() {
		}

	}

}
