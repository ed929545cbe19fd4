package io.sw4rm.scheduler.autoconfigure.startup;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import com.google.protobuf.Empty;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Deadline;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.retry.RetryException;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.core.retry.RetryTemplate;

import io.sw4rm.scheduler.autoconfigure.SchedulerClientProperties;
import io.sw4rm.scheduler.autoconfigure.SchedulerClientProperties.Startup;
import io.sw4rm.scheduler.autoconfigure.SchedulerConnections;
import io.sw4rm.scheduler.autoconfigure.channel.SchedulerConnection;
import io.sw4rm.scheduler.autoconfigure.diagnostics.PropertyRemedies;
import io.sw4rm.scheduler.autoconfigure.diagnostics.SchedulerFailureException;
import io.sw4rm.scheduler.client.SchedulerProblem;

/**
 * Checks that schedulers respond when the application starts, if configured. Starts
 * before components that accept work, such as web servers and message listeners.
 */
class StartupCheck implements SmartLifecycle {

	private static final Log logger = LogFactory.getLog(StartupCheck.class);

	private static final Duration PAUSE = Duration.ofMillis(200);

	/**
	 * The health check that most gRPC servers support, without its library. A response
	 * that the method is not implemented also shows that a server responds.
	 */
	private static final MethodDescriptor<Empty, Empty> METHOD = MethodDescriptor.<Empty, Empty>newBuilder()
		.setType(MethodDescriptor.MethodType.UNARY)
		.setFullMethodName("grpc.health.v1.Health/Check")
		.setRequestMarshaller(ProtoUtils.marshaller(Empty.getDefaultInstance()))
		.setResponseMarshaller(ProtoUtils.marshaller(Empty.getDefaultInstance()))
		.build();

	private static final Set<Status.Code> ANSWERS = EnumSet.of(Status.Code.UNIMPLEMENTED, Status.Code.NOT_FOUND,
			Status.Code.PERMISSION_DENIED);

	/**
	 * Not injected, because lifecycle beans are created even if others are lazy.
	 */
	private final ObjectProvider<SchedulerConnections> connections;

	private volatile boolean running;

	StartupCheck(ObjectProvider<SchedulerConnections> connections) {
		this.connections = connections;
	}

	@Override
	public int getPhase() {
		return 0;
	}

	/**
	 * A paused context does not check again when it restarts.
	 */
	@Override
	public boolean isPauseable() {
		return false;
	}

	@Override
	public void start() {
		SchedulerConnections connections = this.connections.getObject();
		for (String name : connections.names()) {
			SchedulerClientProperties properties = connections.properties(name);
			if (properties.getStartup() != Startup.LAZY) {
				check(connections.get(name), connections.prefix(name), properties);
			}
		}
		this.running = true;
	}

	private void check(SchedulerConnection connection, String prefix, SchedulerClientProperties properties) {
		Startup startup = properties.getStartup();
		Duration timeout = properties.getStartupTimeout();
		Deadline deadline = Deadline.after(TimeUnit.NANOSECONDS.convert(timeout), TimeUnit.NANOSECONDS);
		logger.info("Checking the SW4RM scheduler at '%s' for up to %d ms".formatted(connection.target(),
				TimeUnit.MILLISECONDS.convert(timeout)));
		RetryPolicy retryPolicy = RetryPolicy.builder()
			.maxRetries((startup == Startup.WAIT) ? Long.MAX_VALUE : 0)
			.delay(PAUSE)
			.predicate((failure) -> !deadline.isExpired() && mayPass(failure))
			.build();
		try {
			new RetryTemplate(retryPolicy).execute(() -> call(connection.channel(), deadline));
		}
		catch (RetryException ex) {
			throw failure(connection.target(), prefix, startup, mostTelling(ex));
		}
	}

	private static boolean call(Channel channel, Deadline deadline) {
		try {
			ClientCalls.blockingUnaryCall(channel, METHOD, CallOptions.DEFAULT.withDeadline(deadline),
					Empty.getDefaultInstance());
		}
		catch (StatusRuntimeException ex) {
			if (!ANSWERS.contains(ex.getStatus().getCode())) {
				throw ex;
			}
		}
		return true;
	}

	/**
	 * Rejected credentials remain rejected. The failure has a cause if none was sent.
	 */
	private static boolean mayPass(Throwable failure) {
		Status status = Status.fromThrowable(failure);
		return status.getCode() != Status.Code.UNAUTHENTICATED || status.getCause() != null;
	}

	/**
	 * The last failure may be just a timeout.
	 */
	private static Status mostTelling(RetryException exception) {
		return Stream.concat(Stream.of(exception.getSuppressed()), Stream.of(exception.getLastException()))
			.map(Status::fromThrowable)
			.filter((status) -> status.getCode() != Status.Code.DEADLINE_EXCEEDED)
			.reduce((previous, last) -> last)
			.orElseGet(() -> Status.fromThrowable(exception.getLastException()));
	}

	private static SchedulerFailureException failure(String target, String prefix, Startup startup, Status status) {
		SchedulerProblem problem = SchedulerProblem.of(status);
		StatusRuntimeException cause = status.asRuntimeException();
		return new SchedulerFailureException(
				"The SW4RM scheduler at '%s' %s (%s). '%sstartup' is '%s': the application does not start without it."
					.formatted(target,
							isAnswer(status) ? "rejected the health check during start-up"
									: "did not respond during start-up",
							NestedExceptionUtils.getMostSpecificCause(cause), prefix,
							startup.name().toLowerCase(Locale.ROOT).replace('_', '-')),
				"%sSet '%sstartup' to 'lazy' to start without the scheduler.".formatted(
						(problem != null)
								? problem.meaning() + ". " + new PropertyRemedies(prefix).apply(problem) + ". " : "",
						prefix),
				cause);
	}

	/**
	 * Return whether a server responded: only failures of the client have a cause.
	 */
	private static boolean isAnswer(Status status) {
		return status.getCause() == null && status.getCode() != Status.Code.DEADLINE_EXCEEDED
				&& status.getCode() != Status.Code.UNAVAILABLE;
	}

	@Override
	public void stop() {
		this.running = false;
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

}
