package io.sw4rm.scheduler.client;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Deadline;
import io.grpc.MethodDescriptor;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Records the deadlines of calls.
 */
final class DeadlineRecorder implements ClientInterceptor {

	private final List<Deadline> deadlines = new CopyOnWriteArrayList<>();

	@Override
	public <Q, S> ClientCall<Q, S> interceptCall(MethodDescriptor<Q, S> method, CallOptions options, Channel next) {
		this.deadlines.add(Objects.requireNonNull(options.getDeadline()));
		return next.newCall(method, options);
	}

	/**
	 * Assert that two calls had deadlines, and the second one a later deadline.
	 */
	void assertThatSecondIsLater() {
		assertThat(this.deadlines).hasSize(2);
		assertThat(this.deadlines.get(0).isBefore(this.deadlines.get(1))).isTrue();
	}

}
