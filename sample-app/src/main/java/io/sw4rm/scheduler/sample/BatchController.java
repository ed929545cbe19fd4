package io.sw4rm.scheduler.sample;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import jakarta.servlet.http.HttpServletResponse;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import org.hibernate.validator.constraints.Range;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

import io.sw4rm.scheduler.client.AsyncSchedulerClient;
import io.sw4rm.scheduler.client.BatchOptions;
import io.sw4rm.scheduler.client.BatchProgress;
import io.sw4rm.scheduler.client.TaskBatch;
import io.sw4rm.scheduler.client.TaskOutcome;
import io.sw4rm.scheduler.client.TaskSubmission;

/**
 * Submits batches of tasks. The response is the result or, for clients that accept
 * newline-delimited JSON, the result so far in regular intervals; the last line is then
 * the final result.
 */
@RestController
@RequestMapping("/api/tasks/batch")
class BatchController {

	private static final int MAX_TASKS = 10_000;

	private static final long INTERVAL_MILLIS = 100;

	private final AsyncSchedulerClient scheduler;

	private final JsonMapper jsonMapper;

	private final Set<TaskBatch> batches = ConcurrentHashMap.newKeySet();

	BatchController(AsyncSchedulerClient scheduler, JsonMapper jsonMapper) {
		this.scheduler = scheduler;
		this.jsonMapper = jsonMapper;
	}

	@PostMapping
	CompletableFuture<BatchResult> submit(@Valid @RequestBody BatchRequest request) {
		ResultListener listener = new ResultListener(request.count());
		return submit(request, listener).completion().thenApply((progress) -> listener.result);
	}

	/**
	 * The batch ends early if the caller closes the connection.
	 */
	@PostMapping(produces = MediaType.APPLICATION_NDJSON_VALUE)
	ResponseEntity<StreamingResponseBody> submitWithProgress(@Valid @RequestBody BatchRequest request,
			HttpServletResponse response) {
		return ResponseEntity.ok()
			.contentType(MediaType.APPLICATION_NDJSON)
			.body((output) -> submitWithProgress(request, output, response));
	}

	private void submitWithProgress(BatchRequest request, OutputStream output, HttpServletResponse response)
			throws IOException {
		ResultListener listener = new ResultListener(request.count());
		TaskBatch batch = submit(request, listener);
		try {
			do {
				writeLine(listener.result, output, response);
			}
			while (!endsWithinInterval(batch));
			writeLine(listener.result, output, response);
		}
		finally {
			batch.cancel();
		}
	}

	private TaskBatch submit(BatchRequest request, ResultListener listener) {
		TaskBatch batch = this.scheduler.submitAll(request.tasks(), BatchOptions.defaults().withListener(listener),
				(outcome) -> {
				});
		this.batches.add(batch);
		batch.completion().whenComplete((progress, failure) -> this.batches.remove(batch));
		return batch;
	}

	private static boolean endsWithinInterval(TaskBatch batch) throws IOException {
		try {
			batch.completion().get(INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
			return true;
		}
		catch (TimeoutException ex) {
			return false;
		}
		catch (ExecutionException ex) {
			throw new IOException("The batch failed", ex.getCause());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new InterruptedIOException("Interrupted while waiting for the batch");
		}
	}

	private void writeLine(BatchResult result, OutputStream output, HttpServletResponse response) throws IOException {
		output.write(this.jsonMapper.writeValueAsBytes(result));
		output.write('\n');
		// Spring ignores that the stream is flushed
		response.flushBuffer();
	}

	/**
	 * Without this, the application would wait for the whole batches before it stops.
	 */
	@EventListener(ContextClosedEvent.class)
	void cancelBatches() {
		this.batches.forEach(TaskBatch::cancel);
	}

	/**
	 * A batch of tasks to submit.
	 *
	 * @param count the number of tasks
	 * @param agentIds the agents, which get the tasks in turn
	 * @param priority the priority of each task, higher is more important; 0 when left
	 * out
	 */
	record BatchRequest(
			@NotNull @Range(min = 1, max = MAX_TASKS,
					message = "must be in range [{min}, {max}], got ${validatedValue}") Integer count,
			@NotEmpty List<@NotBlank @Identifier String> agentIds, @Priority @Nullable Integer priority) {

		Stream<TaskSubmission> tasks() {
			return IntStream.range(0, this.count).mapToObj(this::task);
		}

		private TaskSubmission task(int index) {
			return TaskSubmission.forAgent(this.agentIds.get(index % this.agentIds.size()))
				.priority((this.priority != null) ? this.priority : 0)
				.build();
		}

	}

	/**
	 * Keeps the result of a batch up to date. Notified by one thread at a time.
	 */
	private static final class ResultListener implements BiConsumer<TaskOutcome, BatchProgress> {

		private volatile BatchResult result;

		ResultListener(int requested) {
			this.result = BatchResult.of(requested);
		}

		@Override
		public void accept(TaskOutcome outcome, BatchProgress progress) {
			this.result = this.result.after(outcome, progress);
		}

	}

}
