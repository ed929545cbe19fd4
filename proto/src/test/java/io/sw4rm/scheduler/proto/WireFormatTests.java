package io.sw4rm.scheduler.proto;

import java.util.Comparator;
import java.util.HexFormat;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
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
 * Pins what {@code scheduler.proto} puts on the wire. The bytes are derived by hand from
 * the protobuf encoding rules: a tag is {@code field number << 3 | wire type}, with wire
 * type 0 for a varint and 2 for a length and that many bytes. Text after {@code #} is a
 * comment.
 */
class WireFormatTests {

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
	void pinsWireFormOfEveryMessage() {
		assertThat(unsetForms()).extracting((unset) -> unset.message().getDescriptorForType())
			.containsExactlyInAnyOrderElementsOf(SchedulerProto.getDescriptor().getMessageTypes());
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

	private static Stream<WireForm> wireForms() {
		return Stream.of(
				new WireForm("SubmitTaskRequest with every field", """
						0a 08 77 6f 72 6b 65 72 2d 31     # agent_id "worker-1"
						12 08 74 61 73 6b 2d 31 32 33     # task_id "task-123"
						18 05                             # priority 5
						22 07 7b 22 6e 22 3a 31 7d        # params {"n":1}
						2a 10 61 70 70 6c 69 63 61 74 69  # content_type "application/json"
						      6f 6e 2f 6a 73 6f 6e
						32 09 72 65 70 6f 2f 6d 61 69 6e  # scope "repo/main"
						""",
						SubmitTaskRequest.newBuilder()
							.setAgentId("worker-1")
							.setTaskId("task-123")
							.setPriority(5)
							.setParams(ByteString.copyFromUtf8("{\"n\":1}"))
							.setContentType("application/json")
							.setScope("repo/main")
							.build()),
				new WireForm("SubmitTaskRequest with lowest priority", """
						18 ed ff ff ff ff ff ff ff ff 01  # priority -19, sign-extended to 64 bits
						""", SubmitTaskRequest.newBuilder().setPriority(-19).build()),
				new WireForm("SubmitTaskRequest with priority below zero", """
						18 ff ff ff ff ff ff ff ff ff 01  # priority -1, sign-extended to 64 bits
						""", SubmitTaskRequest.newBuilder().setPriority(-1).build()),
				new WireForm("SubmitTaskRequest with highest priority", """
						18 14                             # priority 20
						""", SubmitTaskRequest.newBuilder().setPriority(20).build()),
				new WireForm("SubmitTaskRequest with params that are no text", """
						22 03 00 ff 80                    # params, three bytes
						""", SubmitTaskRequest.newBuilder().setParams(ByteString.fromHex("00ff80")).build()),
				new WireForm("SubmitTaskRequest with character outside the basic plane", """
						0a 0b 77 6f 72 6b 65 72 2d        # agent_id "worker-🚀"
						      f0 9f 9a 80                 #   U+1F680, four bytes in UTF-8
						""", SubmitTaskRequest.newBuilder().setAgentId("worker-🚀").build()),
				new WireForm("SubmitTaskResponse of accepted task", """
						08 01                             # accepted true
						""", SubmitTaskResponse.newBuilder().setAccepted(true).build()),
				new WireForm("SubmitTaskResponse of refused task", """
						12 08 64 72 61 69 6e 69 6e 67     # reason "draining"
						""", SubmitTaskResponse.newBuilder().setReason("draining").build()),
				new WireForm("PreemptRequest", """
						0a 08 77 6f 72 6b 65 72 2d 31     # agent_id "worker-1"
						12 08 74 61 73 6b 2d 31 32 33     # task_id "task-123"
						1a 06 75 72 67 65 6e 74           # reason "urgent"
						""",
						PreemptRequest.newBuilder()
							.setAgentId("worker-1")
							.setTaskId("task-123")
							.setReason("urgent")
							.build()),
				new WireForm("PreemptResponse", """
						08 01                             # enqueued true
						""", PreemptResponse.newBuilder().setEnqueued(true).build()),
				new WireForm("ShutdownAgentRequest without grace period", """
						0a 08 77 6f 72 6b 65 72 2d 31     # agent_id "worker-1"
						""", ShutdownAgentRequest.newBuilder().setAgentId("worker-1").build()),
				new WireForm("ShutdownAgentRequest with grace period of zero", """
						0a 08 77 6f 72 6b 65 72 2d 31     # agent_id "worker-1"
						12 00                             # grace_period, present and empty
						""",
						ShutdownAgentRequest.newBuilder()
							.setAgentId("worker-1")
							.setGracePeriod(Duration.getDefaultInstance())
							.build()),
				new WireForm("ShutdownAgentRequest with seconds and nanos", """
						0a 08 77 6f 72 6b 65 72 2d 31     # agent_id "worker-1"
						12 08                             # grace_period, 8 bytes
						   08 1e                          #   seconds 30
						   10 80 ca b5 ee 01              #   nanos 500,000,000
						""",
						ShutdownAgentRequest.newBuilder()
							.setAgentId("worker-1")
							.setGracePeriod(Duration.newBuilder().setSeconds(30).setNanos(500_000_000))
							.build()),
				new WireForm("ShutdownAgentResponse", """
						08 01                             # ok true
						""", ShutdownAgentResponse.newBuilder().setOk(true).build()),
				new WireForm("PollActivityBufferRequest", """
						0a 08 77 6f 72 6b 65 72 2d 31     # agent_id "worker-1"
						""", PollActivityBufferRequest.newBuilder().setAgentId("worker-1").build()),
				new WireForm("ActivityEntry with every field", """
						0a 08 74 61 73 6b 2d 31 32 33     # task_id "task-123"
						12 05 73 77 34 72 6d              # repo_id "sw4rm"
						1a 04 77 74 2d 31                 # worktree_id "wt-1"
						22 04 6d 61 69 6e                 # branch "main"
						2a 08 66 69 78 20 f0 a0 ae b7     # description "fix 𠮷", U+20BB7
						32 14 32 30 32 36 2d 30 31 2d     # timestamp "2026-01-10T12:00:00Z"
						      31 30 54 31 32 3a 30 30
						      3a 30 30 5a
						""",
						ActivityEntry.newBuilder()
							.setTaskId("task-123")
							.setRepoId("sw4rm")
							.setWorktreeId("wt-1")
							.setBranch("main")
							.setDescription("fix 𠮷")
							.setTimestamp("2026-01-10T12:00:00Z")
							.build()),
				new WireForm("PollActivityBufferResponse with several entries", """
						0a 0a                             # entries[0], 10 bytes
						   0a 03 74 2d 31                 #   task_id "t-1"
						   22 03 64 65 76                 #   branch "dev"
						0a 00                             # entries[1], empty
						0a 05                             # entries[2], 5 bytes
						   0a 03 74 2d 32                 #   task_id "t-2"
						""",
						PollActivityBufferResponse.newBuilder()
							.addEntries(ActivityEntry.newBuilder().setTaskId("t-1").setBranch("dev"))
							.addEntries(ActivityEntry.getDefaultInstance())
							.addEntries(ActivityEntry.newBuilder().setTaskId("t-2"))
							.build()),
				new WireForm("PurgeActivityRequest with several tasks, one empty and one repeated", """
						0a 08 77 6f 72 6b 65 72 2d 31     # agent_id "worker-1"
						12 03 74 2d 31                    # task_ids[0] "t-1"
						12 00                             # task_ids[1] ""
						12 03 74 2d 32                    # task_ids[2] "t-2"
						12 03 74 2d 31                    # task_ids[3] "t-1"
						""",
						PurgeActivityRequest.newBuilder()
							.setAgentId("worker-1")
							.addTaskIds("t-1")
							.addTaskIds("")
							.addTaskIds("t-2")
							.addTaskIds("t-1")
							.build()),
				new WireForm("PurgeActivityRequest for the whole buffer", """
						0a 08 77 6f 72 6b 65 72 2d 31     # agent_id "worker-1"
						""", PurgeActivityRequest.newBuilder().setAgentId("worker-1").build()),
				new WireForm("PurgeActivityResponse above the range of int", """
						08 80 bc c1 96 0b                 # purged 3,000,000,000, not sign-extended
						""",
						PurgeActivityResponse.newBuilder().setPurged(Integer.parseUnsignedInt("3000000000")).build()));
	}

	private static Stream<WireForm> unsetForms() {
		return wireForms().<Message>map((wireForm) -> wireForm.message().getDefaultInstanceForType())
			.distinct()
			.map((message) -> new WireForm("unset " + message.getDescriptorForType().getName(), "", message));
	}

	private record WireForm(String name, String hex, Message message) {

		@Override
		public String toString() {
			return this.name;
		}

	}

}
