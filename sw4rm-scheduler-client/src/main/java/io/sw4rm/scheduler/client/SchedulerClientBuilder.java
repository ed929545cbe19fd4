package io.sw4rm.scheduler.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;

/**
 * Builds scheduler clients. Can be used again after a client was built; later changes
 * don't reach that client. Not thread-safe.
 *
 * @see SchedulerClient#builder(Channel)
 */
public final class SchedulerClientBuilder {

	/**
	 * What gRPC servers accept unless they are told otherwise.
	 */
	private static final int DEFAULT_MAX_OUTBOUND_MESSAGE_SIZE = 4 * 1024 * 1024;

	private final Channel channel;

	private final List<ClientInterceptor> interceptors = new ArrayList<>();

	private final Map<SchedulerOperation, Duration> deadlines = new EnumMap<>(SchedulerOperation.class);

	private @Nullable Duration deadline;

	private @Nullable String target;

	private Metadata metadata = new Metadata();

	private CallOptions callOptions = CallOptions.DEFAULT;

	private Supplier<@Nullable String> correlationIds = CallMetadata::newCorrelationId;

	private PayloadConverter payloadConverter = SchedulerClientBuilder::noPayloadConverter;

	private SchedulerExceptionTranslator exceptionTranslator = (exception) -> exception;

	private final List<SchedulerCallListener> listeners = new ArrayList<>();

	private int maxOutboundMessageSize = DEFAULT_MAX_OUTBOUND_MESSAGE_SIZE;

	private @Nullable Semaphore permits;

	SchedulerClientBuilder(Channel channel) {
		this.channel = Checks.notNull(channel, "channel");
	}

	private static byte[] noPayloadConverter(Object params, String contentType) {
		throw new IllegalArgumentException(("params of type %s can't be sent without a PayloadConverter. Set one, such "
				+ "as JacksonPayloadConverter (with Spring Boot, add spring-boot-starter-jackson), or pass bytes, text or "
				+ "a protobuf message")
			.formatted(params.getClass().getName()));
	}

	/**
	 * Set the name of the scheduler in exceptions. When left out, it is the channel's
	 * authority.
	 * @param target the target, such as {@code localhost:50053}
	 * @return this builder
	 */
	public SchedulerClientBuilder target(String target) {
		this.target = Checks.hasText(target, "target");
		return this;
	}

	/**
	 * Set the deadline of operations without one of their own. When left out, it is
	 * {@linkplain SchedulerOperation#defaultDeadline() the protocol's}.
	 * @param deadline how long a call may take, positive
	 * @return this builder
	 */
	public SchedulerClientBuilder deadline(Duration deadline) {
		this.deadline = Checks.positive(deadline, "deadline");
		return this;
	}

	/**
	 * Set the deadline of an operation.
	 * @param operation the operation
	 * @param deadline how long a call may take, positive
	 * @return this builder
	 */
	public SchedulerClientBuilder deadline(SchedulerOperation operation, Duration deadline) {
		this.deadlines.put(Checks.notNull(operation, "operation"), Checks.positive(deadline, "deadline"));
		return this;
	}

	/**
	 * Send metadata with every call, in the place of earlier values with the same name.
	 * @param name the name of the metadata, without the suffix {@code -bin}, and not one
	 * that gRPC or HTTP uses itself, such as {@code user-agent}
	 * @param value the value, printable ASCII
	 * @return this builder
	 */
	public SchedulerClientBuilder metadata(String name, String value) {
		this.metadata = CallMetadata.replacing(this.metadata, CallMetadata.of(name, value));
		return this;
	}

	/**
	 * Set where the correlation id of each call comes from, for instance from the request
	 * that the application is serving. Used by every calling thread. When left out, or
	 * when it supplies null or no printable ASCII text, the id is a random UUID.
	 * @param correlationIds supplies correlation ids, thread-safe
	 * @return this builder
	 */
	public SchedulerClientBuilder correlationIds(Supplier<@Nullable String> correlationIds) {
		this.correlationIds = Checks.notNull(correlationIds, "correlationIds");
		return this;
	}

	/**
	 * Add an interceptor. Those added first see a call first; all of them see the
	 * client's metadata and correlation id.
	 * @param interceptor the interceptor
	 * @return this builder
	 */
	public SchedulerClientBuilder intercept(ClientInterceptor interceptor) {
		this.interceptors.add(Checks.notNull(interceptor, "interceptor"));
		return this;
	}

	/**
	 * Set whether calls wait for a connection until their deadline instead of failing at
	 * once when there is none. When left out, they don't.
	 * @param waitForReady whether to wait
	 * @return this builder
	 */
	public SchedulerClientBuilder waitForReady(boolean waitForReady) {
		this.callOptions = waitForReady ? this.callOptions.withWaitForReady() : this.callOptions.withoutWaitForReady();
		return this;
	}

	/**
	 * Compress requests. When left out, they aren't compressed.
	 * @param compressorName the name of a compressor of the channel's registry, such as
	 * {@code gzip}
	 * @return this builder
	 */
	public SchedulerClientBuilder compression(String compressorName) {
		this.callOptions = this.callOptions.withCompression(Checks.hasText(compressorName, "compressorName"));
		return this;
	}

	/**
	 * Set the size of the largest message to send. A larger one is refused with an
	 * {@link IllegalArgumentException} before anything is sent. When left out, it is 4
	 * MiB: what a gRPC server accepts unless it is told otherwise.
	 * @param bytes the size in bytes, positive
	 * @return this builder
	 */
	public SchedulerClientBuilder maxOutboundMessageSize(int bytes) {
		this.maxOutboundMessageSize = Checks.range(bytes, 1, Integer.MAX_VALUE, "maxOutboundMessageSize");
		return this;
	}

	/**
	 * Limit the calls in flight. Each call holds a permit until it has ended; one that
	 * gets none fails at once with a {@link SchedulerCallLimitException}. Clients that
	 * are given the same semaphore share the limit. When left out, there is none.
	 * @param permits as many permits as there may be calls in flight
	 * @return this builder
	 */
	public SchedulerClientBuilder maxInFlight(Semaphore permits) {
		this.permits = Checks.notNull(permits, "permits");
		return this;
	}

	/**
	 * Set the converter of task parameters that are neither bytes nor text nor a protobuf
	 * message. When left out, such parameters are refused.
	 * @param payloadConverter the converter
	 * @return this builder
	 */
	public SchedulerClientBuilder payloadConverter(PayloadConverter payloadConverter) {
		this.payloadConverter = Checks.notNull(payloadConverter, "payloadConverter");
		return this;
	}

	/**
	 * Set what decides which exception a failed call throws. When left out, it is a
	 * {@link SchedulerException}.
	 * @param exceptionTranslator the translator
	 * @return this builder
	 */
	public SchedulerClientBuilder exceptionTranslator(SchedulerExceptionTranslator exceptionTranslator) {
		this.exceptionTranslator = Checks.notNull(exceptionTranslator, "exceptionTranslator");
		return this;
	}

	/**
	 * Add a listener that is told of each call, after those added before.
	 * @param listener the listener
	 * @return this builder
	 */
	public SchedulerClientBuilder listener(SchedulerCallListener listener) {
		this.listeners.add(Checks.notNull(listener, "listener"));
		return this;
	}

	/**
	 * Build a blocking client.
	 * @return a new client
	 */
	public SchedulerClient build() {
		return new GrpcSchedulerClient(calls());
	}

	/**
	 * Build an asynchronous client.
	 * @return a new client
	 */
	public AsyncSchedulerClient buildAsync() {
		return new GrpcAsyncSchedulerClient(calls());
	}

	private SchedulerCalls calls() {
		String target = this.target;
		if (target == null) {
			String authority = this.channel.authority();
			target = (authority != null) ? authority : "unknown target";
		}
		CallSettings settings = new CallSettings(target, CallSettings.deadlines(this::deadlineOf), this.metadata,
				this.callOptions, this.correlationIds, this.payloadConverter, this.exceptionTranslator,
				CompositeCallListener.of(this.listeners), this.maxOutboundMessageSize, this.permits);
		return new SchedulerCalls(ClientInterceptors.interceptForward(this.channel, this.interceptors), settings);
	}

	private Duration deadlineOf(SchedulerOperation operation) {
		Duration deadline = this.deadlines.get(operation);
		if (deadline == null) {
			deadline = this.deadline;
		}
		return (deadline != null) ? deadline : operation.defaultDeadline();
	}

}
