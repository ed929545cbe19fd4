package io.sw4rm.scheduler.sample;

import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import jakarta.validation.constraints.NotBlank;

import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

import io.sw4rm.scheduler.client.ActivityEntry;
import io.sw4rm.scheduler.client.ActivityListener;
import io.sw4rm.scheduler.client.ActivityWatch;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SchedulerDeadlineExceededException;
import io.sw4rm.scheduler.client.WatchOptions;

import static io.sw4rm.scheduler.sample.ClientArguments.checked;

/**
 * Streams new activity of agents as server-sent events: {@code activity} for each new
 * entry, {@code outage} when the activity cannot be read, and {@code recovery} when it
 * can be read again.
 */
@RestController
@RequestMapping("/api/activity/watch")
class ActivityWatchController {

	private static final long NO_TIMEOUT = -1;

	private static final long RECONNECT_MILLIS = 2000;

	private static final WatchOptions OPTIONS = WatchOptions.defaults()
		.withExistingEntries(false)
		.withMaxBackoff(Duration.ofSeconds(2));

	private final SchedulerClient scheduler;

	private final Set<SseEmitter> streams = ConcurrentHashMap.newKeySet();

	private volatile boolean closed;

	ActivityWatchController(SchedulerClient scheduler) {
		this.scheduler = scheduler;
	}

	@GetMapping(produces = MediaType.TEXT_EVENT_STREAM_VALUE)
	SseEmitter watch(@RequestParam @NotBlank @Identifier String agentId) throws IOException {
		SseEmitter stream = new SseEmitter(NO_TIMEOUT);
		stream.send(SseEmitter.event().reconnectTime(RECONNECT_MILLIS));
		ActivityWatch watch = checked(
				() -> this.scheduler.watchActivity(agentId, OPTIONS, new StreamingListener(stream)));
		stream.onCompletion(() -> {
			this.streams.remove(stream);
			watch.closeAsync();
		});
		this.streams.add(stream);
		if (this.closed) {
			watch.closeAsync();
			throw new ResponseStatusException(HttpStatus.SERVICE_UNAVAILABLE, "The application is shutting down");
		}
		return stream;
	}

	/**
	 * Sends a comment to each stream. If the browser has closed the connection, this ends
	 * the stream.
	 */
	@Scheduled(fixedRate = 10, timeUnit = TimeUnit.SECONDS)
	void sendHeartbeats() {
		this.streams.forEach((stream) -> send(stream, SseEmitter.event().comment("")));
	}

	/**
	 * The application waits for open requests before it stops, and streams do not end by
	 * themselves.
	 */
	@EventListener(ContextClosedEvent.class)
	void closeStreams() {
		this.closed = true;
		this.streams.forEach(SseEmitter::complete);
	}

	private static void send(SseEmitter stream, SseEmitter.SseEventBuilder event) {
		try {
			stream.send(event);
		}
		catch (IOException | IllegalStateException ex) {
			// The browser has closed the connection, or the stream has ended: the
			// container completes the stream
		}
	}

	/**
	 * Sends what a watch finds to a stream.
	 */
	private static final class StreamingListener implements ActivityListener {

		private final SseEmitter stream;

		StreamingListener(SseEmitter stream) {
			this.stream = stream;
		}

		@Override
		public void onActivity(ActivityEntry entry) {
			send("activity", entry);
		}

		@Override
		public void onOutage(Throwable failure) {
			send("outage", new Outage(Failures.reason(failure), failure instanceof SchedulerDeadlineExceededException));
		}

		@Override
		public void onRecovery() {
			send("recovery", "");
		}

		/**
		 * Ends the stream. The browser connects again after a while.
		 */
		@Override
		public void onError(Throwable failure) {
			onOutage(failure);
			this.stream.complete();
		}

		private void send(String name, Object data) {
			ActivityWatchController.send(this.stream,
					SseEmitter.event().name(name).data(data, MediaType.APPLICATION_JSON));
		}

	}

	/**
	 * An outage.
	 *
	 * @param reason why the activity cannot be read
	 * @param timedOut whether the scheduler did not respond in time
	 */
	record Outage(String reason, boolean timedOut) {

	}

}
