package io.sw4rm.scheduler.autoconfigure.auth;

import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

import io.sw4rm.scheduler.autoconfigure.diagnostics.SchedulerFailureException;

/**
 * Supplies the token of a file. Calls reload the file, at most once per second, so that a
 * renewed token is detected.
 */
class FileTokenSupplier implements ReadyTokenSupplier {

	private static final Log logger = LogFactory.getLog(FileTokenSupplier.class);

	private static final Duration READ_INTERVAL = Duration.ofSeconds(1);

	private final Path file;

	private final ReentrantLock reading = new ReentrantLock();

	private volatile String token;

	private volatile long readNanos;

	/** Confined to the thread that holds the lock. */
	private boolean failing;

	FileTokenSupplier(String property, String file) {
		if (file.isBlank()) {
			throw SchedulerFailureException.forBlankProperty(property,
					"Set the path of a file, or remove the property.");
		}
		try {
			this.file = Path.of(file);
			this.token = read(this.file);
		}
		catch (IOException | InvalidPathException ex) {
			throw new InvalidConfigurationPropertyValueException(property, file, reason(ex));
		}
		this.readNanos = System.nanoTime();
	}

	private static String reason(Exception failure) {
		if (failure instanceof EOFException) {
			return "The file is empty. Write a token to it.";
		}
		return (failure instanceof CharacterCodingException)
				? "The content of the file (not shown) can't be sent. " + BearerToken.RULE
				: "The file can't be read (%s). Specify an existing, readable file."
					.formatted(failure.getClass().getSimpleName());
	}

	private static String read(Path file) throws IOException {
		if (!Files.isRegularFile(file)) {
			// Reading a pipe could block forever
			throw new NoSuchFileException("There is no regular file at " + file);
		}
		String token = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
		if (token.isEmpty()) {
			throw new EOFException();
		}
		if (!BearerToken.isValid(token)) {
			throw new CharacterCodingException();
		}
		return token;
	}

	@Override
	public String getToken() {
		// While one thread reads the file, others use the previous token
		if (isDue() && this.reading.tryLock()) {
			try {
				if (isDue()) {
					readAgain();
				}
			}
			finally {
				this.reading.unlock();
			}
		}
		return this.token;
	}

	@Override
	public void invalidate(String token) {
		this.reading.lock();
		try {
			if (this.token.equals(token)) {
				readAgain();
			}
		}
		finally {
			this.reading.unlock();
		}
	}

	private boolean isDue() {
		return System.nanoTime() - this.readNanos >= READ_INTERVAL.toNanos();
	}

	private void readAgain() {
		try {
			this.token = read(this.file);
			this.failing = false;
		}
		catch (IOException ex) {
			if (!this.failing) {
				logger.warn("No token can be read from '%s' (%s); the previous token remains in use"
					.formatted(this.file, ex.getClass().getSimpleName()));
			}
			this.failing = true;
		}
		this.readNanos = System.nanoTime();
	}

}
