package io.sw4rm.scheduler.autoconfigure;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

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
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.SmartLifecycle;

import io.sw4rm.scheduler.autoconfigure.SchedulerProperties.Startup;

/**
 * Asks the scheduler for a sign of life when the application starts, if the properties
 * want it. Starts before what takes work in, such as web servers and message listeners.
 */
class SchedulerStartup implements SmartLifecycle {

	private static final Log logger = LogFactory.getLog(SchedulerStartup.class);

	private static final Duration PAUSE = Duration.ofMillis(200);

	/**
	 * The health check that most gRPC servers offer, without its library. Even an answer
	 * that there is no such method shows that somebody is there.
	 */
	private static final MethodDescriptor<Empty, Empty> METHOD = MethodDescriptor.<Empty, Empty>newBuilder()
		.setType(MethodDescriptor.MethodType.UNARY)
		.setFullMethodName("grpc.health.v1.Health/Check")
		.setRequestMarshaller(ProtoUtils.marshaller(Empty.getDefaultInstance()))
		.setResponseMarshaller(ProtoUtils.marshaller(Empty.getDefaultInstance()))
		.build();

	private static final Set<Status.Code> ANSWERS = EnumSet.of(Status.Code.UNIMPLEMENTED, Status.Code.NOT_FOUND,
			Status.Code.PERMISSION_DENIED);

	private final Startup startup;

	private final Duration timeout;

	/**
	 * Not injected, as lifecycle beans are created even where others are lazy.
	 */
	private final ObjectProvider<SchedulerConnectionDetails> connectionDetails;

	private final ObjectProvider<Channel> channel;

	private volatile boolean running;

	SchedulerStartup(Startup startup, Duration timeout, ObjectProvider<SchedulerConnectionDetails> connectionDetails,
			ObjectProvider<Channel> channel) {
		this.startup = startup;
		this.timeout = timeout;
		this.connectionDetails = connectionDetails;
		this.channel = channel;
	}

	@Override
	public boolean isAutoStartup() {
		return this.startup != Startup.LAZY;
	}

	@Override
	public int getPhase() {
		return 0;
	}

	@Override
	public void start() {
		if (this.startup == Startup.LAZY) {
			// Somebody starts all beans, whether or not they start by themselves
			return;
		}
		Deadline deadline = Deadline.after(TimeUnit.NANOSECONDS.convert(this.timeout), TimeUnit.NANOSECONDS);
		Channel channel = this.channel.getObject();
		StatusRuntimeException failure = call(channel, deadline);
		if (failure != null && mayPass(failure)) {
			logger.info("Waiting for the SW4RM scheduler, for %d ms at most"
				.formatted(TimeUnit.MILLISECONDS.convert(this.timeout)));
		}
		while (failure != null && mayPass(failure) && pause(deadline)) {
			failure = moreTelling(failure, call(channel, deadline));
		}
		if (failure != null) {
			throw new SchedulerStartupException(this.connectionDetails.getObject().getAddress(), this.startup,
					this.timeout, failure);
		}
		this.running = true;
	}

	private @Nullable StatusRuntimeException call(Channel channel, Deadline deadline) {
		try {
			ClientCalls.blockingUnaryCall(channel, METHOD, CallOptions.DEFAULT.withDeadline(deadline),
					Empty.getDefaultInstance());
			return null;
		}
		catch (StatusRuntimeException ex) {
			return ANSWERS.contains(ex.getStatus().getCode()) ? null : ex;
		}
	}

	private boolean mayPass(StatusRuntimeException failure) {
		return this.startup == Startup.WAIT && !isRefusal(failure.getStatus());
	}

	/**
	 * Return whether the scheduler refused the credentials. Without any that could be
	 * sent, the failure has a cause.
	 */
	private static boolean isRefusal(Status status) {
		return status.getCode() == Status.Code.UNAUTHENTICATED && status.getCause() == null;
	}

	/**
	 * The last call may just have had no time left.
	 */
	private static @Nullable StatusRuntimeException moreTelling(StatusRuntimeException previous,
			@Nullable StatusRuntimeException last) {
		return (last != null && last.getStatus().getCode() == Status.Code.DEADLINE_EXCEEDED) ? previous : last;
	}

	/**
	 * Wait a while before the next call.
	 * @return whether there is time for another call
	 */
	private static boolean pause(Deadline deadline) {
		if (deadline.isExpired()) {
			return false;
		}
		try {
			TimeUnit.NANOSECONDS.sleep(Math.min(PAUSE.toNanos(), deadline.timeRemaining(TimeUnit.NANOSECONDS)));
			return !deadline.isExpired();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
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
