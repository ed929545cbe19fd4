package io.sw4rm.scheduler.client;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.Context;
import io.grpc.Context.CancellableContext;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.sw4rm.scheduler.client.address.SchedulerAddress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Tests for {@link SchedulerException} and its subclasses.
 */
@ParameterizedClass
@EnumSource(ClientStyle.class)
@Timeout(60)
class SchedulerExceptionTests {

	private static final Map<Status.Code, Expected> EXPECTED = new EnumMap<>(Status.Code.class);

	static {
		expect(SchedulerUnavailableException.class, "agent_unavailable", 4, true, Status.Code.UNAVAILABLE);
		expect(SchedulerDeadlineExceededException.class, "ack_timeout", 3, true, Status.Code.DEADLINE_EXCEEDED);
		expect(SchedulerPermissionDeniedException.class, "permission_denied", 7, false, Status.Code.PERMISSION_DENIED,
				Status.Code.UNAUTHENTICATED);
		expect(SchedulerInvalidRequestException.class, "validation_error", 6, false, Status.Code.INVALID_ARGUMENT,
				Status.Code.OUT_OF_RANGE, Status.Code.FAILED_PRECONDITION);
		expect(SchedulerException.class, "buffer_full", 1, true, Status.Code.RESOURCE_EXHAUSTED);
		expect(SchedulerException.class, "no_route", 2, false, Status.Code.NOT_FOUND);
		expect(SchedulerException.class, "unsupported_message_type", 8, false, Status.Code.UNIMPLEMENTED);
		expect(SchedulerException.class, "internal_error", 99, true, Status.Code.ABORTED);
		expect(SchedulerException.class, "internal_error", 99, false, Status.Code.CANCELLED, Status.Code.UNKNOWN,
				Status.Code.ALREADY_EXISTS, Status.Code.INTERNAL, Status.Code.DATA_LOSS);
	}

	@RegisterExtension
	final TestScheduler scheduler = new TestScheduler();

	private final ClientStyle style;

	SchedulerExceptionTests(ClientStyle style) {
		this.style = style;
	}

	private static void expect(Class<? extends SchedulerException> type, String errorCode, int number,
			boolean retryable, Status.Code... codes) {
		for (Status.Code code : codes) {
			EXPECTED.put(code, new Expected(type, errorCode, number, retryable));
		}
	}

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "OK")
	void tellsStatusInTermsOfTheProtocol(Status.Code code) {
		this.scheduler.fails(code.toStatus().withDescription("for a reason"));
		SchedulerException exception = failure(client());
		assertThat(exception.getStatusCode()).isEqualTo(code);
		assertThat(new Expected(exception.getClass(), exception.getErrorCode().name().toLowerCase(Locale.ROOT),
				exception.getErrorCode().number(), exception.isRetryable()))
			.isEqualTo(EXPECTED.get(code));
		assertThat(exception).hasMessageContaining(code + ": for a reason");
	}

	@Test
	void keepsFailureOfTheCallAsCause() {
		this.scheduler.fails(Status.INTERNAL.withDescription("for a reason"));
		assertThat(failure(client()).getCause()).isInstanceOfSatisfying(StatusRuntimeException.class,
				(cause) -> assertThat(cause.getStatus().getDescription()).isEqualTo("for a reason"));
	}

	@ParameterizedTest
	@EnumSource
	void namesOperationTargetAndCorrelationId(SchedulerOperation operation) {
		this.scheduler.fails(Status.INTERNAL);
		SchedulerClient client = client();
		SchedulerException exception = catchThrowableOfType(SchedulerException.class,
				() -> TestScheduler.call(client, operation));
		String correlationId = this.scheduler.onlyCall().headers("x-correlation-id").get(0);
		assertThat(exception.getOperation()).isEqualTo(operation);
		assertThat(exception.getTarget()).isEqualTo(this.scheduler.address());
		assertThat(exception.getCorrelationId()).isEqualTo(correlationId);
		assertThat(exception).hasMessage("%s at %s failed: INTERNAL (correlation id %s)", operation.methodName(),
				this.scheduler.address(), correlationId);
	}

	@Test
	void namesTargetThatWasSet() {
		this.scheduler.fails(Status.INTERNAL);
		SchedulerException exception = failure(
				this.style.build(SchedulerClient.builder(this.scheduler.channel()).target("the scheduler")));
		assertThat(exception.getTarget()).isEqualTo("the scheduler");
		assertThat(exception).hasMessageStartingWith("PollActivityBuffer at the scheduler failed: ");
	}

	@Test
	void saysThatNothingIsListening() throws InterruptedException {
		this.scheduler.stop();
		assertThat(failure(client())).isInstanceOf(SchedulerUnavailableException.class)
			.hasMessageStartingWith("PollActivityBuffer at %s failed: UNAVAILABLE", this.scheduler.address())
			.hasMessageContaining("Connection refused")
			.hasMessageEndingWith(
					"The scheduler cannot be reached. Check that it is running and that the address is correct");
	}

	@Test
	void namesCauseThatHasNoMessage() {
		SchedulerException exception = new SchedulerException(SchedulerOperation.SUBMIT_TASK, "localhost:1", "id",
				Status.UNAVAILABLE.withCause(new ClosedChannelException()).asRuntimeException());
		assertThat(exception).hasMessageStartingWith(
				"SubmitTask at localhost:1 failed: UNAVAILABLE: ClosedChannelException (correlation");
	}

	@Test
	void doesNotRepeatDescription() {
		SchedulerException exception = new SchedulerException(SchedulerOperation.SUBMIT_TASK, "localhost:1", "id",
				Status.UNAUTHENTICATED.withDescription("no token")
					.withCause(new IllegalStateException("no token"))
					.asRuntimeException());
		assertThat(exception)
			.hasMessage("SubmitTask at localhost:1 failed: UNAUTHENTICATED: no token (correlation id id)");
	}

	@Test
	void isUnavailableWhenWritingNoticesTheLostConnection() {
		Status lost = Status.UNKNOWN.withDescription("channel closed").withCause(new ClosedChannelException());
		SchedulerException exception = failure(
				this.style.build(SchedulerClient.builder(this.scheduler.channel()).intercept(failingWith(lost))));
		assertThat(exception).isInstanceOf(SchedulerUnavailableException.class)
			.hasMessageContaining("failed: UNAVAILABLE: channel closed: ClosedChannelException");
		assertThat(exception.isRetryable()).isTrue();
	}

	@Test
	void givesNoAdviceWhenTheSchedulerItselfAnswersUnavailable() {
		this.scheduler.fails(Status.UNAVAILABLE.withDescription("draining"));
		assertThat(failure(client())).isInstanceOf(SchedulerUnavailableException.class)
			.hasMessageMatching(".* failed: UNAVAILABLE: draining \\(correlation id [^ ]+\\)");
	}

	@Test
	void saysThatConnectionWasClosed() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
			CompletableFuture<Void> closing = CompletableFuture.runAsync(() -> acceptAndClose(socket));
			ManagedChannel channel = SchedulerAddress.parse("localhost:" + socket.getLocalPort())
				.newChannelBuilder()
				.build();
			try {
				assertThat(failure(this.style.build(SchedulerClient.builder(channel))))
					.isInstanceOf(SchedulerUnavailableException.class);
				closing.join();
			}
			finally {
				channel.shutdownNow();
			}
		}
	}

	private static void acceptAndClose(ServerSocket socket) {
		try {
			socket.accept().close();
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
	}

	@Test
	void saysThatResponseIsMissing() {
		this.scheduler.closesWithoutResponse();
		SchedulerException exception = failure(client());
		assertThat(exception.getStatusCode()).isEqualTo(Status.Code.INTERNAL);
		assertThat(exception.getErrorCode()).isEqualTo(SchedulerErrorCode.INTERNAL_ERROR);
	}

	@Test
	void tellsDeadlineThatHasPassedAndTimeThatTheCallTook() {
		this.scheduler.hangs();
		Duration deadline = Duration.ofMillis(100);
		SchedulerException exception = failure(client().withDeadline(deadline));
		assertThat(exception).isInstanceOfSatisfying(SchedulerDeadlineExceededException.class, (ex) -> {
			assertThat(ex.getDeadline()).isEqualTo(deadline);
			assertThat(ex.getElapsed()).isGreaterThanOrEqualTo(deadline);
			assertThat(ex).hasMessageEndingWith("The call ended after %d ms. Its deadline is 100 ms (withDeadline)",
					ex.getElapsed().toMillis());
		});
	}

	@Test
	void namesDefaultOfTheProtocolAsSettingOfDeadline() {
		this.scheduler.fails(Status.DEADLINE_EXCEEDED);
		assertThat(failure(client())).isInstanceOfSatisfying(SchedulerDeadlineExceededException.class, (ex) -> {
			assertThat(ex.getDeadlineSetting()).isEqualTo("default of the protocol");
			assertThat(ex.getDeadline()).isEqualTo(Duration.ofSeconds(10));
			assertThat(ex).hasMessageEndingWith(
					"The call ended after %d ms, before its deadline of 10000 ms (default of the protocol): another, "
							+ "shorter deadline applied",
					ex.getElapsed().toMillis());
		});
	}

	@Test
	void namesSettingThatDeadlineComesFrom() {
		this.scheduler.hangs();
		Duration deadline = Duration.ofMillis(50);
		SchedulerClientBuilder builder = SchedulerClient.builder(this.scheduler.channel());
		assertThat(failure(this.style.build(builder.copy().deadline(deadline))))
			.hasMessageEndingWith("Its deadline is 50 ms (deadline of the client)");
		SchedulerOperation operation = SchedulerOperation.POLL_ACTIVITY_BUFFER;
		builder.deadline(Duration.ofHours(1));
		assertThat(failure(this.style.build(builder.copy().deadline(operation, deadline))))
			.hasMessageEndingWith("Its deadline is 50 ms (deadline of the operation)");
		SchedulerClient client = this.style.build(builder.copy().deadline(operation, deadline, "poll-timeout"));
		assertThat(failure(client)).hasMessageEndingWith("Its deadline is 50 ms (poll-timeout)")
			.isInstanceOfSatisfying(SchedulerDeadlineExceededException.class,
					(ex) -> assertThat(ex.getDeadlineSetting()).isEqualTo("poll-timeout"));
		assertThat(failure(client.withDeadline(Duration.ofMillis(60))))
			.hasMessageEndingWith("Its deadline is 60 ms (withDeadline)");
	}

	@Test
	void saysThatSomebodyElsesDeadlineHasPassed() {
		this.scheduler.hangs();
		ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
		try (CancellableContext context = Context.current().withDeadlineAfter(100, TimeUnit.MILLISECONDS, timer)) {
			SchedulerClient client = client().withDeadline(Duration.ofHours(1));
			AtomicReference<SchedulerException> exception = new AtomicReference<>();
			context.run(() -> exception.set(failure(client)));
			assertThat(exception.get()).isInstanceOf(SchedulerDeadlineExceededException.class)
				.hasMessageEndingWith(
						"before its deadline of 3600000 ms (withDeadline): another, shorter deadline applied");
		}
		finally {
			timer.shutdownNow();
		}
	}

	@Test
	void leavesFurtherLinesOfDescriptionToTheCause() {
		this.scheduler.fails(Status.INTERNAL.withDescription("first line\nsecond line"));
		assertThat(failure(client())).hasMessageContaining("INTERNAL: first line (")
			.hasStackTraceContaining("second line")
			.message()
			.doesNotContain("second line");
	}

	@Test
	void shortensLongReason() {
		SchedulerException exception = new SchedulerException(SchedulerOperation.SUBMIT_TASK, "localhost:1", "id",
				Status.INTERNAL.withCause(new IllegalStateException("x".repeat(1000))).asRuntimeException());
		assertThat(exception)
			.hasMessage("SubmitTask at localhost:1 failed: INTERNAL: " + "x".repeat(197) + "... (correlation id id)");
	}

	@Test
	void saysThatChannelIsShutDown() {
		this.scheduler.channel().shutdown();
		assertThat(failure(client())).isInstanceOf(SchedulerUnavailableException.class)
			.hasMessageEndingWith("The channel is shut down. Do not make calls after the client was closed");
	}

	@ParameterizedTest
	@ValueSource(strings = { "gRPC message exceeds maximum size 4194304: 6000064",
			"grpc: received message larger than max (6000064 vs. 4194304)",
			"Received message larger than max (6000064 vs. 4194304)" })
	void tellsTooLargeMessageFromFullBuffer(String description) {
		this.scheduler.fails(Status.RESOURCE_EXHAUSTED.withDescription(description));
		SchedulerException exception = failure(client());
		assertThat(exception.getErrorCode()).isEqualTo(SchedulerErrorCode.OVERSIZE_PAYLOAD);
		assertThat(exception.isRetryable()).isFalse();
		assertThat(exception).hasMessageEndingWith("The message or its metadata is too large. "
				+ "The channel limits the size of responses, the scheduler limits the size of requests");
	}

	@Test
	void saysThatMetadataIsTooLarge() {
		SchedulerException exception = failure(client().withMetadata("x-large", "x".repeat(20_000)));
		assertThat(exception.getStatusCode()).isEqualTo(Status.Code.INTERNAL);
		assertThat(exception.getErrorCode()).isEqualTo(SchedulerErrorCode.OVERSIZE_PAYLOAD);
		assertThat(exception).hasMessageContaining("The message or its metadata is too large");
	}

	private SchedulerClient client() {
		return this.style.build(SchedulerClient.builder(this.scheduler.channel()));
	}

	private static SchedulerException failure(SchedulerClient client) {
		return catchThrowableOfType(SchedulerException.class, () -> client.pollActivityBuffer("worker-1"));
	}

	/**
	 * No server can send the cause of a status, nor close its connection at just the
	 * right moment.
	 */
	private static ClientInterceptor failingWith(Status status) {
		return new ClientInterceptor() {

			@Override
			public <Q, S> ClientCall<Q, S> interceptCall(MethodDescriptor<Q, S> method, CallOptions options,
					Channel next) {
				return new SimpleForwardingClientCall<>(next.newCall(method, options)) {

					@Override
					public void start(Listener<S> responseListener, Metadata headers) {
						super.start(new SimpleForwardingClientCallListener<>(responseListener) {

							@Override
							public void onMessage(S message) {
							}

							@Override
							public void onClose(Status ignored, Metadata trailers) {
								super.onClose(status, trailers);
							}

						}, headers);
					}

				};
			}

		};
	}

	/**
	 * A row of the protocol's table of errors.
	 */
	private record Expected(Class<? extends SchedulerException> type, String errorCode, int number, boolean retryable) {

	}

}
