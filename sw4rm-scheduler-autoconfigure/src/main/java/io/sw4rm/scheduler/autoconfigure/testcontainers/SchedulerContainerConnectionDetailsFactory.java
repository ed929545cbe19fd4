package io.sw4rm.scheduler.autoconfigure.testcontainers;

import com.google.common.net.HostAndPort;
import org.jspecify.annotations.Nullable;
import org.testcontainers.containers.Container;
import org.testcontainers.containers.GenericContainer;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.testcontainers.service.connection.ContainerConnectionDetailsFactory;
import org.springframework.boot.testcontainers.service.connection.ContainerConnectionSource;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.boot.testcontainers.service.connection.Ssl;
import org.springframework.util.ClassUtils;

import io.sw4rm.scheduler.autoconfigure.SchedulerConnectionDetails;
import io.sw4rm.scheduler.client.address.SchedulerAddress;

/**
 * {@link ContainerConnectionDetailsFactory} to create {@link SchedulerConnectionDetails}
 * from a {@link ServiceConnection @ServiceConnection}-annotated {@link GenericContainer}
 * using the {@code "sw4rm-scheduler"} image, or {@code SchedulerContainer} using any
 * image.
 */
class SchedulerContainerConnectionDetailsFactory
		extends ContainerConnectionDetailsFactory<Container<?>, SchedulerConnectionDetails> {

	/**
	 * The module that contains it depends on this one.
	 */
	private static final String CONTAINER_CLASS_NAME = "io.sw4rm.scheduler.test.SchedulerContainer";

	SchedulerContainerConnectionDetailsFactory() {
		super("sw4rm-scheduler");
	}

	@Override
	protected boolean sourceAccepts(ContainerConnectionSource<Container<?>> source, Class<?> requiredContainerType,
			Class<?> requiredConnectionDetailsType) {
		return super.sourceAccepts(source, requiredContainerType, requiredConnectionDetailsType)
				|| isSchedulerContainer(source, requiredConnectionDetailsType);
	}

	private static boolean isSchedulerContainer(ContainerConnectionSource<Container<?>> source,
			Class<?> requiredConnectionDetailsType) {
		return ClassUtils.isPresent(CONTAINER_CLASS_NAME, null) && source.accepts(ANY_CONNECTION_NAME,
				ClassUtils.resolveClassName(CONTAINER_CLASS_NAME, null), requiredConnectionDetailsType);
	}

	@Override
	protected SchedulerConnectionDetails getContainerConnectionDetails(ContainerConnectionSource<Container<?>> source) {
		return new SchedulerContainerConnectionDetails(source);
	}

	/**
	 * {@link SchedulerConnectionDetails} backed by a {@link ContainerConnectionSource}.
	 */
	private static final class SchedulerContainerConnectionDetails extends ContainerConnectionDetails<Container<?>>
			implements SchedulerConnectionDetails {

		private SchedulerContainerConnectionDetails(ContainerConnectionSource<Container<?>> source) {
			super(source);
		}

		@Override
		public String getAddress() {
			Container<?> container = getContainer();
			return (isTls() ? "https://" : "http://") + HostAndPort.fromParts(container.getHost(),
					container.getMappedPort(SchedulerAddress.DEFAULT_PORT));
		}

		/**
		 * {@code @Ssl} alone does not define a bundle.
		 */
		private boolean isTls() {
			return getSslBundle() != null || hasAnnotation(Ssl.class);
		}

		@Override
		public @Nullable SslBundle getSslBundle() {
			return super.getSslBundle();
		}

	}

}
