package io.sw4rm.scheduler.client.kotlin

import org.assertj.core.api.Assertions.assertThat
import org.jetbrains.kotlin.cli.common.ExitCode
import org.jetbrains.kotlin.cli.jvm.K2JVMCompiler
import org.junit.jupiter.api.io.TempDir
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource
import java.io.ByteArrayOutputStream
import java.io.PrintStream
import java.nio.file.Path
import kotlin.io.path.writeText

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
		assertThat(compile(source, directory)).isEqualTo(ExitCode.OK)
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
		assertThat(compile(source, directory)).isEqualTo(ExitCode.COMPILATION_ERROR)
	}

	private fun compile(source: String, directory: Path): ExitCode {
		val file = directory.resolve("Source.kt")
		file.writeText("import io.sw4rm.scheduler.client.*\n$source\n")
		val output = ByteArrayOutputStream()
		val exitCode = K2JVMCompiler().exec(
			PrintStream(output), file.toString(), "-d", directory.toString(), "-no-stdlib", "-classpath",
			System.getProperty("java.class.path"),
		)
		println(output)
		return exitCode
	}
}
