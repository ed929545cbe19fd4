package io.sw4rm.scheduler.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.jspecify.annotations.Nullable;

import io.sw4rm.scheduler.client.SchedulerException;
import io.sw4rm.scheduler.client.SchedulerOperation;
import io.sw4rm.scheduler.client.SubmitTaskResult;
import io.sw4rm.scheduler.embedded.ScheduledTask;

/**
 * Records the outcome of every call, as reported by callers and schedulers, and checks
 * it. Thread-safe.
 */
final class SoakAccount {

	private static final Set<Status.Code> EXPECTED_STATUSES = Stream
		.concat(SoakFaults.STATUSES.stream().map(Status::getCode), Stream.of(Status.Code.DEADLINE_EXCEEDED))
		.collect(Collectors.toUnmodifiableSet());

	private static final int MAX_EXAMPLES = 10;

	private final boolean duplicatesAllowed;

	private final Duration grace;

	private final AtomicInteger nextNumber = new AtomicInteger();

	private final Map<SchedulerOperation, Tally> tallies = new EnumMap<>(SchedulerOperation.class);

	private final Set<Call> open = ConcurrentHashMap.newKeySet();

	private final Queue<Call> late = new ConcurrentLinkedQueue<>();

	private final Map<String, LongAdder> failures = new ConcurrentSkipListMap<>();

	private final Map<String, LongAdder> faults = new ConcurrentSkipListMap<>();

	private final LongAdder mistakeCount = new LongAdder();

	private final List<String> mistakes = Collections.synchronizedList(new ArrayList<>());

	private final BitSet accepted = new BitSet();

	private final BitSet arrived = new BitSet();

	private final BitSet arrivedAgain = new BitSet();

	private final BitSet held = new BitSet();

	private long inFlight;

	private long metered;

	private @Nullable Footprint start;

	private @Nullable Footprint end;

	/**
	 * Create an account.
	 * @param duplicatesAllowed whether a task may arrive more than once
	 * @param grace the time after its deadline within which a call must end
	 */
	SoakAccount(boolean duplicatesAllowed, Duration grace) {
		this.duplicatesAllowed = duplicatesAllowed;
		this.grace = grace;
		for (SchedulerOperation operation : SchedulerOperation.values()) {
			this.tallies.put(operation, new Tally());
		}
	}

	boolean duplicatesAllowed() {
		return this.duplicatesAllowed;
	}

	Call begin(SchedulerOperation operation, Duration deadline) {
		Call call = new Call(operation, this.nextNumber.getAndIncrement(), deadline);
		this.open.add(call);
		tally(operation).begun.increment();
		return call;
	}

	/**
	 * Wait until all calls have completed or are lost.
	 * @throws InterruptedException if the thread is interrupted
	 */
	void awaitEnds() throws InterruptedException {
		while (this.open.stream().anyMatch((call) -> !call.isLate())) {
			TimeUnit.MILLISECONDS.sleep(10);
		}
	}

	/**
	 * Record that a scheduler received a submission, whether it accepts the task or not.
	 * @param taskId the task
	 */
	void arrived(String taskId) {
		SoakTask.number(taskId).ifPresentOrElse(this::arrived, () -> mistake("arrived: unknown task " + taskId));
	}

	private synchronized void arrived(int number) {
		(this.arrived.get(number) ? this.arrivedAgain : this.arrived).set(number);
	}

	synchronized boolean hasArrived(SoakTask task) {
		return this.arrived.get(task.number());
	}

	/**
	 * Record that a scheduler has accepted a task: it is queued, running, or taken by an
	 * agent.
	 * @param task the task
	 */
	void held(ScheduledTask task) {
		int number = SoakTask.number(task.taskId()).orElse(-1);
		if (number < 0 || !new SoakTask(number).matches(task)) {
			mistake("task differs from submission: " + task);
			return;
		}
		synchronized (this) {
			this.held.set(number);
		}
	}

	void fault(String name) {
		this.faults.computeIfAbsent(name, (key) -> new LongAdder()).increment();
	}

	/**
	 * Record the values of the metrics after the client is closed.
	 * @param inFlight the number of calls in flight
	 * @param requests the number of completed calls
	 */
	void metered(double inFlight, double requests) {
		this.inFlight = Math.round(inFlight);
		this.metered = Math.round(requests);
	}

	void footprints(Footprint start, Footprint end) {
		this.start = start;
		this.end = end;
	}

	long begun() {
		return this.tallies.values().stream().mapToLong((tally) -> tally.begun.sum()).sum();
	}

	long answered(SchedulerOperation operation) {
		return tally(operation).answered.sum();
	}

	int lost() {
		return this.open.size() + this.late.size();
	}

	synchronized int duplicates() {
		return this.arrivedAgain.cardinality();
	}

	/**
	 * Return the number of tasks that were reported as accepted, but that no scheduler
	 * has accepted. Correct only after all schedulers are closed.
	 * @return the number of tasks
	 */
	synchronized int unaccounted() {
		BitSet unaccounted = (BitSet) this.accepted.clone();
		unaccounted.andNot(this.held);
		return unaccounted.cardinality();
	}

	long mistakes() {
		return this.mistakeCount.sum();
	}

	long faults() {
		return sum(this.faults);
	}

	/**
	 * Return the violated rules.
	 * @return a sentence for each, empty if there are none
	 */
	List<String> broken() {
		List<String> broken = new ArrayList<>();
		mustBeZero(broken, "calls lost", lost());
		mustBeZero(broken, "tasks reported as accepted that no scheduler accepted", unaccounted());
		if (!this.duplicatesAllowed) {
			mustBeZero(broken, "tasks that arrived more than once", duplicates());
		}
		mustBeZero(broken, "incorrect answers", mistakes());
		mustBeZero(broken, "calls in flight at the end", this.inFlight);
		mustBeZero(broken, "difference between calls and metrics", this.metered - begun());
		if (this.start != null && this.end != null && this.end.threads() > this.start.threads()) {
			broken.add("no threads must be left, got %d at the start and %d at the end".formatted(this.start.threads(),
					this.end.threads()));
		}
		this.tallies.forEach((operation, tally) -> {
			if (tally.answered.sum() == 0) {
				broken.add("no %s was answered".formatted(operation.methodName()));
			}
		});
		return broken;
	}

	/**
	 * Return the account as a table.
	 * @return several lines
	 */
	@Override
	public String toString() {
		Table table = new Table();
		table.row("calls", "started", "answered", "failed", "cancelled", "lost");
		this.tallies.forEach((operation, tally) -> table.row("  " + operation.methodName(), tally.begun, tally.answered,
				tally.failed, tally.cancelled, lost(operation)));
		table.row("failed with");
		this.failures.forEach((failure, count) -> table.row("  " + failure, count));
		table.row("faults injected", faults());
		this.faults.forEach((fault, count) -> table.row("  " + fault, count));
		synchronized (this) {
			table.row("tasks arrived", this.arrived.cardinality());
			table.row("tasks accepted by schedulers", this.held.cardinality());
			table.row("tasks reported as accepted", this.accepted.cardinality());
		}
		table.row("calls in the metrics", this.metered);
		table.row("calls in flight at the end", this.inFlight);
		table.row("lost", lost());
		table.row("accepted by no scheduler", unaccounted());
		table.row("duplicates" + (this.duplicatesAllowed ? " (allowed)" : ""), duplicates());
		table.row("incorrect answers", mistakes());
		if (this.start != null && this.end != null) {
			table.row("", "start", "end");
			table.row("heap after GC, KiB", this.start.heapBytes() / 1024, this.end.heapBytes() / 1024);
			table.row("threads", this.start.threads(), this.end.threads());
		}
		lostCalls().limit(MAX_EXAMPLES).forEach((call) -> table.row("lost: " + call));
		this.mistakes.forEach((mistake) -> table.row("incorrect: " + mistake));
		broken().forEach((sentence) -> table.row("BROKEN: " + sentence));
		return table.toString();
	}

	private Tally tally(SchedulerOperation operation) {
		Tally tally = this.tallies.get(operation);
		if (tally == null) {
			throw new IllegalArgumentException("there is no tally of " + operation);
		}
		return tally;
	}

	private Stream<Call> lostCalls() {
		return Stream.concat(this.open.stream(), this.late.stream());
	}

	private long lost(SchedulerOperation operation) {
		return lostCalls().filter((call) -> call.operation == operation).count();
	}

	private void mistake(String mistake) {
		this.mistakeCount.increment();
		if (this.mistakes.size() < MAX_EXAMPLES) {
			this.mistakes.add(mistake);
		}
	}

	private static boolean isExpected(SchedulerException failure) {
		return EXPECTED_STATUSES.contains(failure.getStatusCode())
				|| (failure.getCause() instanceof StatusRuntimeException ex && isReset(ex.getStatus()));
	}

	/**
	 * A server that is stopped forcibly resets the calls in flight, which gRPC reports as
	 * cancelled.
	 */
	private static boolean isReset(Status status) {
		return status.getCode() == Status.Code.CANCELLED
				&& "RST_STREAM closed stream. HTTP/2 error code: CANCEL".equals(status.getDescription());
	}

	private static void mustBeZero(List<String> broken, String name, long value) {
		if (value != 0) {
			broken.add("%s must be 0, got %d".formatted(name, value));
		}
	}

	private static long sum(Map<String, LongAdder> counts) {
		return counts.values().stream().mapToLong(LongAdder::sum).sum();
	}

	/**
	 * A call that has not completed.
	 */
	final class Call {

		private final SchedulerOperation operation;

		private final int number;

		private final Duration deadline;

		private final long startNanos = System.nanoTime();

		private final AtomicBoolean ended = new AtomicBoolean();

		private Call(SchedulerOperation operation, int number, Duration deadline) {
			this.operation = operation;
			this.number = number;
			this.deadline = deadline;
		}

		int number() {
			return this.number;
		}

		/**
		 * Record that the call was answered.
		 * @param answer the answer
		 * @param mistake a description of an incorrect answer, or {@code null}
		 */
		void answered(@Nullable Object answer, @Nullable String mistake) {
			if (mistake != null) {
				mistake(mistake);
			}
			if (answer instanceof SubmitTaskResult result && result.accepted()) {
				synchronized (SoakAccount.this) {
					SoakAccount.this.accepted.set(this.number);
				}
			}
			end(tally(this.operation).answered);
		}

		/**
		 * Record that the call failed.
		 * @param failure the exception that the caller received
		 */
		void failed(Throwable failure) {
			if (failure instanceof SchedulerException ex && isExpected(ex)) {
				SoakAccount.this.failures
					.computeIfAbsent(ex.getClass().getSimpleName() + " " + ex.getStatusCode(), (key) -> new LongAdder())
					.increment();
			}
			else {
				mistake(this + " failed with " + failure);
			}
			end(tally(this.operation).failed);
		}

		/**
		 * Record that the caller cancelled the call.
		 */
		void cancelled() {
			end(tally(this.operation).cancelled);
		}

		private void end(LongAdder count) {
			if (!this.ended.compareAndSet(false, true)) {
				mistake(this + " ended twice");
				return;
			}
			if (isLate()) {
				SoakAccount.this.late.add(this);
			}
			else {
				count.increment();
			}
			SoakAccount.this.open.remove(this);
		}

		private boolean isLate() {
			return System.nanoTime() - this.startNanos > this.deadline.plus(SoakAccount.this.grace).toNanos();
		}

		@Override
		public String toString() {
			return "%s %d with a deadline of %s".formatted(this.operation.methodName(), this.number, this.deadline);
		}

	}

	/**
	 * Counters of the calls of one operation.
	 */
	private static final class Tally {

		private final LongAdder begun = new LongAdder();

		private final LongAdder answered = new LongAdder();

		private final LongAdder failed = new LongAdder();

		private final LongAdder cancelled = new LongAdder();

	}

	/**
	 * A table whose rows have a name and right-aligned columns.
	 */
	private static final class Table {

		private final StringBuilder lines = new StringBuilder();

		private void row(String name, Object... columns) {
			this.lines.append((columns.length > 0) ? "%-60s".formatted(name) : name);
			for (Object column : columns) {
				this.lines.append(String.format(Locale.ROOT, "%11s", column));
			}
			this.lines.append(System.lineSeparator());
		}

		@Override
		public String toString() {
			return this.lines.toString();
		}

	}

}
