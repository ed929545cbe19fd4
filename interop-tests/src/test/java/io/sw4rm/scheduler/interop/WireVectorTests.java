package io.sw4rm.scheduler.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.Message;
import com.google.protobuf.DynamicMessage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.sw4rm.scheduler.proto.SchedulerProto;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that other languages read and write the wire forms of the messages, those that
 * {@code WireFormatTests} tests for Java.
 */
class WireVectorTests extends InteropTests {

	private ForeignProcess codec;

	@Override
	List<String> roles() {
		return List.of("client", "scheduler");
	}

	@BeforeEach
	void start() {
		if (this.codec == null) {
			this.codec = new ForeignProcess(this.language, "codec");
		}
	}

	@AfterParameterizedClassInvocation
	void stop() {
		if (this.codec != null) {
			this.codec.close();
			this.codec = null;
		}
	}

	@ParameterizedTest
	@MethodSource("vectors")
	void readsAndWritesWireVectors(Vector vector) {
		JsonObject arguments = new JsonObject();
		arguments.addProperty("message", vector.message());
		arguments.addProperty("encoded", vector.encoded());
		arguments.add("fields", vector.fields());
		JsonObject result = this.codec.execute("convert", arguments).getAsJsonObject();
		assertThat(vector.message(result.get("decoded"))).isEqualTo(vector.message(vector.fields()));
		assertThat(result.get("reencoded").getAsString()).isEqualTo(vector.encoded());
		assertThat(result.get("encoded").getAsString()).isEqualTo(vector.encoded());
	}

	static Stream<Vector> vectors() throws IOException {
		return Files.readAllLines(Path.of("../proto/src/test/resources/wire-vectors.txt"))
			.stream()
			.filter((line) -> !line.isEmpty() && !line.startsWith("#"))
			.map(Vector::parse);
	}

	record Vector(String name, JsonElement fields, String encoded) {

		static Vector parse(String line) {
			String[] columns = line.split(" \\| ?", -1);
			return new Vector(columns[0], JsonParser.parseString(columns[1]), columns[2]);
		}

		String message() {
			return this.name.split(" ")[0];
		}

		Message message(JsonElement json) {
			return ForeignProcess.fromJson(json,
					DynamicMessage.getDefaultInstance(SchedulerProto.getDescriptor().findMessageTypeByName(message())));
		}

		@Override
		public String toString() {
			return this.name;
		}

	}

}
