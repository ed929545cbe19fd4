package io.sw4rm.scheduler.client;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

import com.google.protobuf.Message;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

import io.sw4rm.scheduler.proto.PollActivityBufferRequest;
import io.sw4rm.scheduler.proto.PollActivityBufferResponse;
import io.sw4rm.scheduler.proto.PurgeActivityRequest;
import io.sw4rm.scheduler.proto.PurgeActivityResponse;

/**
 * The activity buffer of a {@link TestScheduler}, which a test can change and make fail.
 */
final class ActivityBuffer implements Function<Message, Message> {

	private final List<ActivityEntry> entries = new CopyOnWriteArrayList<>();

	private final List<List<String>> purges = new CopyOnWriteArrayList<>();

	private final AtomicInteger polls = new AtomicInteger();

	volatile @Nullable Status pollFailure;

	volatile @Nullable Status purgeFailure;

	static ActivityEntry entry(String taskId) {
		return entry(taskId, "");
	}

	static ActivityEntry entry(String taskId, String description) {
		return new ActivityEntry(taskId, "", "", "", description, "");
	}

	ActivityBuffer add(String... taskIds) {
		for (String taskId : taskIds) {
			add(entry(taskId));
		}
		return this;
	}

	void add(ActivityEntry entry) {
		this.entries.add(entry);
	}

	List<ActivityEntry> entries() {
		return this.entries;
	}

	List<List<String>> purges() {
		return this.purges;
	}

	int polls() {
		return this.polls.get();
	}

	@Override
	public Message apply(Message request) {
		return (request instanceof PurgeActivityRequest purge) ? purge(purge)
				: poll((PollActivityBufferRequest) request);
	}

	private PollActivityBufferResponse poll(PollActivityBufferRequest request) {
		// Counted last: who saw the count knows that the answer contains what was added
		// before
		PollActivityBufferResponse.Builder response = PollActivityBufferResponse.newBuilder();
		for (ActivityEntry entry : this.entries) {
			response.addEntriesBuilder().setTaskId(entry.taskId()).setDescription(entry.description());
		}
		Status failure = this.pollFailure;
		this.polls.incrementAndGet();
		throwIfFailed(failure);
		return response.build();
	}

	private PurgeActivityResponse purge(PurgeActivityRequest request) {
		this.purges.add(List.copyOf(request.getTaskIdsList()));
		throwIfFailed(this.purgeFailure);
		int before = this.entries.size();
		this.entries.removeIf((entry) -> request.getTaskIdsList().contains(entry.taskId()));
		return PurgeActivityResponse.newBuilder().setPurged(before - this.entries.size()).build();
	}

	private static void throwIfFailed(@Nullable Status failure) {
		if (failure != null) {
			throw failure.asRuntimeException();
		}
	}

}
