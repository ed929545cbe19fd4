package io.sw4rm.scheduler.embedded;

import java.util.Objects;

import io.sw4rm.scheduler.proto.ActivityEntry;

/**
 * An entry of an agent's activity buffer, as {@code PollActivityBuffer} returns it.
 * Immutable. No text is {@code null}; texts that were not set are empty.
 *
 * @param taskId the task that the entry describes
 * @param repoId the repository that the task works on
 * @param worktreeId the work tree of the repository
 * @param branch the branch of the repository
 * @param description what the task does or did, at most 200 words
 * @param timestamp when it happened: ISO-8601 text in UTC such as
 * {@code 2026-01-10T12:00:00Z}, or another text that was set
 * @since 0.1.0
 */
public record RecordedActivity(String taskId, String repoId, String worktreeId, String branch, String description,
		String timestamp) {

	/**
	 * Return the maximum memory that the entry uses.
	 */
	long bytes() {
		return Texts.bytes(this.taskId, this.repoId, this.worktreeId, this.branch, this.description, this.timestamp);
	}

	ActivityEntry toMessage() {
		return ActivityEntry.newBuilder()
			.setTaskId(this.taskId)
			.setRepoId(this.repoId)
			.setWorktreeId(this.worktreeId)
			.setBranch(this.branch)
			.setDescription(this.description)
			.setTimestamp(this.timestamp)
			.build();
	}

	/**
	 * Sets the texts of an entry for {@link EmbeddedAgent#recordActivity}. All are empty
	 * unless set, except the timestamp, which is the scheduler's time. No text may be
	 * {@code null}. Not thread-safe.
	 */
	public static final class Builder {

		private String taskId = "";

		private String repoId = "";

		private String worktreeId = "";

		private String branch = "";

		private String description = "";

		private String timestamp = "";

		Builder() {
		}

		/**
		 * Set the task that the entry describes.
		 * @param taskId the task's identifier
		 * @return this builder
		 */
		public Builder taskId(String taskId) {
			this.taskId = Objects.requireNonNull(taskId, "'taskId' must not be null");
			return this;
		}

		/**
		 * Set the repository that the task works on.
		 * @param repoId the repository's identifier
		 * @return this builder
		 */
		public Builder repoId(String repoId) {
			this.repoId = Objects.requireNonNull(repoId, "'repoId' must not be null");
			return this;
		}

		/**
		 * Set the work tree of the repository.
		 * @param worktreeId the work tree's identifier
		 * @return this builder
		 */
		public Builder worktreeId(String worktreeId) {
			this.worktreeId = Objects.requireNonNull(worktreeId, "'worktreeId' must not be null");
			return this;
		}

		/**
		 * Set the branch of the repository.
		 * @param branch the branch's name
		 * @return this builder
		 */
		public Builder branch(String branch) {
			this.branch = Objects.requireNonNull(branch, "'branch' must not be null");
			return this;
		}

		/**
		 * Set what the task does or did.
		 * @param description the description, at most 200 words
		 * @return this builder
		 */
		public Builder description(String description) {
			this.description = Objects.requireNonNull(description, "'description' must not be null");
			return this;
		}

		/**
		 * Set when it happened. The text is not checked, so that clients can be tested
		 * with any text.
		 * @param timestamp the time, normally as ISO-8601 text; empty for the scheduler's
		 * time
		 * @return this builder
		 */
		public Builder timestamp(String timestamp) {
			this.timestamp = Objects.requireNonNull(timestamp, "'timestamp' must not be null");
			return this;
		}

		RecordedActivity build(String now) {
			return new RecordedActivity(this.taskId, this.repoId, this.worktreeId, this.branch, this.description,
					this.timestamp.isEmpty() ? now : this.timestamp);
		}

	}

}
