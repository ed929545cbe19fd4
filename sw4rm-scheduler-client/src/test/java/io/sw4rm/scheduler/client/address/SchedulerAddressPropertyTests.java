package io.sw4rm.scheduler.client.address;

import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

import io.grpc.ManagedChannel;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsSource;
import org.junit.jupiter.params.provider.MethodSource;

import io.sw4rm.scheduler.client.AnyValues.Values;

import io.sw4rm.scheduler.client.AnyValues;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SchedulerAddress}, with any texts: one that it accepts is good enough
 * for a channel, and one that it refuses is named.
 */
@ExtendWith(AnyValues.class)
class SchedulerAddressPropertyTests {

	private static final Values<String> HOSTS = Values
		.of(List.of("localhost", "one:1", "two.example.com", "127.0.0.1:65535", "[::1]:1", "::1", "fe80::1%1", "x1."));

	private static final Values<String> PARTS = Values.of(List.of("http://", "https://", "HTTP://", "dns:", "dns:///",
			"dns://8.8.8.8/", "unix:", "unix:///", "sw4rm:///", "in-process:", "ftp://", "xds:///", ":", "::", "/",
			"//", ",", " ", ".", "-", "_", "[", "]", "%", "%25", "%zz", "?", "#", "localhost", "one", "1.2.3.4", "1",
			"\u0661", "[::1]", "::1", "fe80::1%1", "50053", ":50053", ":0", ":65536", ":-1", "\u00fc", "\u0000", "\\",
			"\"", "<", "{}", "\ud83d\ude00"));

	@ParameterizedTest
	@ArgumentsSource(AnyValues.class)
	void parsesOrRefusesAnyText(@Nullable String text) {
		assertThatIsParsedOrRefused(text);
	}

	@ParameterizedTest
	@MethodSource
	void parsesOrRefusesWhatLooksLikeAnAddress(String text) {
		assertThatIsParsedOrRefused(text);
	}

	static Stream<Arguments> parsesOrRefusesWhatLooksLikeAnAddress() {
		return AnyValues.combined(500,
				addresses("dns:///one two", "dns:///under_score", "dns:///", "dns:one two", "dns:", "dns:///\u00fc",
						"sw4rm:///", "sw4rm:///,", "sw4rm:///one,,two", "sw4rm:///one,", "fe80::1%1/path", "[::1",
						"one,,two", "dns://8.8.8.8", "dns:one?[", "dns:///one#]", "sw4rm:///one?[", "a".repeat(254),
						"dns:///" + "a".repeat(254)));
	}

	@ParameterizedTest
	@MethodSource
	void neverPrintsUserInformation(String before, String after) {
		try {
			String text = before + "hidden@" + after;
			assertThat(SchedulerAddress.parse(text).toString()).matches("(unix|in-process):.*");
		}
		catch (IllegalArgumentException ex) {
			assertThat(ex).hasMessageNotContaining("hidden").hasNoCause();
		}
	}

	static Stream<Arguments> neverPrintsUserInformation() {
		return AnyValues.combined(500,
				addresses("", "a:", "http://a:", "https://a:hidden/", "http://one,http://hidden:", "dns://a:",
						"dns:///", "dns:", "sw4rm:///", "xds:///", "ftp://"),
				addresses("localhost", "localhost:abc", "8.8.8.8/localhost", "hidden@localhost", "one,hidden@two"));
	}

	@ParameterizedTest
	@MethodSource
	void parsesListOfHosts(List<String> hosts) {
		String text = String.join(",", hosts);
		assertThat(SchedulerAddress.parse(text).toString().split(",")).hasSameSizeAs(hosts);
		assertThat(SchedulerAddress.parse(text).isList()).isEqualTo(hosts.size() > 1);
		assertThatIsParsedOrRefused(text);
	}

	static Stream<Arguments> parsesListOfHosts() {
		return AnyValues.combined(AnyValues.TRIES, HOSTS.lists(1, 6));
	}

	@ParameterizedTest
	@MethodSource
	void parsesOrRefusesLongText(String host, String separator) {
		String text = String.join(separator, Collections.nCopies(5_000, host));
		assertThatIsParsedOrRefused(text);
		assertThatIsParsedOrRefused("sw4rm:///" + text);
	}

	static Stream<Arguments> parsesOrRefusesLongText() {
		return HOSTS.troublesome()
			.stream()
			.flatMap(
					(host) -> Stream.of(",", ".", ":", "-", "", " ").map((separator) -> Arguments.of(host, separator)));
	}

	private static Values<String> addresses(String... examples) {
		Values<String> addresses = PARTS.lists(0, 6).map((parts) -> String.join("", parts));
		List<String> troublesome = Stream.concat(Stream.of(examples), addresses.troublesome().stream()).toList();
		return new Values<>(troublesome, addresses.usual(), addresses.odd());
	}

	private static void assertThatIsParsedOrRefused(@Nullable String text) {
		SchedulerAddress address;
		try {
			address = SchedulerAddress.parse(text);
		}
		catch (IllegalArgumentException ex) {
			if (AnyValues.isTextThatIsNotBlank(text) && !text.contains("@")) {
				assertThat(ex).hasMessageContaining("'" + text.strip() + "'");
			}
			return;
		}
		SchedulerAddress again = SchedulerAddress.parse(address.toString());
		assertThat(again).hasToString(address.toString());
		assertThat(again.target()).isEqualTo(address.target());
		assertThat(again.isList()).isEqualTo(address.isList());
		if (!address.target().startsWith("in-process:") && !address.target().startsWith("unix:")) {
			ManagedChannel channel = address.newChannelBuilder().build();
			assertThat(channel.shutdownNow().authority()).isNotNull();
		}
	}

}
