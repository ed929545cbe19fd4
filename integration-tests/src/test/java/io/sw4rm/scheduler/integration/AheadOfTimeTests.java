package io.sw4rm.scheduler.integration;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;

import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.netty.pkitesting.X509Bundle;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.testsupport.TestCertificates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for applications that are processed ahead of time without any configuration, and
 * then run in an environment that configures them.
 */
@Timeout(120)
class AheadOfTimeTests {

	private static final Metadata.Key<String> AUTHORIZATION = Metadata.Key.of("authorization",
			Metadata.ASCII_STRING_MARSHALLER);

	private static String processedClasses;

	@TempDir
	private Path directory;

	private final Queue<String> tokens = new ConcurrentLinkedQueue<>();

	private final Queue<String> protocols = new ConcurrentLinkedQueue<>();

	private final Queue<String> callers = new ConcurrentLinkedQueue<>();

	@BeforeAll
	static void processAheadOfTime(@TempDir Path directory) throws Exception {
		processedClasses = process(ScriptedApplication.class, directory);
	}

	private static String process(Class<?> application, Path directory, String... arguments) throws Exception {
		Path sources = Files.createDirectories(directory.resolve("sources"));
		Path classes = Files.createDirectories(directory.resolve("classes"));
		String[] options = Stream.concat(Stream.of("org.springframework.boot.SpringApplicationAotProcessor",
				application.getName(), sources.toString(), directory.resolve("resources").toString(),
				classes.toString(), "io.sw4rm", "processed"), Stream.of(arguments))
			.toArray(String[]::new);
		try (JavaProcess processor = JavaProcess.start(JavaProcess.CLASS_PATH, Map.of(), options)) {
			String output = processor.awaitEnd();
			compile(sources, classes, output);
		}
		return classes.toString();
	}

	private static void compile(Path sources, Path classes, String output) throws IOException {
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null);
				Stream<Path> paths = Files.walk(sources)) {
			List<Path> generated = paths.filter(Files::isRegularFile).toList();
			assertThat(generated).as(output).isNotEmpty();
			List<String> options = List.of("-cp", JavaProcess.CLASS_PATH + File.pathSeparator + classes, "-proc:none",
					"-nowarn", "-d", classes.toString());
			assertThat(compiler.getTask(null, files, null, options, null, files.getJavaFileObjectsFromPaths(generated))
				.call()).isTrue();
		}
	}

	@Test
	void callsAddressOfTheEnvironment() throws Exception {
		try (EmbeddedScheduler scheduler = scheduler().start();
				JavaProcess application = run(Map.of("SW4RM_SCHEDULER_ADDRESS", scheduler.address()))) {
			assertThat(answer(application, "submit")).isEqualTo("true");
			assertThat(scheduler.agent("agent").queued()).hasSize(1);
			assertThat(answer(application, "preempt")).isEqualTo("true");
			assertThat(answer(application, "poll")).isEqualTo("1");
			assertThat(answer(application, "purge")).isEqualTo("1");
			assertThat(answer(application, "shutdown")).isEqualTo("true");
			assertThat(answer(application, "health")).isEqualTo("UP");
			assertThat(answer(application, "submissions")).isEqualTo("1.0");
			assertThat(this.tokens).containsOnly("null");
		}
	}

	@Test
	void startsEmbeddedSchedulerIfNothingIsConfigured() throws Exception {
		try (JavaProcess application = start(Map.of())) {
			application.awaitLine("keeps tasks in memory only");
			application.awaitLine(ScriptedApplication.ANSWER + "started");
			assertThat(answer(application, "submit")).isEqualTo("true");
			assertThat(answer(application, "health")).isEqualTo("UP");
		}
	}

	@Test
	void startsEmbeddedSchedulerInsteadOfAddressIfRequested() throws Exception {
		try (EmbeddedScheduler scheduler = scheduler().start();
				JavaProcess application = run(Map.of("SW4RM_SCHEDULER_ADDRESS", scheduler.address(),
						"SW4RM_SCHEDULER_EMBEDDED_ENABLED", "true"))) {
			assertThat(answer(application, "submit")).isEqualTo("true");
			assertThat(scheduler.agentIds()).isEmpty();
		}
	}

	@Test
	void sendsTokenOfTheEnvironment() throws Exception {
		try (EmbeddedScheduler scheduler = scheduler().start();
				JavaProcess application = run(Map.of("SW4RM_SCHEDULER_ADDRESS", scheduler.address(),
						"SW4RM_SCHEDULER_AUTH_TOKEN", "secret-1"))) {
			assertThat(answer(application, "submit")).isEqualTo("true");
			assertThat(this.tokens).containsOnly("Bearer secret-1");
		}
	}

	@Test
	void refusesTokenOverPlaintextToOtherMachine() throws Exception {
		try (JavaProcess application = start(Map.of("SW4RM_SCHEDULER_ADDRESS", "http://scheduler.example.com:50053",
				"SW4RM_SCHEDULER_AUTH_TOKEN", "secret-1"))) {
			assertThat(application.awaitEnd()).contains("APPLICATION FAILED TO START")
				.contains("A token would be sent to another machine without TLS")
				.doesNotContain("secret-1");
		}
	}

	@Test
	void hasClientsThatTheEnvironmentNames() throws Exception {
		try (EmbeddedScheduler scheduler = scheduler().start();
				EmbeddedScheduler billing = scheduler().start();
				JavaProcess application = run(Map.of("SW4RM_SCHEDULER_ADDRESS", scheduler.address(),
						"SW4RM_SCHEDULER_CLIENT_BILLING_ADDRESS", billing.address()))) {
			assertThat(answer(application, "submit billing")).isEqualTo("true");
			assertThat(billing.agent("agent").queued()).hasSize(1);
			assertThat(scheduler.agentIds()).isEmpty();
			assertThat(answer(application, "bean billingSchedulerClient")).isEqualTo("true");
			assertThat(answer(application, "health billing")).isEqualTo("UP");
			assertThat(answer(application, "health default")).isEqualTo("UP");
		}
	}

	@Test
	void usesTlsAndRotatesCertificates() throws Exception {
		TestCertificates certificates = new TestCertificates();
		Files.writeString(this.directory.resolve("authority.pem"), certificates.authorityPem());
		write(certificates.issue("first"));
		try (EmbeddedScheduler scheduler = scheduler()
			.serverCredentials(certificates.mutualServerCredentials("TLSv1.2", "TLSv1.3"))
			.start();
				JavaProcess application = run(
						Map.of("SW4RM_SCHEDULER_ADDRESS", "https://" + scheduler.address(),
								"SW4RM_SCHEDULER_SSL_BUNDLE", "scheduler"),
						"--spring.config.import=" + writeBundleProperties())) {
			assertThat(answer(application, "submit")).isEqualTo("true");
			assertThat(this.protocols).containsOnly("TLSv1.2");
			assertThat(this.callers).containsOnly("CN=first");
			write(certificates.issue("second"));
			await().atMost(Duration.ofSeconds(30))
				.until(() -> answer(application, "poll").equals("1") && this.callers.contains("CN=second"));
		}
	}

	@Test
	void callsListenersOfActivity() throws Exception {
		String classes = process(ListeningApplication.class, this.directory);
		try (Stream<Path> resources = Files.walk(this.directory.resolve("resources"))) {
			assertThat(resources.filter(Files::isRegularFile))
				.anySatisfy((resource) -> assertThat(resource).content().contains("\"onActivity\""));
		}
		for (boolean lazy : new boolean[] { false, true }) {
			try (EmbeddedScheduler scheduler = scheduler().start();
					JavaProcess application = start(ListeningApplication.class, classes,
							Map.of("SW4RM_SCHEDULER_ADDRESS", scheduler.address(), "WATCHED_AGENT", "worker-1"),
							"--spring.main.lazy-initialization=" + lazy)) {
				scheduler.agent("worker-1").recordActivity((entry) -> entry.taskId("task-1"));
				application.awaitLine("worker-1 received task-1");
			}
		}
	}

	private Path writeBundleProperties() throws IOException {
		return Files.writeString(this.directory.resolve("bundle.properties"), """
				spring.ssl.bundle.watch.file.quiet-period=1s
				spring.ssl.bundle.pem.scheduler.reload-on-update=true
				spring.ssl.bundle.pem.scheduler.options.enabled-protocols=TLSv1.2
				spring.ssl.bundle.pem.scheduler.truststore.certificate=%1$s/authority.pem
				spring.ssl.bundle.pem.scheduler.keystore.certificate=%1$s/client.pem
				spring.ssl.bundle.pem.scheduler.keystore.private-key=%1$s/client.key
				""".formatted(this.directory));
	}

	private void write(X509Bundle certificate) throws IOException {
		Files.writeString(this.directory.resolve("client.pem"), certificate.getCertificatePathPEM());
		Files.writeString(this.directory.resolve("client.key"), certificate.getPrivateKeyPEM());
	}

	/**
	 * These decide about beans that applications inject.
	 */
	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
			SW4RM_SCHEDULER_ENABLED | false | 'sw4rm.scheduler.enabled' is false, but the application was processed
			SW4RM_SCHEDULER_CLIENT_BILLING_ADDRESS | localhost:1 | The client 'default' has no address
			SW4RM_SCHEDULER_DEADLINE | -1s | It must be positive
			SW4RM_SCHEDULER_STARTUP | fail-fast | did not respond
			""")
	void doesNotStartWith(String variable, String value, String description) throws Exception {
		Map<String, String> environment = variable.equals("SW4RM_SCHEDULER_STARTUP")
				? Map.of(variable, value, "SW4RM_SCHEDULER_ADDRESS", "localhost:1") : Map.of(variable, value);
		try (JavaProcess application = start(environment)) {
			assertThat(application.awaitEnd()).contains("APPLICATION FAILED TO START").contains(description);
		}
	}

	@Test
	void doesNotStartWithAddressIfItWasProcessedWithNamedClientsOnly() throws Exception {
		String classes = process(ScriptedApplication.class, this.directory,
				"--sw4rm.scheduler.client.billing.address=localhost:1");
		try (JavaProcess application = start(ScriptedApplication.class, classes, Map.of("SW4RM_SCHEDULER_ADDRESS",
				"localhost:1", "SW4RM_SCHEDULER_CLIENT_BILLING_ADDRESS", "localhost:1"))) {
			assertThat(application.awaitEnd()).contains("APPLICATION FAILED TO START")
				.contains("'sw4rm.scheduler.address' is set, but the application was processed");
		}
	}

	private static JavaProcess run(Map<String, String> environment, String... arguments) throws IOException {
		JavaProcess application = start(environment, arguments);
		application.awaitLine(ScriptedApplication.ANSWER + "started");
		return application;
	}

	private static JavaProcess start(Map<String, String> environment, String... arguments) throws IOException {
		return start(ScriptedApplication.class, processedClasses, environment, arguments);
	}

	private static JavaProcess start(Class<?> application, String classes, Map<String, String> environment,
			String... arguments) throws IOException {
		String[] options = Stream
			.concat(Stream.of("-Dspring.aot.enabled=true", application.getName()), Stream.of(arguments))
			.toArray(String[]::new);
		return JavaProcess.start(classes + File.pathSeparator + JavaProcess.CLASS_PATH, environment, options);
	}

	private static String answer(JavaProcess application, String command) {
		application.writeLine(command);
		return application.awaitLine(ScriptedApplication.ANSWER).substring(ScriptedApplication.ANSWER.length());
	}

	private EmbeddedScheduler.Builder scheduler() {
		return EmbeddedScheduler.builder().intercept(new ServerInterceptor() {

			@Override
			public <Q, S> ServerCall.Listener<Q> interceptCall(ServerCall<Q, S> call, Metadata headers,
					ServerCallHandler<Q, S> next) {
				record(call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION), headers);
				return next.startCall(call, headers);
			}

		});
	}

	private void record(SSLSession session, Metadata headers) {
		this.tokens.add(String.valueOf(headers.get(AUTHORIZATION)));
		if (session != null) {
			try {
				this.protocols.add(session.getProtocol());
				this.callers
					.add(((X509Certificate) session.getPeerCertificates()[0]).getSubjectX500Principal().getName());
			}
			catch (SSLPeerUnverifiedException ex) {
				throw new IllegalStateException(ex);
			}
		}
	}

}
