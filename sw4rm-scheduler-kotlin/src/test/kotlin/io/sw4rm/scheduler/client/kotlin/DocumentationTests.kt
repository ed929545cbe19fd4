package io.sw4rm.scheduler.client.kotlin

import org.assertj.core.api.Assertions.assertThat
import org.jetbrains.kotlin.cli.common.ExitCode
import org.junit.jupiter.api.io.TempDir
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.MethodSource
import java.nio.file.Path
import kotlin.io.path.readText

/**
 * Tests that the examples of the documentation compile.
 */
class DocumentationTests {

	@ParameterizedTest
	@MethodSource("examples")
	fun compiles(example: String, @TempDir directory: Path) {
		val result = KotlinCompiler.compile(example, directory)
		assertThat(result.exitCode).`as`(result.messages + example).isEqualTo(ExitCode.OK)
	}

	companion object {

		@JvmStatic
		fun examples(): List<String> {
			val page = Path.of("../docs/kotlin.md").readText()
			return Regex("(?ms)^```kotlin\n(.*?)^```$").findAll(page).map { it.groupValues[1] }.toList()
		}
	}
}
