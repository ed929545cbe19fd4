package io.sw4rm.scheduler.client.address;

import java.util.Collections;
import java.util.List;

import io.grpc.ManagedChannel;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;
import org.jspecify.annotations.Nullable;

import io.sw4rm.scheduler.client.AnyValues;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SchedulerAddress}, with any texts: one that it accepts is good enough
 * for a channel, and one that it refuses is named.
 */
class SchedulerAddressPropertyTests {

	@Property
	@Domain(AnyValues.class)
	@Domain(DomainContext.Global.class)
	void parsesOrRefusesAnyText(@ForAll @Nullable String text) {
		assertThatIsParsedOrRefused(text);
	}

	@Property(tries = 500)
	void parsesOrRefusesWhatLooksLikeAnAddress(@ForAll("addresses") String text) {
		assertThatIsParsedOrRefused(text);
	}

	@Property(tries = 500)
	void neverPrintsUserInformation(@ForAll("addresses") String before, @ForAll("addresses") String after) {
		try {
			String text = before + "hidden@" + after;
			assertThat(SchedulerAddress.parse(text).toString()).matches("(unix|in-process):.*");
		}
		catch (IllegalArgumentException ex) {
			assertThat(ex).hasMessageNotContaining("hidden").hasNoCause();
		}
	}

	@Property
	void parsesListOfHosts(@ForAll("hosts") List<String> hosts) {
		String text = String.join(",", hosts);
		assertThat(SchedulerAddress.parse(text).toString().split(",")).hasSameSizeAs(hosts);
		assertThat(SchedulerAddress.parse(text).isList()).isEqualTo(hosts.size() > 1);
		assertThatIsParsedOrRefused(text);
	}

	@Property(tries = 20)
	void parsesOrRefusesLongText(@ForAll("hosts") List<String> hosts, @ForAll("separators") String separator) {
		assertThatIsParsedOrRefused(String.join(separator, Collections.nCopies(5_000, hosts.get(0))));
		assertThatIsParsedOrRefused("sw4rm:///" + String.join(separator, Collections.nCopies(5_000, hosts.get(0))));
	}

	@Provide
	Arbitrary<List<String>> hosts() {
		return Arbitraries
			.of("localhost", "one:1", "two.example.com", "127.0.0.1:65535", "[::1]:1", "::1", "fe80::1%1", "x1.")
			.list()
			.ofMinSize(1)
			.ofMaxSize(6);
	}

	@Provide
	Arbitrary<String> separators() {
		return Arbitraries.of(",", ".", ":", "-", "", " ");
	}

	@Provide
	Arbitrary<String> addresses() {
		return Arbitraries
			.of("http://", "https://", "HTTP://", "dns:", "dns:///", "dns://8.8.8.8/", "unix:", "unix:///", "sw4rm:///",
					"in-process:", "ftp://", "xds:///", ":", "::", "/", "//", ",", " ", ".", "-", "_", "[", "]", "%",
					"%25", "%zz", "?", "#", "localhost", "one", "1.2.3.4", "1", "\u0661", "[::1]", "::1", "fe80::1%1",
					"50053", ":50053", ":0", ":65536", ":-1", "\u00fc", "\u0000", "\\", "\"", "<", "{}", "\ud83d\ude00")
			.list()
			.ofMaxSize(6)
			.map((parts) -> String.join("", parts));
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
