package io.sw4rm.scheduler.client.micrometer;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.grpc.Status;
import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import org.jspecify.annotations.Nullable;

import io.sw4rm.scheduler.client.SchedulerCall;
import io.sw4rm.scheduler.client.SchedulerOperation;

/**
 * Default {@link SchedulerObservationConvention}, with the names of the protocol
 * (SW4-003).
 *
 * @since 0.1.0
 */
public class DefaultSchedulerObservationConvention implements SchedulerObservationConvention {

	/**
	 * The name of observations.
	 */
	public static final String NAME = "sw4rm.scheduler.call";

	private static final Map<SchedulerOperation, String> SPAN_NAMES = Arrays.stream(SchedulerOperation.values())
		.collect(Collectors.toMap(Function.identity(),
				(operation) -> "sw4rm.scheduler." + operation.name().toLowerCase(Locale.ROOT), (a, b) -> a,
				() -> new EnumMap<>(SchedulerOperation.class)));

	@Override
	public String getName() {
		return NAME;
	}

	@Override
	public @Nullable String getContextualName(SchedulerObservationContext context) {
		return SPAN_NAMES.get(context.getCall().operation());
	}

	@Override
	public KeyValues getLowCardinalityKeyValues(SchedulerObservationContext context) {
		SchedulerCall call = context.getCall();
		KeyValues keyValues = KeyValues.of("rpc.system", "grpc", "rpc.service", "sw4rm.scheduler.SchedulerService",
				"rpc.method", call.operation().methodName());
		Status.Code status = call.status();
		return (status != null)
				? keyValues.and("sw4rm.status", status.name(), "rpc.grpc.status_code", Integer.toString(status.value()))
				: keyValues;
	}

	@Override
	public KeyValues getHighCardinalityKeyValues(SchedulerObservationContext context) {
		SchedulerCall call = context.getCall();
		KeyValues keyValues = KeyValues.of("sw4rm.correlation_id", call.correlationId(), "sw4rm.agent_id",
				call.agentId());
		String taskId = call.taskId();
		if (taskId != null) {
			keyValues = keyValues.and(KeyValue.of("sw4rm.task_id", taskId));
		}
		return (call.status() != null)
				? keyValues.and("sw4rm.retry_count", Integer.toString(Math.max(call.attempts() - 1, 0))) : keyValues;
	}

}
