package io.sw4rm.scheduler.client.address;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.Status;
import io.grpc.StatusOr;
import io.grpc.SynchronizationContext;
import org.jspecify.annotations.Nullable;

/**
 * Resolves several names and combines their addresses. A name that can't be resolved does
 * not affect the others and keeps its previous addresses; resolution is retried every
 * {@value #RETRY_SECONDS} seconds. The others wait at most {@value #PATIENCE_SECONDS}
 * second for a name that is resolved slowly.
 */
final class CompositeNameResolver extends NameResolver {

	private static final long RETRY_SECONDS = 30;

	private static final long PATIENCE_SECONDS = 1;

	private final List<NameResolver> resolvers;

	private final SynchronizationContext syncContext;

	private final Args args;

	/** The last result for each name; confined to the synchronization context. */
	private final List<@Nullable StatusOr<List<EquivalentAddressGroup>>> outcomes;

	/**
	 * The names whose last resolution failed; confined to the synchronization context.
	 */
	private final BitSet failing = new BitSet();

	private SynchronizationContext.@Nullable ScheduledHandle retry;

	/** Until it has run, all names are waited for. */
	private SynchronizationContext.@Nullable ScheduledHandle patience;

	CompositeNameResolver(List<NameResolver> resolvers, Args args) {
		this.resolvers = resolvers;
		this.syncContext = args.getSynchronizationContext();
		this.args = args;
		this.outcomes = new ArrayList<>();
		resolvers.forEach((resolver) -> this.outcomes.add(null));
	}

	@Override
	public String getServiceAuthority() {
		return this.resolvers.get(0).getServiceAuthority();
	}

	@Override
	public void start(Listener2 listener) {
		this.patience = this.syncContext.schedule(() -> publish(listener), PATIENCE_SECONDS, TimeUnit.SECONDS,
				this.args.getScheduledExecutorService());
		for (int i = 0; i < this.resolvers.size(); i++) {
			this.resolvers.get(i).start(new ElementListener(i, listener));
		}
	}

	@Override
	public void refresh() {
		this.resolvers.forEach(NameResolver::refresh);
	}

	@Override
	public void shutdown() {
		cancelRetry();
		cancelPatience();
		this.resolvers.forEach(NameResolver::shutdown);
	}

	private void update(int index, StatusOr<List<EquivalentAddressGroup>> outcome) {
		this.failing.set(index, !outcome.hasValue());
		StatusOr<List<EquivalentAddressGroup>> known = this.outcomes.get(index);
		// A failed resolution does not mean that the servers are unavailable
		if (outcome.hasValue() || known == null || !known.hasValue()) {
			this.outcomes.set(index, outcome);
		}
	}

	private Status publish(Listener2 listener) {
		List<EquivalentAddressGroup> addresses = new ArrayList<>();
		Status failure = null;
		boolean complete = true;
		for (StatusOr<List<EquivalentAddressGroup>> outcome : this.outcomes) {
			if (outcome == null) {
				complete = false;
			}
			else if (outcome.hasValue()) {
				addresses.addAll(outcome.getValue());
			}
			else {
				failure = outcome.getStatus();
			}
		}
		if (complete) {
			cancelPatience();
		}
		else if (addresses.isEmpty() || isPatient()) {
			return Status.OK;
		}
		if (failure != null && addresses.isEmpty()) {
			return listener.onResult2(result(StatusOr.fromStatus(failure)));
		}
		scheduleRetry(!this.failing.isEmpty());
		return listener.onResult2(result(StatusOr.fromValue(addresses)));
	}

	private static ResolutionResult result(StatusOr<List<EquivalentAddressGroup>> addresses) {
		return ResolutionResult.newBuilder().setAddressesOrError(addresses).build();
	}

	private void scheduleRetry(boolean needed) {
		cancelRetry();
		if (needed) {
			this.retry = this.syncContext.schedule(this::refresh, RETRY_SECONDS, TimeUnit.SECONDS,
					this.args.getScheduledExecutorService());
		}
	}

	private boolean isPatient() {
		return this.patience != null && this.patience.isPending();
	}

	private void cancelPatience() {
		if (this.patience != null) {
			this.patience.cancel();
			this.patience = null;
		}
	}

	private void cancelRetry() {
		if (this.retry != null) {
			this.retry.cancel();
			this.retry = null;
		}
	}

	private final class ElementListener extends Listener2 {

		private final int index;

		private final Listener2 listener;

		ElementListener(int index, Listener2 listener) {
			this.index = index;
			this.listener = listener;
		}

		@Override
		public Status onResult2(ResolutionResult result) {
			update(this.index, withAuthority(result.getAddressesOrError()));
			return publish(this.listener);
		}

		@Override
		public void onResult(ResolutionResult result) {
			CompositeNameResolver.this.syncContext.execute(() -> onResult2(result));
		}

		@Override
		public void onError(Status error) {
			onResult(result(StatusOr.fromStatus(error)));
		}

		/**
		 * Verify each server's certificate against its own name, not against the first in
		 * the list.
		 */
		private StatusOr<List<EquivalentAddressGroup>> withAuthority(StatusOr<List<EquivalentAddressGroup>> addresses) {
			if (!addresses.hasValue()) {
				return addresses;
			}
			String authority = CompositeNameResolver.this.resolvers.get(this.index).getServiceAuthority();
			return StatusOr.fromValue(addresses.getValue()
				.stream()
				.map((group) -> new EquivalentAddressGroup(group.getAddresses(),
						group.getAttributes()
							.toBuilder()
							.set(EquivalentAddressGroup.ATTR_AUTHORITY_OVERRIDE, authority)
							.build()))
				.toList());
		}

	}

}
