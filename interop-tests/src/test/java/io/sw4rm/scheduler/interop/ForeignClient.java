package io.sw4rm.scheduler.interop;

import java.util.Map;

import com.google.gson.JsonObject;
import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.Status;

/**
 * A client that calls schedulers with the gRPC library of its language.
 */
final class ForeignClient implements AutoCloseable {

	private static final int TIMEOUT_SECONDS = 20;

	private final ForeignProcess process;

	ForeignClient(Language language) {
		this.process = new ForeignProcess(language, "client");
	}

	<Q extends Message, S extends Message> Outcome<S> call(String address, MethodDescriptor<Q, S> method, Q request) {
		return call(address, method, request, Map.of(), TIMEOUT_SECONDS);
	}

	<Q extends Message, S extends Message> Outcome<S> call(String address, MethodDescriptor<Q, S> method, Q request,
			Map<String, String> metadata, double timeoutSeconds) {
		JsonObject arguments = new JsonObject();
		arguments.addProperty("address", address);
		arguments.addProperty("service", method.getServiceName().replaceAll(".*\\.", ""));
		arguments.addProperty("method", method.getBareMethodName());
		arguments.add("request", ForeignProcess.toJson(request));
		arguments.add("metadata", ForeignProcess.GSON.toJsonTree(metadata));
		arguments.addProperty("timeout", timeoutSeconds);
		JsonObject result = this.process.execute("call", arguments).getAsJsonObject();
		S response = result.has("response") ? ForeignProcess.fromJson(result.get("response"), prototype(method)) : null;
		return new Outcome<>(Status.Code.valueOf(result.get("code").getAsString()), result.get("details").getAsString(),
				response);
	}

	@Override
	public void close() {
		this.process.close();
	}

	@SuppressWarnings("unchecked")
	private static <S> S prototype(MethodDescriptor<?, S> method) {
		return (S) ((PrototypeMarshaller<?>) method.getResponseMarshaller()).getMessagePrototype();
	}

	/**
	 * The outcome of a call, as the client sees it.
	 *
	 * @param code the status code
	 * @param details the message of the status
	 * @param response the response, or {@code null} if the call failed
	 */
	record Outcome<S extends Message>(Status.Code code, String details, S response) {
	}

}
