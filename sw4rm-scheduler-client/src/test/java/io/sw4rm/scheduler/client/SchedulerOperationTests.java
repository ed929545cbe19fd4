package io.sw4rm.scheduler.client;

import java.util.stream.Stream;

import io.grpc.MethodDescriptor;
import org.junit.jupiter.api.Test;

import io.sw4rm.scheduler.proto.SchedulerServiceGrpc;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SchedulerOperation}.
 */
class SchedulerOperationTests {

	@Test
	void operationsAreMethodsOfTheService() {
		assertThat(Stream.of(SchedulerOperation.values()).map(SchedulerOperation::methodName))
			.containsExactlyInAnyOrderElementsOf(SchedulerServiceGrpc.getServiceDescriptor()
				.getMethods()
				.stream()
				.map(MethodDescriptor::getBareMethodName)
				.toList());
	}

	@Test
	void methodsAreThoseOfTheirOperations() {
		assertThat(Stream.of(SchedulerMethod.SUBMIT_TASK, SchedulerMethod.REQUEST_PREEMPTION,
				SchedulerMethod.SHUTDOWN_AGENT, SchedulerMethod.POLL_ACTIVITY_BUFFER, SchedulerMethod.PURGE_ACTIVITY))
			.hasSameSizeAs(SchedulerOperation.values())
			.allSatisfy((method) -> assertThat(method.descriptor().getBareMethodName())
				.isEqualTo(method.operation().methodName()));
	}

}
