package io.sw4rm.scheduler.client;

import java.time.Duration;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.List;
import java.util.function.Function;

import io.micrometer.context.ContextRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

import io.sw4rm.scheduler.client.micrometer.SchedulerObservationContext;
import io.sw4rm.scheduler.client.micrometer.SchedulerObservations;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ReactorContext}.
 */
@Timeout(60)
class ReactorContextTests {

	private static final String KEY = "request-id";

	private static final ThreadLocal<@Nullable String> REQUEST_ID = new ThreadLocal<>();

	@RegisterExtension
	final TestScheduler scheduler = new TestScheduler();

	@BeforeEach
	void register() {
		ContextRegistry.getInstance().registerThreadLocalAccessor(KEY, REQUEST_ID);
	}

	@AfterEach
	void remove() {
		ContextRegistry.getInstance().removeThreadLocalAccessor(KEY);
		REQUEST_ID.remove();
	}

	@ParameterizedTest
	@EnumSource
	void supplierOfCorrelationIdsReadsContext(SchedulerOperation operation) {
		ReactiveSchedulerClient client = ReactiveSchedulerClient.builder(this.scheduler.channel())
			.correlationIds(REQUEST_ID::get)
			.buildReactive();
		Flux.from(call(operation).apply(client))
			.subscribeOn(Schedulers.parallel())
			.contextWrite((context) -> context.put(KEY, "request-1"))
			.blockLast(Duration.ofSeconds(10));
		assertThat(correlationIds()).containsExactly("request-1");
	}

	@Test
	void tasksOfBatchReadContext() {
		ReactiveSchedulerClient client = ReactiveSchedulerClient.builder(this.scheduler.channel())
			.maxInFlight(1)
			.correlationIds(REQUEST_ID::get)
			.buildReactive();
		client
			.submitAll(Flux.range(0, 3)
				.map((number) -> TaskSubmission.forAgent("worker-1").build())
				.publishOn(Schedulers.parallel()))
			.contextWrite((context) -> context.put(KEY, "request-1"))
			.blockLast(Duration.ofSeconds(10));
		assertThat(correlationIds()).hasSize(3).containsOnly("request-1");
	}

	@Test
	void listenersReadContext() {
		List<@Nullable String> seen = new CopyOnWriteArrayList<>();
		ReactiveSchedulerClient client = ReactiveSchedulerClient.builder(this.scheduler.channel())
			.listener(new SchedulerCallListener() {

				@Override
				public void onStart(SchedulerCall call) {
					seen.add(REQUEST_ID.get());
				}

			})
			.buildReactive();
		client.purgeAllActivity("worker-1")
			.contextWrite((context) -> context.put(KEY, "request-1"))
			.block(Duration.ofSeconds(10));
		assertThat(seen).containsExactly("request-1");
		assertThat(REQUEST_ID.get()).as("restored").isNull();
	}

	@Test
	void subscribersHaveTheirOwnContext() {
		REQUEST_ID.set("caller");
		ReactiveSchedulerClient client = ReactiveSchedulerClient.builder(this.scheduler.channel())
			.correlationIds(REQUEST_ID::get)
			.buildReactive();
		for (String id : List.of("request-1", "request-2")) {
			client.purgeAllActivity("worker-1")
				.contextWrite((context) -> context.put(KEY, id))
				.block(Duration.ofSeconds(10));
			assertThat(correlationIds()).last().isEqualTo(id);
			assertThat(REQUEST_ID.get()).isEqualTo("caller");
		}
	}

	@Test
	void observationInContextIsParent() {
		ObservationRegistry registry = ObservationRegistry.create();
		List<SchedulerObservationContext> observed = new CopyOnWriteArrayList<>();
		registry.observationConfig().observationHandler((context) -> {
			if (context instanceof SchedulerObservationContext call) {
				observed.add(call);
			}
			return true;
		});
		Observation request = Observation.start("request", registry);
		ReactiveSchedulerClient client = ReactiveSchedulerClient.builder(this.scheduler.channel())
			.listener(new SchedulerObservations(registry, null))
			.buildReactive();
		client.purgeAllActivity("worker-1")
			.subscribeOn(Schedulers.parallel())
			.contextWrite((context) -> context.put(ObservationThreadLocalAccessor.KEY, request))
			.block(Duration.ofSeconds(10));
		assertThat(observed).isNotEmpty()
			.allSatisfy((call) -> assertThat(call.getParentObservation()).isSameAs(request));
	}

	private List<@Nullable String> correlationIds() {
		return this.scheduler.calls().stream().map((call) -> call.headers().get(CallMetadata.CORRELATION_ID)).toList();
	}

	private static Function<ReactiveSchedulerClient, Publisher<?>> call(SchedulerOperation operation) {
		return switch (operation) {
			case SUBMIT_TASK -> (client) -> client.submitTask(TaskSubmission.forAgent("worker-1").build());
			case REQUEST_PREEMPTION -> (client) -> client.requestPreemption("worker-1", "task-123");
			case SHUTDOWN_AGENT -> (client) -> client.shutdownAgent("worker-1");
			case POLL_ACTIVITY_BUFFER -> (client) -> client.pollActivityBuffer("worker-1");
			case PURGE_ACTIVITY -> (client) -> client.purgeAllActivity("worker-1");
		};
	}

}
