package io.sw4rm.scheduler.sample;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import javax.xml.parsers.DocumentBuilderFactory;

import io.grpc.ManagedChannel;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.json.JsonMapper;

import io.sw4rm.scheduler.client.AsyncSchedulerClient;
import io.sw4rm.scheduler.client.JacksonPayloadConverter;
import io.sw4rm.scheduler.client.ReactiveSchedulerClient;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SchedulerClientBuilder;
import io.sw4rm.scheduler.client.address.SchedulerAddress;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.sample.MarkdownPage.Block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Tests for the README and all other pages: every block of code is compiled, run or
 * parsed, and every link leads somewhere. The properties are tested in
 * sw4rm-scheduler-autoconfigure.
 */
class DocumentationTests {

	private static final List<MarkdownPage> PAGES = MarkdownPage.all();

	/**
	 * Those after "text" have no test here.
	 */
	private static final Set<String> LANGUAGES = Set.of("bash", "groovy", "java", "json", "kotlin", "python", "shell",
			"xml", "yaml", "text", "javascript", "mermaid", "properties", "rust");

	/**
	 * Pages whose commands are run in CI.
	 */
	private static final Set<String> PAGES_WITH_COMMANDS = Set.of("README.md", "docs/without-spring.md");

	/**
	 * A block without imports is a fragment of a method that uses these clients.
	 */
	private static final String FRAGMENT = """
			import com.google.protobuf.ByteString;
			import io.grpc.*;
			import io.micrometer.core.instrument.*;
			import io.micrometer.core.instrument.simple.*;
			import io.sw4rm.scheduler.client.*;
			import io.sw4rm.scheduler.client.micrometer.*;
			import io.sw4rm.scheduler.embedded.*;
			import io.sw4rm.scheduler.proto.SchedulerServiceGrpc;
			import io.sw4rm.scheduler.proto.ShutdownAgentRequest;
			import io.sw4rm.scheduler.proto.SubmitTaskRequest;
			import io.sw4rm.scheduler.proto.SubmitTaskResponse;
			import io.sw4rm.scheduler.test.*;
			import java.time.*;
			import java.util.*;
			import java.util.concurrent.*;
			import java.util.stream.*;
			import reactor.core.publisher.*;
			import tools.jackson.databind.json.*;

			public class Fragment {

				public static void run(SchedulerClient scheduler, AsyncSchedulerClient asyncScheduler,
						ReactiveSchedulerClient reactiveScheduler) {
			%s
				}

			}
			""";

	/**
	 * A dependency of Gradle.
	 */
	private static final Pattern COORDINATES = Pattern.compile("['\"]([\\w.-]+):([\\w.-]+)(?::([\\w.-]+))?['\"]");

	@ParameterizedTest
	@MethodSource("javaClasses")
	void compilesJava(Block block, @TempDir Path classes) {
		compile(block.text(), classes);
	}

	@ParameterizedTest
	@MethodSource("javaFragments")
	void runsFragments(Block block, @TempDir Path classes) throws Exception {
		try (EmbeddedScheduler scheduler = EmbeddedScheduler.start()) {
			compile(FRAGMENT.formatted(block.text()).replace("localhost:50053", scheduler.address()), classes);
			ManagedChannel channel = SchedulerAddress.parse(scheduler.address()).newChannelBuilder().build();
			SchedulerClientBuilder builder = SchedulerClient.builder(channel)
				.payloadConverter(new JacksonPayloadConverter(new JsonMapper()));
			try (URLClassLoader loader = new URLClassLoader(new URL[] { classes.toUri().toURL() })) {
				loader.loadClass("Fragment")
					.getMethod("run", SchedulerClient.class, AsyncSchedulerClient.class, ReactiveSchedulerClient.class)
					.invoke(null, builder.build(), builder.buildAsync(), builder.buildReactive());
			}
			finally {
				channel.shutdownNow();
			}
		}
	}

	@Test
	void namesExistingDependenciesOfMaven() throws Exception {
		for (Block block : blocks("xml")) {
			NodeList artifactIds = parse(new InputSource(new StringReader(block.text())))
				.getElementsByTagName("artifactId");
			assertThat(artifactIds.getLength()).as(block.location()).isPositive();
			for (int i = 0; i < artifactIds.getLength(); i++) {
				Element dependency = (Element) artifactIds.item(i).getParentNode();
				if (dependency.getTagName().equals("plugin")) {
					assertThat(MarkdownPage.ROOT.resolve("sample-app/pom.xml")).content()
						.contains("<artifactId>%s</artifactId>".formatted(text(dependency, "artifactId")));
				}
				else {
					checkDependency(block, text(dependency, "groupId"), text(dependency, "artifactId"),
							text(dependency, "version"));
				}
			}
		}
	}

	@Test
	void namesExistingDependenciesOfGradle() throws Exception {
		List<Block> blocks = blocks("groovy", "kotlin");
		assertThat(blocks).isNotEmpty();
		for (Block block : blocks) {
			for (var match : COORDINATES.matcher(block.text()).results().toList()) {
				checkDependency(block, match.group(1), match.group(2), match.group(3));
			}
		}
	}

	/**
	 * Spring Boot manages the versions of dependencies that are not ours.
	 */
	private static void checkDependency(Block block, @Nullable String groupId, @Nullable String artifactId,
			@Nullable String version) throws Exception {
		if ("io.sw4rm".equals(groupId)) {
			Path pom = MarkdownPage.ROOT.resolve(artifactId + "/pom.xml");
			assertThat(pom).as(block.location()).exists();
			assertThat(version).as(block.location())
				.isEqualTo(text(parse(new InputSource(pom.toUri().toString())).getDocumentElement(), "version"));
		}
		else {
			assertThat(version).as(block.location()).isNull();
			assertThat(Collections.list(DocumentationTests.class.getClassLoader().getResources("META-INF/MANIFEST.MF")))
				.as(block.location())
				.anySatisfy((jar) -> assertThat(jar.getPath()).contains("/" + artifactId + "-"));
		}
	}

	@Test
	void showsValidYaml() {
		assertThat(blocks("yaml")).allSatisfy((block) -> assertThat(new Yaml().loadAll(block.text()))
			.allSatisfy((document) -> assertThat(document).isNotNull()));
	}

	@Test
	void showsValidJson() {
		assertThat(blocks("json"))
			.allSatisfy((block) -> assertThat(new JsonMapper().readTree(block.text())).isNotNull());
	}

	@Test
	void showsValidPython() throws Exception {
		assumeTrue(Files.isExecutable(Path.of("/usr/bin/python3")), "needs Python: apt-get install python3");
		for (Block block : blocks("python")) {
			assertSucceeds(block, "/usr/bin/python3", "-c", "import ast, sys; ast.parse(sys.stdin.read())");
		}
	}

	@Test
	void showsValidCommands() throws Exception {
		assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "needs bash");
		for (Block block : blocks("bash", "shell")) {
			assertSucceeds(block, "/bin/bash", "-n");
		}
	}

	@Test
	void namesCommandsThatCiRuns() {
		String ci = MarkdownPage.read(Path.of(".ci/run")).text();
		assertThat(PAGES.stream().filter((page) -> PAGES_WITH_COMMANDS.contains(page.toString())))
			.flatMap(MarkdownPage::blocks)
			.filteredOn(Block::language, "shell")
			.hasSize(4)
			.allSatisfy((block) -> assertThat(ci).contains(block.text().strip()));
	}

	@Test
	void usesLanguagesThatAreTested() {
		assertThat(PAGES).flatMap(MarkdownPage::blocks)
			.allSatisfy((block) -> assertThat(LANGUAGES).contains(block.language()));
	}

	@ParameterizedTest
	@MethodSource("pages")
	void linksToWhatIsThere(MarkdownPage page) {
		assertThat(page.links()).allSatisfy((link) -> {
			String path = link.replaceFirst("#.*", "");
			Path target = path.isEmpty() ? page.file() : page.file().resolveSibling(path).normalize();
			assertThat(MarkdownPage.ROOT.resolve(target)).exists();
			if (link.contains("#")) {
				assertThat(MarkdownPage.read(target).anchors()).contains(link.replaceFirst(".*#", ""));
			}
		});
	}

	@Test
	void indexListsEveryPage() {
		Path docs = Path.of("docs");
		assertThat(MarkdownPage.read(docs.resolve("README.md")).links()).containsAll(PAGES.stream()
			.map(MarkdownPage::file)
			.filter((file) -> file.startsWith(docs) && !file.endsWith("README.md"))
			.map((file) -> file.getFileName().toString())
			.toList());
	}

	@Test
	void troubleshootingQuotesMessagesOfTheCode() {
		String sources = sources();
		List<String> messages = Pattern.compile("(?m)^\\| `(.+?)` \\|")
			.matcher(MarkdownPage.read(Path.of("docs/troubleshooting.md")).text())
			.results()
			.map((match) -> match.group(1))
			.toList();
		assertThat(messages).isNotEmpty()
			.allSatisfy((message) -> assertThat(message.split("(^|['( ]*)…(['), ]*|$)")).as(message)
				.allSatisfy((part) -> assertThat(sources.contains(part)).as(part).isTrue()));
	}

	/**
	 * Return the sources of what is published, with concatenated texts in one piece.
	 */
	private static String sources() {
		try (Stream<Path> modules = Files.list(MarkdownPage.ROOT)) {
			return modules.filter((module) -> module.getFileName().toString().startsWith("sw4rm-scheduler-"))
				.map((module) -> module.resolve("src/main/java"))
				.filter(Files::isDirectory)
				.map(DocumentationTests::javaSources)
				.collect(Collectors.joining())
				.replaceAll("\"\\s*\\+\\s*\"", "");
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static String javaSources(Path directory) {
		try (Stream<Path> files = Files.walk(directory)) {
			return files.filter((file) -> file.toString().endsWith(".java"))
				.map((file) -> MarkdownPage.read(file).text())
				.collect(Collectors.joining());
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	static List<MarkdownPage> pages() {
		return PAGES;
	}

	static List<Block> javaClasses() {
		return blocks("java").stream().filter((block) -> !isFragment(block)).toList();
	}

	static List<Block> javaFragments() {
		return blocks("java").stream().filter(DocumentationTests::isFragment).toList();
	}

	private static boolean isFragment(Block block) {
		return !block.text().startsWith("import ");
	}

	private static List<Block> blocks(String... languages) {
		return PAGES.stream()
			.flatMap((page) -> page.blocks().stream())
			.filter((block) -> List.of(languages).contains(block.language()))
			.toList();
	}

	private static Document parse(InputSource source) throws Exception {
		return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(source);
	}

	private static @Nullable String text(Element parent, String element) {
		NodeList elements = parent.getElementsByTagName(element);
		return (elements.getLength() > 0) ? elements.item(0).getTextContent() : null;
	}

	private static void compile(String source, Path classes) {
		String name = Pattern.compile("(?m)^(?:public )?class (\\w+)")
			.matcher(source)
			.results()
			.map((match) -> match.group(1))
			.findFirst()
			.orElseThrow();
		JavaFileObject file = new SimpleJavaFileObject(URI.create("string:///" + name + ".java"),
				JavaFileObject.Kind.SOURCE) {

			@Override
			public CharSequence getCharContent(boolean ignoreEncodingErrors) {
				return source;
			}

		};
		StringWriter messages = new StringWriter();
		boolean compiled = ToolProvider.getSystemJavaCompiler()
			.getTask(messages, null, null,
					List.of("-proc:none", "-d", classes.toString(), "-classpath",
							System.getProperty("java.class.path")),
					null, List.of(file))
			.call();
		assertThat(compiled).as(messages + source).isTrue();
	}

	private static void assertSucceeds(Block block, String... command) throws Exception {
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		try (var stdin = process.outputWriter()) {
			stdin.write(block.text());
		}
		String output = new String(process.getInputStream().readAllBytes());
		assertThat(process.waitFor()).as(block.location() + ": " + output).isZero();
	}

}
