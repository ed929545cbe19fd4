package io.sw4rm.scheduler.client;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import io.sw4rm.scheduler.proto.PollActivityBufferRequest;
import io.sw4rm.scheduler.proto.SchedulerServiceGrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link SchedulerCall}: what listeners and interceptors may do with a call.
 */
@ParameterizedClass
@EnumSource(ClientStyle.class)
@Timeout(60)
class SchedulerCallTests {

	@RegisterExtension
	final TestScheduler scheduler = new TestScheduler();

	private final ClientStyle style;

	SchedulerCallTests(ClientStyle style) {
		this.style = style;
	}

	@Test
	void metadataOfListenerIsSent() {
		client(onStart((call) -> {
			call.setMetadata("x-tenant", "acme");
			call.setMetadata("x-region", "north");
		})).pollActivityBuffer("worker-1");
		assertThat(this.scheduler.onlyCall().headers("x-tenant")).containsExactly("acme");
		assertThat(this.scheduler.onlyCall().headers("x-region")).containsExactly("north");
	}

	@Test
	void metadataOfListenerReplacesEarlierValues() {
		SchedulerCallListener first = onStart((call) -> call.setMetadata("X-Region", "north"));
		SchedulerCallListener second = onStart((call) -> {
			call.setMetadata("x-region", "south");
			call.setMetadata("X-Tenant", "acme");
		});
		this.style.build(builder().metadata("x-tenant", "builder").listener(first).listener(second))
			.withMetadata("x-tenant", "client")
			.withMetadata("x-other", "kept")
			.pollActivityBuffer("worker-1");
		assertThat(this.scheduler.onlyCall().headers("x-region")).containsExactly("south");
		assertThat(this.scheduler.onlyCall().headers("x-tenant")).containsExactly("acme");
		assertThat(this.scheduler.onlyCall().headers("x-other")).containsExactly("kept");
	}

	@Test
	void metadataOfListenerIsThatOfOneCall() {
		SchedulerClient client = client(onStart((call) -> {
			if (call.operation() == SchedulerOperation.PURGE_ACTIVITY) {
				call.setMetadata("x-tenant", "acme");
				call.setMetadata("x-region", "north");
			}
		})).withMetadata("x-tenant", "client");
		client.purgeAllActivity("worker-1");
		client.pollActivityBuffer("worker-1");
		assertThat(this.scheduler.calls()).map((call) -> call.headers("x-tenant"))
			.containsExactly(List.of("acme"), List.of("client"));
		assertThat(this.scheduler.calls()).map((call) -> call.headers("x-region"))
			.containsExactly(List.of("north"), List.of());
	}

	@Test
	void knowsWhichMetadataIsSent() {
		Metadata bytes = new Metadata();
		bytes.put(Metadata.Key.of("x-trace-bin", Metadata.BINARY_BYTE_MARSHALLER), new byte[1]);
		List<Boolean> seen = new CopyOnWriteArrayList<>();
		client(onStart((call) -> {
			call.setMetadata("x-region", "north");
			for (String name : List.of("x-tenant", "X-Tenant", "x-region", "x-trace-bin", "X-Correlation-Id", "x-other",
					"x-other-bin")) {
				seen.add(call.hasMetadata(name));
			}
		})).withMetadata("x-tenant", "acme").withMetadata(bytes).pollActivityBuffer("worker-1");
		assertThat(seen).containsExactly(true, true, true, true, true, false, false);
	}

	@Test
	void refusesMetadataThatCannotBeSent() {
		List<SchedulerCall> calls = new CopyOnWriteArrayList<>();
		client(onStart(calls::add)).pollActivityBuffer("worker-1");
		SchedulerCall call = calls.get(0);
		assertThatIllegalArgumentException().isThrownBy(() -> call.setMetadata("user-agent", "me"))
			.withMessage("metadata 'user-agent' can't be set: the name is reserved by gRPC or HTTP");
		assertThatIllegalArgumentException().isThrownBy(() -> call.setMetadata("x-tenant", "ácme"))
			.withMessage("value of metadata 'x-tenant' must be printable ASCII");
		assertThatIllegalArgumentException().isThrownBy(() -> call.setMetadata("X-Correlation-Id", "order-7"))
			.withMessage("metadata 'X-Correlation-Id' can't be set here: use withMetadata or correlationIds");
		assertThatIllegalArgumentException().isThrownBy(() -> call.setMetadata("x-trace-bin", "text"));
		assertThatIllegalArgumentException().isThrownBy(() -> call.setMetadata(" ", "acme"));
	}

	@Test
	void keepsAttributesUntilTheEnd() {
		List<@Nullable Object> seen = new CopyOnWriteArrayList<>();
		SchedulerClient client = client(new SchedulerCallListener() {

			@Override
			public void onStart(SchedulerCall call) {
				seen.add(call.getAttribute("key") == null);
				call.setAttribute("key", "first of " + call.operation());
				call.setAttribute("other", "other");
				call.setAttribute("key", "second of " + call.operation());
				call.setAttribute("other", null);
			}

			@Override
			public void onEnd(SchedulerCall call) {
				seen.add(call.getAttribute(new String("key")));
				seen.add(call.getAttribute("other") == null);
			}

		});
		client.pollActivityBuffer("worker-1");
		client.purgeAllActivity("worker-1");
		assertThat(seen).containsExactly(true, "second of POLL_ACTIVITY_BUFFER", true, true, "second of PURGE_ACTIVITY",
				true);
	}

	@Test
	void hasNoEndWhileItIsRunning() {
		List<SchedulerCall> calls = new CopyOnWriteArrayList<>();
		client(onStart((call) -> {
			calls.add(call);
			assertThat(call.status()).isNull();
			assertThat(call.result()).isNull();
			assertThat(call.failure()).isNull();
			assertThat(call.attempts()).isZero();
			long soFar = call.durationNanos();
			assertThat(soFar).isNotNegative();
			while (call.durationNanos() <= soFar) {
				Thread.onSpinWait();
			}
			calls.add(call);
		})).pollActivityBuffer("worker-1");
		assertThat(calls).hasSize(2);
		assertThat(calls.get(0)).hasToString("PollActivityBuffer at %s (correlation id %s)", this.scheduler.address(),
				this.scheduler.onlyCall().headers("x-correlation-id").get(0));
	}

	@Test
	void isInTheCallOptions() {
		List<@Nullable SchedulerCall> seen = new CopyOnWriteArrayList<>();
		List<SchedulerCall> started = new CopyOnWriteArrayList<>();
		this.style.build(builder().intercept(observing(seen)).listener(onStart(started::add)))
			.pollActivityBuffer("worker-1");
		assertThat(seen).isNotEmpty().isEqualTo(started);
	}

	@Test
	void isNotInTheCallOptionsOfStubs() {
		List<Boolean> seen = new CopyOnWriteArrayList<>();
		Channel channel = ClientInterceptors.intercept(this.scheduler.channel(), new ClientInterceptor() {

			@Override
			public <Q, S> ClientCall<Q, S> interceptCall(MethodDescriptor<Q, S> method, CallOptions options,
					Channel next) {
				seen.add(options.getOption(SchedulerCall.CALL_OPTION) == null);
				return next.newCall(method, options);
			}

		});
		SchedulerServiceGrpc.newBlockingStub(channel)
			.pollActivityBuffer(PollActivityBufferRequest.newBuilder().setAgentId("worker-1").build());
		assertThat(seen).containsExactly(true);
	}

	@Test
	void callOptionsOfBuilderAreThoseOfEachCall() {
		CallOptions.Key<String> key = CallOptions.Key.create("key");
		List<String> seen = new CopyOnWriteArrayList<>();
		this.style.build(builder().callOption(key, "value").intercept(new ClientInterceptor() {

			@Override
			public <Q, S> ClientCall<Q, S> interceptCall(MethodDescriptor<Q, S> method, CallOptions options,
					Channel next) {
				seen.add(options.getOption(key));
				return next.newCall(method, options);
			}

		})).pollActivityBuffer("worker-1");
		assertThat(seen).containsExactly("value");
	}

	private SchedulerClient client(SchedulerCallListener listener) {
		return this.style.build(builder().listener(listener));
	}

	private SchedulerClientBuilder builder() {
		return SchedulerClient.builder(this.scheduler.channel());
	}

	private static SchedulerCallListener onStart(Consumer<SchedulerCall> consumer) {
		return new SchedulerCallListener() {

			@Override
			public void onStart(SchedulerCall call) {
				consumer.accept(call);
			}

		};
	}

	private static ClientInterceptor observing(List<@Nullable SchedulerCall> seen) {
		return new ClientInterceptor() {

			@Override
			public <Q, S> ClientCall<Q, S> interceptCall(MethodDescriptor<Q, S> method, CallOptions options,
					Channel next) {
				seen.add(options.getOption(SchedulerCall.CALL_OPTION));
				return next.newCall(method, options);
			}

		};
	}

}
