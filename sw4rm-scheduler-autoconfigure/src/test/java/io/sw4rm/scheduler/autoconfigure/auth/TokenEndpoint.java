package io.sw4rm.scheduler.autoconfigure.auth;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/**
 * The token endpoint of an authorization server: issues {@code oauth2-token-1},
 * {@code oauth2-token-2} and so on.
 */
class TokenEndpoint implements AutoCloseable {

	private final List<String> requests = new CopyOnWriteArrayList<>();

	private final ExecutorService executor = Executors.newCachedThreadPool();

	private final HttpServer server;

	private volatile int expiresIn = 3600;

	private volatile String errorBody;

	private volatile CountDownLatch open = new CountDownLatch(0);

	TokenEndpoint() {
		try {
			this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.server.createContext("/token", this::handle);
		this.server.setExecutor(this.executor);
		this.server.start();
	}

	String uri() {
		return "http://localhost:%d/token".formatted(this.server.getAddress().getPort());
	}

	List<String> requests() {
		return this.requests;
	}

	void expiresIn(int seconds) {
		this.expiresIn = seconds;
	}

	void failWith(String errorBody) {
		this.errorBody = errorBody;
	}

	/**
	 * Make requests wait for the latch.
	 */
	void holdUntil(CountDownLatch latch) {
		this.open = latch;
	}

	private void handle(HttpExchange exchange) throws IOException {
		this.requests.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
		String token = "oauth2-token-" + this.requests.size();
		try {
			this.open.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		String error = this.errorBody;
		String body = (error != null) ? error : "{\"access_token\":\"%s\",\"token_type\":\"Bearer\",\"expires_in\":%d}"
			.formatted(token, this.expiresIn);
		exchange.getResponseHeaders().add("Content-Type", "application/json");
		byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
		exchange.sendResponseHeaders((error != null) ? 400 : 200, bytes.length);
		exchange.getResponseBody().write(bytes);
		exchange.close();
	}

	@Override
	public void close() {
		this.server.stop(0);
		this.executor.shutdownNow();
	}

}
