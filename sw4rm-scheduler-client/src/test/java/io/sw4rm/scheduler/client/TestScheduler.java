package io.sw4rm.scheduler.client;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.StreamSupport;

import com.google.protobuf.Message;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Deadline;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import io.sw4rm.scheduler.proto.PollActivityBufferRequest;
import io.sw4rm.scheduler.proto.PollActivityBufferResponse;
import io.sw4rm.scheduler.proto.PreemptRequest;
import io.sw4rm.scheduler.proto.PreemptResponse;
import io.sw4rm.scheduler.proto.PurgeActivityRequest;
import io.sw4rm.scheduler.proto.PurgeActivityResponse;
import io.sw4rm.scheduler.proto.SchedulerServiceGrpc;
import io.sw4rm.scheduler.proto.ShutdownAgentRequest;
import io.sw4rm.scheduler.proto.ShutdownAgentResponse;
import io.sw4rm.scheduler.proto.SubmitTaskRequest;
import io.sw4rm.scheduler.proto.SubmitTaskResponse;

/**
 * A scheduler on a real port whose answers a test scripts and whose calls it looks at. It
 * answers every call with an empty message until told otherwise. Starts before each test,
 * stops after it.
 */
public final class TestScheduler implements BeforeEachCallback, AfterEachCallback {

	private static final Context.Key<String> AUTHORITY = Context.key("authority");

	private static final Context.Key<Metadata> HEADERS = Context.key("headers");

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private final List<ReceivedCall> calls = new CopyOnWriteArrayList<>();

	private final BlockingQueue<ReceivedCall> hanging = new LinkedBlockingQueue<>();

	private final BlockingQueue<ReceivedCall> cancelled = new LinkedBlockingQueue<>();

	private volatile @Nullable Script script;

	private @Nullable Server server;

	private int port;

	private @Nullable ManagedChannel channel;

	@Override
	public void beforeEach(ExtensionContext context) throws IOException {
		start();
	}

	public void start() throws IOException {
		this.server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
			.addService(withOptionalResponses(new RecordingService().bindService()))
			.intercept(new CallInterceptor())
			.build()
			.start();
		this.port = this.server.getPort();
		this.channel = Grpc.newChannelBuilder("dns:///" + address(), InsecureChannelCredentials.create()).build();
	}

	/**
	 * A unary method always has a response in gRPC's server; a streaming one, which looks
	 * the same on the wire, need not.
	 */
	private static ServerServiceDefinition withOptionalResponses(ServerServiceDefinition service) {
		ServerServiceDefinition.Builder builder = ServerServiceDefinition
			.builder(service.getServiceDescriptor().getName());
		service.getMethods().forEach((method) -> builder.addMethod(withOptionalResponse(method)));
		return builder.build();
	}

	private static <Q, S> ServerMethodDefinition<Q, S> withOptionalResponse(ServerMethodDefinition<Q, S> method) {
		return ServerMethodDefinition.create(
				method.getMethodDescriptor().toBuilder().setType(MethodType.SERVER_STREAMING).build(),
				method.getServerCallHandler());
	}

	@Override
	public void afterEach(ExtensionContext context) throws InterruptedException {
		close();
	}

	public void close() throws InterruptedException {
		channel().shutdownNow();
		stop();
	}

	/**
	 * Stop listening and close all connections.
	 */
	public void stop() throws InterruptedException {
		server().shutdownNow();
		server().awaitTermination();
	}

	public void answers(Message response) {
		answers((request) -> response);
	}

	public void answers(Function<Message, Message> responses) {
		this.script = (call, responseObserver) -> {
			try {
				responseObserver.onNext(responses.apply(call.request()));
				responseObserver.onCompleted();
			}
			catch (StatusRuntimeException ex) {
				responseObserver.onError(ex);
			}
		};
	}

	public void fails(Status status) {
		this.script = (call, responseObserver) -> responseObserver.onError(status.asRuntimeException());
	}

	public void answersTwice(Message response) {
		this.script = (call, responseObserver) -> {
			responseObserver.onNext(response);
			responseObserver.onNext(response);
			responseObserver.onCompleted();
		};
	}

	public void closesWithoutResponse() {
		this.script = (call, responseObserver) -> responseObserver.onCompleted();
	}

	/**
	 * Never answer. The calls can be seen by {@link #awaitHangingCall()} and
	 * {@link #awaitCancelledCall()}.
	 */
	public void hangs() {
		this.script = (call, responseObserver) -> {
			responseObserver.setOnCancelHandler(() -> this.cancelled.add(call));
			this.hanging.add(call);
		};
	}

	public ReceivedCall awaitHangingCall() {
		return await(this.hanging);
	}

	public ReceivedCall awaitCancelledCall() {
		return await(this.cancelled);
	}

	private static ReceivedCall await(BlockingQueue<ReceivedCall> calls) {
		try {
			ReceivedCall call = calls.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
			if (call == null) {
				throw new AssertionError("No such call within " + PATIENCE);
			}
			return call;
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

	/**
	 * Answer with empty messages again, and forget what was received.
	 */
	public void reset() {
		this.script = null;
		this.calls.clear();
	}

	public List<ReceivedCall> calls() {
		return this.calls;
	}

	public ReceivedCall onlyCall() {
		if (this.calls.size() != 1) {
			throw new AssertionError("Expected one call, got " + this.calls);
		}
		return this.calls.get(0);
	}

	public String address() {
		return "localhost:" + port();
	}

	public int port() {
		return this.port;
	}

	public ManagedChannel channel() {
		if (this.channel == null) {
			throw new IllegalStateException("Not started");
		}
		return this.channel;
	}

	/**
	 * Make a call of the given operation.
	 */
	public static void call(SchedulerClient client, SchedulerOperation operation) {
		switch (operation) {
			case SUBMIT_TASK -> client.submitTask(TaskSubmission.forAgent("worker-1").build());
			case REQUEST_PREEMPTION -> client.requestPreemption("worker-1", "task-123");
			case SHUTDOWN_AGENT -> client.shutdownAgent("worker-1");
			case POLL_ACTIVITY_BUFFER -> client.pollActivityBuffer("worker-1");
			case PURGE_ACTIVITY -> client.purgeActivity("worker-1", List.of("task-123"));
		}
	}

	private Server server() {
		if (this.server == null) {
			throw new IllegalStateException("Not started");
		}
		return this.server;
	}

	private <S extends Message> void handle(Message request, StreamObserver<S> responseObserver, S emptyResponse) {
		Deadline deadline = Context.current().getDeadline();
		ReceivedCall call = new ReceivedCall(request, AUTHORITY.get(), HEADERS.get(),
				(deadline != null) ? Duration.ofNanos(deadline.timeRemaining(TimeUnit.NANOSECONDS)) : null);
		this.calls.add(call);
		Script script = this.script;
		if (script != null) {
			@SuppressWarnings("unchecked")
			ServerCallStreamObserver<Message> observer = (ServerCallStreamObserver<Message>) responseObserver;
			script.run(call, observer);
		}
		else {
			responseObserver.onNext(emptyResponse);
			responseObserver.onCompleted();
		}
	}

	@FunctionalInterface
	private interface Script {

		void run(ReceivedCall call, ServerCallStreamObserver<Message> responseObserver);

	}

	/**
	 * A call as it arrived.
	 *
	 * @param request the message
	 * @param authority the name by which the client called the scheduler
	 * @param headers the metadata
	 * @param timeRemaining the time until the client's deadline, or null if it set none
	 */
	public record ReceivedCall(Message request, String authority, Metadata headers, @Nullable Duration timeRemaining) {

		public List<String> headers(String name) {
			return headers(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
		}

		public <T> List<T> headers(Metadata.Key<T> key) {
			Iterable<T> values = this.headers.getAll(key);
			return (values != null) ? StreamSupport.stream(values.spliterator(), false).toList() : List.of();
		}

	}

	private static final class CallInterceptor implements ServerInterceptor {

		@Override
		public <Q, S> ServerCall.Listener<Q> interceptCall(ServerCall<Q, S> call, Metadata headers,
				ServerCallHandler<Q, S> next) {
			Context context = Context.current()
				.withValue(AUTHORITY, String.valueOf(call.getAuthority()))
				.withValue(HEADERS, headers);
			return Contexts.interceptCall(context, call, headers, next);
		}

	}

	private final class RecordingService extends SchedulerServiceGrpc.SchedulerServiceImplBase {

		@Override
		public void submitTask(SubmitTaskRequest request, StreamObserver<SubmitTaskResponse> responseObserver) {
			handle(request, responseObserver, SubmitTaskResponse.getDefaultInstance());
		}

		@Override
		public void requestPreemption(PreemptRequest request, StreamObserver<PreemptResponse> responseObserver) {
			handle(request, responseObserver, PreemptResponse.getDefaultInstance());
		}

		@Override
		public void shutdownAgent(ShutdownAgentRequest request,
				StreamObserver<ShutdownAgentResponse> responseObserver) {
			handle(request, responseObserver, ShutdownAgentResponse.getDefaultInstance());
		}

		@Override
		public void pollActivityBuffer(PollActivityBufferRequest request,
				StreamObserver<PollActivityBufferResponse> responseObserver) {
			handle(request, responseObserver, PollActivityBufferResponse.getDefaultInstance());
		}

		@Override
		public void purgeActivity(PurgeActivityRequest request,
				StreamObserver<PurgeActivityResponse> responseObserver) {
			handle(request, responseObserver, PurgeActivityResponse.getDefaultInstance());
		}

	}

}
