package io.sw4rm.scheduler.client;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

/**
 * Runs the callbacks of a blocking call on the thread that waits for its end, as gRPC's
 * blocking stubs do. Extends the queue to be a single object.
 */
@SuppressWarnings("serial")
final class CallingThread extends ConcurrentLinkedQueue<Runnable> implements Executor, UnaryCall.Owner {

	private static final System.Logger logger = System.getLogger(SchedulerClient.class.getName());

	/** The thread while it waits. */
	private volatile @Nullable Thread waiting;

	@Override
	public void execute(Runnable callback) {
		add(callback);
		LockSupport.unpark(this.waiting);
	}

	@Override
	public void onEnd() {
		LockSupport.unpark(this.waiting);
	}

	/**
	 * Wait for callbacks and run them. May return without having run one.
	 * @param call the call whose end is waited for
	 * @throws InterruptedException if the thread is interrupted
	 */
	void runCallbacks(SchedulerCall call) throws InterruptedException {
		this.waiting = Thread.currentThread();
		try {
			if (isEmpty() && call.status() == null) {
				LockSupport.park(this);
			}
		}
		finally {
			this.waiting = null;
		}
		if (Thread.interrupted()) {
			throw new InterruptedException();
		}
		Runnable callback = poll();
		while (callback != null) {
			run(callback);
			callback = poll();
		}
	}

	private static void run(Runnable callback) {
		try {
			callback.run();
		}
		catch (Throwable ex) {
			logger.log(System.Logger.Level.WARNING, "A callback of a call to the scheduler failed", ex);
		}
	}

}
