package io.sw4rm.scheduler.integration;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import org.springframework.beans.factory.BeanFactory;

import io.sw4rm.scheduler.client.AsyncSchedulerClient;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.TaskSubmission;

/**
 * The calls that stand for all others: one that takes effect and one that is repeated by
 * default, with the blocking and with the asynchronous client.
 */
enum Call {

	SUBMIT_TASK {

		@Override
		Object make(BeanFactory application) {
			return application.getBean(SchedulerClient.class).submitTask(submission());
		}

	},

	SUBMIT_TASK_ASYNC {

		@Override
		Object make(BeanFactory application) {
			return join(application.getBean(AsyncSchedulerClient.class).submitTask(submission()));
		}

	},

	POLL_ACTIVITY_BUFFER {

		@Override
		Object make(BeanFactory application) {
			return application.getBean(SchedulerClient.class).pollActivityBuffer("worker-1");
		}

	},

	POLL_ACTIVITY_BUFFER_ASYNC {

		@Override
		Object make(BeanFactory application) {
			return join(application.getBean(AsyncSchedulerClient.class).pollActivityBuffer("worker-1"));
		}

	};

	/**
	 * Make the call and wait for its answer.
	 * @param application the application whose client is used
	 * @return the answer
	 */
	abstract Object make(BeanFactory application);

	private static TaskSubmission submission() {
		return TaskSubmission.forAgent("worker-1").build();
	}

	private static Object join(CompletableFuture<?> future) {
		try {
			return future.join();
		}
		catch (CompletionException ex) {
			throw (ex.getCause() instanceof RuntimeException cause) ? cause : ex;
		}
	}

}
