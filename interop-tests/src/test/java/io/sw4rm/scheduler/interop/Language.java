package io.sw4rm.scheduler.interop;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

import io.grpc.health.v1.HealthGrpc;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

/**
 * A language with its own implementation of gRPC, and how its scripts are run.
 */
enum Language {

	PYTHON("Python", "/usr/bin/python3", "py", "grpc-python/",
			"Install gRPC: apt-get install python3-grpcio python3-grpc-tools") {

		@Override
		String prepare() throws IOException, InterruptedException {
			String version = run(INTEROP_TESTS, this.interpreter, "-c",
					"import platform, grpc, grpc_tools; print(platform.python_version(), 'with grpcio', grpc.__version__)");
			Path stubs = Files.createDirectories(TARGET.resolve("python"));
			run(INTEROP_TESTS, this.interpreter, "-m", "grpc_tools.protoc", "-I" + PROTOCOL, "-I" + OTHER_PROTOCOLS,
					"--python_out=" + stubs, "--grpc_python_out=" + stubs, "sw4rm/scheduler/scheduler.proto",
					"grpc_health/v1/health.proto");
			return version;
		}

		@Override
		Map<String, String> environment() {
			return Map.of("PYTHONPATH", TARGET.resolve("python").toString(), "PYTHONDONTWRITEBYTECODE", "1",
					"PYTHONUTF8", "1");
		}

	},

	JAVASCRIPT("JavaScript", "node", "js", "grpc-node-js/",
			"Install Node.js and npm, and make sure that npm can reach its registry") {

		@Override
		String prepare() throws IOException, InterruptedException {
			Path folder = Files.createDirectories(TARGET.resolve("javascript"));
			if (!isInstalled(folder)) {
				for (String file : List.of("package.json", LOCK)) {
					Files.copy(scripts().resolve(file), folder.resolve(file), StandardCopyOption.REPLACE_EXISTING);
				}
				run(folder, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline",
						"--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-timeout=10000");
			}
			return run(folder, this.interpreter, "-p",
					"`${process.versions.node} with @grpc/grpc-js ${require('@grpc/grpc-js/package.json').version}`");
		}

		private boolean isInstalled(Path folder) throws IOException {
			return Files.exists(folder.resolve("node_modules/.package-lock.json"))
					&& Files.mismatch(folder.resolve(LOCK), scripts().resolve(LOCK)) == -1;
		}

		@Override
		Map<String, String> environment() {
			return Map.of("NODE_PATH", TARGET.resolve("javascript/node_modules").toString(), "PROTO_PATH",
					PROTOCOL + ":" + OTHER_PROTOCOLS);
		}

	};

	private static final String LOCK = "package-lock.json";

	private static final Path INTEROP_TESTS = Path.of("").toAbsolutePath();

	private static final Path TARGET = INTEROP_TESTS.resolve("target");

	private static final Path PROTOCOL = INTEROP_TESTS.resolveSibling("proto/src/main/proto");

	private static final Path OTHER_PROTOCOLS = TARGET.resolve("proto");

	final String interpreter;

	private final String title;

	private final String extension;

	private final String userAgent;

	private final String remedy;

	private String description;

	private boolean available;

	Language(String title, String interpreter, String extension, String userAgent, String remedy) {
		this.title = title;
		this.interpreter = interpreter;
		this.extension = extension;
		this.userAgent = userAgent;
		this.remedy = remedy;
	}

	/**
	 * Install or generate what the scripts need in the directory {@code target}.
	 * @return the versions of the language and its library
	 * @throws IOException if something is missing
	 */
	abstract String prepare() throws IOException, InterruptedException;

	abstract Map<String, String> environment();

	/**
	 * Skip the test if the language is missing, or let it fail if the system property
	 * {@code interop.required} is set.
	 */
	void require() {
		String description = description();
		if (this.available) {
			return;
		}
		if (Boolean.getBoolean("interop.required")) {
			fail(description);
		}
		abort(description);
	}

	/**
	 * Return the versions of the language and its library, or what is missing.
	 */
	synchronized String description() {
		if (this.description == null) {
			try {
				copyHealthProtocol();
				this.description = prepare();
				this.available = true;
			}
			catch (IOException ex) {
				this.description = "missing. %s (%s)".formatted(this.remedy, ex.getMessage());
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}
		return this + ": " + this.description;
	}

	/**
	 * Return how the user agent of its clients starts.
	 */
	String userAgent() {
		return this.userAgent;
	}

	ProcessBuilder script(String name, String... arguments) {
		List<String> command = new ArrayList<>(
				List.of(this.interpreter, scripts().resolve(name + "." + this.extension).toString()));
		command.addAll(List.of(arguments));
		ProcessBuilder script = new ProcessBuilder(command);
		script.environment().putAll(environment());
		script.environment().put("no_grpc_proxy", "localhost,127.0.0.1");
		return script;
	}

	Path scripts() {
		return INTEROP_TESTS.resolve("src/test").resolve(this.title.toLowerCase(Locale.ROOT));
	}

	/**
	 * The generated package must not be that of gRPC for Python.
	 */
	private static void copyHealthProtocol() throws IOException {
		Path copy = OTHER_PROTOCOLS.resolve("grpc_health/v1/health.proto");
		Files.createDirectories(copy.getParent());
		try (InputStream original = HealthGrpc.class.getResourceAsStream("/grpc/health/v1/health.proto")) {
			Files.copy(Objects.requireNonNull(original), copy, StandardCopyOption.REPLACE_EXISTING);
		}
	}

	private static String run(Path folder, String... command) throws IOException, InterruptedException {
		Process process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
		if (process.waitFor() != 0) {
			throw new IOException(String.join(" ", command) + ": " + output);
		}
		return output;
	}

	@Override
	public String toString() {
		return this.title;
	}

}
