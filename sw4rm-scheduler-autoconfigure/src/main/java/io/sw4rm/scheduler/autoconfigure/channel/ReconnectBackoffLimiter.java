package io.sw4rm.scheduler.autoconfigure.channel;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;

import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * Limits the delay between two attempts of a channel to connect. gRPC's own grows to two
 * minutes, and no setting of gRPC limits it.
 */
final class ReconnectBackoffLimiter implements AutoCloseable {

	private final ScheduledExecutorService timer;

	ReconnectBackoffLimiter() {
		CustomizableThreadFactory threadFactory = new CustomizableThreadFactory("sw4rm-scheduler-reconnect-");
		threadFactory.setDaemon(true);
		this.timer = new ScheduledThreadPoolExecutor(1, threadFactory);
	}

	/**
	 * Limit the back-off of a channel until this limiter is closed.
	 * @param channel the channel
	 * @param maxBackoff the longest delay between two attempts to connect
	 * @param singleConnection whether a ready channel has all the connections it wants
	 */
	void limit(ManagedChannel channel, Duration maxBackoff, boolean singleConnection) {
		long nanos = TimeUnit.NANOSECONDS.convert(maxBackoff);
		this.timer.scheduleWithFixedDelay(() -> {
			// Also resolves the name again, which could fail and end a connection that
			// is fine
			if (!singleConnection || channel.getState(false) != ConnectivityState.READY) {
				channel.resetConnectBackoff();
			}
		}, nanos, nanos, TimeUnit.NANOSECONDS);
	}

	@Override
	public void close() {
		this.timer.shutdownNow();
	}

}
