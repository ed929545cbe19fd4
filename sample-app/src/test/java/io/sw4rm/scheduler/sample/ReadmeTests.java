package io.sw4rm.scheduler.sample;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.StringWriter;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import javax.xml.parsers.DocumentBuilderFactory;

import io.grpc.ManagedChannel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import io.sw4rm.scheduler.client.AsyncSchedulerClient;
import io.sw4rm.scheduler.client.JacksonPayloadConverter;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SchedulerClientBuilder;
import io.sw4rm.scheduler.client.address.SchedulerAddress;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Tests for the README and the pages on watches and testing: every snippet is compiled or
 * run, and the tables match the code.
 */
class ReadmeTests {

	private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

	private static final String README = read(ROOT.resolve("README.md"));

	private static final String WATCHING = read(ROOT.resolve("docs/watching.md"));

	private static final String TESTING = read(ROOT.resolve("docs/testing.md"));

	private static final String FRAGMENT = """
			import io.grpc.*;
			import io.micrometer.core.instrument.*;
			import io.micrometer.core.instrument.simple.*;
			import io.sw4rm.scheduler.client.*;
			import io.sw4rm.scheduler.client.micrometer.*;
			import tools.jackson.databind.json.*;
			import java.time.*;
			import java.util.*;
			import java.util.function.*;

			public class Fragment implements BiConsumer<SchedulerClient, AsyncSchedulerClient> {

				@Override
				public void accept(SchedulerClient scheduler, AsyncSchedulerClient asyncScheduler) {
			%s
				}

			}
			""";

	@ParameterizedTest
	@MethodSource("javaSnippets")
	void compilesJava(String snippet, @TempDir Path classes) {
		compile(snippet, classes);
	}

	@ParameterizedTest
	@MethodSource("javaFragments")
	@SuppressWarnings("unchecked")
	void runsFragments(String fragment, @TempDir Path classes) throws Exception {
		try (EmbeddedScheduler scheduler = EmbeddedScheduler.start()) {
			compile(fragment.replace("localhost:50053", scheduler.address()), classes);
			ManagedChannel channel = SchedulerAddress.parse(scheduler.address()).newChannelBuilder().build();
			SchedulerClientBuilder builder = SchedulerClient.builder(channel)
				.payloadConverter(new JacksonPayloadConverter(new JsonMapper()));
			try (URLClassLoader loader = new URLClassLoader(new URL[] { classes.toUri().toURL() })) {
				((BiConsumer<SchedulerClient, AsyncSchedulerClient>) loader.loadClass("Fragment")
					.getConstructor()
					.newInstance()).accept(builder.build(), builder.buildAsync());
			}
			finally {
				channel.shutdownNow();
			}
		}
	}

	@Test
	void namesExistingDependencies() throws Exception {
		for (String snippet : Stream.of(README, TESTING).flatMap((page) -> snippets(page, "xml")).toList()) {
			Document document = parse(new InputSource(new StringReader(snippet)));
			NodeList artifactIds = document.getElementsByTagName("artifactId");
			assertThat(artifactIds.getLength()).isPositive();
			for (int i = 0; i < artifactIds.getLength(); i++) {
				Element dependency = (Element) artifactIds.item(i).getParentNode();
				if (dependency.getTagName().equals("plugin")) {
					assertThat(ROOT.resolve("sample-app/pom.xml")).content()
						.contains("<artifactId>%s</artifactId>".formatted(text(dependency, "artifactId")));
				}
				else if (text(dependency, "groupId").equals("io.sw4rm")) {
					Path pom = ROOT.resolve(text(dependency, "artifactId")).resolve("pom.xml");
					assertThat(pom).exists();
					assertThat(text(dependency, "version")).isEqualTo(
							text(parse(new InputSource(pom.toUri().toString())).getDocumentElement(), "version"));
				}
				else {
					assertThat(dependency.getElementsByTagName("version").getLength()).isZero();
					assertThat(Collections.list(getClass().getClassLoader().getResources("META-INF/MANIFEST.MF")))
						.anySatisfy((jar) -> assertThat(jar.getPath())
							.contains("/" + text(dependency, "artifactId") + "-"));
				}
			}
		}
	}

	@Test
	void showsValidPython() throws Exception {
		assumeTrue(Files.isExecutable(Path.of("/usr/bin/python3")), "needs Python: apt-get install python3");
		for (String snippet : snippets("python")) {
			Process python = new ProcessBuilder("/usr/bin/python3", "-c",
					"import ast, sys; ast.parse(sys.stdin.read())")
				.redirectErrorStream(true)
				.start();
			try (var stdin = python.outputWriter()) {
				stdin.write(snippet);
			}
			String output = new String(python.getInputStream().readAllBytes());
			assertThat(python.waitFor()).as(snippet + output).isZero();
		}
	}

	@Test
	void namesCommandsThatCiRuns() {
		String ci = read(ROOT.resolve(".ci/run"));
		assertThat(snippets("shell")).hasSize(3).allSatisfy((command) -> assertThat(ci).contains(command.strip()));
	}

	@Test
	void listsEveryProperty() {
		StringWriter table = new StringWriter();
		metadata().forEach((property) -> table.append(row(property)));
		assertThat(README).contains("|---|---|---|\n" + table + "\n");
	}

	@Test
	void linksToWhatIsThere() {
		List<String> links = matches("\\]\\((?!https?:)([^)]+)\\)").map((match) -> match.group(1)).toList();
		List<String> anchors = matches("(?m)^#+ (.+)$")
			.map((match) -> "#"
					+ match.group(1).toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9 -]", "").replace(' ', '-'))
			.toList();
		assertThat(links).isNotEmpty()
			.allSatisfy(
					(link) -> assertThat(anchors.contains(link) || Files.exists(ROOT.resolve(link))).as(link).isTrue());
	}

	static List<String> javaSnippets() {
		return allSnippets().map((snippet) -> isFragment(snippet) ? fragment(snippet) : snippet).toList();
	}

	static List<String> javaFragments() {
		return allSnippets().filter(ReadmeTests::isFragment).map(ReadmeTests::fragment).toList();
	}

	private static Stream<String> allSnippets() {
		return Stream.of(README, WATCHING, TESTING).flatMap((page) -> snippets(page, "java"));
	}

	private static Document parse(InputSource source) throws Exception {
		return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(source);
	}

	private static String text(Element parent, String element) {
		return parent.getElementsByTagName(element).item(0).getTextContent();
	}

	private static boolean isFragment(String snippet) {
		return !snippet.startsWith("import ");
	}

	private static String fragment(String snippet) {
		return FRAGMENT.formatted(snippet);
	}

	private static void compile(String source, Path classes) {
		String name = matchesIn(source, "(?m)^(?:public )?class (\\w+)").map((match) -> match.group(1))
			.findFirst()
			.orElseThrow();
		JavaFileObject file = new SimpleJavaFileObject(URI.create("string:///" + name + ".java"),
				JavaFileObject.Kind.SOURCE) {

			@Override
			public CharSequence getCharContent(boolean ignoreEncodingErrors) {
				return source;
			}

		};
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		StringWriter messages = new StringWriter();
		boolean compiled = compiler
			.getTask(messages, null, null,
					List.of("-proc:none", "-d", classes.toString(), "-classpath",
							System.getProperty("java.class.path")),
					null, List.of(file))
			.call();
		assertThat(compiled).as(messages + source).isTrue();
	}

	private static List<String> snippets(String language) {
		return snippets(README, language).toList();
	}

	private static Stream<String> snippets(String page, String language) {
		return matchesIn(page, "(?ms)^```" + language + "\n(.*?)^```$").map((match) -> match.group(1));
	}

	private static String row(JsonNode property) {
		String name = property.path("name").asString().substring("sw4rm.scheduler.".length());
		String key = property.path("type").asString().startsWith("java.util.Map") ? ".*" : "";
		JsonNode value = property.path("defaultValue");
		String defaultValue = value.isArray()
				? value.valueStream().map(JsonNode::asString).collect(Collectors.joining(",")) : value.asString("");
		return "| `%s%s` | %s | %s |\n".formatted(name, key, defaultValue.isEmpty() ? "" : "`" + defaultValue + "`",
				property.path("description").asString());
	}

	private static List<JsonNode> metadata() {
		try {
			List<JsonNode> properties = new ArrayList<>();
			for (URL url : Collections
				.list(ReadmeTests.class.getClassLoader().getResources("META-INF/spring-configuration-metadata.json"))) {
				try (InputStream stream = url.openStream()) {
					new JsonMapper().readTree(stream)
						.path("properties")
						.valueStream()
						.filter((property) -> property.path("name").asString().startsWith("sw4rm."))
						.forEach(properties::add);
				}
			}
			return properties;
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static Stream<MatchResult> matches(String pattern) {
		return matchesIn(README, pattern);
	}

	private static Stream<MatchResult> matchesIn(String text, String pattern) {
		return Pattern.compile(pattern).matcher(text).results();
	}

	private static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
