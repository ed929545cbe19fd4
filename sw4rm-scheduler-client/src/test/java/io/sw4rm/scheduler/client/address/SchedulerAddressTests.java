package io.sw4rm.scheduler.client.address;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.grpc.ManagedChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SchedulerException;
import io.sw4rm.scheduler.client.TestScheduler;
import io.sw4rm.scheduler.client.address.SchedulerAddress.Security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link SchedulerAddress}.
 */
@Timeout(60)
class SchedulerAddressTests {

	@RegisterExtension
	final TestScheduler scheduler = new TestScheduler();

	private final List<ManagedChannel> channels = new ArrayList<>();

	@AfterEach
	void shutDownChannels() {
		this.channels.forEach(ManagedChannel::shutdownNow);
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			localhost,                     localhost:50053
			localhost:50054,               localhost:50054
			' localhost:50054 ',           localhost:50054
			localhost:65535,               localhost:65535
			scheduler.example.com.,        scheduler.example.com.:50053
			scheduler-1.prod.svc:50054,    scheduler-1.prod.svc:50054
			3f2a9c,                        3f2a9c:50053
			127.0.0.1,                     127.0.0.1:50053
			127.0.0.1:50054,               127.0.0.1:50054
			[::1]:50054,                   [::1]:50054
			[::1],                         [::1]:50053
			::1,                           [::1]:50053
			2001:db8::1,                   [2001:db8::1]:50053
			fd00:abcd::1,                  [fd00:abcd::1]:50053
			[fe80::1%1]:50054,             [fe80::1%1]:50054
			""")
	void acceptsHost(String text, String address) {
		assertThatAddressIs(text, address, Security.UNSPECIFIED);
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			http://localhost:50054,     localhost:50054
			http://localhost,           localhost:50053
			http://localhost/,          localhost:50053
			http://localhost:50054/,    localhost:50054
			HTTP://localhost:50054,     localhost:50054
			http://127.0.0.1:50054,     127.0.0.1:50054
			http://[::1]:50054/,        [::1]:50054
			""")
	void acceptsPlaintextUrl(String text, String address) {
		assertThatAddressIs(text, address, Security.PLAINTEXT);
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			https://localhost:50054,     localhost:50054
			https://localhost,           localhost:50053
			https://localhost:50054/,    localhost:50054
			Https://localhost:50054,     localhost:50054
			https://[::1]:50054,         [::1]:50054
			""")
	void acceptsTlsUrl(String text, String address) {
		assertThatAddressIs(text, address, Security.TLS);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			one:1,two:2                 | one:1,two:2               | UNSPECIFIED
			one:1 , two, [::1]:3        | one:1,two:50053,[::1]:3   | UNSPECIFIED
			http://one:1/, http://two/  | one:1,two:50053           | PLAINTEXT
			https://one:1,HTTPS://two:2 | one:1,two:2               | TLS
			""")
	void acceptsList(String text, String address, Security security) {
		assertThatAddressIs(text, address, security);
	}

	private void assertThatAddressIs(String text, String expected, Security security) {
		SchedulerAddress address = SchedulerAddress.parse(text);
		assertThat(address).hasToString(expected);
		assertThat(address.security()).isEqualTo(security);
		assertThat(address.target()).startsWith("sw4rm:///");
		assertThat(channel(address).authority()).isEqualTo(expected.split(",")[0]);
	}

	@ParameterizedTest
	@ValueSource(strings = { "dns:///localhost:50054", "dns:localhost:50054", "dns://8.8.8.8/localhost:50054",
			"sw4rm:///one:1,two:2", "unix:/run/sw4rm.sock", "unix:///run/worker@1.sock", "in-process:test" })
	void acceptsGrpcTarget(String text) {
		SchedulerAddress address = SchedulerAddress.parse(text);
		assertThat(address.target()).isEqualTo(text);
		assertThat(address.security()).isEqualTo(Security.UNSPECIFIED);
		assertThat(address).hasToString(text);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			one:1,two:2          | true
			http://one,http://two| true
			one:1                | false
			https://one          | false
			dns:///one:1         | false
			""")
	void isListWhenItNamesSeveralHosts(String text, boolean list) {
		assertThat(SchedulerAddress.parse(text).isList()).isEqualTo(list);
	}

	@Test
	void acceptsGrpcTargetInUpperCase() {
		SchedulerAddress address = SchedulerAddress.parse("DNS:///localhost:50054");
		assertThat(channel(address).authority()).isEqualTo("localhost:50054");
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "", " ", "localhost:", "http://localhost:", "localhost:0", "localhost:65536",
			"localhost:abc", "localhost:-1", "[::1]:0", "localhost:50053/path", "http://localhost/path",
			"http://localhost:50053/path", "http://localhost//", "http://localhost?tls=true",
			"http://localhost:50053?tls=true", "http://localhost:50053#top", "http://", "https:///", "http:localhost",
			"http:/localhost", ",", "one,", ",one", "one,,two", "one, ,two", "http://one,https://two", "http://one,two",
			"one,http://two", "one,dns:///two", "ftp://localhost", "tcp://localhost:50053", "grpc://localhost:50053",
			"xds:///scheduler", "under_score", "under_score:50053", "-one", "one-", "one..two", "one two", "schedüler",
			"*", "[::1", "[localhost]:1:2", "1.2.3", "999.1.1.1", "scheduler.1", "dns:///one two", "dns:///under_score",
			"dns:///", "dns:///one?[", "dns:one#]", "sw4rm:///one?[", "fe80::1%1/path" })
	void refusesWhatCannotBeTheAddressOfAScheduler(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> SchedulerAddress.parse(text));
	}

	@Test
	void refusalNamesAddress() {
		assertThatIllegalArgumentException().isThrownBy(() -> SchedulerAddress.parse("localhost:0"))
			.withMessage("'localhost:0' is not the address of a scheduler: its port must be in range [1, 65535]");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			https://host:1/path       | it must not have a path. Remove '/path'
			one:1,two:2/path          | it must not have a path. Remove '/path'
			http://localhost/a/b?c=d  | it must not have a path. Remove '/a/b?c=d'
			localhost:50053?tls=true  | it must have neither query nor fragment. Remove '?tls=true'
			http://localhost#top      | it must have neither query nor fragment. Remove '#top'
			a:1,,b:2                  | one of its parts is blank. Remove the extra comma
			a:1, ,b:2                 | one of its parts is blank. Remove the extra comma
			http://one,               | one of its parts is blank. Remove the extra comma
			""")
	void refusalNamesCauseAndRemedy(String text, String reason) {
		assertThatIllegalArgumentException().isThrownBy(() -> SchedulerAddress.parse(text))
			.withMessage("'%s' is not the address of a scheduler: %s", text, reason);
	}

	@Test
	void refusalOfUserInformationNamesCauseAndRemedy() {
		assertThatIllegalArgumentException().isThrownBy(() -> SchedulerAddress.parse("http://user:hidden@localhost:1"))
			.withMessage("'***@localhost:1' is not the address of a scheduler: it must not contain user information, "
					+ "such as a password. Remove everything up to the '@', and send credentials in the metadata of calls");
	}

	@ParameterizedTest
	@ValueSource(strings = { "http:/localhost", "https:/localhost:50053", "http:localhost" })
	void refusalOfMisspeltSchemeDoesNotSpeakOfPath(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> SchedulerAddress.parse(text))
			.withMessageNotContaining("path");
	}

	@ParameterizedTest
	@ValueSource(strings = { "ftp://localhost", "tcp://localhost:50053" })
	void refusalOfSchemeNamesRemedy(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> SchedulerAddress.parse(text))
			.withMessageContaining("'%s'", text)
			.withMessageContaining("Use host:port, http://host:port, https://host:port or a gRPC target");
	}

	@Test
	void refusalOfPortSpeaksOfThePort() {
		assertThatIllegalArgumentException().isThrownBy(() -> SchedulerAddress.parse("localhost:abc"))
			.withMessageContaining("port");
	}

	@ParameterizedTest
	@ValueSource(strings = { "xds:///scheduler", "xds://authority/scheduler", "xds:scheduler", "XDS:///scheduler" })
	void refusalOfXdsNamesWhatIsMissing(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> SchedulerAddress.parse(text))
			.withMessageContaining("'%s'", text)
			.withMessageContaining("add io.grpc:grpc-xds");
	}

	@ParameterizedTest
	@ValueSource(strings = { "hidden@localhost", "hidden@localhost:50053", "hidden@localhost:abc",
			"hidden@localhost:99999", "hidden:hidden@localhost:50053", "http://hidden@localhost",
			"http://hidden@localhost:abc", "http://hidden:hidden@localhost:50053", "https://a:hidden/hidden@localhost",
			"http://a:hidden,hidden@localhost", "http://one,http://hidden:hidden@two", "ftp://hidden:hidden@localhost",
			"http://a:hidden@hidden@localhost", "dns://a:hidden@8.8.8.8/localhost", "dns:///hidden@localhost" })
	void refusalHidesUserInformation(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> SchedulerAddress.parse(text))
			.withMessageContaining("user information")
			.withMessageNotContaining("hidden")
			.withNoCause();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "http://", "dns:///" })
	void channelReachesScheduler(String scheme) {
		ManagedChannel channel = channel(SchedulerAddress.parse(scheme + this.scheduler.address()));
		SchedulerClient.create(channel).pollActivityBuffer("worker-1");
		assertThat(this.scheduler.calls()).hasSize(1);
	}

	@Test
	void channelToTlsUrlNeverSpeaksPlaintext() {
		SchedulerClient client = SchedulerClient
			.create(channel(SchedulerAddress.parse("https://" + this.scheduler.address())))
			.withDeadline(Duration.ofSeconds(10));
		assertThatExceptionOfType(SchedulerException.class).isThrownBy(() -> client.pollActivityBuffer("worker-1"));
		assertThat(this.scheduler.calls()).isEmpty();
	}

	private ManagedChannel channel(SchedulerAddress address) {
		ManagedChannel channel = address.newChannelBuilder().build();
		this.channels.add(channel);
		return channel;
	}

}
