package io.sw4rm.scheduler.smoke;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.UUID;

import io.grpc.Status;

import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.embedded.Rpc;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Checks of an application through its HTTP API, which is the same on each web server:
 * {@code POST /agents/{agentId}/tasks}, and {@code GET} and {@code DELETE
 * /agents/{agentId}/activity}.
 */
public final class WebApplication {

	private final HttpClient http = HttpClient.newHttpClient();

	private final URI uri;

	private final EmbeddedScheduler scheduler;

	/**
	 * Create the checks of an application.
	 * @param port the port of the application on this machine
	 * @param scheduler the scheduler that the application must call
	 */
	public WebApplication(int port, EmbeddedScheduler scheduler) {
		this.uri = URI.create("http://localhost:" + port);
		this.scheduler = scheduler;
	}

	/**
	 * Check that the application submits a task with JSON parameters, polls it, and
	 * handles the exception of a call that fails.
	 */
	public void assertCallsScheduler() {
		String agent = "agent-" + UUID.randomUUID();
		String taskId = send("POST", "/agents/" + agent + "/tasks", 200);
		assertThat(this.scheduler.agent(agent).queued()).singleElement().satisfies((task) -> {
			assertThat(task.taskId()).isEqualTo(taskId);
			assertThat(task.params().toStringUtf8()).isEqualTo("{\"action\":\"clean\"}");
		});
		assertThat(send("GET", "/agents/" + agent + "/activity", 200)).contains(taskId);
		this.scheduler.faults().on(Rpc.PURGE_ACTIVITY).times(1).fail(Status.UNAVAILABLE);
		assertThat(send("DELETE", "/agents/" + agent + "/activity", 503)).isEqualTo("PURGE_ACTIVITY failed");
		assertThat(send("DELETE", "/agents/" + agent + "/activity", 200)).isEqualTo("1");
	}

	/**
	 * Check that the application reports the health of the scheduler.
	 */
	public void assertReportsHealth() {
		assertThat(send("GET", "/actuator/health/sw4rmScheduler", 200)).contains("\"status\":\"UP\"");
		this.scheduler.setServing(false);
		try {
			assertThat(send("GET", "/actuator/health/sw4rmScheduler", 503)).contains("\"status\":\"OUT_OF_SERVICE\"");
		}
		finally {
			this.scheduler.setServing(true);
		}
	}

	/**
	 * Check that the application has counted calls of the scheduler.
	 */
	public void assertCountsCalls() {
		assertThat(send("GET", "/actuator/metrics/sw4rm.rpc.requests?tag=method:SubmitTask&tag=status:OK", 200))
			.containsPattern("\"statistic\":\"COUNT\",\"value\":[1-9]");
	}

	/**
	 * Send a request.
	 * @param method the HTTP method
	 * @param path the path
	 * @param status the expected status
	 * @return the body of the response
	 */
	public String send(String method, String path, int status) {
		try {
			HttpResponse<String> response = this.http.send(
					HttpRequest.newBuilder(this.uri.resolve(path)).method(method, BodyPublishers.noBody()).build(),
					BodyHandlers.ofString());
			assertThat(response.statusCode()).as("%s %s: %s", method, path, response.body()).isEqualTo(status);
			return response.body();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
