package io.sw4rm.scheduler.proto;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.Internal;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.util.JsonFormat;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.MethodDescriptor.ReflectableMarshaller;
import io.grpc.ServiceDescriptor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

/**
 * Pins what {@code scheduler.proto} puts on the wire: the vectors in
 * {@code wire-vectors.txt}, which the tests with other languages use too, and rules that
 * Java implements in its own way. Bytes are in hexadecimal digits; text after {@code #}
 * is a comment.
 */
class WireFormatTests {

	private static final String PACKAGE = "io.sw4rm.scheduler.proto.";

	// Field numbers above those of every message, one for each wire type
	private static final String UNKNOWN_FIELDS = """
			78 2a                             # 15: varint 42
			82 01 02 68 69                    # 16: two bytes, "hi"
			89 01 01 02 03 04 05 06 07 08     # 17: fixed 64 bits
			95 01 01 02 03 04                 # 18: fixed 32 bits
			""";

	@ParameterizedTest
	@MethodSource("wireForms")
	void parsesWireForm(WireForm wireForm) throws Exception {
		assertThat(parse(wireForm.message(), wireForm.hex())).isEqualTo(wireForm.message());
	}

	@ParameterizedTest
	@MethodSource("wireForms")
	void serializesToWireForm(WireForm wireForm) {
		assertThat(wireForm.message().toByteArray()).inHexadecimal().isEqualTo(hex(wireForm.hex()));
	}

	@ParameterizedTest
	@MethodSource("wireForms")
	void keepsUnknownFields(WireForm wireForm) throws Exception {
		String extended = wireForm.hex() + UNKNOWN_FIELDS;
		Message parsed = parse(wireForm.message(), extended);
		assertThat(parsed.toByteArray()).inHexadecimal().isEqualTo(hex(extended));
		assertThat(withoutUnknownFields(parsed)).isEqualTo(wireForm.message());
	}

	@Test
	void keepsUnknownFieldsOfNestedEntry() throws Exception {
		String response = """
				0a 08                             # entries[0], 8 bytes
				   0a 03 74 2d 31                 #   task_id "t-1"
				   3a 01 78                       #   7: unknown, one byte
				""";
		PollActivityBufferResponse parsed = PollActivityBufferResponse.parseFrom(hex(response));
		assertThat(parsed.getEntries(0).getTaskId()).isEqualTo("t-1");
		assertThat(parsed.toByteArray()).inHexadecimal().isEqualTo(hex(response));
	}

	@ParameterizedTest
	@MethodSource("unsetForms")
	void parsesNoBytesAsUnsetFields(WireForm unset) throws Exception {
		Message parsed = parse(unset.message(), unset.hex());
		assertThat(parsed).isEqualTo(unset.message());
		assertThat(parsed.getAllFields()).isEmpty();
	}

	@ParameterizedTest
	@MethodSource("unsetForms")
	void serializesDefaultValuesToNoBytes(WireForm unset) {
		Message.Builder builder = unset.message().newBuilderForType();
		builder.getDescriptorForType()
			.getFields()
			.stream()
			.filter((field) -> !field.isRepeated() && field.getJavaType() != FieldDescriptor.JavaType.MESSAGE)
			.forEach((field) -> builder.setField(field, field.getDefaultValue()));
		assertThat(builder.build().toByteArray()).inHexadecimal().isEmpty();
	}

	@Test
	void readsEmptyTextOnTheWireAsUnset() throws Exception {
		SubmitTaskRequest parsed = SubmitTaskRequest.parseFrom(hex("""
				0a 00                             # agent_id ""
				12 00                             # task_id ""
				22 00                             # params, no bytes
				32 00                             # scope ""
				"""));
		assertThat(parsed).isEqualTo(SubmitTaskRequest.getDefaultInstance());
	}

	@Test
	void tellsZeroGracePeriodFromAbsentOne() throws Exception {
		assertThat(ShutdownAgentRequest.parseFrom(hex("")).hasGracePeriod()).isFalse();
		ShutdownAgentRequest zero = ShutdownAgentRequest.parseFrom(hex("12 00"));
		assertThat(zero.hasGracePeriod()).isTrue();
		assertThat(zero.getGracePeriod()).isEqualTo(Duration.getDefaultInstance());
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			08 ff ff ff ff 07, 2147483647
			08 80 80 80 80 08, 2147483648
			08 80 bc c1 96 0b, 3000000000
			08 ff ff ff ff 0f, 4294967295
			""")
	void readsPurgedCountAsUnsigned(String bytes, long expected) throws Exception {
		PurgeActivityResponse parsed = PurgeActivityResponse.parseFrom(hex(bytes));
		assertThat(Integer.toUnsignedLong(parsed.getPurged())).isEqualTo(expected);
		assertThat(parsed.toByteArray()).inHexadecimal().isEqualTo(hex(bytes));
	}

	@Test
	void pinsWireFormOfEveryMessage() throws IOException {
		List<Descriptor> messages = SchedulerProto.getDescriptor().getMessageTypes();
		assertThat(unsetForms()).extracting((wireForm) -> wireForm.message().getDescriptorForType())
			.containsExactlyInAnyOrderElementsOf(messages);
		assertThat(wireForms()).filteredOn((wireForm) -> !wireForm.hex().isEmpty())
			.extracting((wireForm) -> wireForm.message().getDescriptorForType())
			.containsAll(messages);
	}

	@Test
	void definesMessagesOfProtocol() {
		String messages = """
				SubmitTaskRequest: string agent_id=1, string task_id=2, int32 priority=3, bytes params=4, \
				string content_type=5, string scope=6
				SubmitTaskResponse: bool accepted=1, string reason=2
				PreemptRequest: string agent_id=1, string task_id=2, string reason=3
				PreemptResponse: bool enqueued=1
				ShutdownAgentRequest: string agent_id=1, google.protobuf.Duration grace_period=2
				ShutdownAgentResponse: bool ok=1
				PollActivityBufferRequest: string agent_id=1
				ActivityEntry: string task_id=1, string repo_id=2, string worktree_id=3, string branch=4, \
				string description=5, string timestamp=6
				PollActivityBufferResponse: repeated sw4rm.scheduler.ActivityEntry entries=1
				PurgeActivityRequest: string agent_id=1, repeated string task_ids=2
				PurgeActivityResponse: uint32 purged=1
				""";
		assertThat(SchedulerProto.getDescriptor().getMessageTypes()).map(WireFormatTests::describe)
			.containsExactlyInAnyOrderElementsOf(messages.lines().toList());
	}

	@Test
	void definesServiceOfProtocol() {
		ServiceDescriptor service = SchedulerServiceGrpc.getServiceDescriptor();
		assertThat(service.getName()).isEqualTo("sw4rm.scheduler.SchedulerService");
		assertThat(service.getMethods())
			.extracting(MethodDescriptor::getFullMethodName, MethodDescriptor::getType,
					(method) -> messageClass(method.getRequestMarshaller()),
					(method) -> messageClass(method.getResponseMarshaller()))
			.containsExactlyInAnyOrder(
					tuple("sw4rm.scheduler.SchedulerService/SubmitTask", MethodType.UNARY, SubmitTaskRequest.class,
							SubmitTaskResponse.class),
					tuple("sw4rm.scheduler.SchedulerService/RequestPreemption", MethodType.UNARY, PreemptRequest.class,
							PreemptResponse.class),
					tuple("sw4rm.scheduler.SchedulerService/ShutdownAgent", MethodType.UNARY,
							ShutdownAgentRequest.class, ShutdownAgentResponse.class),
					tuple("sw4rm.scheduler.SchedulerService/PollActivityBuffer", MethodType.UNARY,
							PollActivityBufferRequest.class, PollActivityBufferResponse.class),
					tuple("sw4rm.scheduler.SchedulerService/PurgeActivity", MethodType.UNARY,
							PurgeActivityRequest.class, PurgeActivityResponse.class));
	}

	private static Message parse(Message prototype, String hex) throws InvalidProtocolBufferException {
		return prototype.newBuilderForType().mergeFrom(hex(hex)).build();
	}

	private static Message withoutUnknownFields(Message message) {
		return message.toBuilder().setUnknownFields(UnknownFieldSet.getDefaultInstance()).build();
	}

	private static byte[] hex(String commented) {
		return HexFormat.of().parseHex(commented.replaceAll("#.*|\\s", ""));
	}

	private static String describe(Descriptor message) {
		return message.getFields()
			.stream()
			.sorted(Comparator.comparing(FieldDescriptor::getNumber))
			.map(WireFormatTests::describe)
			.collect(Collectors.joining(", ", message.getName() + ": ", ""));
	}

	private static String describe(FieldDescriptor field) {
		String type = (field.getJavaType() != FieldDescriptor.JavaType.MESSAGE)
				? field.getType().name().toLowerCase(Locale.ROOT) : field.getMessageType().getFullName();
		return (field.isRepeated() ? "repeated " : "") + type + " " + field.getName() + "=" + field.getNumber();
	}

	private static Class<?> messageClass(Marshaller<?> marshaller) {
		return ((ReflectableMarshaller<?>) marshaller).getMessageClass();
	}

	private static Stream<WireForm> wireForms() throws IOException {
		return Files.readAllLines(Path.of("src/test/resources/wire-vectors.txt"))
			.stream()
			.filter((line) -> !line.isEmpty() && !line.startsWith("#"))
			.map(WireForm::parse);
	}

	private static Stream<WireForm> unsetForms() throws IOException {
		return wireForms().filter((wireForm) -> wireForm.hex().isEmpty());
	}

	private record WireForm(String name, Message message, String hex) {

		static WireForm parse(String line) {
			String[] columns = line.split(" \\| ?", -1);
			try {
				Message.Builder message = Internal
					.getDefaultInstance(Class.forName(PACKAGE + columns[0].split(" ")[0]).asSubclass(Message.class))
					.newBuilderForType();
				JsonFormat.parser().merge(columns[1], message);
				return new WireForm(columns[0], message.build(), columns[2]);
			}
			catch (ClassNotFoundException | InvalidProtocolBufferException ex) {
				throw new IllegalStateException(line, ex);
			}
		}

		@Override
		public String toString() {
			return this.name;
		}

	}

}
