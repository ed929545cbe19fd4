package io.sw4rm.scheduler.interop;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;

import static org.assertj.core.api.Assertions.fail;

/**
 * A running script, which executes commands. It ends with this JVM, because its standard
 * input does.
 */
final class ForeignProcess implements AutoCloseable {

	static final Gson GSON = new Gson();

	private static final String END = "";

	private static final int TIMEOUT_SECONDS = 30;

	private final Path log;

	private final Process process;

	private final PrintWriter input;

	private final BlockingQueue<String> output = new LinkedBlockingQueue<>();

	ForeignProcess(Language language, String script, String... arguments) {
		this.log = Path.of("target", "%s-%s.log".formatted(language, script));
		try {
			this.process = language.script(script, arguments).redirectError(this.log.toFile()).start();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.input = new PrintWriter(this.process.outputWriter(StandardCharsets.UTF_8), true);
		Thread reader = new Thread(this::readOutput, language + " " + script);
		reader.setDaemon(true);
		reader.start();
	}

	/**
	 * Return the next line, which the script writes by itself.
	 */
	String readLine() {
		try {
			String line = this.output.poll(TIMEOUT_SECONDS, TimeUnit.SECONDS);
			if (line == null || line.equals(END)) {
				// No later test waits, or reads a line that comes late
				close();
				this.output.add(END);
				fail("The script ended or did not respond. %s: %s".formatted(this.log, readLog()));
			}
			return line;
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Execute a command.
	 * @param command the command
	 * @param arguments the arguments of the command
	 * @return its result
	 */
	synchronized JsonElement execute(String command, JsonObject arguments) {
		arguments.addProperty("command", command);
		this.input.println(arguments);
		return JsonParser.parseString(readLine());
	}

	@Override
	public void close() {
		this.process.destroyForcibly().onExit().join();
	}

	/**
	 * Return the JSON form of a message. It includes fields that are empty, which some
	 * languages then send, and others do not.
	 */
	static JsonElement toJson(Message message) {
		try {
			return JsonParser.parseString(
					JsonFormat.printer().preservingProtoFieldNames().alwaysPrintFieldsWithNoPresence().print(message));
		}
		catch (InvalidProtocolBufferException ex) {
			throw new IllegalArgumentException(ex);
		}
	}

	@SuppressWarnings("unchecked")
	static <M extends Message> M fromJson(JsonElement json, M prototype) {
		Message.Builder message = prototype.newBuilderForType();
		try {
			JsonFormat.parser().merge(json.toString(), message);
		}
		catch (InvalidProtocolBufferException ex) {
			throw new AssertionError(json.toString(), ex);
		}
		return (M) message.build();
	}

	private void readOutput() {
		try (BufferedReader reader = this.process.inputReader(StandardCharsets.UTF_8)) {
			reader.lines().forEach(this.output::add);
		}
		catch (IOException | UncheckedIOException ex) {
			// The process was closed
		}
		this.output.add(END);
	}

	private String readLog() {
		try {
			return Files.readString(this.log);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
