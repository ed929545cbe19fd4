package io.sw4rm.scheduler.sample;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

import io.grpc.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.test.web.servlet.client.RestTestClient.ResponseSpec;

import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.embedded.Rpc;
import io.sw4rm.scheduler.embedded.ScheduledTask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@ExtendWith(OutputCaptureExtension.class)
@SampleApplicationTest
class BatchControllerTests {

	private static final String PATH = "/api/tasks/batch";

	@Autowired
	private RestTestClient rest;

	@Autowired
	private EmbeddedScheduler scheduler;

	@Autowired
	private SchedulerClient client;

	@Autowired
	private JsonMapper jsonMapper;

	@LocalServerPort
	private int port;

	@Test
	void countsEveryTask() {
		this.scheduler.faults().on(Rpc.SUBMIT_TASK).times(3).fail(Status.UNAVAILABLE);
		post("""
				{"count": 1500, "agentIds": ["worker-1"]}""").expectStatus()
			.isOk()
			.expectBody(BatchResult.class)
			.isEqualTo(new BatchResult(1500, 1497, 0, 3, Map.of("UNAVAILABLE at " + this.scheduler.address(), 3)));
		assertThat(this.scheduler.queued()).hasSize(1497).extracting(ScheduledTask::taskId).doesNotHaveDuplicates();
	}

	@Test
	void countsRefusedTasks() {
		this.client.shutdownAgent("worker-2");
		post("""
				{"count": 51, "agentIds": ["worker-1", "worker-2"]}""").expectBody(BatchResult.class)
			.value((result) -> {
				assertThat(result).isNotNull();
				assertThat(result.accepted()).isEqualTo(26);
				assertThat(result.refused()).isEqualTo(25);
				assertThat(result.failed()).isZero();
				assertThat(result.reasons()).hasSize(1).containsValue(25);
			});
	}

	@Test
	void limitsNumberOfReasons() {
		List<String> agentIds = IntStream.range(0, 30).mapToObj((index) -> "worker-" + index).toList();
		agentIds.forEach(this.client::shutdownAgent);
		this.rest.post()
			.uri(PATH)
			.body(Map.of("count", 60, "agentIds", agentIds))
			.exchange()
			.expectBody(BatchResult.class)
			.value((result) -> {
				assertThat(result).isNotNull();
				assertThat(result.refused()).isEqualTo(60);
				assertThat(result.reasons()).hasSize(21).containsEntry("other reasons", 20);
			});
	}

	@Test
	void distributesTasksInTurn() {
		post("""
				{"count": 5, "agentIds": ["worker-1", "worker-2"], "priority": 7}""");
		assertThat(this.scheduler.agent("worker-1").queued()).hasSize(3)
			.extracting(ScheduledTask::priority)
			.containsOnly(7);
		assertThat(this.scheduler.agent("worker-2").queued()).hasSize(2);
	}

	@Test
	void streamsProgress() throws Exception {
		this.scheduler.faults().on(Rpc.SUBMIT_TASK).delay(Duration.ofSeconds(5));
		long start = System.nanoTime();
		try (StreamedResponse response = stream("""
				{"count": 300, "agentIds": ["worker-1"]}""")) {
			await().until(() -> results(response).stream().anyMatch((result) -> result.accepted() == 299));
			assertThat(response.end()).isNotDone();
			assertThat(response.lines()).contains("Content-Type: application/x-ndjson");
			response.end().join();
			List<BatchResult> results = results(response);
			long intervals = Duration.ofNanos(System.nanoTime() - start).toMillis() / 100;
			assertThat(results).hasSizeLessThanOrEqualTo((int) intervals + 2);
			assertThat(results).extracting(BatchResult::accepted).isSorted();
			assertThat(results).last().isEqualTo(new BatchResult(300, 300, 0, 0, Map.of()));
		}
	}

	@Test
	void cancelsBatchWhenCallerCloses(CapturedOutput output) throws Exception {
		this.scheduler.faults().on(Rpc.SUBMIT_TASK).times(10_000).delay(Duration.ofMillis(500));
		try (StreamedResponse response = stream("""
				{"count": 10000, "agentIds": ["worker-1"]}""")) {
			await().until(() -> results(response).size() > 2);
		}
		AtomicLong last = new AtomicLong();
		await().during(Duration.ofSeconds(2))
			.atMost(Duration.ofSeconds(20))
			.until(() -> last.getAndSet(submissions()) == submissions());
		await().until(() -> this.scheduler.queued().size() == submissions());
		assertThat(this.scheduler.queued()).hasSizeLessThan(9000);
		assertThat(output).doesNotContain("ERROR", "Exception");
	}

	@Test
	void namesEveryInvalidField() {
		for (MediaType accepted : List.of(MediaType.APPLICATION_JSON, MediaType.APPLICATION_NDJSON)) {
			this.rest.post()
				.uri(PATH)
				.accept(accepted)
				.body(Map.of("count", 10_001, "agentIds", List.of("worker-1", " "), "priority", -20))
				.exchange()
				.expectStatus()
				.isBadRequest()
				.expectHeader()
				.contentType(MediaType.APPLICATION_PROBLEM_JSON)
				.expectBody()
				.jsonPath("$.errors")
				.isEqualTo(Map.of("count", "must be in range [1, 10000], got 10001", "agentIds[1]", "must not be blank",
						"priority", "must be in range [-19, 20], got -20"));
		}
		assertThat(this.scheduler.queued()).isEmpty();
	}

	@Test
	void needsCountAndAgents() {
		post("""
				{"agentIds": []}""").expectStatus()
			.isBadRequest()
			.expectBody()
			.jsonPath("$.errors")
			.isEqualTo(Map.of("count", "must not be null", "agentIds", "must not be empty"));
	}

	private ResponseSpec post(String json) {
		return this.rest.post().uri(PATH).contentType(MediaType.APPLICATION_JSON).body(json).exchange();
	}

	private StreamedResponse stream(String json) throws Exception {
		return StreamedResponse.post(this.port, PATH, MediaType.APPLICATION_NDJSON_VALUE, json);
	}

	private List<BatchResult> results(StreamedResponse response) {
		return response.linesThatStartWith("{")
			.stream()
			.map((line) -> this.jsonMapper.readValue(line, BatchResult.class))
			.toList();
	}

	private long submissions() {
		return this.scheduler.faults().calls(Rpc.SUBMIT_TASK);
	}

}
