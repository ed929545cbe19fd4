package io.sw4rm.scheduler.benchmarks.calls;

import java.util.List;
import java.util.function.Function;

import io.grpc.ClientInterceptors;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.context.ConfigurableApplicationContext;

import io.sw4rm.scheduler.autoconfigure.SchedulerClientFactory;
import io.sw4rm.scheduler.client.AsyncSchedulerClient;
import io.sw4rm.scheduler.client.JacksonPayloadConverter;
import io.sw4rm.scheduler.client.ReactiveSchedulerClient;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SchedulerClientBuilder;

import io.sw4rm.scheduler.client.address.SchedulerAddress;
import io.sw4rm.scheduler.proto.SchedulerServiceGrpc.SchedulerServiceBlockingStub;
import io.sw4rm.scheduler.proto.SchedulerServiceGrpc.SchedulerServiceFutureStub;

/**
 * What is compared.
 */
public enum Contender {

	/**
	 * A generated stub, without a deadline and a correlation id.
	 */
	BARE_STUB("stub without deadline and id", Contender::bareStub),

	/**
	 * A generated stub that sends the same bytes as the clients: the reference.
	 */
	SAME_STUB("same stub", Contender::sameStub),

	/**
	 * The client, without Spring.
	 */
	CLIENT("client", Contender::client),

	/**
	 * The auto-configured client, with a log context only.
	 */
	BOOT("Boot client", application(List.of())),

	/**
	 * The auto-configured client with a log context and metrics.
	 */
	BOOT_METRICS("Boot client with metrics", application(List.of(), BenchmarkApplication.Metrics.class)),

	/**
	 * The auto-configured client with a token and a limit of calls in flight.
	 */
	BOOT_TOKEN_LIMIT("Boot client with token and limit",
			application(List.of("sw4rm.scheduler.auth.token=token-of-the-benchmark",
					"sw4rm.scheduler.max-in-flight=10000"))),

	/**
	 * The auto-configured client with a log context, metrics and a tracer that records
	 * each call.
	 */
	BOOT_TRACING("Boot client with metrics and tracing",
			application(List.of(), BenchmarkApplication.Metrics.class, BenchmarkApplication.Tracing.class)),

	/**
	 * One of several auto-configured clients, with a log context and metrics.
	 */
	BOOT_NAMED("named Boot client with metrics", Contender::named),

	/**
	 * A generated stub that sends the same bytes, as a bean that Spring Boot provides
	 * with its observation and metrics.
	 */
	BOOT_STUB("Boot's stub with observation", Contender::bootStub);

	private final String description;

	private final Function<String, Caller> factory;

	Contender(String description, Function<String, Caller> factory) {
		this.description = description;
		this.factory = factory;
	}

	String description() {
		return this.description;
	}

	/**
	 * Create a caller.
	 * @param address the address of the scheduler
	 * @return a new caller
	 */
	Caller open(String address) {
		return this.factory.apply(address);
	}

	private static Caller bareStub(String address) {
		ManagedChannel channel = channel(address);
		return StubCaller.of(channel, channel::shutdownNow);
	}

	private static Caller sameStub(String address) {
		ManagedChannel channel = channel(address);
		return StubCaller.of(ClientInterceptors.intercept(channel, new HandWrittenStub()), channel::shutdownNow);
	}

	private static ManagedChannel channel(String address) {
		return Grpc.newChannelBuilder(address, InsecureChannelCredentials.create())
			.userAgent(SchedulerAddress.USER_AGENT)
			.build();
	}

	private static Caller client(String address) {
		ManagedChannel channel = SchedulerAddress.parse(address).newChannelBuilder().build();
		SchedulerClientBuilder builder = SchedulerClient.builder(channel)
			.payloadConverter(new JacksonPayloadConverter(new JsonMapper()));
		return new ClientCaller(builder.build(), builder.buildAsync(), builder.buildReactive(), channel::shutdownNow);
	}

	private static Function<String, Caller> application(List<String> properties, Class<?>... sources) {
		return (address) -> {
			ConfigurableApplicationContext context = BenchmarkApplication.run(address, properties, sources);
			return new ClientCaller(context.getBean(SchedulerClient.class), context.getBean(AsyncSchedulerClient.class),
					context.getBean(ReactiveSchedulerClient.class), context::close);
		};
	}

	private static Caller named(String address) {
		ConfigurableApplicationContext context = BenchmarkApplication.run(address, List
			.of("sw4rm.scheduler.client.first.address=" + address, "sw4rm.scheduler.client.second.address=" + address),
				BenchmarkApplication.Metrics.class);
		SchedulerClientFactory clients = context.getBean(SchedulerClientFactory.class);
		return new ClientCaller(clients.create("first"), clients.createAsync("first"), clients.createReactive("first"),
				context::close);
	}

	private static Caller bootStub(String address) {
		ConfigurableApplicationContext context = BenchmarkApplication.run(address,
				List.of("sw4rm.scheduler.enabled=false", "spring.grpc.client.channel.scheduler.target=" + address,
						"spring.grpc.client.channel.scheduler.user-agent=" + SchedulerAddress.USER_AGENT),
				BenchmarkApplication.Metrics.class, BenchmarkApplication.Observation.class,
				BenchmarkApplication.Stubs.class);
		return new StubCaller(context.getBean(SchedulerServiceBlockingStub.class),
				context.getBean(SchedulerServiceFutureStub.class), context::close);
	}

}
