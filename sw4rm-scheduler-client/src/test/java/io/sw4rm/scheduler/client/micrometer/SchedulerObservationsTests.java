package io.sw4rm.scheduler.client.micrometer;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.sw4rm.scheduler.client.AsyncSchedulerClient;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.TestScheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link SchedulerObservations}.
 */
class SchedulerObservationsTests {

	@RegisterExtension
	final TestScheduler scheduler = new TestScheduler();

	private final ObservationRegistry registry = ObservationRegistry.create();

	private final List<String> events = new CopyOnWriteArrayList<>();

	@Test
	void observesCallInScope() {
		this.registry.observationConfig().observationHandler(new RecordingHandler(this.events));
		SchedulerClient.builder(this.scheduler.channel())
			.listener(new SchedulerObservations(this.registry, null))
			.build()
			.pollActivityBuffer("worker-1");
		assertThat(this.events).containsExactly("start sw4rm.scheduler.call", "open",
				"stop sw4rm.scheduler.poll_activity_buffer OK", "close");
		assertThat(this.registry.getCurrentObservation()).isNull();
	}

	@Test
	void restoresScopesOfBothThreadsWhenAnswerComesBeforeTheStartIsOver() {
		this.registry.observationConfig().observationHandler(new RecordingHandler(this.events));
		List<Observation> afterAnswer = new ArrayList<>();
		AsyncSchedulerClient client = SchedulerClient.builder(this.scheduler.channel())
			.intercept(new AnsweringWhileStarting(() -> afterAnswer.add(this.registry.getCurrentObservation())))
			.listener(new SchedulerObservations(this.registry, null))
			.buildAsync();
		Observation parent = Observation.start("parent", this.registry);
		Observation.Scope scope = parent.openScope();
		try {
			CompletableFuture<?> future = client.pollActivityBuffer("worker-1");
			assertThatExceptionOfType(ExecutionException.class).isThrownBy(future::get);
			assertThat(this.registry.getCurrentObservation()).isSameAs(parent);
		}
		finally {
			scope.close();
		}
		assertThat(this.registry.getCurrentObservation()).isNull();
		assertThat(afterAnswer).containsExactly((Observation) null);
	}

	@Test
	void observesCallWhosePropagatedContextCannotBeSent() {
		this.registry.observationConfig().observationHandler(new RecordingHandler(this.events) {

			@Override
			public void onStart(Observation.Context context) {
				super.onStart(context);
				SchedulerObservationContext callContext = (SchedulerObservationContext) context;
				callContext.getSetter().set(callContext.getCarrier(), "baggage", "ü");
				callContext.getSetter().set(callContext.getCarrier(), "traceparent", "00-1");
			}

		});
		SchedulerClient.builder(this.scheduler.channel())
			.listener(new SchedulerObservations(this.registry, null))
			.build()
			.pollActivityBuffer("worker-1");
		assertThat(this.events).contains("stop sw4rm.scheduler.poll_activity_buffer OK");
		assertThat(this.scheduler.onlyCall().headers("traceparent")).containsExactly("00-1");
		assertThat(this.scheduler.onlyCall().headers("baggage")).isEmpty();
	}

	/**
	 * Ends each call on another thread before its start returns.
	 */
	private record AnsweringWhileStarting(Runnable afterAnswer) implements ClientInterceptor {

		@Override
		public <Q, S> ClientCall<Q, S> interceptCall(MethodDescriptor<Q, S> method, CallOptions options, Channel next) {
			return new SimpleForwardingClientCall<>(next.newCall(method, options)) {

				@Override
				public void start(Listener<S> listener, Metadata headers) {
					super.start(new Listener<>() {
					}, headers);
					CompletableFuture.runAsync(() -> {
						listener.onClose(Status.UNAVAILABLE, new Metadata());
						AnsweringWhileStarting.this.afterAnswer.run();
					}).join();
				}

			};
		}

	}

	private static class RecordingHandler implements ObservationHandler<Observation.Context> {

		private final List<String> events;

		RecordingHandler(List<String> events) {
			this.events = events;
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return context instanceof SchedulerObservationContext;
		}

		@Override
		public void onStart(Observation.Context context) {
			this.events.add("start " + context.getName());
		}

		@Override
		public void onScopeOpened(Observation.Context context) {
			this.events.add("open");
		}

		@Override
		public void onScopeClosed(Observation.Context context) {
			this.events.add("close");
		}

		@Override
		public void onStop(Observation.Context context) {
			this.events.add("stop %s %s".formatted(context.getContextualName(),
					((SchedulerObservationContext) context).getCall().status()));
		}

	}

}
