package io.sw4rm.scheduler.autoconfigure.diagnostics;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;

import io.grpc.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.BeanCreationException;
import org.springframework.boot.diagnostics.FailureAnalysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Tests for {@link LibraryMismatchFailureAnalyzer}. What it makes of libraries that
 * really differ is tested in the integration tests.
 */
class LibraryMismatchFailureAnalyzerTests {

	private final LibraryMismatchFailureAnalyzer analyzer = new LibraryMismatchFailureAnalyzer();

	@Test
	void saysWhichClassIsMissing() throws Exception {
		Throwable failure = createChannelWithout("netty-codec-http2");
		assertThat(failure).hasRootCauseInstanceOf(ClassNotFoundException.class);
		assertThat(description(failure)).contains("NoClassDefFoundError: io/netty/handler/codec/http2/");
	}

	@Test
	void findsErrorInFailureOfCall() {
		Throwable failure = new BeanCreationException("scheduler",
				Status.INTERNAL.withCause(new AbstractMethodError("class io.netty.util.Version")).asRuntimeException());
		assertThat(description(failure)).contains("AbstractMethodError");
	}

	@Test
	void knowsClassThatMissesField() {
		NoSuchFieldError error = new NoSuchFieldError("field");
		error.setStackTrace(
				new StackTraceElement[] { new StackTraceElement("io.grpc.netty.Utils", "run", "Utils.java", 1) });
		assertThat(description(error)).contains("NoSuchFieldError: field");
	}

	@Test
	void saysWhatToDo() {
		FailureAnalysis analysis = this.analyzer.analyze(new NoClassDefFoundError("io/grpc/Missing"));
		assertThat(analysis).isNotNull();
		assertThat(analysis.getAction()).contains("'grpc-java.version' and 'netty.version'")
			.contains("mvn dependency:tree -Dincludes=io.netty,io.grpc");
	}

	@ParameterizedTest
	@ValueSource(strings = { "com/google/common/base/Missing", "org/springframework/grpc/client/Missing",
			"io/sw4rm/scheduler/client/Missing", "com/example/io/grpcio/Missing" })
	void leavesOtherLibrariesToOthers(String name) {
		assertThat(this.analyzer.analyze(new NoClassDefFoundError(name))).isNull();
	}

	@Test
	void leavesMissingGuavaToOthers() throws Exception {
		assertThat(this.analyzer.analyze(createChannelWithout("guava"))).isNull();
	}

	@Test
	void leavesMissingMethodsToSpringBoot() {
		assertThat(this.analyzer.analyze(new NoSuchMethodError("'void io.netty.util.Version.missing()'"))).isNull();
	}

	@Test
	void leavesFailedInitializersToOthers() {
		NoClassDefFoundError error = new NoClassDefFoundError("Could not initialize class io.grpc.netty.Utils");
		error.initCause(new ExceptionInInitializerError("Exception java.lang.IllegalStateException: io.netty.Reason"));
		assertThat(this.analyzer.analyze(error)).isNull();
	}

	@Test
	void leavesNativeLibrariesToOthers() {
		assertThat(this.analyzer.analyze(new UnsatisfiedLinkError("io.netty.channel.epoll.Native.offset()I"))).isNull();
	}

	private String description(Throwable failure) {
		FailureAnalysis analysis = this.analyzer.analyze(failure);
		assertThat(analysis).isNotNull();
		return analysis.getDescription();
	}

	private static Throwable createChannelWithout(String library) throws IOException {
		URL[] urls = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
			.map(Path::of)
			.filter((path) -> !path.getFileName().toString().matches(library + "-\\d.*"))
			.map(LibraryMismatchFailureAnalyzerTests::url)
			.toArray(URL[]::new);
		try (URLClassLoader classLoader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
			return createChannel(classLoader);
		}
	}

	private static URL url(Path path) {
		try {
			return path.toUri().toURL();
		}
		catch (MalformedURLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static Throwable createChannel(ClassLoader classLoader) {
		Throwable failure = catchThrowable(() -> classLoader.loadClass("io.grpc.netty.NettyChannelBuilder")
			.getMethod("forAddress", String.class, int.class)
			.invoke(null, "localhost", 1));
		return (failure instanceof InvocationTargetException) ? failure.getCause() : failure;
	}

}
