package io.sw4rm.scheduler.client;

import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

/**
 * Tests for {@link SchedulerErrorCode}. {@link SchedulerExceptionTests} holds which
 * status has which code.
 */
class SchedulerErrorCodeTests {

	@Test
	void numbersAreThoseOfTheProtocol() {
		assertThat(Stream.of(SchedulerErrorCode.values())
			.collect(Collectors.toMap(SchedulerErrorCode::number, Function.identity())))
			.containsOnly(entry(1, SchedulerErrorCode.BUFFER_FULL), entry(2, SchedulerErrorCode.NO_ROUTE),
					entry(3, SchedulerErrorCode.ACK_TIMEOUT), entry(4, SchedulerErrorCode.AGENT_UNAVAILABLE),
					entry(5, SchedulerErrorCode.AGENT_SHUTDOWN), entry(6, SchedulerErrorCode.VALIDATION_ERROR),
					entry(7, SchedulerErrorCode.PERMISSION_DENIED),
					entry(8, SchedulerErrorCode.UNSUPPORTED_MESSAGE_TYPE),
					entry(9, SchedulerErrorCode.OVERSIZE_PAYLOAD), entry(10, SchedulerErrorCode.TOOL_TIMEOUT),
					entry(11, SchedulerErrorCode.PARTIAL_DELIVERY), entry(12, SchedulerErrorCode.FORCED_PREEMPTION),
					entry(13, SchedulerErrorCode.TTL_EXPIRED), entry(14, SchedulerErrorCode.DUPLICATE_DETECTED),
					entry(15, SchedulerErrorCode.ALREADY_IN_PROGRESS), entry(16, SchedulerErrorCode.OVERLOADED),
					entry(20, SchedulerErrorCode.REDIRECT), entry(99, SchedulerErrorCode.INTERNAL_ERROR));
	}

	@Test
	void hasNamesOfTheProtocol() {
		assertThat(SchedulerErrorCode.BUFFER_FULL.protocolName()).isEqualTo("buffer_full");
		assertThat(SchedulerErrorCode.UNSUPPORTED_MESSAGE_TYPE.protocolName()).isEqualTo("unsupported_message_type");
	}

}
