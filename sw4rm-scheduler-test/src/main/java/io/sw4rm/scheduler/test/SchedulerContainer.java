package io.sw4rm.scheduler.test;

import com.google.common.net.HostAndPort;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

import io.sw4rm.scheduler.client.address.SchedulerAddress;

/**
 * A scheduler in a container, for tests with Testcontainers. Requires
 * {@code org.testcontainers:testcontainers}.
 *
 * <pre class="code">
 * &#064;TestConfiguration(proxyBeanMethods = false)
 * class SchedulerContainerConfiguration {
 *
 *     &#064;Bean
 *     &#064;ServiceConnection
 *     SchedulerContainer scheduler() {
 *         return new SchedulerContainer("sw4rm-scheduler");
 *     }
 *
 * }
 * </pre>
 *
 * The scheduler must listen on port 50053 of all network interfaces of its container. The
 * container has started when this port accepts connections.
 * <p>
 * Not thread-safe while it is configured and started.
 *
 * @since 0.1.0
 */
public class SchedulerContainer extends GenericContainer<SchedulerContainer> {

	/**
	 * Create a container. There is no default image.
	 * @param image the name of the image, with any registry and tag
	 */
	public SchedulerContainer(String image) {
		this(DockerImageName.parse(image));
	}

	/**
	 * Create a container. There is no default image.
	 * @param image the name of the image, with any registry and tag
	 */
	public SchedulerContainer(DockerImageName image) {
		super(image);
	}

	@Override
	protected void configure() {
		addExposedPort(SchedulerAddress.DEFAULT_PORT);
	}

	/**
	 * Return the address for clients outside of the container.
	 * @return host and port, without a scheme
	 * @throws IllegalStateException if the container has not been started
	 */
	public String getAddress() {
		return HostAndPort.fromParts(getHost(), getMappedPort(SchedulerAddress.DEFAULT_PORT)).toString();
	}

}
