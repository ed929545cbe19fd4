package io.sw4rm.scheduler.client;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsSource;
import org.junit.jupiter.params.provider.MethodSource;

import io.sw4rm.scheduler.client.AnyValues.Values;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for the metadata of calls, with any names and values: what is accepted arrives
 * unchanged.
 */
@ExtendWith(AnyValues.class)
class CallMetadataPropertyTests {

	private static final int SIZE_THAT_SERVERS_ACCEPT = 4096;

	private static final Values<ClientStyle> STYLES = Values.of(List.of(ClientStyle.values()));

	private static final TestScheduler scheduler = new TestScheduler();

	@BeforeAll
	static void startScheduler() throws IOException {
		scheduler.start();
	}

	@AfterAll
	static void stopScheduler() throws InterruptedException {
		scheduler.close();
	}

	@BeforeEach
	void reset() {
		scheduler.reset();
	}

	@ParameterizedTest
	@ArgumentsSource(AnyValues.class)
	void sendsOrRefusesAnyName(ClientStyle style, @Nullable String name) {
		assertThatSendsOrRefuses(style, name, "acme");
	}

	@ParameterizedTest
	@MethodSource
	void sendsOrRefusesNameLikeThoseInUse(ClientStyle style, String name) {
		assertThatSendsOrRefuses(style, name, "acme");
	}

	static Stream<Arguments> sendsOrRefusesNameLikeThoseInUse() {
		Function<Random, String> any = (random) -> AnyValues.text(random, "-./0123456789:" + AnyValues.LETTERS, 1, 12);
		Values<String> names = new Values<>(List.of("x-tenant", "X-Tenant", "x-trace-bin", "-bin", "x-correlation-id",
				"user-agent", "content-type", "te", "grpc-timeout", ":path", "host", "-", ".", "/", "a:b", "1"), any,
				any);
		return AnyValues.combined(AnyValues.TRIES, STYLES, names);
	}

	@ParameterizedTest
	@ArgumentsSource(AnyValues.class)
	void sendsOrRefusesAnyValue(ClientStyle style, @Nullable String value) {
		assertThatSendsOrRefuses(style, "x-tenant", value);
	}

	@ParameterizedTest
	@MethodSource
	void sendsPrintableValue(ClientStyle style, String value) {
		client(style).withMetadata("x-tenant", value).pollActivityBuffer("worker-1");
		assertThat(scheduler.onlyCall().headers("x-tenant")).containsExactly(value);
	}

	@ParameterizedTest
	@ArgumentsSource(AnyValues.class)
	void sendsOrRefusesAnyMetadata(ClientStyle style, @Nullable String value, byte[] bytes) {
		if (value == null || value.length() + bytes.length > SIZE_THAT_SERVERS_ACCEPT) {
			return;
		}
		Metadata.Key<String> ascii = Metadata.Key.of("x-tenant", Metadata.ASCII_STRING_MARSHALLER);
		Metadata.Key<byte[]> binary = Metadata.Key.of("x-trace-bin", Metadata.BINARY_BYTE_MARSHALLER);
		Metadata metadata = new Metadata();
		metadata.put(ascii, value);
		metadata.put(binary, bytes);
		SchedulerClient client;
		try {
			client = client(style).withMetadata(metadata);
		}
		catch (IllegalArgumentException ex) {
			assertThat(ex).hasMessageContaining("x-tenant");
			return;
		}
		client.pollActivityBuffer("worker-1");
		assertThat(scheduler.onlyCall().headers(ascii)).containsExactly(metadata.get(ascii));
		assertThat(scheduler.onlyCall().headers(binary)).containsExactly(bytes);
	}

	@ParameterizedTest
	@ArgumentsSource(AnyValues.class)
	void sendsSuppliedCorrelationIdOrOneOfItsOwn(ClientStyle style, @Nullable String supplied) {
		if (supplied != null && supplied.length() > SIZE_THAT_SERVERS_ACCEPT) {
			return;
		}
		style.build(SchedulerClient.builder(scheduler.channel()).correlationIds(() -> supplied))
			.pollActivityBuffer("worker-1");
		assertThat(scheduler.onlyCall().headers("x-correlation-id")).singleElement().satisfies((id) -> {
			if (!id.equals(supplied)) {
				assertThat(UUID.fromString(id).version()).isEqualTo(4);
			}
		});
	}

	static Stream<Arguments> sendsPrintableValue() {
		String printable = IntStream.rangeClosed(' ', '~').mapToObj(Character::toString).collect(Collectors.joining());
		Function<Random, String> any = (random) -> AnyValues.text(random, printable, 0, 20);
		Values<String> values = new Values<>(List.of("", " ", " a", "a ", ",", "a,b", "%20", printable), any, any);
		return AnyValues.combined(AnyValues.TRIES, STYLES, values);
	}

	private static void assertThatSendsOrRefuses(ClientStyle style, @Nullable String name, @Nullable String value) {
		SchedulerClient client;
		try {
			client = client(style).withMetadata(name, value);
		}
		catch (IllegalArgumentException ex) {
			assertThatIllegalArgumentException()
				.isThrownBy(() -> SchedulerClient.builder(scheduler.channel()).metadata(name, value))
				.withMessage(ex.getMessage());
			return;
		}
		if (name.length() + value.length() > SIZE_THAT_SERVERS_ACCEPT) {
			assertThatExceptionOfType(SchedulerException.class).isThrownBy(() -> client.pollActivityBuffer("worker-1"))
				.satisfies((ex) -> assertThat(ex.getErrorCode()).isEqualTo(SchedulerErrorCode.OVERSIZE_PAYLOAD));
			return;
		}
		client.pollActivityBuffer("worker-1");
		assertThat(scheduler.onlyCall().headers(name.toLowerCase(Locale.ROOT))).containsExactly(value);
	}

	private static SchedulerClient client(ClientStyle style) {
		return style.build(SchedulerClient.builder(scheduler.channel()));
	}

}
