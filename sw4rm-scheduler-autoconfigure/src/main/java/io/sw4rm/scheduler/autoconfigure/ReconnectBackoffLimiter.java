package io.sw4rm.scheduler.autoconfigure;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * Lets a channel try again in time to connect to a scheduler that was away: the wait
 * between gRPC's own attempts grows to two minutes, and no setting limits it.
 */
class ReconnectBackoffLimiter implements DisposableBean {

	private final Duration maxBackoff;

	private final ScheduledExecutorService timer;

	ReconnectBackoffLimiter(Duration maxBackoff) {
		this.maxBackoff = maxBackoff;
		CustomizableThreadFactory threadFactory = new CustomizableThreadFactory("sw4rm-scheduler-reconnect-");
		threadFactory.setDaemon(true);
		this.timer = new ScheduledThreadPoolExecutor(1, threadFactory);
	}

	/**
	 * Limit the back-off of a channel until this limiter is destroyed.
	 * @param channel the channel
	 * @param singleConnection whether a ready channel has all the connections it wants
	 */
	void limit(ManagedChannel channel, boolean singleConnection) {
		long nanos = TimeUnit.NANOSECONDS.convert(this.maxBackoff);
		this.timer.scheduleWithFixedDelay(() -> {
			// Also resolves the name again, which could fail and end a connection that
			// is fine
			if (!singleConnection || channel.getState(false) != ConnectivityState.READY) {
				channel.resetConnectBackoff();
			}
		}, nanos, nanos, TimeUnit.NANOSECONDS);
	}

	@Override
	public void destroy() {
		this.timer.shutdownNow();
	}

}
