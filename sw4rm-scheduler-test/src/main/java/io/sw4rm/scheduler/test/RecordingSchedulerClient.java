package io.sw4rm.scheduler.test;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

import com.google.protobuf.Message;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;

import io.sw4rm.scheduler.client.ActivityEntry;
import io.sw4rm.scheduler.client.ActivityListener;
import io.sw4rm.scheduler.client.ActivityWatch;
import io.sw4rm.scheduler.client.AsyncSchedulerClient;
import io.sw4rm.scheduler.client.BatchOptions;
import io.sw4rm.scheduler.client.PreemptionResult;
import io.sw4rm.scheduler.client.ReactiveSchedulerClient;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SchedulerClientBuilder;
import io.sw4rm.scheduler.client.ShutdownResult;
import io.sw4rm.scheduler.client.SubmitTaskResult;
import io.sw4rm.scheduler.client.TaskOutcome;
import io.sw4rm.scheduler.client.TaskSubmission;
import io.sw4rm.scheduler.client.WatchOptions;
import io.sw4rm.scheduler.embedded.ReceivedCall;
import io.sw4rm.scheduler.embedded.Rpc;
import io.sw4rm.scheduler.proto.SubmitTaskResponse;

/**
 * A client for unit tests, which records calls instead of sending them. Apart from that,
 * it is the client of applications: it checks arguments, converts parameters, and throws
 * the same exceptions. The calls of clients that are derived from it are recorded as
 * well.
 *
 * <pre class="code">
 * RecordingSchedulerClient client = RecordingSchedulerClient.create();
 * new Dispatcher(client).dispatch(job);
 * assertThat(client).hasAccepted("task-123").forAgent("worker-1");
 * </pre>
 *
 * All tasks, preemptions and shutdowns are accepted unless another answer is configured.
 * It applies to all calls until the next {@link #reset()}. All calls are answered
 * immediately, on the calling thread, and are kept until the next {@link #reset()}.
 * Thread-safe.
 *
 * @since 0.1.0
 * @see SchedulerAssertions#assertThat(RecordingSchedulerClient)
 */
public final class RecordingSchedulerClient implements SchedulerClient {

	private final RecordingChannel channel;

	private final SchedulerClientBuilder builder;

	private final SchedulerClient client;

	private RecordingSchedulerClient(Consumer<SchedulerClientBuilder> customizer) {
		this.channel = new RecordingChannel();
		this.builder = JsonPayloads.enable(SchedulerClient.builder(this.channel));
		customizer.accept(this.builder);
		this.client = this.builder.build();
	}

	/**
	 * Create a client with default settings. It converts task parameters to JSON if
	 * Jackson is on the class path.
	 * @return a new client
	 */
	public static RecordingSchedulerClient create() {
		return create((builder) -> {
		});
	}

	/**
	 * Create a client with settings, for example with the {@code JsonMapper} of the
	 * application:
	 *
	 * <pre class="code">
	 * RecordingSchedulerClient.create((builder) -&gt; builder.payloadConverter(new JacksonPayloadConverter(jsonMapper)));
	 * </pre>
	 * @param customizer sets the settings
	 * @return a new client
	 */
	public static RecordingSchedulerClient create(Consumer<SchedulerClientBuilder> customizer) {
		return new RecordingSchedulerClient(customizer);
	}

	/**
	 * Return an asynchronous client whose calls are recorded together with those of this
	 * client.
	 * @return a new client with the settings of this one
	 */
	public AsyncSchedulerClient async() {
		return this.builder.buildAsync();
	}

	/**
	 * Return a reactive client whose calls are recorded together with those of this
	 * client. Requires {@code reactor-core}.
	 * @return a new client with the settings of this one
	 */
	public ReactiveSchedulerClient reactive() {
		return this.builder.buildReactive();
	}

	/**
	 * Return the calls since the creation of this client or its last {@link #reset()}.
	 * @return the calls in their order; a copy
	 */
	public List<ReceivedCall> calls() {
		return this.channel.calls();
	}

	/**
	 * Refuse all further tasks.
	 * @param reason the reason of the refusal
	 */
	public void refuseTasks(String reason) {
		SubmitTaskResponse refusal = SubmitTaskResponse.newBuilder().setReason(reason).build();
		this.channel.answer(Rpc.SUBMIT_TASK, (request) -> refusal);
	}

	/**
	 * Fail all further calls of an RPC with the exception of the client for a status.
	 * @param rpc the RPC
	 * @param status the status, not OK
	 * @throws IllegalArgumentException if the status is OK
	 */
	public void failCalls(Rpc rpc, Status status) {
		if (status.isOk()) {
			throw new IllegalArgumentException("'status' must be an error, got " + status.getCode());
		}
		this.channel.answer(rpc, (request) -> {
			throw status.asRuntimeException();
		});
	}

	/**
	 * Answer all further calls of an RPC with a function.
	 * @param method the method, such as
	 * {@code SchedulerServiceGrpc.getSubmitTaskMethod()}
	 * @param answer returns the response to a request, or throws a
	 * {@link StatusRuntimeException} to fail the call; may be called concurrently
	 * @param <Q> the type of the request
	 * @param <S> the type of the response
	 */
	@SuppressWarnings("unchecked")
	public <Q extends Message, S extends Message> void answerCalls(MethodDescriptor<Q, S> method,
			Function<? super Q, ? extends S> answer) {
		this.channel.answer(RecordingChannel.rpc(method), (request) -> answer.apply((Q) request));
	}

	/**
	 * Add an entry to the activity buffer of an agent, from which calls of this client
	 * poll and purge entries.
	 * @param agentId the agent
	 * @param entry the entry
	 */
	public void addActivity(String agentId, ActivityEntry entry) {
		this.channel.addActivity(agentId, entry);
	}

	/**
	 * Forget all calls, configured answers and activity entries.
	 */
	public void reset() {
		this.channel.reset();
	}

	@Override
	public SubmitTaskResult submitTask(TaskSubmission submission) {
		return this.client.submitTask(submission);
	}

	@Override
	public Stream<TaskOutcome> submitAll(Iterable<? extends TaskSubmission> tasks, BatchOptions options) {
		return this.client.submitAll(tasks, options);
	}

	@Override
	public Stream<TaskOutcome> submitAll(Stream<? extends TaskSubmission> tasks, BatchOptions options) {
		return this.client.submitAll(tasks, options);
	}

	@Override
	public PreemptionResult requestPreemption(String agentId, String taskId, String reason) {
		return this.client.requestPreemption(agentId, taskId, reason);
	}

	@Override
	public ShutdownResult shutdownAgent(String agentId) {
		return this.client.shutdownAgent(agentId);
	}

	@Override
	public ShutdownResult shutdownAgent(String agentId, Duration gracePeriod) {
		return this.client.shutdownAgent(agentId, gracePeriod);
	}

	@Override
	public List<ActivityEntry> pollActivityBuffer(String agentId) {
		return this.client.pollActivityBuffer(agentId);
	}

	@Override
	public long purgeActivity(String agentId, Collection<String> taskIds) {
		return this.client.purgeActivity(agentId, taskIds);
	}

	@Override
	public long purgeAllActivity(String agentId) {
		return this.client.purgeAllActivity(agentId);
	}

	@Override
	public ActivityWatch watchActivity(String agentId, ActivityListener listener) {
		return this.client.watchActivity(agentId, listener);
	}

	@Override
	public ActivityWatch watchActivity(String agentId, WatchOptions options, ActivityListener listener) {
		return this.client.watchActivity(agentId, options, listener);
	}

	@Override
	public ActivityEntry awaitActivity(String agentId, String taskId, Predicate<? super ActivityEntry> condition,
			Duration timeout) {
		return this.client.awaitActivity(agentId, taskId, condition, timeout);
	}

	@Override
	public ActivityEntry awaitActivity(String agentId, String taskId, Predicate<? super ActivityEntry> condition,
			Duration timeout, WatchOptions options) {
		return this.client.awaitActivity(agentId, taskId, condition, timeout, options);
	}

	@Override
	public SchedulerClient withDeadline(Duration deadline) {
		return this.client.withDeadline(deadline);
	}

	@Override
	public SchedulerClient withMetadata(Metadata metadata) {
		return this.client.withMetadata(metadata);
	}

}
