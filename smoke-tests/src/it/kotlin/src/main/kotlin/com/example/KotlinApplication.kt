package com.example

import io.sw4rm.scheduler.client.SchedulerClient
import io.sw4rm.scheduler.client.SchedulerUnavailableException
import io.sw4rm.scheduler.client.TaskSubmission
import org.springframework.boot.autoconfigure.SpringBootApplication
import org.springframework.boot.runApplication
import org.springframework.stereotype.Service

@SpringBootApplication
class KotlinApplication

fun main(args: Array<String>) {
	runApplication<KotlinApplication>(*args)
}

@Service
class Dispatcher(private val scheduler: SchedulerClient) {

	fun dispatch(agentId: String): String =
		scheduler.submitTask(TaskSubmission.forAgent(agentId).priority(5).params("{}").build()).orElseThrow().taskId

	fun activity(agentId: String): List<String> = scheduler.pollActivityBuffer(agentId).map { it.taskId }

	/** Returns the number of purged entries, or null if the scheduler is unavailable. */
	fun purge(agentId: String): Long? =
		try {
			scheduler.purgeAllActivity(agentId)
		} catch (ex: SchedulerUnavailableException) {
			null
		}

}
