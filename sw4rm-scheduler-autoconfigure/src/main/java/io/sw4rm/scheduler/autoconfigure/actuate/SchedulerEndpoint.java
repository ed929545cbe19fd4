package io.sw4rm.scheduler.autoconfigure.actuate;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.grpc.Status;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;

import io.sw4rm.scheduler.autoconfigure.SchedulerClientFactory;
import io.sw4rm.scheduler.autoconfigure.SchedulerClientProperties;
import io.sw4rm.scheduler.autoconfigure.SchedulerConnections;
import io.sw4rm.scheduler.autoconfigure.channel.SchedulerConnection;
import io.sw4rm.scheduler.client.ActivityEntry;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SchedulerOperation;

/**
 * {@link Endpoint @Endpoint} that shows the clients of SW4RM schedulers and the activity
 * buffers of agents, and purges them if write access is permitted. Shows no secrets: only
 * the names of metadata.
 *
 * @since 0.1.0
 */
@Endpoint(id = "sw4rmscheduler", defaultAccess = Access.READ_ONLY)
public class SchedulerEndpoint {

	private final SchedulerConnections connections;

	private final SchedulerClientFactory clientFactory;

	private final SchedulerStatistics statistics;

	SchedulerEndpoint(SchedulerConnections connections, SchedulerClientFactory clientFactory,
			SchedulerStatistics statistics) {
		this.connections = connections;
		this.clientFactory = clientFactory;
		this.statistics = statistics;
	}

	/**
	 * Show configuration, connection and calls of all clients.
	 * @return the description
	 */
	@ReadOperation
	public SchedulersDescriptor schedulers() {
		Map<String, SchedulerDescriptor> clients = new LinkedHashMap<>();
		this.connections.names().forEach((name) -> clients.put(name, scheduler(name)));
		return new SchedulersDescriptor(clients);
	}

	private SchedulerDescriptor scheduler(String name) {
		SchedulerConnection connection = this.connections.get(name);
		SchedulerClientProperties properties = this.connections.properties(name);
		SchedulerClientProperties.Retry retry = properties.getRetry();
		SchedulerStatistics.Calls calls = this.statistics.of(name);
		return new SchedulerDescriptor(connection.target(), connection.isEmbedded(), connection.isReplaced(),
				connection.isReplaced() ? null : connection.isEncrypted(), connection.channelState(),
				byOperation((operation) -> deadline(properties, operation)),
				new RetryDescriptor(retry.getMaxAttempts(), new TreeSet<>(retry.getOperations()),
						new TreeSet<>(retry.getStatuses())),
				new TreeSet<>(properties.getMetadata().keySet()), byOperation(calls::describe), calls.lastFailure());
	}

	/**
	 * Show the activity buffer of an agent.
	 * @param agentId the agent
	 * @param client the name of the client to use, if there are several
	 * @return the description
	 */
	@ReadOperation
	public ActivityDescriptor activity(@Selector String agentId, @Nullable String client) {
		return new ActivityDescriptor(client(client).pollActivityBuffer(agentId));
	}

	/**
	 * Purge the activity buffer of an agent.
	 * @param agentId the agent
	 * @param taskIds the tasks whose entries are removed
	 * @param all whether to remove all entries, if no tasks are given
	 * @param client the name of the client to use, if there are several
	 * @return the description
	 */
	@DeleteOperation
	public PurgeDescriptor purge(@Selector String agentId, @Nullable List<String> taskIds, @Nullable Boolean all,
			@Nullable String client) {
		boolean hasTaskIds = taskIds != null && !taskIds.isEmpty();
		if (hasTaskIds == Boolean.TRUE.equals(all)) {
			throw invalid("Either 'taskIds' or 'all=true' is required, but not both");
		}
		SchedulerClient schedulerClient = client(client);
		return new PurgeDescriptor((taskIds != null && hasTaskIds) ? schedulerClient.purgeActivity(agentId, taskIds)
				: schedulerClient.purgeAllActivity(agentId));
	}

	private SchedulerClient client(@Nullable String name) {
		Set<String> names = this.connections.names();
		String client = (name == null && (names.size() == 1 || names.contains(SchedulerConnections.DEFAULT_NAME)))
				? names.iterator().next() : name;
		if (client == null || !names.contains(client)) {
			throw invalid("'client' must be one of " + names);
		}
		return this.clientFactory.builder(client).exceptionTranslator((failure) -> failure).build();
	}

	private static InvalidEndpointRequestException invalid(String reason) {
		return new InvalidEndpointRequestException(reason, reason);
	}

	private static Duration deadline(SchedulerClientProperties properties, SchedulerOperation operation) {
		Duration deadline = properties.getDeadlines().getOrDefault(operation, properties.getDeadline());
		return (deadline != null) ? deadline : operation.defaultDeadline();
	}

	private static <T> Map<String, T> byOperation(Function<SchedulerOperation, T> value) {
		return Arrays.stream(SchedulerOperation.values())
			.collect(Collectors.toMap(SchedulerOperation::methodName, value));
	}

	/**
	 * Description of all clients.
	 *
	 * @param clients the clients by name, {@code default} for the one without a name
	 */
	public record SchedulersDescriptor(Map<String, SchedulerDescriptor> clients) implements OperationResponseBody {

	}

	/**
	 * Description of a client.
	 *
	 * @param target the address of the scheduler, or the authority of the application's
	 * own channel
	 * @param embedded whether the scheduler is embedded in the application
	 * @param channelReplaced whether the application's own channel is used
	 * @param tls whether address or connection details require TLS, {@code null} if the
	 * channel is the application's own
	 * @param channelState the state of the channel, if it is known
	 * @param deadlines the deadline of each operation
	 * @param retry the retries
	 * @param metadata the names of the metadata that is sent with each call
	 * @param calls the number of calls of each operation since the start
	 * @param lastFailure the last failed call, if any
	 */
	public record SchedulerDescriptor(String target, boolean embedded, boolean channelReplaced, @Nullable Boolean tls,
			@Nullable String channelState, Map<String, Duration> deadlines, RetryDescriptor retry, Set<String> metadata,
			Map<String, CallsDescriptor> calls, @Nullable FailureDescriptor lastFailure) {

	}

	/**
	 * Description of retries.
	 *
	 * @param maxAttempts the maximum number of attempts
	 * @param operations the retried operations
	 * @param statuses the retried statuses
	 */
	public record RetryDescriptor(int maxAttempts, Set<SchedulerOperation> operations, Set<Status.Code> statuses) {

	}

	/**
	 * Description of the calls of an operation.
	 *
	 * @param total the number of completed calls
	 * @param failed the number of failed calls
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
	 * @param purged the number of removed entries
	 */
	public record PurgeDescriptor(long purged) implements OperationResponseBody {

	}

}
