package io.sw4rm.scheduler.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import io.grpc.ManagedChannel;
import reactor.core.publisher.Flux;

import io.sw4rm.scheduler.client.AsyncSchedulerClient;
import io.sw4rm.scheduler.client.BatchOptions;
import io.sw4rm.scheduler.client.ReactiveSchedulerClient;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SubmitTaskResult;
import io.sw4rm.scheduler.client.TaskOutcome;
import io.sw4rm.scheduler.client.TaskSubmission;
import io.sw4rm.scheduler.client.address.SchedulerAddress;
import io.sw4rm.scheduler.testsupport.Ports;

/**
 * Submits many tasks with each style of client, and compares the throughput with that of
 * a hand-written loop of futures. Then measures the heap in use while the tasks are
 * submitted. The scheduler runs in another process. Fails if it has counted other tasks
 * than those that were accepted.
 */
public final class ManyTasks {

	private static final String USAGE = "Usage: ManyTasks [--tasks=1000000] [--rounds=20] [--max-in-flight=64]";

	private final ManagedChannel channel;

	private final SchedulerClient client;

	private final AsyncSchedulerClient asyncClient;

	private final ReactiveSchedulerClient reactiveClient;

	private final BatchOptions options;

	private ManyTasks(int port, int maxInFlight) {
		this.channel = SchedulerAddress.parse("localhost:" + port).newChannelBuilder().build();
		this.client = SchedulerClient.builder(this.channel).waitForReady(true).build();
		this.asyncClient = AsyncSchedulerClient.create(this.channel);
		this.reactiveClient = ReactiveSchedulerClient.create(this.channel);
		this.options = BatchOptions.defaults().withMaxInFlight(maxInFlight);
	}

	/**
	 * Run the program.
	 * @param args the number of tasks of each style, the number of rounds in which the
	 * styles take turns, and the number of tasks in flight
	 * @throws Exception if the scheduler cannot be started or a call fails
	 */
	public static void main(String[] args) throws Exception {
		long tasks = 1_000_000;
		int rounds = 20;
		int maxInFlight = 64;
		for (String arg : args) {
			int value = Integer.parseInt(arg.substring(arg.indexOf('=') + 1));
			switch (arg.substring(0, arg.indexOf('=') + 1)) {
				case "--tasks=" -> tasks = value;
				case "--rounds=" -> rounds = value;
				case "--max-in-flight=" -> maxInFlight = value;
				default -> throw new IllegalArgumentException(USAGE);
			}
		}
		int port = Ports.unused();
		Process scheduler = CountingScheduler.start(port);
		ManyTasks program = new ManyTasks(port, maxInFlight);
		try {
			program.client.purgeAllActivity("worker-1");
			program.compareThroughput(tasks / rounds, rounds);
			program.measureHeap(tasks);
		}
		finally {
			program.channel.shutdownNow();
			scheduler.destroy();
		}
	}

	private void compareThroughput(long tasks, int rounds) throws Exception {
		Style[] styles = Style.values();
		double[][] rates = new double[styles.length][rounds];
		for (int round = -1; round < rounds; round++) {
			for (int turn = 0; turn < styles.length; turn++) {
				Style style = styles[Math.floorMod(round + turn, styles.length)];
				long start = System.nanoTime();
				submit(style, tasks, (accepted) -> {
				});
				double seconds = (double) (System.nanoTime() - start) / TimeUnit.SECONDS.toNanos(1);
				// The first round warms up
				if (round >= 0) {
					rates[style.ordinal()][round] = tasks / seconds;
				}
			}
		}
		System.out.println("style     tasks/s   ratio to FUTURES (median, quartiles)");
		for (Style style : styles) {
			double[] ratios = new double[rounds];
			for (int round = 0; round < rounds; round++) {
				ratios[round] = rates[style.ordinal()][round] / rates[Style.FUTURES.ordinal()][round];
			}
			System.out.printf(Locale.ROOT, "%-9s %7.0f   %.3f (%.3f - %.3f)%n", style,
					quantile(rates[style.ordinal()], 0.5), quantile(ratios, 0.5), quantile(ratios, 0.25),
					quantile(ratios, 0.75));
		}
	}

	private static double quantile(double[] values, double quantile) {
		double[] sorted = values.clone();
		Arrays.sort(sorted);
		return sorted[(int) (quantile * (sorted.length - 1))];
	}

	private void measureHeap(long tasks) throws Exception {
		System.out.println("style     heap in use in KiB after 10 %, 50 %, 90 % and all of " + tasks + " tasks");
		for (Style style : Style.values()) {
			List<Long> points = List.of(tasks / 10, tasks / 2, tasks * 9 / 10);
			StringBuilder heap = new StringBuilder();
			submit(style, tasks, (accepted) -> {
				if (points.contains(accepted)) {
					heap.append(" %7d".formatted(heapKibibytes()));
				}
			});
			System.out.printf("%-9s%s %7d%n", style, heap, heapKibibytes());
		}
	}

	private static long heapKibibytes() {
		System.gc();
		return (Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory()) / 1024;
	}

	/**
	 * Submit tasks.
	 * @param onAccepted receives the number of accepted tasks after each
	 */
	private void submit(Style style, long tasks, LongConsumer onAccepted) throws Exception {
		AtomicLong accepted = new AtomicLong();
		switch (style) {
			case FUTURES -> submitWithFutures(tasks, () -> onAccepted.accept(accepted.incrementAndGet()));
			case BLOCKING -> {
				try (Stream<TaskOutcome> outcomes = this.client.submitAll(tasks(tasks), this.options)) {
					outcomes.filter(ManyTasks::isAccepted)
						.forEach((outcome) -> onAccepted.accept(accepted.incrementAndGet()));
				}
			}
			case ASYNC -> this.asyncClient.submitAll(tasks(tasks), this.options, (outcome) -> {
				if (isAccepted(outcome)) {
					onAccepted.accept(accepted.incrementAndGet());
				}
			}).completion().join();
			case REACTIVE -> this.reactiveClient.submitAll(Flux.fromStream(() -> tasks(tasks)), this.options)
				.filter(ManyTasks::isAccepted)
				.doOnNext((outcome) -> onAccepted.accept(accepted.incrementAndGet()))
				.blockLast();
		}
		long counted = this.client.purgeAllActivity("worker-1");
		if (accepted.get() != tasks || counted != tasks) {
			throw new IllegalStateException("%s: of %d tasks, %d were accepted, and the scheduler counted %d"
				.formatted(style, tasks, accepted.get(), counted));
		}
	}

	/**
	 * What an application would write without batches.
	 */
	private void submitWithFutures(long tasks, Runnable onAccepted) throws InterruptedException {
		int maxInFlight = this.options.maxInFlight();
		Semaphore permits = new Semaphore(maxInFlight);
		for (long i = 0; i < tasks; i++) {
			permits.acquire();
			this.asyncClient.submitTask(task(i)).whenComplete((result, failure) -> {
				if (isAccepted(result)) {
					onAccepted.run();
				}
				permits.release();
			});
		}
		permits.acquire(maxInFlight);
	}

	private static boolean isAccepted(SubmitTaskResult result) {
		return result != null && result.accepted();
	}

	private static boolean isAccepted(TaskOutcome outcome) {
		return outcome.status() == TaskOutcome.Status.ACCEPTED;
	}

	private static Stream<TaskSubmission> tasks(long count) {
		return LongStream.range(0, count).mapToObj(ManyTasks::task);
	}

	private static TaskSubmission task(long index) {
		return TaskSubmission.forAgent("worker-1").taskId("task-" + index).params("{\"action\":\"process\"}").build();
	}

	private enum Style {

		FUTURES, BLOCKING, ASYNC, REACTIVE

	}

}
