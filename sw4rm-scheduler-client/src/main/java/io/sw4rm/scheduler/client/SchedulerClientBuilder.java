package io.sw4rm.scheduler.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;

import io.sw4rm.scheduler.client.address.SchedulerAddress;

/**
 * Builds scheduler clients. Can be reused after a client was built; later changes do not
 * affect that client. Not thread-safe.
 *
 * @since 0.1.0
 * @see SchedulerClient#builder(Channel)
 * @see SchedulerClient#builder(String)
 */
public final class SchedulerClientBuilder {

	/**
	 * The limit of gRPC servers by default.
	 */
	private static final int DEFAULT_MAX_OUTBOUND_MESSAGE_SIZE = 4 * 1024 * 1024;

	private final @Nullable Channel channel;

	private final @Nullable SchedulerAddress address;

	private final List<ClientInterceptor> interceptors = new ArrayList<>();

	private final Map<SchedulerOperation, CallDeadline> deadlines = new EnumMap<>(SchedulerOperation.class);

	private @Nullable CallDeadline deadline;

	private @Nullable String target;

	private Metadata metadata = new Metadata();

	private CallOptions callOptions = CallOptions.DEFAULT.withStreamTracerFactory(AttemptTracers.INSTANCE);

	private Supplier<@Nullable String> correlationIds = RandomIds::next;

	private PayloadConverter payloadConverter = SchedulerClientBuilder::noPayloadConverter;

	private SchedulerExceptionTranslator exceptionTranslator = (exception) -> exception;

	private Function<SchedulerProblem, String> remedies = SchedulerProblem::remedy;

	private Predicate<SchedulerCall> repeatUnauthenticated = (call) -> false;

	private final List<SchedulerCallListener> listeners = new ArrayList<>();

	private int maxOutboundMessageSize = DEFAULT_MAX_OUTBOUND_MESSAGE_SIZE;

	private @Nullable CallLimit limit;

	private WatchOptions watchOptions = WatchOptions.defaults();

	SchedulerClientBuilder(Channel channel) {
		this.channel = Checks.notNull(channel, "channel");
		this.address = null;
	}

	SchedulerClientBuilder(SchedulerAddress address) {
		this.channel = null;
		this.address = address;
	}

	private SchedulerClientBuilder(SchedulerClientBuilder other) {
		this.channel = other.channel;
		this.address = other.address;
		this.interceptors.addAll(other.interceptors);
		this.deadlines.putAll(other.deadlines);
		this.deadline = other.deadline;
		this.target = other.target;
		this.metadata = other.metadata;
		this.callOptions = other.callOptions;
		this.correlationIds = other.correlationIds;
		this.payloadConverter = other.payloadConverter;
		this.exceptionTranslator = other.exceptionTranslator;
		this.remedies = other.remedies;
		this.repeatUnauthenticated = other.repeatUnauthenticated;
		this.listeners.addAll(other.listeners);
		this.maxOutboundMessageSize = other.maxOutboundMessageSize;
		this.limit = other.limit;
		this.watchOptions = other.watchOptions;
	}

	private static byte[] noPayloadConverter(Object params, String contentType) {
		throw new IllegalArgumentException(("params of type %s can't be sent without a PayloadConverter. Set one, such "
				+ "as JacksonPayloadConverter (with Spring Boot, add spring-boot-starter-jackson), or pass bytes, text or "
				+ "a protobuf message")
			.formatted(params.getClass().getName()));
	}

	/**
	 * Return a new builder with the settings of this one. Clients of both share one
	 * {@linkplain #maxInFlight(int) limit of calls in flight}.
	 * @return a new builder
	 */
	public SchedulerClientBuilder copy() {
		return new SchedulerClientBuilder(this);
	}

	/**
	 * Set the name of the scheduler in exceptions. By default, it is the address or the
	 * authority of the channel.
	 * @param target the target, such as {@code localhost:50053}
	 * @return this builder
	 */
	public SchedulerClientBuilder target(String target) {
		this.target = Checks.hasText(target, "target");
		return this;
	}

	/**
	 * Set the deadline of operations that do not have their own. By default,
	 * {@linkplain SchedulerOperation#defaultDeadline() that of the protocol} applies.
	 * @param deadline the maximum duration of a call, positive
	 * @return this builder
	 */
	public SchedulerClientBuilder deadline(Duration deadline) {
		return deadline(deadline, "deadline of the client");
	}

	/**
	 * Set the deadline of operations that do not have their own, and its name in
	 * exceptions.
	 * @param deadline the maximum duration of a call, positive
	 * @param setting the setting that the deadline comes from, such as the name of a
	 * property
	 * @return this builder
	 */
	public SchedulerClientBuilder deadline(Duration deadline, String setting) {
		this.deadline = CallDeadline.of(Checks.positive(deadline, "deadline"), Checks.hasText(setting, "setting"));
		return this;
	}

	/**
	 * Set the deadline of an operation.
	 * @param operation the operation
	 * @param deadline the maximum duration of a call, positive
	 * @return this builder
	 */
	public SchedulerClientBuilder deadline(SchedulerOperation operation, Duration deadline) {
		return deadline(operation, deadline, "deadline of the operation");
	}

	/**
	 * Set the deadline of an operation, and its name in exceptions.
	 * @param operation the operation
	 * @param deadline the maximum duration of a call, positive
	 * @param setting the setting that the deadline comes from, such as the name of a
	 * property
	 * @return this builder
	 */
	public SchedulerClientBuilder deadline(SchedulerOperation operation, Duration deadline, String setting) {
		this.deadlines.put(Checks.notNull(operation, "operation"),
				CallDeadline.of(Checks.positive(deadline, "deadline"), Checks.hasText(setting, "setting")));
		return this;
	}

	/**
	 * Send metadata with every call, replacing earlier values with the same name.
	 * @param name the name of the metadata, without the suffix {@code -bin}, and not a
	 * name that gRPC or HTTP reserves, such as {@code user-agent}
	 * @param value the value, printable ASCII
	 * @return this builder
	 */
	public SchedulerClientBuilder metadata(String name, String value) {
		this.metadata = CallMetadata.replacing(this.metadata, CallMetadata.of(name, value));
		return this;
	}

	/**
	 * Set the supplier of the correlation id of each call, for example from the request
	 * that the application is serving. It is used on all calling threads. By default, and
	 * if it supplies null or a text that is not printable ASCII or has more than 128
	 * characters, the id is a random UUID.
	 * @param correlationIds supplies correlation ids, thread-safe
	 * @return this builder
	 */
	public SchedulerClientBuilder correlationIds(Supplier<@Nullable String> correlationIds) {
		this.correlationIds = Checks.notNull(correlationIds, "correlationIds");
		return this;
	}

	/**
	 * Add an interceptor. Interceptors are called in the order in which they were added;
	 * the metadata includes that of the client and the correlation id.
	 * @param interceptor the interceptor
	 * @return this builder
	 */
	public SchedulerClientBuilder intercept(ClientInterceptor interceptor) {
		this.interceptors.add(Checks.notNull(interceptor, "interceptor"));
		return this;
	}

	/**
	 * Set whether calls wait for a connection until their deadline instead of failing
	 * immediately when there is none. By default, they do not wait.
	 * @param waitForReady whether to wait
	 * @return this builder
	 */
	public SchedulerClientBuilder waitForReady(boolean waitForReady) {
		this.callOptions = waitForReady ? this.callOptions.withWaitForReady() : this.callOptions.withoutWaitForReady();
		return this;
	}

	/**
	 * Set a gRPC call option of each call.
	 * @param key the option
	 * @param value its value
	 * @param <T> the type of the value
	 * @return this builder
	 */
	public <T> SchedulerClientBuilder callOption(CallOptions.Key<T> key, T value) {
		this.callOptions = this.callOptions.withOption(Checks.notNull(key, "key"), Checks.notNull(value, "value"));
		return this;
	}

	/**
	 * Compress requests. By default, they are not compressed.
	 * @param compressorName the name of a compressor of the channel's registry, such as
	 * {@code gzip}
	 * @return this builder
	 */
	public SchedulerClientBuilder compression(String compressorName) {
		this.callOptions = this.callOptions.withCompression(Checks.hasText(compressorName, "compressorName"));
		return this;
	}

	/**
	 * Set the size of the largest message to send. A larger one is rejected with an
	 * {@link IllegalArgumentException} before anything is sent. The default is 4 MiB,
	 * which is also the default limit of gRPC servers.
	 * @param bytes the size in bytes, positive
	 * @return this builder
	 */
	public SchedulerClientBuilder maxOutboundMessageSize(int bytes) {
		this.maxOutboundMessageSize = Checks.range(bytes, 1, Integer.MAX_VALUE, "maxOutboundMessageSize");
		return this;
	}

	/**
	 * Limit the calls in flight of all clients that this builder and its copies build.
	 * Further calls fail immediately with a {@link SchedulerCallLimitException}, but
	 * {@linkplain SchedulerClient#submitAll(Iterable, BatchOptions) batches} wait. By
	 * default, there is no limit.
	 * @param calls the largest number of calls in flight, positive
	 * @return this builder
	 */
	public SchedulerClientBuilder maxInFlight(int calls) {
		this.limit = new CallLimit(Checks.range(calls, 1, Integer.MAX_VALUE, "maxInFlight"));
		return this;
	}

	/**
	 * Set the options of {@linkplain ActivityWatch watches} that have none of their own.
	 * By default, these are {@link WatchOptions#defaults()}.
	 * @param watchOptions the options
	 * @return this builder
	 */
	public SchedulerClientBuilder watchOptions(WatchOptions watchOptions) {
		this.watchOptions = Checks.notNull(watchOptions, "watchOptions");
		return this;
	}

	/**
	 * Set the converter of task parameters that are neither bytes nor text nor a protobuf
	 * message. By default, such parameters are rejected.
	 * @param payloadConverter the converter
	 * @return this builder
	 */
	public SchedulerClientBuilder payloadConverter(PayloadConverter payloadConverter) {
		this.payloadConverter = Checks.notNull(payloadConverter, "payloadConverter");
		return this;
	}

	/**
	 * Set the translator of exceptions. By default, failed calls throw a
	 * {@link SchedulerException}.
	 * @param exceptionTranslator the translator
	 * @return this builder
	 */
	public SchedulerClientBuilder exceptionTranslator(SchedulerExceptionTranslator exceptionTranslator) {
		this.exceptionTranslator = Checks.notNull(exceptionTranslator, "exceptionTranslator");
		return this;
	}

	/**
	 * Set the remedies in exception messages. By default,
	 * {@link SchedulerProblem#remedy()} is used.
	 * @param remedies returns a sentence without a full stop at the end
	 * @return this builder
	 */
	public SchedulerClientBuilder remedies(Function<SchedulerProblem, String> remedies) {
		this.remedies = Checks.notNull(remedies, "remedies");
		return this;
	}

	/**
	 * Set which calls are repeated once after the scheduler rejected them as
	 * {@code UNAUTHENTICATED}, because other credentials may be available. The deadline
	 * stays the same. If the credentials themselves fail the second call, with a status
	 * that has a cause, the call ends with the rejection. By default, no call is
	 * repeated.
	 * @param repeatUnauthenticated decides for a rejected call; thread-safe, must not
	 * block
	 * @return this builder
	 */
	public SchedulerClientBuilder repeatUnauthenticated(Predicate<SchedulerCall> repeatUnauthenticated) {
		this.repeatUnauthenticated = Checks.notNull(repeatUnauthenticated, "repeatUnauthenticated");
		return this;
	}

	/**
	 * Add a listener that is notified of each call, after those added before.
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

	/**
	 * Build a reactive client. Requires {@code reactor-core}.
	 * @return a new client
	 */
	public ReactiveSchedulerClient buildReactive() {
		return new GrpcReactiveSchedulerClient(new GrpcAsyncSchedulerClient(calls()));
	}

	private UnaryCalls calls() {
		ManagedChannel ownedChannel = (this.address != null) ? this.address.newChannelBuilder().build() : null;
		Channel channel = (ownedChannel != null) ? ownedChannel : Objects.requireNonNull(this.channel);
		CallSettings settings = new CallSettings(ClientInterceptors.interceptForward(channel, this.interceptors),
				ownedChannel, shutDown(channel), target(channel), deadlines(), this.callOptions, this.correlationIds,
				this.payloadConverter, this.exceptionTranslator, this.remedies, new CallListeners(this.listeners),
				this.maxOutboundMessageSize, this.limit, this.repeatUnauthenticated, this.watchOptions);
		return new UnaryCalls(settings, this.metadata);
	}

	private static BooleanSupplier shutDown(Channel channel) {
		return (channel instanceof ManagedChannel managedChannel) ? managedChannel::isShutdown : () -> false;
	}

	private String target(Channel channel) {
		if (this.target != null) {
			return this.target;
		}
		if (this.address != null) {
			return this.address.toString();
		}
		String authority = channel.authority();
		return (authority != null) ? authority : "unknown target";
	}

	private CallDeadline[] deadlines() {
		return Stream.of(SchedulerOperation.values()).map(this::deadline).toArray(CallDeadline[]::new);
	}

	private CallDeadline deadline(SchedulerOperation operation) {
		CallDeadline deadline = this.deadlines.get(operation);
		if (deadline == null) {
			deadline = this.deadline;
		}
		return (deadline != null) ? deadline : CallDeadline.of(operation.defaultDeadline(), "default of the protocol");
	}

}
