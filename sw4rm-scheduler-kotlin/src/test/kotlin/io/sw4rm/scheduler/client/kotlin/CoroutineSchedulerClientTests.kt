package io.sw4rm.scheduler.client.kotlin

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener
import io.grpc.Metadata
import io.grpc.ServerCall
import io.grpc.ServerCallHandler
import io.grpc.ServerInterceptor
import io.grpc.Status
import io.sw4rm.scheduler.client.BatchOptions
import io.sw4rm.scheduler.client.ReactiveSchedulerClient
import io.sw4rm.scheduler.client.SchedulerDeadlineExceededException
import io.sw4rm.scheduler.client.SchedulerUnavailableException
import io.sw4rm.scheduler.client.TaskOutcome
import io.sw4rm.scheduler.client.WatchOptions
import io.sw4rm.scheduler.embedded.EmbeddedScheduler
import io.sw4rm.scheduler.embedded.Rpc
import kotlinx.coroutines.CoroutineName
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.flow.asFlow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import org.assertj.core.api.Assertions.assertThat
import org.assertj.core.api.Assertions.assertThatExceptionOfType
import org.assertj.core.api.Assertions.assertThatIllegalArgumentException
import org.awaitility.Awaitility.await
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Test
import java.time.Duration
import java.util.concurrent.CompletableFuture
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

class CoroutineSchedulerClientTests {

	private val cancelled = CompletableFuture<Unit>()

	private val scheduler = EmbeddedScheduler.builder().intercept(CancellationRecorder(cancelled)).start()

	private val reactiveClient = ReactiveSchedulerClient.create(scheduler.address())

	private val client = reactiveClient.coroutines()

	@AfterEach
	fun stop() {
		reactiveClient.close()
		scheduler.close()
	}

	@Test
	fun `makes all calls`() = runBlocking<Unit> {
		val task = taskSubmission("worker-1") {
			taskId("task-1")
			priority(5)
			params("{}")
		}
		val result = client.submitTask(task)
		assertThat(result.accepted()).isTrue()
		assertThat(result.taskId()).isEqualTo("task-1")
		assertThat(client.requestPreemption("worker-1", "task-1").enqueued()).isTrue()
		assertThat(client.requestPreemption("worker-1", "unknown", "Higher priority").enqueued()).isFalse()
		assertThat(client.pollActivityBuffer("worker-1").map { it.taskId() }).containsOnly("task-1")
		assertThat(client.purgeActivity("worker-1", emptyList())).isZero()
		assertThat(client.purgeActivity("worker-1", listOf("task-1"))).isPositive()
		client.submitTask(taskSubmission("worker-1"))
		assertThat(client.purgeAllActivity("worker-1")).isPositive()
		assertThat(client.shutdownAgent("worker-1", 30.seconds).ok()).isTrue()
		assertThat(client.shutdownAgent("worker-2").ok()).isTrue()
	}

	@Test
	fun `submits flow of tasks`() = runBlocking<Unit> {
		val tasks = (1..200).asFlow().map { taskSubmission("worker-1") { taskId("task-$it") } }
		val outcomes = client.submitAll(tasks, BatchOptions.defaults().inOrder()).toList()
		assertThat(outcomes.map { it.submission()!!.taskId() }).isEqualTo((1..200).map { "task-$it" })
		assertThat(outcomes.map { it.status() }).containsOnly(TaskOutcome.Status.ACCEPTED)
	}

	@Test
	fun `collects tasks in the context of the collector`() = runBlocking<Unit> {
		val contexts = mutableListOf<String?>()
		val tasks = flow {
			contexts += currentCoroutineContext()[CoroutineName]?.name
			emit(taskSubmission("worker-1"))
		}
		withContext(CoroutineName("collector")) { client.submitAll(tasks).toList() }
		assertThat(contexts).containsExactly("collector")
	}

	@Test
	fun `collects no further tasks when outcomes are not collected`() = runBlocking<Unit> {
		var collected = 0
		val tasks = flow {
			while (true) {
				collected++
				emit(taskSubmission("worker-1"))
			}
		}
		val outcomes = client.submitAll(tasks, BatchOptions.defaults().withMaxInFlight(2)).take(10).toList()
		assertThat(outcomes).hasSize(10)
		assertThat(collected).isBetween(10, 300)
	}

	@Test
	fun `watches activity until collection ends`() = runBlocking<Unit> {
		client.submitTask(taskSubmission("worker-1") { taskId("task-1") })
		val options = WatchOptions.defaults().withInterval(Duration.ofMillis(20))
		val entries = async { client.watchActivity("worker-1", options).take(2).toList() }
		client.submitTask(taskSubmission("worker-1") { taskId("task-2") })
		assertThat(entries.await().map { it.taskId() }).containsExactly("task-1", "task-2")
		val calls = scheduler.faults().calls(Rpc.POLL_ACTIVITY_BUFFER)
		repeat(20) { client.submitTask(taskSubmission("worker-1")) }
		assertThat(scheduler.faults().calls(Rpc.POLL_ACTIVITY_BUFFER)).isLessThanOrEqualTo(calls + 1)
	}

	@Test
	fun `awaits activity of task`() = runBlocking<Unit> {
		val options = WatchOptions.defaults().withInterval(Duration.ofMillis(20))
		val entry = async { client.awaitActivity("worker-1", "task-1", options) { it.description().isNotEmpty() } }
		client.submitTask(taskSubmission("worker-1") { taskId("task-1") })
		assertThat(entry.await().taskId()).isEqualTo("task-1")
	}

	@Test
	fun `throws exceptions of client`() {
		scheduler.faults().on(Rpc.SUBMIT_TASK).times(1).fail(Status.UNAVAILABLE)
		assertThatExceptionOfType(SchedulerUnavailableException::class.java)
			.isThrownBy { runBlocking { client.submitTask(taskSubmission("worker-1")) } }
		assertThatIllegalArgumentException().isThrownBy { runBlocking { client.pollActivityBuffer(" ") } }
			.withMessageContaining("agentId")
		assertThatIllegalArgumentException().isThrownBy { taskSubmission("worker-1") { priority(21) } }
			.withMessageContaining("21")
	}

	@Test
	fun `cancels call with coroutine`() = runBlocking<Unit> {
		scheduler.faults().on(Rpc.POLL_ACTIVITY_BUFFER).times(1).hang()
		val call = launch(start = CoroutineStart.UNDISPATCHED) { client.pollActivityBuffer("worker-1") }
		await().until { scheduler.faults().calls(Rpc.POLL_ACTIVITY_BUFFER) == 1L }
		assertThat(cancelled).isNotDone()
		call.cancelAndJoin()
		assertThat(cancelled).succeedsWithin(Duration.ofSeconds(30))
	}

	@Test
	fun `derives clients`() {
		scheduler.faults().on(Rpc.POLL_ACTIVITY_BUFFER).times(1).delay(Duration.ofSeconds(30))
		assertThatExceptionOfType(SchedulerDeadlineExceededException::class.java)
			.isThrownBy { runBlocking { client.withDeadline(200.milliseconds).pollActivityBuffer("worker-1") } }
	}

	private class CancellationRecorder(private val cancelled: CompletableFuture<Unit>) : ServerInterceptor {

		override fun <Q, R> interceptCall(
			call: ServerCall<Q, R>,
			headers: Metadata,
			next: ServerCallHandler<Q, R>,
		): ServerCall.Listener<Q> =
			object : SimpleForwardingServerCallListener<Q>(next.startCall(call, headers)) {

				override fun onCancel() {
					cancelled.complete(Unit)
					super.onCancel()
				}
			}
	}
}
