package io.sw4rm.scheduler.autoconfigure.channel;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Deadline;
import io.grpc.ManagedChannel;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEventPublisher;

import io.sw4rm.scheduler.client.SchedulerClientBuilder;
import io.sw4rm.scheduler.client.address.SchedulerAddress;

/**
 * The connection to one scheduler, shared by the clients of one name. Thread-safe.
 *
 * @since 0.1.0
 */
public final class SchedulerConnection {

	/**
	 * The call option of calls that have their own metrics or observations.
	 */
	public static final CallOptions.Key<Boolean> MEASURED = CallOptions.Key
		.createWithDefault("sw4rm-scheduler-measured", false);

	private final @Nullable SchedulerAddress address;

	private final boolean encrypted;

	private final boolean embedded;

	private final Channel channel;

	SchedulerConnection(Channel channel, @Nullable SchedulerAddress address, boolean encrypted, boolean embedded) {
		this.channel = channel;
		this.address = address;
		this.encrypted = encrypted;
		this.embedded = embedded;
	}

	/**
	 * Return a connection that uses the application's own channel.
	 * @param channel the channel
	 * @return the connection
	 */
	public static SchedulerConnection of(Channel channel) {
		return new SchedulerConnection(channel, null, false, false);
	}

	/**
	 * Return the address of the scheduler.
	 * @return the address, or {@code null} if the channel is the application's own
	 */
	public @Nullable SchedulerAddress address() {
		return this.address;
	}

	/**
	 * Return the human-readable name of the scheduler.
	 * @return the address, or the authority of the application's own channel
	 */
	public String target() {
		return (this.address != null) ? this.address.toString() : String.valueOf(this.channel.authority());
	}

	/**
	 * Return whether the channel is the application's own. Address, TLS and all other
	 * properties of the channel have no effect then.
	 * @return whether the channel was replaced
	 */
	public boolean isReplaced() {
		return this.address == null;
	}

	/**
	 * Return whether address or connection details require TLS.
	 * @return whether TLS is required; {@code false} if the channel is the application's
	 * own
	 */
	public boolean isEncrypted() {
		return this.encrypted;
	}

	/**
	 * Return whether the scheduler is embedded in the application.
	 * @return whether the scheduler is embedded
	 */
	public boolean isEmbedded() {
		return this.embedded;
	}

	/**
	 * Return the channel.
	 * @return the channel
	 */
	public Channel channel() {
		return this.channel;
	}

	/**
	 * Return the state of the channel.
	 * @return the name of the state, or {@code null} if the application's own channel
	 * does not provide it
	 */
	public @Nullable String channelState() {
		try {
			return (this.channel instanceof ManagedChannel managedChannel) ? managedChannel.getState(false).name()
					: null;
		}
		catch (UnsupportedOperationException ex) {
			return null;
		}
	}

	/**
	 * Publish the events of this connection until its channel is shut down, unless the
	 * application's own channel does not provide its state.
	 * @param clientName the name of the client
	 * @param publisher publishes the events
	 */
	public void publishEvents(String clientName, ApplicationEventPublisher publisher) {
		if (channelState() != null) {
			new ConnectionEventPublisher(publisher, clientName, target(), (ManagedChannel) this.channel).start();
		}
	}

	/**
	 * Check the health of the scheduler.
	 * @param deadline the deadline of the check
	 * @param repeat whether to check once more, by the same deadline, if the first check
	 * gets no response
	 * @return the health
	 */
	public SchedulerHealth checkHealth(Deadline deadline, boolean repeat) {
		return new HealthCheck(this.channel).run(deadline, repeat);
	}

	/**
	 * Mark the calls of a client as measured, so that Boot's observation of gRPC calls
	 * excludes them. Calls on the application's own channel are not changed.
	 * @param builder the builder of the client
	 */
	public void markMeasured(SchedulerClientBuilder builder) {
		if (!isReplaced()) {
			builder.callOption(MEASURED, true);
		}
	}

}
