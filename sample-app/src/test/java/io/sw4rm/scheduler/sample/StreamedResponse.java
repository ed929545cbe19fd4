package io.sw4rm.scheduler.sample;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The response to an HTTP request, whose lines are read while they arrive. Closing it
 * closes the connection, as a browser does that leaves the page.
 */
final class StreamedResponse implements AutoCloseable {

	private final Socket socket;

	private final List<String> lines = new CopyOnWriteArrayList<>();

	private final CompletableFuture<Void> end;

	private StreamedResponse(Socket socket) {
		this.socket = socket;
		this.end = CompletableFuture.runAsync(this::read, (task) -> new Thread(task, "streamed-response").start());
	}

	static StreamedResponse get(int port, String path) throws IOException {
		return send(port, "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".formatted(path));
	}

	static StreamedResponse post(int port, String path, String accept, String json) throws IOException {
		return send(port,
				"POST %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAccept: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
					.formatted(path, accept, json.length(), json));
	}

	private static StreamedResponse send(int port, String request) throws IOException {
		Socket socket = new Socket("localhost", port);
		socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
		return new StreamedResponse(socket);
	}

	private void read() {
		try (BufferedReader reader = new BufferedReader(
				new InputStreamReader(this.socket.getInputStream(), StandardCharsets.UTF_8))) {
			reader.lines().forEach(this.lines::add);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Return the lines that have arrived, including those of the header and of the
	 * chunked encoding.
	 */
	List<String> lines() {
		return this.lines;
	}

	List<String> linesThatStartWith(String text) {
		return this.lines.stream().filter((line) -> line.startsWith(text)).toList();
	}

	/**
	 * Return a future that completes when the server has ended the response.
	 */
	CompletableFuture<Void> end() {
		return this.end;
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

}
