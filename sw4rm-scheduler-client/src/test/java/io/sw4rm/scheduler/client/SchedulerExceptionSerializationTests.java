package io.sw4rm.scheduler.client;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Tests for the serialization of exceptions, as caches, job queues and remote callers
 * need it.
 */
@Timeout(60)
class SchedulerExceptionSerializationTests {

	@RegisterExtension
	final TestScheduler scheduler = new TestScheduler();

	@ParameterizedTest
	@MethodSource("exceptions")
	void keepsAllButTheCause(SchedulerException exception) throws Exception {
		SchedulerException copy = copy(exception);
		assertThat(exception.getCause()).isNotNull();
		assertThat(copy).hasSameClassAs(exception).hasMessage(exception.getMessage()).hasNoCause();
		assertThat(copy.getStackTrace()).isEqualTo(exception.getStackTrace());
		assertThat(copy.getOperation()).isEqualTo(SchedulerOperation.SHUTDOWN_AGENT);
		assertThat(copy.getTarget()).isEqualTo("localhost:50053");
		assertThat(copy.getCorrelationId()).isEqualTo("order-7");
		assertThat(copy.getStatusCode()).isEqualTo(exception.getStatusCode());
		assertThat(copy.getErrorCode()).isEqualTo(exception.getErrorCode());
		assertThat(copy.getProblem()).isEqualTo(exception.getProblem());
		assertThat(copy.isRetryable()).isEqualTo(exception.isRetryable());
	}

	static Stream<SchedulerException> exceptions() {
		SchedulerOperation operation = SchedulerOperation.SHUTDOWN_AGENT;
		return Stream.of(
				new SchedulerException(operation, "localhost:50053", "order-7",
						cause(Status.RESOURCE_EXHAUSTED.withDescription("gRPC message exceeds maximum size"))),
				new SchedulerUnavailableException(operation, "localhost:50053", "order-7",
						cause(Status.UNAVAILABLE.withCause(new IOException("Connection refused")))),
				new SchedulerDeadlineExceededException(operation, "localhost:50053", "order-7", Duration.ofSeconds(3),
						"withDeadline", Duration.ofSeconds(2), cause(Status.DEADLINE_EXCEEDED)),
				new SchedulerPermissionDeniedException(operation, "localhost:50053", "order-7",
						cause(Status.UNAUTHENTICATED)),
				new SchedulerInvalidRequestException(operation, "localhost:50053", "order-7",
						cause(Status.INVALID_ARGUMENT)),
				new SchedulerCallLimitException(operation, "localhost:50053", "order-7"));
	}

	private static StatusRuntimeException cause(Status status) {
		return status.asRuntimeException(new Metadata());
	}

	@Test
	void everySubclassIsTested() {
		assertThat(exceptions().map(Object::getClass).toList()).doesNotHaveDuplicates()
			.containsAll(List.of(SchedulerUnavailableException.class, SchedulerDeadlineExceededException.class,
					SchedulerPermissionDeniedException.class, SchedulerInvalidRequestException.class,
					SchedulerCallLimitException.class));
	}

	@Test
	void deadlineExceptionKeepsItsDurations() throws Exception {
		SchedulerDeadlineExceededException copy = copy(new SchedulerDeadlineExceededException(
				SchedulerOperation.SUBMIT_TASK, "localhost:50053", "order-7", Duration.ofSeconds(3), "withDeadline",
				Duration.ofSeconds(2), Status.DEADLINE_EXCEEDED.asRuntimeException()));
		assertThat(copy.getDeadline()).isEqualTo(Duration.ofSeconds(3));
		assertThat(copy.getDeadlineSetting()).isEqualTo("withDeadline");
		assertThat(copy.getElapsed()).isEqualTo(Duration.ofSeconds(2));
	}

	@Test
	void rejectionKeepsAll() throws Exception {
		TaskRejectedException exception = new TaskRejectedException("task-123", "draining", 3);
		TaskRejectedException copy = copy(exception);
		assertThat(copy).hasMessage(exception.getMessage());
		assertThat(copy.getTaskId()).isEqualTo("task-123");
		assertThat(copy.getReason()).isEqualTo("draining");
		assertThat(copy.getAttempts()).isEqualTo(3);
	}

	@ParameterizedTest
	@EnumSource
	void exceptionsOfRealCallsCanBeSerialized(ClientStyle style) throws Exception {
		this.scheduler.stop();
		SchedulerClient client = style.build(SchedulerClient.builder(this.scheduler.channel()));
		SchedulerException exception = catchThrowableOfType(SchedulerException.class,
				() -> client.pollActivityBuffer("worker-1"));
		assertThat(copy(exception)).hasMessage(exception.getMessage()).hasNoCause();
	}

	@SuppressWarnings("unchecked")
	private static <T extends Throwable> T copy(T exception) throws Exception {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
			out.writeObject(exception);
		}
		try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
			return (T) in.readObject();
		}
	}

}
