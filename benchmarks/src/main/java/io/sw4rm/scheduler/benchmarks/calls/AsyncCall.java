package io.sw4rm.scheduler.benchmarks.calls;

import java.util.function.BiConsumer;

import com.google.common.util.concurrent.FutureCallback;
import org.jspecify.annotations.Nullable;

/**
 * A call that no thread waits for. It can be started repeatedly, from several threads.
 */
@FunctionalInterface
interface AsyncCall {

	void start(Completion completion);

	/**
	 * Is notified when a call ends. Works with all types of futures without an adapter,
	 * which would allocate.
	 */
	abstract class Completion implements FutureCallback<@Nullable Object>, BiConsumer<Object, @Nullable Throwable> {

		@Override
		public final void accept(Object result, @Nullable Throwable failure) {
			if (failure != null) {
				onFailure(failure);
			}
			else {
				onSuccess(result);
			}
		}

	}

}
