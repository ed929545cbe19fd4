package io.sw4rm.scheduler.client.address;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import io.grpc.ConnectivityState;
import io.grpc.ConnectivityStateInfo;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer;
import io.grpc.Status;
import io.grpc.SynchronizationContext.ScheduledHandle;
import io.grpc.util.ForwardingLoadBalancer;
import io.grpc.util.ForwardingLoadBalancerHelper;
import io.grpc.util.ForwardingSubchannel;
import io.grpc.util.GracefulSwitchLoadBalancer;
import org.jspecify.annotations.Nullable;

import io.sw4rm.scheduler.client.address.ConnectionLimitsLoadBalancerProvider.Config;

/**
 * Limits the connections of another load balancer. Confined to the synchronization
 * context of the channel.
 */
final class ConnectionLimitsLoadBalancer extends ForwardingLoadBalancer {

	/**
	 * An address that no connection can be established to: connecting fails immediately,
	 * because it is not resolved.
	 */
	private static final EquivalentAddressGroup NO_ADDRESS = new EquivalentAddressGroup(
			InetSocketAddress.createUnresolved("connect-timeout.invalid", 1));

	private final GracefulSwitchLoadBalancer delegate;

	private final Helper helper;

	private @Nullable Config config;

	ConnectionLimitsLoadBalancer(Helper helper) {
		this.helper = helper;
		this.delegate = new GracefulSwitchLoadBalancer(new LimitingHelper());
	}

	@Override
	protected LoadBalancer delegate() {
		return this.delegate;
	}

	@Override
	public Status acceptResolvedAddresses(ResolvedAddresses addresses) {
		Config config = (Config) addresses.getLoadBalancingPolicyConfig();
		this.config = config;
		return this.delegate
			.acceptResolvedAddresses(addresses.toBuilder().setLoadBalancingPolicyConfig(config.child()).build());
	}

	/**
	 * Connections are only created for addresses, which come with the configuration.
	 */
	private Config config() {
		return Objects.requireNonNull(this.config);
	}

	private ScheduledHandle schedule(Runnable task, Duration delay) {
		return this.helper.getSynchronizationContext()
			.schedule(task, TimeUnit.NANOSECONDS.convert(delay), TimeUnit.NANOSECONDS,
					this.helper.getScheduledExecutorService());
	}

	private final class LimitingHelper extends ForwardingLoadBalancerHelper {

		@Override
		protected Helper delegate() {
			return ConnectionLimitsLoadBalancer.this.helper;
		}

		@Override
		public Subchannel createSubchannel(CreateSubchannelArgs args) {
			return new LimitedSubchannel(super.createSubchannel(args), args.getAddresses());
		}

	}

	private final class LimitedSubchannel extends ForwardingSubchannel implements LoadBalancer.SubchannelStateListener {

		private final Subchannel delegate;

		private List<EquivalentAddressGroup> groups;

		/**
		 * The number of addresses that were given up since the connection attempt began.
		 */
		private int givenUp;

		private LoadBalancer.@Nullable SubchannelStateListener listener;

		private @Nullable ScheduledHandle timer;

		private long readyNanos;

		/**
		 * The number of successive connections that the server has closed immediately.
		 */
		private int shortConnections;

		LimitedSubchannel(Subchannel delegate, List<EquivalentAddressGroup> groups) {
			this.delegate = delegate;
			this.groups = groups;
		}

		@Override
		protected Subchannel delegate() {
			return this.delegate;
		}

		@Override
		public void start(LoadBalancer.SubchannelStateListener listener) {
			this.listener = listener;
			super.start(this);
		}

		@Override
		public List<EquivalentAddressGroup> getAllAddresses() {
			return this.groups;
		}

		/**
		 * Names are resolved again from time to time. The same addresses must not restore
		 * those that were given up.
		 */
		@Override
		public void updateAddresses(List<EquivalentAddressGroup> groups) {
			if (this.givenUp == 0 || !groups.equals(this.groups)) {
				this.groups = groups;
				this.givenUp = 0;
				super.updateAddresses(groups);
			}
		}

		@Override
		public void shutdown() {
			cancelTimer();
			super.shutdown();
		}

		@Override
		public void onSubchannelState(ConnectivityStateInfo info) {
			cancelTimer();
			switch (info.getState()) {
				case CONNECTING -> {
					scheduleTimeout();
					forward(info);
				}
				case READY -> {
					this.readyNanos = System.nanoTime();
					restoreAddresses();
					forward(info);
				}
				case TRANSIENT_FAILURE -> forward(restoreAddresses() ? notReady() : info);
				case IDLE -> forwardIdle(info);
				default -> forward(info);
			}
		}

		private void scheduleTimeout() {
			this.timer = schedule(this::giveUpAddress, config().connectTimeout());
		}

		/**
		 * Removing the address of a pending connection closes the connection, and the
		 * next address is tried. If this connection is to a later address, which is not
		 * known here, its turn comes with one of the next timeouts.
		 */
		private void giveUpAddress() {
			List<EquivalentAddressGroup> addresses = addresses();
			this.givenUp++;
			if (this.givenUp < addresses.size()) {
				scheduleTimeout();
				super.updateAddresses(addresses.subList(this.givenUp, addresses.size()));
			}
			else {
				super.updateAddresses(List.of(NO_ADDRESS));
			}
		}

		/**
		 * Return the addresses, one per group.
		 */
		private List<EquivalentAddressGroup> addresses() {
			return this.groups.stream()
				.flatMap((group) -> group.getAddresses()
					.stream()
					.map((address) -> new EquivalentAddressGroup(address, group.getAttributes())))
				.toList();
		}

		/**
		 * Return whether all addresses had been given up.
		 */
		private boolean restoreAddresses() {
			if (this.givenUp == 0) {
				return false;
			}
			boolean all = this.givenUp >= addresses().size();
			this.givenUp = 0;
			super.updateAddresses(this.groups);
			return all;
		}

		private ConnectivityStateInfo notReady() {
			return ConnectivityStateInfo.forTransientFailure(Status.UNAVAILABLE.withDescription(
					"The connection was not ready within " + config().connectTimeout().toMillis() + " ms"));
		}

		/**
		 * Without a delay, a server that closes each connection would be connected to in
		 * a tight loop. Calls wait meanwhile, as they do for any connection.
		 */
		private void forwardIdle(ConnectivityStateInfo info) {
			Duration interval = config().reconnectInterval();
			Duration connected = Duration.ofNanos(System.nanoTime() - this.readyNanos);
			this.shortConnections = (connected.compareTo(interval) < 0) ? this.shortConnections + 1 : 0;
			if (this.shortConnections > 1) {
				forward(ConnectivityStateInfo.forNonError(ConnectivityState.CONNECTING));
				this.timer = schedule(() -> forward(info), interval.minus(connected));
			}
			else {
				forward(info);
			}
		}

		private void forward(ConnectivityStateInfo info) {
			Objects.requireNonNull(this.listener).onSubchannelState(info);
		}

		private void cancelTimer() {
			if (this.timer != null) {
				this.timer.cancel();
				this.timer = null;
			}
		}

	}

}
