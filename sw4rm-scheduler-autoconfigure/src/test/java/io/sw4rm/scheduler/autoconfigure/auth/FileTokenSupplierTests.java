package io.sw4rm.scheduler.autoconfigure.auth;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

import org.assertj.core.util.Throwables;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.util.StringUtils;

import io.sw4rm.scheduler.autoconfigure.diagnostics.SchedulerFailureException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link FileTokenSupplier}.
 */
@ExtendWith(OutputCaptureExtension.class)
class FileTokenSupplierTests {

	private static final String PROPERTY = "sw4rm.scheduler.auth.token-file";

	@TempDir
	private Path directory;

	@Test
	void refusesBlankPath() {
		assertThatExceptionOfType(SchedulerFailureException.class)
			.isThrownBy(() -> new FileTokenSupplier("sw4rm.scheduler.auth.token-file", " "))
			.withMessage("The value of configuration property 'sw4rm.scheduler.auth.token-file' is blank.");
	}

	@Test
	void readsTokenWithoutWhitespaceAroundIt() {
		assertThat(new FileTokenSupplier(PROPERTY, file(" first\r\n").toString()).getToken()).isEqualTo("first");
	}

	@Test
	void noticesNewContent() {
		FileTokenSupplier supplier = new FileTokenSupplier(PROPERTY, file("first").toString());
		file("second");
		await().untilAsserted(() -> assertThat(supplier.getToken()).isEqualTo("second"));
	}

	@Test
	void doesNotReadForEachCall() {
		// Again if the machine is so slow that the interval has passed
		await().untilAsserted(() -> {
			FileTokenSupplier supplier = new FileTokenSupplier(PROPERTY, file("first").toString());
			file("second");
			assertThat(supplier.getToken()).isEqualTo("first");
		});
	}

	@Test
	void readsAtOnceWhenTokenIsRefused() {
		await().untilAsserted(() -> {
			FileTokenSupplier supplier = new FileTokenSupplier(PROPERTY, file("first").toString());
			file("second");
			supplier.invalidate("another");
			assertThat(supplier.getToken()).isEqualTo("first");
			supplier.invalidate("first");
			assertThat(supplier.getToken()).isEqualTo("second");
		});
	}

	/**
	 * Kubernetes swaps a link to the directory with the files.
	 */
	@Test
	void followsLinkThatIsSwapped() throws IOException {
		Path data = this.directory.resolve("..data");
		Files.createSymbolicLink(data, generation("1", "first"));
		Path file = Files.createSymbolicLink(this.directory.resolve("token"), Path.of("..data", "token"));
		FileTokenSupplier supplier = new FileTokenSupplier(PROPERTY, file.toString());
		assertThat(supplier.getToken()).isEqualTo("first");
		Path next = Files.createSymbolicLink(this.directory.resolve("..data_tmp"), generation("2", "second"));
		Files.move(next, data, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
		await().untilAsserted(() -> assertThat(supplier.getToken()).isEqualTo("second"));
	}

	@Test
	void keepsTokenWhileFileCannotBeReadAndWarnsOnce(CapturedOutput output) throws IOException {
		Path file = file("first");
		FileTokenSupplier supplier = new FileTokenSupplier(PROPERTY, file.toString());
		Files.delete(file);
		supplier.invalidate("first");
		supplier.invalidate("first");
		assertThat(supplier.getToken()).isEqualTo("first");
		file("not a token");
		supplier.invalidate("first");
		assertThat(supplier.getToken()).isEqualTo("first");
		assertThat(StringUtils.countOccurrencesOf(output.toString(), "No token can be read from")).isOne();
		file("second");
		supplier.invalidate("first");
		assertThat(supplier.getToken()).isEqualTo("second");
		Files.delete(file);
		supplier.invalidate("second");
		assertThat(StringUtils.countOccurrencesOf(output.toString(), "No token can be read from")).isEqualTo(2);
		assertThat(output).doesNotContain("not a token");
	}

	@ParameterizedTest
	@ValueSource(strings = { "Bearer s3cret", "s3cret\nagain", "s3cret\u00fc", "s3cret\u0000" })
	void refusesContentThatIsNoTokenWithoutShowingIt(String content) {
		Path file = file(content);
		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
			.isThrownBy(() -> new FileTokenSupplier(PROPERTY, file.toString()))
			.satisfies((ex) -> assertThat(ex.getName()).isEqualTo(PROPERTY))
			.withMessageContaining(file.toString())
			.withMessageContaining("without 'Bearer'")
			.satisfies((ex) -> assertThat(Throwables.getStackTrace(ex)).doesNotContain("s3cret"));
	}

	@Test
	void refusesWhatIsNoFile() {
		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
			.isThrownBy(() -> new FileTokenSupplier(PROPERTY, this.directory.toString()))
			.withMessageContaining("can't be read");
	}

	@Test
	void refusesFileThatIsNotThere() {
		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
			.isThrownBy(() -> new FileTokenSupplier(PROPERTY, this.directory.resolve("missing").toString()))
			.withMessageContaining("NoSuchFileException")
			.withMessageContaining("Specify an existing, readable file");
	}

	private Path generation(String name, String token) throws IOException {
		Path directory = Files.createDirectory(this.directory.resolve(name));
		Files.writeString(directory.resolve("token"), token);
		return directory;
	}

	private Path file(String content) {
		try {
			return Files.writeString(this.directory.resolve("file"), content);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
