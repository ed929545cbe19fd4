package io.sw4rm.scheduler.client;

import java.io.IOException;
import java.util.Locale;
import java.util.UUID;

import io.grpc.Metadata;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.StringLength;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import net.jqwik.api.lifecycle.BeforeTry;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for the metadata of calls, with any names and values: what is accepted arrives
 * unchanged.
 */
class CallMetadataPropertyTests {

	private static final int SIZE_THAT_SERVERS_ACCEPT = 4096;

	private static final TestScheduler scheduler = new TestScheduler();

	@BeforeContainer
	static void startScheduler() throws IOException {
		scheduler.start();
	}

	@AfterContainer
	static void stopScheduler() throws InterruptedException {
		scheduler.close();
	}

	@BeforeTry
	void reset() {
		scheduler.reset();
	}

	@Property
	@Domain(AnyValues.class)
	@Domain(DomainContext.Global.class)
	void sendsOrRefusesAnyName(@ForAll ClientStyle style, @ForAll @Nullable String name) {
		assertThatSendsOrRefuses(style, name, "acme");
	}

	@Property
	void sendsOrRefusesNameLikeThoseInUse(@ForAll ClientStyle style,
			@ForAll @AlphaChars @CharRange(from = '-', to = ':') @StringLength(min = 1, max = 12) String name) {
		assertThatSendsOrRefuses(style, name, "acme");
	}

	@Property
	@Domain(AnyValues.class)
	@Domain(DomainContext.Global.class)
	void sendsOrRefusesAnyValue(@ForAll ClientStyle style, @ForAll @Nullable String value) {
		assertThatSendsOrRefuses(style, "x-tenant", value);
	}

	@Property
	void sendsPrintableValue(@ForAll ClientStyle style,
			@ForAll @CharRange(from = ' ', to = '~') @StringLength(max = 20) String value) {
		client(style).withMetadata("x-tenant", value).pollActivityBuffer("worker-1");
		assertThat(scheduler.onlyCall().headers("x-tenant")).containsExactly(value);
	}

	@Property
	@Domain(AnyValues.class)
	@Domain(DomainContext.Global.class)
	void sendsOrRefusesAnyMetadata(@ForAll ClientStyle style, @ForAll @Nullable String value, @ForAll byte[] bytes) {
		if (value == null || value.length() > SIZE_THAT_SERVERS_ACCEPT) {
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

	@Property
	@Domain(AnyValues.class)
	@Domain(DomainContext.Global.class)
	void sendsSuppliedCorrelationIdOrOneOfItsOwn(@ForAll ClientStyle style, @ForAll @Nullable String supplied) {
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
