package com.example;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.embedded.Rpc;
import io.sw4rm.scheduler.smoke.PackagedApplication;
import io.sw4rm.scheduler.smoke.WebApplication;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The jar is built without any setting of a scheduler, so all that these tests set is
 * decided at run time.
 */
class AotApplicationIT {

	private static final Path jar = Path.of("target", "application.jar");

	private static final ReceivedMetadata received = new ReceivedMetadata();

	private static final EmbeddedScheduler scheduler = EmbeddedScheduler.builder().intercept(received).start();

	@AfterAll
	static void stopScheduler() {
		scheduler.close();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void takesAddressTokenAndMetadataFromEnvironment(boolean aot) {
		received.clear();
		try (PackagedApplication application = start(aot, Map.of("SW4RM_SCHEDULER_ADDRESS", scheduler.address(),
				"SW4RM_SCHEDULER_AUTH_TOKEN", "token-1", "SW4RM_SCHEDULER_METADATA_TENANT", "acme"))) {
			WebApplication web = new WebApplication(application.awaitPort(), scheduler);
			web.assertCallsScheduler();
			web.assertCountsCalls();
			web.assertReportsHealth();
			assertThat(received.values("authorization")).isNotEmpty().containsOnly("Bearer token-1");
			assertThat(received.values("tenant")).contains("acme");
			assertThat(application.log().contains("AOT-processed")).isEqualTo(aot);
		}
	}

	@Test
	void sendsNothingWithoutTlsWhenEnvironmentRequiresIt() {
		scheduler.reset();
		try (PackagedApplication application = start(true,
				Map.of("SW4RM_SCHEDULER_ADDRESS", scheduler.address(), "SW4RM_SCHEDULER_SSL_ENABLED", "true"))) {
			WebApplication web = new WebApplication(application.awaitPort(), scheduler);
			web.send("POST", "/agents/worker-1/tasks", 503);
			assertThat(scheduler.faults().calls(Rpc.SUBMIT_TASK)).isZero();
		}
	}

	@Test
	void recordsNoMetricsWhenEnvironmentDisablesThem() {
		try (PackagedApplication application = start(true,
				Map.of("SW4RM_SCHEDULER_ADDRESS", scheduler.address(), "SW4RM_SCHEDULER_METRICS_ENABLED", "false"))) {
			WebApplication web = new WebApplication(application.awaitPort(), scheduler);
			web.assertCallsScheduler();
			web.send("GET", "/actuator/metrics/sw4rm.rpc.requests", 404);
		}
	}

	@Test
	void doesNotStartWithoutSchedulerWhenEnvironmentRequiresOne() {
		try (PackagedApplication application = start(true,
				Map.of("SW4RM_SCHEDULER_ADDRESS", "localhost:1", "SW4RM_SCHEDULER_STARTUP", "fail-fast"))) {
			assertThat(application.awaitFailure()).contains("APPLICATION FAILED TO START", "localhost:1");
		}
	}

	private static PackagedApplication start(boolean aot, Map<String, String> environment) {
		return PackagedApplication.start(jar, environment, "-Dspring.aot.enabled=" + aot);
	}

	private static final class ReceivedMetadata implements ServerInterceptor {

		private final List<Metadata> metadata = new CopyOnWriteArrayList<>();

		@Override
		public <R, S> ServerCall.Listener<R> interceptCall(ServerCall<R, S> call, Metadata headers,
				ServerCallHandler<R, S> next) {
			this.metadata.add(headers);
			return next.startCall(call, headers);
		}

		List<String> values(String key) {
			return this.metadata.stream()
				.map((headers) -> headers.get(Metadata.Key.of(key, Metadata.ASCII_STRING_MARSHALLER)))
				.toList();
		}

		void clear() {
			this.metadata.clear();
		}

	}

}
