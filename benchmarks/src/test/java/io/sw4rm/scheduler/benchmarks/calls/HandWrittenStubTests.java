package io.sw4rm.scheduler.benchmarks.calls;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.netty.NettyServerBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.sw4rm.scheduler.client.SchedulerOperation;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that {@link HandWrittenStub} is a fair reference.
 */
class HandWrittenStubTests {

	private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();

	private Server server;

	@BeforeEach
	void start() throws IOException {
		this.server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
			.addService(new CannedScheduler())
			.intercept(new Recorder())
			.build()
			.start();
	}

	@AfterEach
	void stop() {
		this.server.shutdownNow();
	}

	@ParameterizedTest
	@EnumSource
	void sendsWhatClientsSend(SchedulerOperation operation) throws InterruptedException {
		Received stub = call(Contender.SAME_STUB, operation);
		for (Contender client : List.of(Contender.CLIENT, Contender.BOOT_METRICS)) {
			Received other = call(client, operation);
			assertThat(other.request()).isEqualTo(stub.request());
			assertThat(other.names()).isEqualTo(stub.names()).contains("x-correlation-id", "grpc-timeout");
			assertThat(other.value("user-agent")).isEqualTo(stub.value("user-agent"));
		}
		UUID correlationId = UUID.fromString(stub.value("x-correlation-id"));
		assertThat(correlationId.version()).isEqualTo(4);
		assertThat(correlationId.variant()).isEqualTo(2);
	}

	private Received call(Contender contender, SchedulerOperation operation) throws InterruptedException {
		try (Caller caller = contender.open("localhost:" + this.server.getPort())) {
			caller.blocking(operation, CallArguments.DEFAULT).get();
			return this.received.take();
		}
	}

	private record Received(Metadata headers, Object request) {

		Set<String> names() {
			return this.headers.keys();
		}

		String value(String name) {
			return this.headers.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
		}

	}

	private final class Recorder implements ServerInterceptor {

		@Override
		public <Q, S> ServerCall.Listener<Q> interceptCall(ServerCall<Q, S> call, Metadata headers,
				ServerCallHandler<Q, S> next) {
			return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {

				@Override
				public void onMessage(Q message) {
					HandWrittenStubTests.this.received.add(new Received(headers, message));
					super.onMessage(message);
				}

			};
		}

	}

}
