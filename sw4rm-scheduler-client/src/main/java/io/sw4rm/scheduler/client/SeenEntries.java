package io.sw4rm.scheduler.client;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The entries of the last answer that were delivered, each with the number of times that
 * the buffer contains it. Not thread-safe.
 */
final class SeenEntries {

	private Map<ActivityEntry, Integer> counts = new HashMap<>();

	/**
	 * Forget the entries that the buffer no longer contains.
	 * @return the entries that were not seen yet, in the order of the answer
	 */
	List<ActivityEntry> retain(List<ActivityEntry> answer) {
		Map<ActivityEntry, Integer> previous = this.counts;
		this.counts = new HashMap<>();
		List<ActivityEntry> unseen = new ArrayList<>();
		for (ActivityEntry entry : answer) {
			int count = previous.getOrDefault(entry, 0);
			if (count > 0) {
				previous.put(entry, count - 1);
				add(entry);
			}
			else {
				unseen.add(entry);
			}
		}
		return unseen;
	}

	void add(ActivityEntry entry) {
		this.counts.merge(entry, 1, Integer::sum);
	}

	void removeTasks(Set<String> taskIds) {
		this.counts.keySet().removeIf((entry) -> taskIds.contains(entry.taskId()));
	}

}
