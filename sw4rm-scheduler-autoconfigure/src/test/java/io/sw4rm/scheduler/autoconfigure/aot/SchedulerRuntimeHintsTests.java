package io.sw4rm.scheduler.autoconfigure.aot;

import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.TypeReference;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.core.io.support.SpringFactoriesLoader;

import io.sw4rm.scheduler.proto.ActivityEntry;
import io.sw4rm.scheduler.proto.PollActivityBufferRequest;
import io.sw4rm.scheduler.proto.PollActivityBufferResponse;
import io.sw4rm.scheduler.proto.PreemptRequest;
import io.sw4rm.scheduler.proto.PreemptResponse;
import io.sw4rm.scheduler.proto.PurgeActivityRequest;
import io.sw4rm.scheduler.proto.PurgeActivityResponse;
import io.sw4rm.scheduler.proto.ShutdownAgentRequest;
import io.sw4rm.scheduler.proto.ShutdownAgentResponse;
import io.sw4rm.scheduler.proto.SubmitTaskRequest;
import io.sw4rm.scheduler.proto.SubmitTaskResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SchedulerRuntimeHints}.
 */
class SchedulerRuntimeHintsTests {

	@Test
	void isUsedByAheadOfTimeProcessing() {
		assertThat(SpringFactoriesLoader.forResourceLocation("META-INF/spring/aot.factories")
			.load(RuntimeHintsRegistrar.class)).hasAtLeastOneElementOfType(SchedulerRuntimeHints.class);
	}

	@ParameterizedTest
	@ValueSource(
			classes = { SubmitTaskRequest.class, SubmitTaskResponse.class, PreemptRequest.class, PreemptResponse.class,
					ShutdownAgentRequest.class, ShutdownAgentResponse.class, PollActivityBufferRequest.class,
					PollActivityBufferResponse.class, ActivityEntry.class, PurgeActivityRequest.class,
					PurgeActivityResponse.class, Duration.class, HealthCheckRequest.class, HealthCheckResponse.class })
	void includeMessageAndItsBuilder(Class<? extends Message> message) {
		assertThat(RuntimeHintsPredicates.reflection()
			.onType(message)
			.withMemberCategory(MemberCategory.INVOKE_PUBLIC_METHODS)).accepts(hints());
		assertThat(RuntimeHintsPredicates.reflection()
			.onType(TypeReference.of(message.getName() + "$Builder"))
			.withMemberCategory(MemberCategory.INVOKE_PUBLIC_METHODS)).accepts(hints());
	}

	@ParameterizedTest
	@ValueSource(strings = { "io.grpc.netty.NettyChannelBuilder", "io.grpc.protobuf.services.HealthStatusManager",
			"io.micrometer.core.instrument.observation.MeterObservationHandler",
			"io.micrometer.tracing.handler.TracingObservationHandler", "io.sw4rm.scheduler.embedded.EmbeddedScheduler",
			"reactor.core.publisher.Mono" })
	void includeClassWhosePresenceIsChecked(String className) {
		assertThat(RuntimeHintsPredicates.reflection().onType(TypeReference.of(className))).accepts(hints());
	}

	@Test
	void includeVersionOfTheUserAgent() {
		assertThat(
				RuntimeHintsPredicates.resource().forResource("io/sw4rm/scheduler/client/address/version.properties"))
			.accepts(hints());
	}

	@Test
	void doNotRequireOptionalLibraries() {
		RuntimeHints hints = new RuntimeHints();
		new SchedulerRuntimeHints().registerHints(hints, new FilteredClassLoader(HealthGrpc.class));
		assertThat(RuntimeHintsPredicates.reflection().onType(SubmitTaskRequest.class)).accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection().onType(HealthCheckRequest.class)).rejects(hints);
	}

	private static RuntimeHints hints() {
		RuntimeHints hints = new RuntimeHints();
		new SchedulerRuntimeHints().registerHints(hints, SchedulerRuntimeHintsTests.class.getClassLoader());
		return hints;
	}

}
