package io.sw4rm.scheduler.autoconfigure.docker;

import com.google.common.net.HostAndPort;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.docker.compose.core.RunningService;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionDetailsFactory;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionSource;
import org.springframework.boot.ssl.SslBundle;

import io.sw4rm.scheduler.autoconfigure.SchedulerConnectionDetails;
import io.sw4rm.scheduler.client.address.SchedulerAddress;

/**
 * {@link DockerComposeConnectionDetailsFactory} to create
 * {@link SchedulerConnectionDetails} for a {@code sw4rm-scheduler} service.
 */
class SchedulerDockerComposeConnectionDetailsFactory
		extends DockerComposeConnectionDetailsFactory<SchedulerConnectionDetails> {

	SchedulerDockerComposeConnectionDetailsFactory() {
		super("sw4rm-scheduler");
	}

	@Override
	protected SchedulerConnectionDetails getDockerComposeConnectionDetails(DockerComposeConnectionSource source) {
		return new SchedulerDockerComposeConnectionDetails(source.getRunningService());
	}

	/**
	 * {@link SchedulerConnectionDetails} backed by a {@code sw4rm-scheduler}
	 * {@link RunningService}.
	 */
	private static final class SchedulerDockerComposeConnectionDetails extends DockerComposeConnectionDetails
			implements SchedulerConnectionDetails {

		private final String address;

		private final @Nullable SslBundle sslBundle;

		private SchedulerDockerComposeConnectionDetails(RunningService service) {
			super(service);
			this.sslBundle = getSslBundle(service);
			this.address = ((this.sslBundle != null) ? "https://" : "http://")
					+ HostAndPort.fromParts(service.host(), service.ports().get(SchedulerAddress.DEFAULT_PORT));
		}

		@Override
		public String getAddress() {
			return this.address;
		}

		@Override
		public @Nullable SslBundle getSslBundle() {
			return this.sslBundle;
		}

	}

}
