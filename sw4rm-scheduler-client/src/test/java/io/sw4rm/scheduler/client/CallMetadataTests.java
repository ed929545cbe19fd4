package io.sw4rm.scheduler.client;

import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.sw4rm.scheduler.client.address.SchedulerAddress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link CallMetadata}.
 */
@Timeout(60)
class CallMetadataTests {

	private static final Metadata.Key<String> CORRELATION_ID = Metadata.Key.of("x-correlation-id",
			Metadata.ASCII_STRING_MARSHALLER);

	@RegisterExtension
	final TestScheduler scheduler = new TestScheduler();

	@Test
	void correlationIdIsRandomUuidForEachCall() {
		SchedulerClient client = client();
		client.pollActivityBuffer("worker-1");
		client.pollActivityBuffer("worker-1");
		List<UUID> correlationIds = correlationIds().stream().map(UUID::fromString).toList();
		assertThat(correlationIds).hasSize(2).doesNotHaveDuplicates();
		assertThat(correlationIds).allSatisfy((id) -> {
			assertThat(id.version()).isEqualTo(4);
			assertThat(id.variant()).isEqualTo(2);
		});
	}

	@Test
	void correlationIdCanBeSetByMetadata() {
		client().withMetadata("X-Correlation-Id", "order-7").pollActivityBuffer("worker-1");
		assertThat(correlationIds()).containsExactly("order-7");
	}

	@Test
	void correlationIdCanBeSetByBuilder() {
		SchedulerClient.builder(this.scheduler.channel())
			.metadata("x-correlation-id", "order-7")
			.build()
			.pollActivityBuffer("worker-1");
		assertThat(correlationIds()).containsExactly("order-7");
	}

	@Test
	void correlationIdIsSentOnceWhenMetadataHasSeveral() {
		Metadata metadata = new Metadata();
		metadata.put(CORRELATION_ID, "order-7");
		metadata.put(CORRELATION_ID, "order-8");
		client().withMetadata(metadata).pollActivityBuffer("worker-1");
		assertThat(correlationIds()).containsExactly("order-8");
	}

	@Test
	void correlationIdCanBeSupplied() {
		supplying(() -> "order-7").pollActivityBuffer("worker-1");
		assertThat(correlationIds()).containsExactly("order-7");
	}

	@Test
	void correlationIdOfMetadataWinsOverSuppliedOne() {
		supplying(() -> "order-7").withMetadata("x-correlation-id", "order-8").pollActivityBuffer("worker-1");
		assertThat(correlationIds()).containsExactly("order-8");
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "", " \t", "ordér-7", "order\n7", "order\u00007" })
	void correlationIdIsRandomWhenSuppliedOneCannotBeSent(@Nullable String supplied) {
		supplying(() -> supplied).pollActivityBuffer("worker-1");
		assertThat(correlationIds()).singleElement()
			.satisfies((id) -> assertThat(UUID.fromString(id).version()).isEqualTo(4));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "order\n7" })
	void correlationIdIsRandomWhenThatOfMetadataCannotBeSent(String fixed) {
		Metadata metadata = new Metadata();
		metadata.put(CORRELATION_ID, fixed);
		client().withMetadata(metadata).pollActivityBuffer("worker-1");
		assertThat(correlationIds()).singleElement()
			.satisfies((id) -> assertThat(UUID.fromString(id).version()).isEqualTo(4));
	}

	@Test
	void correlationIdMayHave128Characters() {
		String longest = "x".repeat(128);
		supplying(() -> longest).pollActivityBuffer("worker-1");
		client().withMetadata("x-correlation-id", longest).pollActivityBuffer("worker-1");
		assertThat(correlationIds()).containsExactly(longest, longest);
	}

	@ParameterizedTest
	@ValueSource(ints = { 129, 9_000 })
	void correlationIdIsRandomWhenSuppliedOneIsTooLong(int length) {
		supplying(() -> "x".repeat(length)).pollActivityBuffer("worker-1");
		assertThat(correlationIds()).singleElement()
			.satisfies((id) -> assertThat(UUID.fromString(id).version()).isEqualTo(4));
	}

	@ParameterizedTest
	@ValueSource(ints = { 129, 9_000 })
	void refusesCorrelationIdThatIsTooLong(int length) {
		String id = "x".repeat(length);
		String message = "correlation id must not be longer than 128 characters, got %d characters".formatted(length);
		Metadata metadata = new Metadata();
		metadata.put(CORRELATION_ID, id);
		SchedulerClientBuilder builder = SchedulerClient.builder(this.scheduler.channel());
		assertThatIllegalArgumentException().isThrownBy(() -> client().withMetadata("X-Correlation-Id", id))
			.withMessage(message);
		assertThatIllegalArgumentException().isThrownBy(() -> client().withMetadata(metadata)).withMessage(message);
		assertThatIllegalArgumentException().isThrownBy(() -> builder.metadata("x-correlation-id", id))
			.withMessage(message);
	}

	@Test
	void correlationIdOfCallIsThatOfException() {
		this.scheduler.fails(Status.INTERNAL);
		SchedulerClient client = client().withMetadata("x-correlation-id", "order-7");
		assertThatExceptionOfType(SchedulerException.class).isThrownBy(() -> client.pollActivityBuffer("worker-1"))
			.satisfies((ex) -> assertThat(ex.getCorrelationId()).isEqualTo("order-7"));
	}

	@Test
	void metadataReplacesEarlierValuesOfSameName() {
		SchedulerClient client = SchedulerClient.builder(this.scheduler.channel())
			.metadata("x-tenant", "first")
			.metadata("x-tenant", "second")
			.metadata("x-region", "north")
			.build();
		client.withMetadata("X-Tenant", "third").pollActivityBuffer("worker-1");
		client.pollActivityBuffer("worker-1");
		assertThat(headers("x-tenant")).containsExactly("third", "second");
		assertThat(headers("x-region")).containsExactly("north", "north");
	}

	@Test
	void metadataReplacesEarlierBytesOfSameName() {
		Metadata.Key<byte[]> key = Metadata.Key.of("x-trace-bin", Metadata.BINARY_BYTE_MARSHALLER);
		Metadata first = new Metadata();
		first.put(key, new byte[] { 1 });
		Metadata second = new Metadata();
		second.put(key, new byte[] { 2 });
		second.put(key, new byte[] { 3 });
		client().withMetadata(first).withMetadata(second).pollActivityBuffer("worker-1");
		assertThat(this.scheduler.onlyCall().headers(key)).containsExactly(new byte[] { 2 }, new byte[] { 3 });
	}

	@Test
	void metadataOfOtherNamesIsKept() {
		client().withMetadata("x-tenant", "acme").withMetadata("x-region", "north").pollActivityBuffer("worker-1");
		assertThat(headers("x-tenant")).containsExactly("acme");
		assertThat(headers("x-region")).containsExactly("north");
	}

	@Test
	void clientIsUnchangedByWithMetadata() {
		SchedulerClient client = client();
		client.withMetadata("x-tenant", "acme");
		client.pollActivityBuffer("worker-1");
		assertThat(headers("x-tenant")).isEmpty();
	}

	@Test
	void metadataIsCopied() {
		Metadata metadata = new Metadata();
		SchedulerClient client = client().withMetadata(metadata);
		metadata.put(CORRELATION_ID, "order-7");
		client.pollActivityBuffer("worker-1");
		assertThat(correlationIds()).doesNotContain("order-7");
	}

	@Test
	void metadataMayBeEmptyText() {
		client().withMetadata("x-tenant", "").pollActivityBuffer("worker-1");
		assertThat(headers("x-tenant")).containsExactly("");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "x tenant", "x-ténant", ":path", "x-trace-bin" })
	void refusesNameThatCannotBeSent(String name) {
		assertThatIllegalArgumentException().isThrownBy(() -> client().withMetadata(name, "acme"));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> SchedulerClient.builder(this.scheduler.channel()).metadata(name, "acme"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "user-agent", "User-Agent", "content-type", "te", "grpc-timeout", "grpc-encoding",
			"grpc-accept-encoding", "connection", "content-length", "host", "keep-alive", "proxy-connection",
			"transfer-encoding", "upgrade" })
	void refusesNameThatBelongsToTheTransport(String name) {
		assertThatIllegalArgumentException().isThrownBy(() -> client().withMetadata(name, "acme"))
			.withMessage("metadata '%s' can't be set: the name is reserved by gRPC or HTTP", name);
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			x-tenant, ácme
			x-tenant, 'ac\tme'
			x-tenant, 'acme\r\nx-other: value'
			""")
	void refusesValueThatCannotBeSent(String name, String value) {
		assertThatIllegalArgumentException().isThrownBy(() -> client().withMetadata(name, value))
			.withMessage("value of metadata 'x-tenant' must be printable ASCII");
	}

	@Test
	void refusesMetadataThatCannotBeSent() {
		Metadata metadata = new Metadata();
		metadata.put(Metadata.Key.of("x-tenant", Metadata.ASCII_STRING_MARSHALLER), "ac\nme");
		assertThatIllegalArgumentException().isThrownBy(() -> client().withMetadata(metadata))
			.withMessage("value of metadata 'x-tenant' must be printable ASCII");
	}

	@Test
	@SuppressWarnings("NullAway")
	void refusesNull() {
		assertThatIllegalArgumentException().isThrownBy(() -> client().withMetadata(null, "acme"))
			.withMessage("name must not be null");
		assertThatIllegalArgumentException().isThrownBy(() -> client().withMetadata("x-tenant", null))
			.withMessage("value must not be null");
		assertThatIllegalArgumentException().isThrownBy(() -> client().withMetadata(null))
			.withMessage("metadata must not be null");
	}

	@Test
	void userAgentIsThatOfTheClient() {
		ManagedChannel channel = SchedulerAddress.parse(this.scheduler.address()).newChannelBuilder().build();
		try {
			SchedulerClient.create(channel).pollActivityBuffer("worker-1");
			assertThat(headers("user-agent")).singleElement()
				.satisfies((userAgent) -> assertThat(userAgent).matches("sw4rm-scheduler-java/\\d+\\.\\d+.*"));
		}
		finally {
			channel.shutdownNow();
		}
	}

	private SchedulerClient client() {
		return SchedulerClient.create(this.scheduler.channel());
	}

	private SchedulerClient supplying(Supplier<@Nullable String> correlationIds) {
		return SchedulerClient.builder(this.scheduler.channel()).correlationIds(correlationIds).build();
	}

	private List<String> correlationIds() {
		return headers("x-correlation-id");
	}

	private List<String> headers(String name) {
		return this.scheduler.calls().stream().flatMap((call) -> call.headers(name).stream()).toList();
	}

}
