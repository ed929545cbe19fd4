package io.sw4rm.scheduler.autoconfigure.actuate;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.grpc.Channel;
import io.grpc.ManagedChannel;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;

import io.sw4rm.scheduler.autoconfigure.SchedulerConnectionDetails;
import io.sw4rm.scheduler.autoconfigure.SchedulerProperties;
import io.sw4rm.scheduler.client.ActivityEntry;
import io.sw4rm.scheduler.client.address.SchedulerAddress;
import io.sw4rm.scheduler.client.address.SchedulerAddress.Security;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SchedulerOperation;

/**
 * {@link Endpoint @Endpoint} that shows the client of the SW4RM scheduler and the
 * activity buffers of agents, and purges them where write access is given. Shows no
 * secrets: of metadata the names alone.
 */
@Endpoint(id = "sw4rmscheduler", defaultAccess = Access.READ_ONLY)
public class SchedulerEndpoint {

	private final SchedulerClient client;

	private final Channel channel;

	private final SchedulerConnectionDetails connectionDetails;

	private final SchedulerProperties properties;

	private final SchedulerCallStatistics statistics;

	SchedulerEndpoint(SchedulerClient client, Channel channel, SchedulerConnectionDetails connectionDetails,
			SchedulerProperties properties, SchedulerCallStatistics statistics) {
		this.client = client;
		this.channel = channel;
		this.connectionDetails = connectionDetails;
		this.properties = properties;
		this.statistics = statistics;
	}

	/**
	 * Show configuration, connection and calls of the client.
	 * @return the description
	 */
	@ReadOperation
	public SchedulerDescriptor scheduler() {
		SchedulerAddress address = SchedulerAddress.parse(this.connectionDetails.getAddress());
		boolean tls = address.security() == Security.TLS || this.connectionDetails.getSslBundle() != null;
		SchedulerProperties.Retry retry = this.properties.getRetry();
		return new SchedulerDescriptor(address.toString(), tls, channelState(), byOperation(this::deadline),
				new RetryDescriptor(retry.getMaxAttempts(), names(retry.getOperations()), names(retry.getStatuses())),
				new TreeSet<>(this.properties.getMetadata().keySet()), byOperation(this::calls), lastFailure());
	}

	/**
	 * Show the activity buffer of an agent.
	 * @param agentId the agent
	 * @return the description
	 */
	@ReadOperation
	public ActivityDescriptor activity(@Selector String agentId) {
		return new ActivityDescriptor(this.client.pollActivityBuffer(agentId));
	}

	/**
	 * Purge the activity buffer of an agent.
	 * @param agentId the agent
	 * @param taskIds the tasks whose entries are removed
	 * @param all whether to remove everything, if no tasks are given
	 * @return the description
	 */
	@DeleteOperation
	public PurgeDescriptor purge(@Selector String agentId, @Nullable List<String> taskIds, @Nullable Boolean all) {
		boolean hasTaskIds = taskIds != null && !taskIds.isEmpty();
		if (hasTaskIds == Boolean.TRUE.equals(all)) {
			throw new InvalidEndpointRequestException("Either 'taskIds' or 'all=true' is needed",
					"Either 'taskIds' or 'all=true' is needed");
		}
		return new PurgeDescriptor((taskIds != null && hasTaskIds) ? this.client.purgeActivity(agentId, taskIds)
				: this.client.purgeAllActivity(agentId));
	}

	private @Nullable String channelState() {
		return (this.channel instanceof ManagedChannel managedChannel) ? managedChannel.getState(false).name() : null;
	}

	private Duration deadline(SchedulerOperation operation) {
		Duration deadline = this.properties.getDeadlines().of(operation);
		deadline = (deadline != null) ? deadline : this.properties.getDeadline();
		return (deadline != null) ? deadline : operation.defaultDeadline();
	}

	private CallsDescriptor calls(SchedulerOperation operation) {
		return new CallsDescriptor(this.statistics.calls(operation), this.statistics.failures(operation));
	}

	private @Nullable FailureDescriptor lastFailure() {
		SchedulerCallStatistics.Failure failure = this.statistics.lastFailure();
		return (failure != null)
				? new FailureDescriptor(failure.operation().methodName(), failure.status().name(), failure.time())
				: null;
	}

	private static <T> Map<String, T> byOperation(Function<SchedulerOperation, T> value) {
		return Arrays.stream(SchedulerOperation.values())
			.collect(Collectors.toMap(SchedulerOperation::methodName, value));
	}

	private static Set<String> names(Set<? extends Enum<?>> values) {
		return values.stream().map(Enum::name).collect(Collectors.toCollection(TreeSet::new));
	}

	/**
	 * Description of the client.
	 *
	 * @param address the address of the scheduler
	 * @param tls whether the connection is encrypted
	 * @param channelState the state of the channel, if it is known
	 * @param deadlines the deadline of each operation
	 * @param retry the retries
	 * @param metadata the names of the metadata that is sent with each call
	 * @param calls the calls of each operation since the start
	 * @param lastFailure the last call that failed, if any has
	 */
	public record SchedulerDescriptor(String address, boolean tls, @Nullable String channelState,
			Map<String, Duration> deadlines, RetryDescriptor retry, Set<String> metadata,
			Map<String, CallsDescriptor> calls,
			@Nullable FailureDescriptor lastFailure) implements OperationResponseBody {

	}

	/**
	 * Description of retries.
	 *
	 * @param maxAttempts the largest number of attempts
	 * @param operations the operations that are tried again
	 * @param statuses the statuses after which they are
	 */
	public record RetryDescriptor(int maxAttempts, Set<String> operations, Set<String> statuses) {

	}

	/**
	 * Description of the calls of an operation.
	 *
	 * @param total how many calls have ended
	 * @param failed how many of them failed
	 */
	public record CallsDescriptor(long total, long failed) {

	}

	/**
	 * Description of a call that failed.
	 *
	 * @param operation the operation
	 * @param status the gRPC status
	 * @param time when it failed
	 */
	public record FailureDescriptor(String operation, String status, Instant time) {

	}

	/**
	 * Description of an activity buffer.
	 *
	 * @param entries the entries
	 */
	public record ActivityDescriptor(List<ActivityEntry> entries) implements OperationResponseBody {

	}

	/**
	 * Description of a purge.
	 *
	 * @param purged how many entries were removed
	 */
	public record PurgeDescriptor(long purged) implements OperationResponseBody {

	}

}
