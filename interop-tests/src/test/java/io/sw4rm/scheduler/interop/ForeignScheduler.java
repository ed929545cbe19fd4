package io.sw4rm.scheduler.interop;

import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;
import io.grpc.Status;

/**
 * A scheduler that serves calls with the gRPC library of its language, and responds as
 * the test says.
 */
final class ForeignScheduler implements AutoCloseable {

	static final String SCHEDULER_SERVICE = "SchedulerService";

	static final String HEALTH_SERVICE = "Health";

	private final ForeignProcess process;

	private final String address;

	ForeignScheduler(Language language, String... services) {
		this.process = new ForeignProcess(language, "scheduler", services);
		this.address = "localhost:" + this.process.readLine().replaceFirst("^port ", "");
	}

	String address() {
		return this.address;
	}

	<S extends Message> void respond(MethodDescriptor<?, S> method, S response) {
		respond(method, response, Status.OK, false);
	}

	/**
	 * Respond to calls when {@link #release()} is called.
	 */
	<S extends Message> void hold(MethodDescriptor<?, S> method, S response) {
		respond(method, response, Status.OK, true);
	}

	void fail(MethodDescriptor<?, ?> method, Status status) {
		respond(method, null, status, false);
	}

	void release() {
		this.process.execute("release", new JsonObject());
	}

	/**
	 * Accept no further calls, and end the connections when the held calls are complete.
	 */
	void stop() {
		this.process.execute("stop", new JsonObject());
	}

	/**
	 * Return the calls since the start.
	 */
	List<ReceivedCall> calls() {
		return StreamSupport
			.stream(this.process.execute("calls", new JsonObject()).getAsJsonArray().spliterator(), false)
			.map((call) -> ForeignProcess.GSON.fromJson(call, ReceivedCall.class))
			.toList();
	}

	ReceivedCall lastCall() {
		List<ReceivedCall> calls = calls();
		return calls.get(calls.size() - 1);
	}

	void kill() {
		this.process.close();
	}

	@Override
	public void close() {
		this.process.close();
	}

	private void respond(MethodDescriptor<?, ?> method, Message response, Status status, boolean held) {
		JsonObject arguments = new JsonObject();
		arguments.addProperty("method", method.getBareMethodName());
		arguments.add("response", (response != null) ? ForeignProcess.toJson(response) : null);
		arguments.addProperty("code", status.getCode().name());
		arguments.addProperty("details", status.getDescription());
		arguments.addProperty("held", held);
		this.process.execute("respond", arguments);
	}

	/**
	 * A call, as the scheduler sees it.
	 *
	 * @param method the method
	 * @param request the request in the JSON form of protobuf
	 * @param metadata the metadata without binary values
	 * @param remainingSeconds the time to the deadline, or {@code null} if there is none
	 */
	record ReceivedCall(String method, JsonElement request, Map<String, String> metadata, Double remainingSeconds) {

		<Q extends Message> Q request(Q prototype) {
			return ForeignProcess.fromJson(this.request, prototype);
		}

	}

}
