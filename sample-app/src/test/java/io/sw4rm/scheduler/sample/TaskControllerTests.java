package io.sw4rm.scheduler.sample;

import java.util.Map;

import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.test.web.servlet.client.RestTestClient.ResponseSpec;

import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.embedded.Rpc;

import static io.sw4rm.scheduler.test.SchedulerAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

@SampleApplicationTest
class TaskControllerTests {

	@Autowired
	private RestTestClient rest;

	@Autowired
	private EmbeddedScheduler scheduler;

	@Test
	void submitsTaskWithAllItsValues() {
		post("/api/tasks", """
				{"agentId": "worker-1", "taskId": "task-123", "priority": 5, "scope": "global.resource",
				 "params": {"action": "process"}, "contentType": "application/vnd.task+json"}""").expectStatus()
			.isOk()
			.expectBody()
			.json("""
					{"taskId": "task-123", "accepted": true, "reason": ""}""");
		assertThat(this.scheduler).hasAccepted("task-123")
			.forAgent("worker-1")
			.withPriority(5)
			.withScope("global.resource")
			.withParams("{\"action\":\"process\"}")
			.withContentType("application/vnd.task+json");
	}

	@Test
	void sendsTextAsItIs() {
		post("/api/tasks", """
				{"agentId": "worker-1", "params": "{ \\"a\\": 1.50 }"}""").expectStatus().isOk();
		assertThat(this.scheduler).hasAcceptedTask().withParams("{ \"a\": 1.50 }");
	}

	@Test
	void makesUpTaskIdThatIsEmpty() {
		post("/api/tasks", """
				{"agentId": "worker-1", "taskId": ""}""").expectStatus().isOk();
		assertThat(this.scheduler.queued()).singleElement()
			.satisfies((task) -> assertThat(task.taskId()).hasSize("f81d4fae-7dec-11d0-a765-00a0c91e6bf6".length()));
	}

	@Test
	void answersRefusalWithItsReason() {
		String task = """
				{"agentId": "worker-1", "taskId": "task-123"}""";
		post("/api/tasks", task);
		post("/api/tasks", task).expectStatus()
			.isOk()
			.expectBody()
			.jsonPath("$.accepted")
			.isEqualTo(false)
			.jsonPath("$.reason")
			.value((reason) -> assertThat(reason).asString().contains("already queued"));
	}

	@Test
	void namesEveryInvalidField() {
		post("/api/tasks", """
				{"agentId": " ", "priority": 21}""").expectStatus()
			.isBadRequest()
			.expectHeader()
			.contentType(MediaType.APPLICATION_PROBLEM_JSON)
			.expectBody()
			.jsonPath("$.errors")
			.isEqualTo(Map.of("agentId", "must not be blank", "priority", "must be in range [-19, 20], got 21"));
		assertThat(this.scheduler).hasNotReceived(Rpc.SUBMIT_TASK);
	}

	@Test
	void refusesPriorityThatIsNotWhole() {
		post("/api/tasks", """
				{"agentId": "worker-1", "priority": 5.5}""").expectStatus()
			.isBadRequest()
			.expectHeader()
			.contentType(MediaType.APPLICATION_PROBLEM_JSON)
			.expectBody()
			.jsonPath("$.errors")
			.isEqualTo(Map.of("priority", "is not a valid value"));
	}

	@Test
	void refusesMisspelledField() {
		post("/api/tasks", """
				{"agentId": "worker-1", "prioriy": 5}""").expectStatus()
			.isBadRequest()
			.expectBody()
			.jsonPath("$.errors")
			.isEqualTo(Map.of("prioriy", "is unknown"));
	}

	@Test
	void refusesParamsThatDoNotFitTheirContentType() {
		post("/api/tasks", """
				{"agentId": "worker-1", "params": {"a": 1}, "contentType": "text/plain"}""").expectStatus()
			.isBadRequest()
			.expectHeader()
			.contentType(MediaType.APPLICATION_PROBLEM_JSON)
			.expectBody()
			.jsonPath("$.detail")
			.value((detail) -> assertThat(detail).asString().contains("text/plain"));
	}

	@Test
	void asksTaskToYield() {
		post("/api/tasks", """
				{"agentId": "worker-1", "taskId": "task-123"}""");
		post("/api/tasks/preempt", """
				{"agentId": "worker-1", "taskId": "task-123", "reason": "Higher priority task arrived"}""")
			.expectStatus()
			.isOk()
			.expectBody()
			.jsonPath("$.enqueued")
			.isEqualTo(true);
		assertThat(this.scheduler).hasReceivedPreemption("task-123").withReason("Higher priority task arrived");
	}

	@Test
	void tellsThatUnknownTaskWasNotAskedToYield() {
		post("/api/tasks/preempt", """
				{"agentId": "worker-1", "taskId": "unknown"}""").expectStatus()
			.isOk()
			.expectBody()
			.jsonPath("$.enqueued")
			.isEqualTo(false);
	}

	private ResponseSpec post(String path, String json) {
		return this.rest.post().uri(path).contentType(MediaType.APPLICATION_JSON).body(json).exchange();
	}

}
