package io.sw4rm.scheduler.autoconfigure.diagnostics;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.annotation.Order;
import org.springframework.util.StringUtils;

/**
 * {@link AbstractFailureAnalyzer} that performs analysis of failures caused by gRPC and
 * Netty libraries that don't fit together. Loads no class of either, as these may be the
 * broken ones, and comes before the analyzers without an order: they would see a missing
 * method or an unreachable scheduler.
 */
@Order(0)
class LibraryMismatchFailureAnalyzer extends AbstractFailureAnalyzer<LinkageError> {

	private static final Pattern CLASS_NAME = Pattern.compile("\\bio[./](?:grpc|netty)[./](?:[a-z]\\w*[./])*[A-Z]\\w*");

	private static final String MANIFEST = "META-INF/MANIFEST.MF";

	private static final String DESCRIPTION = """
			The gRPC and Netty libraries on the class path don't fit together, or one of them is missing:

			    %s

			The classes in question are available from the following locations:

			    %s

			gRPC and Netty on the class path:

			    %s""";

	private static final String ACTION = """
			Leave the versions of gRPC and Netty to Spring Boot's dependency management: remove the properties \
			'grpc-java.version' and 'netty.version' from your build, and the versions and exclusions of single io.grpc \
			and io.netty dependencies. To see what brings them along, run:

			    mvn dependency:tree -Dincludes=io.netty,io.grpc""";

	private final ClassLoader classLoader = LibraryMismatchFailureAnalyzer.class.getClassLoader();

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, LinkageError cause) {
		LinkageError error = innermost(cause);
		// Neither a failed initializer nor a native library is about versions
		if (error instanceof ExceptionInInitializerError || error instanceof UnsatisfiedLinkError) {
			return null;
		}
		Set<String> classNames = classNames(error);
		return classNames.isEmpty() ? null : new FailureAnalysis(description(error, classNames), ACTION, error);
	}

	private static LinkageError innermost(LinkageError error) {
		LinkageError innermost = error;
		for (Throwable cause = error.getCause(); cause != null; cause = cause.getCause()) {
			if (cause instanceof LinkageError linkageError) {
				innermost = linkageError;
			}
		}
		return innermost;
	}

	private static Set<String> classNames(LinkageError error) {
		String text = String.valueOf(error.getMessage());
		if (error instanceof NoSuchFieldError && error.getStackTrace().length > 0) {
			// Before Java 21, its message is the name of the field alone
			text += " " + error.getStackTrace()[0].getClassName();
		}
		return CLASS_NAME.matcher(text)
			.results()
			.map(MatchResult::group)
			.map((name) -> name.replace('/', '.'))
			.collect(Collectors.toCollection(LinkedHashSet::new));
	}

	private String description(LinkageError error, Set<String> classNames) {
		return DESCRIPTION.formatted(error, lines(classNames.stream().map((name) -> name + ": " + locations(name))),
				lines(libraries().entrySet()
					.stream()
					.map((library) -> library.getKey() + ": " + String.join(", ", library.getValue()))));
	}

	private static String lines(Stream<String> lines) {
		return lines.collect(Collectors.joining("\n    "));
	}

	private String locations(String className) {
		String entry = className.replace('.', '/') + ".class";
		List<String> locations = resources(entry).stream().map((url) -> location(url, entry)).toList();
		return locations.isEmpty() ? "none" : String.join(", ", locations);
	}

	/**
	 * Return the names of the libraries, by product and version.
	 */
	private Map<String, Set<String>> libraries() {
		Map<String, Set<String>> libraries = new TreeMap<>();
		for (URL url : resources(MANIFEST)) {
			Attributes attributes = attributes(url);
			String product = product(attributes);
			if (product != null) {
				String version = attributes.getValue(Attributes.Name.IMPLEMENTATION_VERSION);
				libraries.computeIfAbsent(product + " " + version, (key) -> new TreeSet<>())
					.add(library(location(url, MANIFEST), version));
			}
		}
		return libraries;
	}

	private static String library(String location, String version) {
		String jar = location.substring(location.lastIndexOf('/') + 1);
		return StringUtils.stripFilenameExtension(jar).replace("-" + version, "");
	}

	private static @Nullable String product(Attributes attributes) {
		if (String.valueOf(attributes.getValue("Automatic-Module-Name")).matches("io\\.grpc(\\..+)?")) {
			return "gRPC";
		}
		return "io.netty".equals(attributes.getValue("Implementation-Vendor-Id")) ? "Netty" : null;
	}

	private static Attributes attributes(URL manifest) {
		try (InputStream stream = manifest.openStream()) {
			return new Manifest(stream).getMainAttributes();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private List<URL> resources(String name) {
		try {
			return Collections.list(this.classLoader.getResources(name));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String location(URL url, String entry) {
		String location = url.toString();
		location = location.substring(0, location.length() - entry.length());
		return location.endsWith("!/") ? location.substring(0, location.length() - 2) : location;
	}

}
