package io.sw4rm.scheduler.client.kotlin

import org.assertj.core.api.Assertions.assertThat
import org.jetbrains.kotlin.cli.common.ExitCode
import org.junit.jupiter.api.io.TempDir
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource
import java.nio.file.Path

/**
 * Tests that Kotlin knows which values of the client are nullable.
 */
class NullnessTests {

	@ParameterizedTest
	@ValueSource(
		strings = [
			"fun test(client: SchedulerClient): String = client.pollActivityBuffer(\"a\").first().description()",
			"fun test(result: SubmitTaskResult): String = result.reason()",
			"fun test(outcome: TaskOutcome): SubmitTaskResult? = outcome.result()",
			"fun test(ex: SchedulerException): Int = ex.problem?.ordinal ?: 0",
		],
	)
	fun compiles(source: String, @TempDir directory: Path) {
		val result = compile(source, directory)
		assertThat(result.exitCode).`as`(result.messages).isEqualTo(ExitCode.OK)
	}

	@ParameterizedTest
	@ValueSource(
		strings = [
			"fun test(client: SchedulerClient) = client.pollActivityBuffer(null)",
			"fun test(client: SchedulerClient) = client.purgeActivity(\"a\", listOf<String?>(null))",
			"fun test() = TaskSubmission.forAgent(null)",
			"fun test(outcome: TaskOutcome): SubmitTaskResult = outcome.result()",
			"fun test(ex: SchedulerException): Int = ex.problem.ordinal",
		],
	)
	fun `does not compile`(source: String, @TempDir directory: Path) {
		val result = compile(source, directory)
		assertThat(result.exitCode).`as`(result.messages).isEqualTo(ExitCode.COMPILATION_ERROR)
		assertThat(result.messages).containsAnyOf("non-null type", "mismatch", "nullable receiver")
	}

	private fun compile(source: String, directory: Path): KotlinCompiler.Result =
		KotlinCompiler.compile("import io.sw4rm.scheduler.client.*\n$source\n", directory)
}
