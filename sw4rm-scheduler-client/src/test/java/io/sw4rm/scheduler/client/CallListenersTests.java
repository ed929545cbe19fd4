package io.sw4rm.scheduler.client;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

import io.grpc.Status;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.sw4rm.scheduler.proto.PurgeActivityResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link CallListeners}: what a listener throws is its own business.
 */
@ParameterizedClass
@EnumSource(ClientStyle.class)
@Timeout(60)
class CallListenersTests {

	@RegisterExtension
	final TestScheduler scheduler = new TestScheduler();

	private final Logger logger = Logger.getLogger(SchedulerCallListener.class.getName());

	private final RecordingHandler log = new RecordingHandler();

	private final ClientStyle style;

	CallListenersTests(ClientStyle style) {
		this.style = style;
	}

	@BeforeEach
	void captureLog() {
		this.logger.addHandler(this.log);
		this.logger.setUseParentHandlers(false);
	}

	@AfterEach
	void releaseLog() {
		this.logger.removeHandler(this.log);
		this.logger.setUseParentHandlers(true);
	}

	@ParameterizedTest
	@EnumSource
	void failureChangesNeitherResultNorOtherListeners(Event event) {
		this.scheduler.answers((request) -> {
			if (this.scheduler.calls().size() % 2 == 1) {
				throw Status.UNAVAILABLE.asRuntimeException();
			}
			return PurgeActivityResponse.newBuilder().setPurged(7).build();
		});
		Error failure = new StackOverflowError("broken listener");
		FailingListener failing = new FailingListener(event, failure);
		FailingListener before = new FailingListener(null, failure);
		FailingListener after = new FailingListener(null, failure);
		try (RetryingChannel channel = new RetryingChannel(this.scheduler.address())) {
			SchedulerClient client = this.style
				.build(SchedulerClient.builder(channel.get()).listener(before).listener(failing).listener(after));
			assertThat(client.purgeAllActivity("worker-1")).isEqualTo(7);
			assertThat(client.purgeAllActivity("worker-1")).isEqualTo(7);
		}
		assertThat(failing.seen).filteredOn(event::equals).hasSizeGreaterThanOrEqualTo(2);
		// The scope of the second call may be closed after its caller has the result
		await().untilAsserted(() -> assertThat(before.seen).contains(Event.values())
			.hasSameElementsAs(after.seen)
			.hasSameSizeAs(after.seen));
		assertThat(this.log.records).singleElement().satisfies((record) -> {
			assertThat(record.getLevel()).isEqualTo(Level.WARNING);
			assertThat(record.getMessage()).isEqualTo("Listener " + FailingListener.class.getName()
					+ " threw an exception during a call to the scheduler; further failures of this listener are not logged");
			assertThat(record.getThrown()).isSameAs(failure);
		});
	}

	@Test
	void failureDoesNotHideThatOfTheCall() {
		this.scheduler.fails(Status.NOT_FOUND);
		SchedulerClient client = this.style.build(SchedulerClient.builder(this.scheduler.channel())
			.listener(new FailingListener(Event.END, new IllegalStateException("broken listener"))));
		assertThatExceptionOfType(SchedulerException.class).isThrownBy(() -> client.pollActivityBuffer("worker-1"))
			.satisfies((ex) -> assertThat(ex.getStatusCode()).isEqualTo(Status.Code.NOT_FOUND));
	}

	@Test
	void failureIsLoggedForEachListener() {
		RuntimeException failure = new IllegalStateException("broken listener");
		SchedulerClient client = this.style.build(SchedulerClient.builder(this.scheduler.channel())
			.listener(new EqualListener("first", failure))
			.listener(new EqualListener("second", failure)));
		client.pollActivityBuffer("worker-1");
		client.pollActivityBuffer("worker-1");
		assertThat(this.log.records).hasSize(2);
	}

	private enum Event {

		START, RETRY, END, SCOPE_OPENED, SCOPE_CLOSED

	}

	private static final class FailingListener implements SchedulerCallListener {

		private final List<Event> seen = new CopyOnWriteArrayList<>();

		private final Event failing;

		private final Throwable failure;

		private FailingListener(Event failing, Throwable failure) {
			this.failing = failing;
			this.failure = failure;
		}

		@Override
		public void onStart(SchedulerCall call) {
			see(Event.START);
		}

		@Override
		public void onRetry(SchedulerCall call) {
			see(Event.RETRY);
		}

		@Override
		public void onEnd(SchedulerCall call) {
			see(Event.END);
		}

		@Override
		public void onScopeOpened(SchedulerCall call) {
			see(Event.SCOPE_OPENED);
		}

		@Override
		public void onScopeClosed(SchedulerCall call) {
			see(Event.SCOPE_CLOSED);
		}

		private void see(Event event) {
			this.seen.add(event);
			if (event == this.failing) {
				FailingListener.<RuntimeException>sneakyThrow(this.failure);
			}
		}

		@SuppressWarnings("unchecked")
		private static <E extends Throwable> void sneakyThrow(Throwable failure) throws E {
			throw (E) failure;
		}

	}

	/**
	 * A listener for which all of its kind are equal.
	 */
	private record EqualListener(String name, RuntimeException failure) implements SchedulerCallListener {

		@Override
		public void onStart(SchedulerCall call) {
			throw this.failure;
		}

		@Override
		public boolean equals(Object other) {
			return other instanceof EqualListener;
		}

		@Override
		public int hashCode() {
			return 1;
		}

	}

	private static final class RecordingHandler extends Handler {

		private final List<LogRecord> records = new CopyOnWriteArrayList<>();

		@Override
		public void publish(LogRecord record) {
			this.records.add(record);
		}

		@Override
		public void flush() {
		}

		@Override
		public void close() {
		}

	}

}
