package com.example

import io.grpc.Status
import io.sw4rm.scheduler.client.SchedulerClient
import io.sw4rm.scheduler.embedded.EmbeddedScheduler
import io.sw4rm.scheduler.embedded.Rpc
import io.sw4rm.scheduler.smoke.ClientChecks
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test
import org.springframework.beans.factory.annotation.Autowired
import org.springframework.boot.test.context.SpringBootTest

@SpringBootTest
class KotlinApplicationTests @Autowired constructor(
	private val dispatcher: Dispatcher,
	private val client: SchedulerClient,
	private val scheduler: EmbeddedScheduler,
) {

	@Test
	fun `service calls scheduler`() {
		val taskId = dispatcher.dispatch("worker-1")
		assertThat(scheduler.agent("worker-1").queued().map { it.taskId }).containsExactly(taskId)
		assertThat(dispatcher.activity("worker-1")).containsExactly(taskId)
		scheduler.faults().on(Rpc.PURGE_ACTIVITY).times(1).fail(Status.UNAVAILABLE)
		assertThat(dispatcher.purge("worker-1")).isNull()
		assertThat(dispatcher.purge("worker-1")).isEqualTo(1)
	}

	@Test
	fun `client calls scheduler`() = ClientChecks.assertCalls(client, scheduler)

}
