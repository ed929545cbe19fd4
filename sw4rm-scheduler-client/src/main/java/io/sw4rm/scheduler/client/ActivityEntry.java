package io.sw4rm.scheduler.client;

import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/**
 * An entry of an agent's activity buffer. Texts that the scheduler does not set are
 * empty.
 *
 * @param taskId the task identifier
 * @param repoId the repository identifier
 * @param worktreeId the worktree identifier
 * @param branch the branch name
 * @param description the task description
 * @param timestamp the ISO-8601 timestamp as the scheduler sent it
 * @since 0.1.0
 * @see #instant()
 */
public record ActivityEntry(String taskId, String repoId, String worktreeId, String branch, String description,
		String timestamp) {

	/**
	 * Create an entry.
	 * @throws IllegalArgumentException if a text is null
	 */
	public ActivityEntry {
		Checks.notNull(taskId, "taskId");
		Checks.notNull(repoId, "repoId");
		Checks.notNull(worktreeId, "worktreeId");
		Checks.notNull(branch, "branch");
		Checks.notNull(description, "description");
		Checks.notNull(timestamp, "timestamp");
	}

	/**
	 * Return the {@link #timestamp()} as a point in time.
	 * @return the instant, or empty if the timestamp is empty, malformed, or has no
	 * offset from UTC
	 */
	public Optional<Instant> instant() {
		if (this.timestamp.isEmpty()) {
			return Optional.empty();
		}
		try {
			return Optional.of(DateTimeFormatter.ISO_OFFSET_DATE_TIME.parse(this.timestamp, Instant::from));
		}
		catch (DateTimeParseException ex) {
			return Optional.empty();
		}
	}

}
