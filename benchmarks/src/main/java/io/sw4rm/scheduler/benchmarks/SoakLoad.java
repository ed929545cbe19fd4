package io.sw4rm.scheduler.benchmarks;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import io.grpc.Status;
import io.netty.util.concurrent.DefaultThreadFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;

import io.sw4rm.scheduler.client.AsyncSchedulerClient;
import io.sw4rm.scheduler.client.ReactiveSchedulerClient;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SchedulerException;
import io.sw4rm.scheduler.client.SchedulerOperation;

/**
 * Makes calls of all operations, from several threads and with all three clients. Some
 * have a short deadline, and some are cancelled by their caller.
 */
final class SoakLoad {

	/**
	 * The deadline of calls that do not have a short one.
	 */
	static final Duration DEADLINE = Duration.ofSeconds(5);

	private static final int MAX_SHORT_DEADLINE_MILLIS = 20;

	private static final int MAX_CANCEL_MICROS = 3000;

	private static final int MAX_PAUSE_MILLIS = 8;

	/**
	 * One of this number of calls has a short deadline, and one is cancelled.
	 */
	private static final int ONE_OUT_OF = 20;

	/**
	 * The maximum number of asynchronous calls in flight for each thread.
	 */
	private static final int MAX_IN_FLIGHT = 16;

	/**
	 * The share of each operation: submissions are the most frequent, shutdowns the
	 * least.
	 */
	private static final List<SchedulerOperation> MIX = List.of(SchedulerOperation.SUBMIT_TASK,
			SchedulerOperation.SUBMIT_TASK, SchedulerOperation.SUBMIT_TASK, SchedulerOperation.SUBMIT_TASK,
			SchedulerOperation.SUBMIT_TASK, SchedulerOperation.SUBMIT_TASK, SchedulerOperation.REQUEST_PREEMPTION,
			SchedulerOperation.REQUEST_PREEMPTION, SchedulerOperation.REQUEST_PREEMPTION,
			SchedulerOperation.POLL_ACTIVITY_BUFFER, SchedulerOperation.POLL_ACTIVITY_BUFFER,
			SchedulerOperation.POLL_ACTIVITY_BUFFER, SchedulerOperation.PURGE_ACTIVITY,
			SchedulerOperation.PURGE_ACTIVITY, SchedulerOperation.SHUTDOWN_AGENT);

	private final SoakSettings settings;

	private final SoakAccount account;

	private final SchedulerClient blockingClient;

	private final AsyncSchedulerClient asyncClient;

	private final ReactiveSchedulerClient reactiveClient;

	private final ScheduledExecutorService canceller = Executors
		.newSingleThreadScheduledExecutor(new DefaultThreadFactory("soak-canceller", true));

	SoakLoad(SoakSettings settings, BeanFactory beans, SoakAccount account) {
		this.settings = settings;
		this.account = account;
		this.blockingClient = beans.getBean(SchedulerClient.class);
		this.asyncClient = beans.getBean(AsyncSchedulerClient.class);
		this.reactiveClient = beans.getBean(ReactiveSchedulerClient.class);
	}

	/**
	 * Make calls for the duration in the settings, then wait until all have completed or
	 * are lost.
	 * @throws InterruptedException if the thread is interrupted
	 */
	void run() throws InterruptedException {
		ExecutorService callers = Executors.newCachedThreadPool(new DefaultThreadFactory("soak-caller", true));
		long endNanos = System.nanoTime() + this.settings.duration().toNanos();
		for (int thread = 0; thread < this.settings.threads(); thread++) {
			callers.execute(new Caller(new Random(this.settings.seed() + thread), endNanos));
		}
		callers.shutdown();
		callers.awaitTermination(this.settings.duration().plus(DEADLINE).toNanos(), TimeUnit.NANOSECONDS);
		this.account.awaitEnds();
		callers.shutdownNow();
		this.canceller.shutdownNow();
	}

	/**
	 * Makes calls from one thread.
	 */
	private final class Caller implements Runnable {

		private final Random random;

		private final long endNanos;

		private final Semaphore permits = new Semaphore(MAX_IN_FLIGHT);

		private Caller(Random random, long endNanos) {
			this.random = random;
			this.endNanos = endNanos;
		}

		@Override
		public void run() {
			try {
				while (System.nanoTime() - this.endNanos < 0) {
					TimeUnit.MILLISECONDS.sleep(this.random.nextInt(MAX_PAUSE_MILLIS));
					if (this.permits.tryAcquire(this.endNanos - System.nanoTime(), TimeUnit.NANOSECONDS)) {
						call();
					}
				}
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

		private void call() {
			SchedulerOperation operation = MIX.get(this.random.nextInt(MIX.size()));
			Duration shortDeadline = seldom() ? Duration.ofMillis(1 + this.random.nextInt(MAX_SHORT_DEADLINE_MILLIS))
					: null;
			SoakAccount.Call call = SoakLoad.this.account.begin(operation,
					(shortDeadline != null) ? shortDeadline : DEADLINE);
			call(SoakRequest.create(operation, call.number(), this.random, SoakLoad.this.account), call, shortDeadline);
		}

		private <R> void call(SoakRequest<R> request, SoakAccount.Call call, @Nullable Duration shortDeadline) {
			switch (this.random.nextInt(3)) {
				case 0 -> {
					SchedulerClient client = SoakLoad.this.blockingClient;
					callBlocking(
							() -> request.blocking()
								.apply((shortDeadline != null) ? client.withDeadline(shortDeadline) : client),
							request, call);
				}
				case 1 -> {
					AsyncSchedulerClient client = SoakLoad.this.asyncClient;
					callAsync(
							() -> request.async()
								.apply((shortDeadline != null) ? client.withDeadline(shortDeadline) : client),
							request, call);
				}
				default -> {
					ReactiveSchedulerClient client = SoakLoad.this.reactiveClient;
					callAsync(() -> request.reactive()
						.apply((shortDeadline != null) ? client.withDeadline(shortDeadline) : client)
						.toFuture(), request, call);
				}
			}
		}

		private <R> void callBlocking(Supplier<R> result, SoakRequest<R> request, SoakAccount.Call call) {
			Interruption interruption = new Interruption();
			if (seldom()) {
				cancelSoon(interruption);
			}
			try {
				R answer = result.get();
				call.answered(answer, request.mistake().apply(answer));
			}
			catch (Throwable ex) {
				if (interruption.happened() && ex instanceof SchedulerException failure
						&& failure.getStatusCode() == Status.Code.CANCELLED) {
					call.cancelled();
				}
				else {
					call.failed(ex);
				}
			}
			finally {
				interruption.rescind();
				this.permits.release();
			}
		}

		private <R> void callAsync(Supplier<CompletableFuture<R>> result, SoakRequest<R> request,
				SoakAccount.Call call) {
			boolean cancels = seldom();
			CompletableFuture<R> future;
			try {
				future = result.get();
			}
			catch (Throwable ex) {
				future = CompletableFuture.failedFuture(ex);
			}
			future.whenComplete((answer, failure) -> {
				this.permits.release();
				if (failure == null) {
					call.answered(answer, request.mistake().apply(answer));
				}
				else if (cancels && failure instanceof CancellationException) {
					call.cancelled();
				}
				else {
					call.failed(failure);
				}
			});
			if (cancels) {
				CompletableFuture<R> cancelled = future;
				cancelSoon(() -> cancelled.cancel(true));
			}
		}

		private boolean seldom() {
			return this.random.nextInt(ONE_OUT_OF) == 0;
		}

		private void cancelSoon(Runnable cancellation) {
			SoakLoad.this.canceller.schedule(cancellation, this.random.nextInt(MAX_CANCEL_MICROS),
					TimeUnit.MICROSECONDS);
		}

	}

	/**
	 * Interrupts the thread that created it, unless the thread no longer waits for this
	 * call.
	 */
	private static final class Interruption implements Runnable {

		private @Nullable Thread target = Thread.currentThread();

		private boolean happened;

		@Override
		public synchronized void run() {
			if (this.target != null) {
				this.target.interrupt();
				this.happened = true;
			}
		}

		synchronized boolean happened() {
			return this.happened;
		}

		synchronized void rescind() {
			this.target = null;
			Thread.interrupted();
		}

	}

}
