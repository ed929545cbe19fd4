package io.sw4rm.scheduler.autoconfigure.diagnostics;

import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.annotation.Order;

/**
 * {@link AbstractFailureAnalyzer} that performs analysis of failures caused by gRPC and
 * Netty libraries that are incompatible. Does not load their classes, which may be the
 * broken ones. Spring Boot analyzes missing methods and shows where the classes come
 * from.
 */
@Order(0)
class LibraryMismatchFailureAnalyzer extends AbstractFailureAnalyzer<LinkageError> {

	private static final Pattern CLASS_NAME = Pattern.compile("\\bio[./](?:grpc|netty)[./]");

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, LinkageError cause) {
		LinkageError error = (rootFailure instanceof LinkageError rootError) ? rootError : cause;
		if (isOtherProblem(error) || !CLASS_NAME.matcher(text(error)).find()) {
			return null;
		}
		return new FailureAnalysis(
				"The gRPC and Netty libraries on the class path are incompatible, or one of them is missing: %s"
					.formatted(error),
				"Use the versions of gRPC and Netty from Spring Boot's dependency management. Remove the properties "
						+ "'grpc-java.version' and 'netty.version' from your build, and the versions and exclusions of "
						+ "io.grpc and io.netty dependencies. 'mvn dependency:tree -Dincludes=io.netty,io.grpc' shows "
						+ "where they come from.",
				error);
	}

	/**
	 * Spring Boot analyzes missing methods itself. Native libraries and initializers that
	 * fail have other causes than versions.
	 */
	private static boolean isOtherProblem(LinkageError error) {
		return error instanceof NoSuchMethodError || error instanceof UnsatisfiedLinkError
				|| error.getCause() instanceof ExceptionInInitializerError;
	}

	/**
	 * Before Java 21, the message of a missing field does not contain the class.
	 */
	private static String text(LinkageError error) {
		StackTraceElement[] stackTrace = error.getStackTrace();
		return error.getMessage() + ((error instanceof NoSuchFieldError && stackTrace.length > 0)
				? " " + stackTrace[0].getClassName() : "");
	}

}
