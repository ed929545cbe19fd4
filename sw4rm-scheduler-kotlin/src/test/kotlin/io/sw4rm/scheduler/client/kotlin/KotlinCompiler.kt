package io.sw4rm.scheduler.client.kotlin

import org.jetbrains.kotlin.cli.common.ExitCode
import org.jetbrains.kotlin.cli.jvm.K2JVMCompiler
import java.io.ByteArrayOutputStream
import java.io.PrintStream
import java.nio.file.Path
import kotlin.io.path.writeText

/**
 * Compiles sources with the class path of the test.
 */
object KotlinCompiler {

	data class Result(val exitCode: ExitCode, val messages: String)

	fun compile(source: String, directory: Path): Result {
		val file = directory.resolve("Source.kt")
		file.writeText(source)
		val messages = ByteArrayOutputStream()
		val exitCode = K2JVMCompiler().exec(
			PrintStream(messages), file.toString(), "-d", directory.toString(), "-no-stdlib", "-classpath",
			System.getProperty("java.class.path"),
		)
		return Result(exitCode, messages.toString())
	}
}
