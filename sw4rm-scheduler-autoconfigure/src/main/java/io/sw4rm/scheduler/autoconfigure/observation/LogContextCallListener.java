package io.sw4rm.scheduler.autoconfigure.observation;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

import io.sw4rm.scheduler.client.SchedulerCall;
import io.sw4rm.scheduler.client.SchedulerCallListener;
import io.sw4rm.scheduler.client.SchedulerClient;

/**
 * Adds the correlation id of a call to the log context while a thread works on the call,
 * so that all log lines of that time contain it, including those of interceptors and of
 * dependent stages of an asynchronous caller.
 */
class LogContextCallListener implements SchedulerCallListener {

	static final String MDC_KEY = "sw4rm.correlation_id";

	private static final Logger logger = LoggerFactory.getLogger(SchedulerClient.class);

	/** What the open scopes of a thread have replaced: scopes of calls may be nested. */
	private final ThreadLocal<List<@Nullable String>> replaced = ThreadLocal.withInitial(ArrayList::new);

	@Override
	public void onScopeOpened(SchedulerCall call) {
		this.replaced.get().add(MDC.get(MDC_KEY));
		MDC.put(MDC_KEY, call.correlationId());
	}

	@Override
	public void onEnd(SchedulerCall call) {
		logger.debug("{} ended with {}", call.operation().methodName(), call.status());
	}

	@Override
	public void onScopeClosed(SchedulerCall call) {
		List<@Nullable String> replaced = this.replaced.get();
		String previous = replaced.remove(replaced.size() - 1);
		if (previous != null) {
			MDC.put(MDC_KEY, previous);
		}
		else {
			MDC.remove(MDC_KEY);
		}
	}

}
