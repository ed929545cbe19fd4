package io.sw4rm.scheduler.benchmarks.startup;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.springframework.util.FileSystemUtils;

import io.sw4rm.scheduler.benchmarks.calls.Machine;
import io.sw4rm.scheduler.benchmarks.calls.Options;
import io.sw4rm.scheduler.benchmarks.calls.SchedulerProcess;
import io.sw4rm.scheduler.benchmarks.calls.Spread;

/**
 * Measures how long applications take to start, each time in a new JVM, and which classes
 * they load. Prints tables in Markdown. With JDK 25 or newer, also measures applications
 * that use an AOT cache. The option is {@code --runs=}.
 */
public final class StartUp {

	/** How the line with the result of an application begins. */
	static final String RESULT = "started ";

	/** What is on the class path of the benchmarks only. */
	private static final Set<String> NOT_IN_APPLICATIONS = Set.of("HdrHistogram", "awaitility", "bcpkix", "bcprov",
			"bcutil", "benchmarks", "commons-math3", "context-propagation", "hamcrest", "jmh-core", "jopt-simple",
			"micrometer-core", "micrometer-registry", "micrometer-tracing", "netty-pkitesting", "opentelemetry",
			"prometheus", "reactive-streams", "reactor-core", "sw4rm-scheduler-embedded", "sw4rm-scheduler-test");

	private static final Set<String> WEB = Set.of("spring-boot-http-converter", "spring-boot-servlet",
			"spring-boot-starter-tomcat", "spring-boot-starter-webmvc", "spring-boot-tomcat", "spring-boot-web-server",
			"spring-boot-webmvc", "spring-web", "tomcat");

	private static final Set<String> STARTER = Set.of("sw4rm-scheduler-autoconfigure", "sw4rm-scheduler-starter");

	private static final Set<String> STARTER_AND_CLIENT = Set.of("sw4rm-scheduler-autoconfigure",
			"sw4rm-scheduler-starter", "sw4rm-scheduler-client");

	/** The owners of classes by the names of their packages; the first one applies. */
	private static final List<Map.Entry<String, String>> OWNERS = List.of(
			Map.entry("io.sw4rm.scheduler.benchmarks.", "other"), Map.entry("io.sw4rm.scheduler.proto.", "sw4rm proto"),
			Map.entry("io.sw4rm.", "sw4rm"), Map.entry("io.grpc.", "grpc"), Map.entry("io.perfmark.", "grpc"),
			Map.entry("com.google.", "protobuf, guava"), Map.entry("io.netty.", "netty"),
			Map.entry("org.springframework.", "spring"), Map.entry("java.", "jdk"), Map.entry("javax.", "jdk"),
			Map.entry("jdk.", "jdk"), Map.entry("sun.", "jdk"), Map.entry("com.sun.", "jdk"));

	private static final boolean AOT_CACHE = Runtime.version().feature() >= 25;

	private final Path directory;

	private final Path jar;

	private final String address;

	private StartUp(Path directory, String address) {
		this.directory = directory;
		this.jar = jar(directory);
		this.address = address;
	}

	/**
	 * Run the applications.
	 * @param args the options
	 * @throws IOException if files can't be written
	 */
	public static void main(String[] args) throws IOException {
		int runs = Options.parse("StartUp", args, Map.of("runs", "10")).number("runs", 1, 1000);
		Path directory = Files.createTempDirectory("start-up");
		try (SchedulerProcess scheduler = new SchedulerProcess()) {
			System.out.printf("%s; %d runs%n", Machine.description(), runs);
			StartUp startUp = new StartUp(directory, scheduler.address());
			startUp.measure(runs, Map.of());
			startUp.countClasses();
			if (AOT_CACHE) {
				System.out.println("\nWith an AOT cache:");
				startUp.measure(runs, startUp.createCaches());
			}
		}
		finally {
			FileSystemUtils.deleteRecursively(directory);
		}
	}

	/**
	 * Put the applications into a jar: directories can't be in an AOT cache.
	 */
	private static Path jar(Path directory) {
		Path jar = directory.resolve("applications.jar");
		String classes = StartUp.class.getPackageName().replace('.', '/');
		Path root = Path.of(StartUp.class.getProtectionDomain().getCodeSource().getLocation().getPath());
		ToolProvider.findFirst("jar")
			.orElseThrow()
			.run(System.out, System.err, "--create", "--file", jar.toString(), "-C", root.toString(), classes);
		return jar;
	}

	private void measure(int runs, Map<Application, List<String>> jvmOptions) {
		Map<Application, List<Result>> results = new EnumMap<>(Application.class);
		List<Application> order = new ArrayList<>(List.of(Application.values()));
		for (int run = 0; run < runs; run++) {
			for (Application application : order) {
				results.computeIfAbsent(application, (key) -> new ArrayList<>())
					.add(run(application, jvmOptions.getOrDefault(application, List.of())));
			}
			Collections.reverse(order);
		}
		System.out.println();
		System.out.println(
				"| application | refresh | first call | process | CPU time | refresh compared | CPU time compared |");
		System.out.println("|---|---:|---:|---:|---:|---:|---:|");
		results
			.forEach((application, own) -> print(application, own, results.getOrDefault(application.reference(), own)));
	}

	private static void print(Application application, List<Result> results, List<Result> references) {
		System.out.printf(Locale.ROOT, "| %s | %s ms | %s ms | %s ms | %s ms | %s | %s |%n", application.description,
				spread(results, Result::refresh).toString("%.0f"), spread(results, Result::firstCall).toString("%.0f"),
				spread(results, Result::process).toString("%.0f"), spread(results, Result::cpu).toString("%.0f"),
				ratio(results, references, Result::refresh).toString("%.3f"),
				ratio(results, references, Result::cpu).toString("%.3f"));
	}

	/**
	 * Compare the results of the same run, between which the machine changes the least.
	 */
	private static Spread ratio(List<Result> results, List<Result> references, ToDoubleFunction<Result> value) {
		return Spread.of(IntStream.range(0, results.size())
			.mapToDouble((run) -> value.applyAsDouble(results.get(run)) / value.applyAsDouble(references.get(run))));
	}

	private static Spread spread(List<Result> results, ToDoubleFunction<Result> value) {
		return Spread.of(results.stream().mapToDouble(value));
	}

	private void countClasses() throws IOException {
		Map<Application, Map<String, Long>> counts = new EnumMap<>(Application.class);
		for (Application application : Application.values()) {
			Path log = this.directory.resolve(application + ".log");
			run(application, List.of("-Xlog:class+load:file=" + log));
			try (Stream<String> lines = Files.lines(log)) {
				counts.put(application,
						lines.filter((line) -> line.contains(" source: "))
							.map((line) -> line.substring(line.lastIndexOf(']') + 1).strip())
							.collect(Collectors.groupingBy(StartUp::owner, Collectors.counting())));
			}
		}
		List<String> owners = List.of("sw4rm", "sw4rm proto", "grpc", "protobuf, guava", "netty", "spring", "jdk",
				"other");
		System.out.println("\nLoaded classes:\n");
		System.out.println("| application | " + String.join(" | ", owners) + " |");
		System.out.println("|---|" + "---:|".repeat(owners.size()));
		counts.forEach((application,
				count) -> System.out.println("| " + application.description + " | "
						+ owners.stream()
							.map((owner) -> String.valueOf(count.getOrDefault(owner, 0L)))
							.collect(Collectors.joining(" | "))
						+ " |"));
	}

	private static String owner(String className) {
		return OWNERS.stream()
			.filter((owner) -> className.startsWith(owner.getKey()))
			.map(Map.Entry::getValue)
			.findFirst()
			.orElse("other");
	}

	private Map<Application, List<String>> createCaches() {
		Map<Application, List<String>> options = new EnumMap<>(Application.class);
		for (Application application : Application.values()) {
			Path cache = this.directory.resolve(application + ".aot");
			run(application, List.of("-XX:AOTCacheOutput=" + cache));
			options.put(application, List.of("-XX:AOTCache=" + cache));
		}
		return options;
	}

	private Result run(Application application, List<String> jvmOptions) {
		List<String> command = new ArrayList<>(List.of(SchedulerProcess.JAVA, "-cp", classPath(application)));
		command.addAll(jvmOptions);
		command.addAll(List.of(application.mainClass.getName(), "--spring.main.banner-mode=off",
				"--logging.level.root=warn", "--server.port=0", "--sw4rm.scheduler.address=" + this.address,
				"--spring.grpc.client.channel.scheduler.target=" + this.address,
				"--spring.grpc.client.channel.other.target=" + this.address));
		command.addAll(application.arguments);
		try {
			long start = System.nanoTime();
			Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
			List<String> output = new ArrayList<>();
			double millis = 0;
			try (BufferedReader reader = process.inputReader()) {
				String line = reader.readLine();
				while (line != null) {
					output.add(line);
					if (line.startsWith(RESULT)) {
						millis = (System.nanoTime() - start) / 1e6;
					}
					line = reader.readLine();
				}
			}
			int exitCode = process.waitFor();
			String result = output.stream().filter((line) -> line.startsWith(RESULT)).findFirst().orElse(null);
			if (exitCode != 0 || result == null) {
				throw new IllegalStateException("%s failed:%n%s".formatted(application, String.join("\n", output)));
			}
			return Result.of(result, millis);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	private String classPath(Application application) {
		return Stream
			.concat(Stream.of(this.jar.toString()),
					Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
						.filter((entry) -> entry.endsWith(".jar"))
						.filter((entry) -> !isAny(entry, NOT_IN_APPLICATIONS))
						.filter((entry) -> application.web || !isAny(entry, WEB))
						.filter((entry) -> !isAny(entry, application.without)))
			.collect(Collectors.joining(File.pathSeparator));
	}

	private static boolean isAny(String jar, Set<String> artifacts) {
		String name = Path.of(jar).getFileName().toString();
		return artifacts.stream().anyMatch((artifact) -> name.startsWith(artifact + "-"));
	}

	/**
	 * The duration of the refresh, of the first call and from the start of the process,
	 * and the CPU time, in milliseconds.
	 */
	private record Result(double refresh, double firstCall, double process, double cpu) {

		static Result of(String line, double process) {
			String[] values = line.substring(RESULT.length()).split(" ");
			return new Result(Double.parseDouble(values[0]), Double.parseDouble(values[1]), process,
					Double.parseDouble(values[2]));
		}

	}

	/**
	 * The applications. Each is compared with another one.
	 */
	private enum Application {

		WEB_WITHOUT_STARTER("web, without the starter", WebApplication.class, true, STARTER_AND_CLIENT),

		WEB_WITH_OWN_BEANS("web, channel and clients in bean methods", OwnBeansApplication.class, true, STARTER),

		WEB("web, with the starter", WebApplication.class, true, Set.of()),

		NO_CALL("command line, `sw4rm.scheduler.enabled=false`", IdleApplication.class, false, Set.of(),
				"--sw4rm.scheduler.enabled=false"),

		STUB_CALL("command line, call with a stub on a channel of Spring Boot", StubApplication.class, false,
				STARTER_AND_CLIENT),

		CLIENT_CALL("command line, call with the client", ClientApplication.class, false, Set.of());

		private final String description;

		private final Class<?> mainClass;

		private final boolean web;

		private final Set<String> without;

		private final List<String> arguments;

		Application(String description, Class<?> mainClass, boolean web, Set<String> without, String... arguments) {
			this.description = description;
			this.mainClass = mainClass;
			this.web = web;
			this.without = without;
			this.arguments = List.of(arguments);
		}

		Application reference() {
			return switch (this) {
				case WEB_WITHOUT_STARTER, WEB_WITH_OWN_BEANS, WEB -> WEB_WITHOUT_STARTER;
				case NO_CALL, STUB_CALL -> this;
				case CLIENT_CALL -> STUB_CALL;
			};
		}

	}

}
