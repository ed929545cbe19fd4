package io.sw4rm.scheduler.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.grpc.ManagedChannel;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.sw4rm.scheduler.client.PreemptionResult;
import io.sw4rm.scheduler.client.address.SchedulerAddress;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.proto.PreemptRequest;
import io.sw4rm.scheduler.proto.PreemptResponse;
import io.sw4rm.scheduler.proto.SchedulerServiceGrpc;
import io.sw4rm.scheduler.proto.SchedulerServiceGrpc.SchedulerServiceBlockingStub;
import io.sw4rm.scheduler.testsupport.Ports;

/**
 * Measures blocking calls with a plain stub, with the client alone, and with the
 * auto-configured client: by default, with metrics, and with a token and a limit of calls
 * in flight. The scheduler runs in a separate process, so that its allocations are not
 * measured.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 3)
@Fork(1)
// JMH calls start() first
@SuppressWarnings("NullAway.Init")
public class CallBenchmark {

	private Process scheduler;

	private ManagedChannel channel;

	private SchedulerServiceBlockingStub stub;

	private SchedulerClient plainClient;

	private ConfigurableApplicationContext context;

	private SchedulerClient bootClient;

	private ConfigurableApplicationContext meteredContext;

	private SchedulerClient meteredBootClient;

	private ConfigurableApplicationContext guardedContext;

	private SchedulerClient guardedBootClient;

	@Setup
	public void start() throws IOException {
		int port = Ports.unused();
		this.scheduler = new ProcessBuilder(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-cp", System.getProperty("java.class.path"), "io.sw4rm.scheduler.embedded.EmbeddedSchedulerMain",
				"--port=" + port))
			.redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.DISCARD)
			.start();
		this.channel = SchedulerAddress.parse("localhost:" + port).newChannelBuilder().build();
		this.stub = SchedulerServiceGrpc.newBlockingStub(this.channel);
		this.plainClient = SchedulerClient.create(this.channel);
		this.context = run(port, List.of(), Application.class);
		this.bootClient = this.context.getBean(SchedulerClient.class);
		this.meteredContext = run(port, List.of(), Application.class, MetricsConfiguration.class);
		this.meteredBootClient = this.meteredContext.getBean(SchedulerClient.class);
		this.guardedContext = run(port,
				List.of("--sw4rm.scheduler.auth.token=token", "--sw4rm.scheduler.max-in-flight=100"),
				Application.class);
		this.guardedBootClient = this.guardedContext.getBean(SchedulerClient.class);
		this.stub.withWaitForReady().requestPreemption(request());
	}

	@TearDown
	public void stop() {
		this.context.close();
		this.meteredContext.close();
		this.guardedContext.close();
		this.channel.shutdownNow();
		this.scheduler.destroy();
	}

	@Benchmark
	public PreemptResponse stub() {
		return this.stub.requestPreemption(request());
	}

	@Benchmark
	public PreemptionResult plainClient() {
		return this.plainClient.requestPreemption("worker-1", "task-1", "benchmark");
	}

	@Benchmark
	public PreemptionResult bootClient() {
		return this.bootClient.requestPreemption("worker-1", "task-1", "benchmark");
	}

	@Benchmark
	public PreemptionResult meteredBootClient() {
		return this.meteredBootClient.requestPreemption("worker-1", "task-1", "benchmark");
	}

	@Benchmark
	public PreemptionResult guardedBootClient() {
		return this.guardedBootClient.requestPreemption("worker-1", "task-1", "benchmark");
	}

	private static ConfigurableApplicationContext run(int port, List<String> arguments, Class<?>... sources) {
		List<String> allArguments = new ArrayList<>(arguments);
		allArguments.add("--sw4rm.scheduler.address=localhost:" + port);
		allArguments.add("--spring.main.banner-mode=off");
		return new SpringApplicationBuilder(sources).web(WebApplicationType.NONE)
			.run(allArguments.toArray(String[]::new));
	}

	private static PreemptRequest request() {
		return PreemptRequest.newBuilder().setAgentId("worker-1").setTaskId("task-1").setReason("benchmark").build();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

	@Configuration(proxyBeanMethods = false)
	static class MetricsConfiguration {

		@Bean
		MeterRegistry meterRegistry() {
			return new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
		}

	}

}
