package io.sw4rm.scheduler.autoconfigure.testcontainers;

import io.grpc.ServerCredentials;
import org.jspecify.annotations.Nullable;
import org.testcontainers.containers.GenericContainer;

import io.sw4rm.scheduler.embedded.EmbeddedScheduler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Stands for a container: it starts an embedded scheduler in this JVM, because tests of
 * this module run without a container engine.
 */
class StubContainer extends GenericContainer<StubContainer> {

	private final String image;

	private final @Nullable ServerCredentials credentials;

	private String host = "localhost";

	private @Nullable EmbeddedScheduler scheduler;

	StubContainer(String image) {
		this(image, null);
	}

	StubContainer(String image, @Nullable ServerCredentials credentials) {
		super(image);
		this.image = image;
		this.credentials = credentials;
	}

	StubContainer withHost(String host) {
		this.host = host;
		return this;
	}

	EmbeddedScheduler scheduler() {
		assertThat(this.scheduler).as("started scheduler").isNotNull();
		return this.scheduler;
	}

	@Override
	public void start() {
		assertThat(this.scheduler).as("scheduler that is already started").isNull();
		EmbeddedScheduler.Builder builder = EmbeddedScheduler.builder();
		if (this.credentials != null) {
			builder.serverCredentials(this.credentials);
		}
		this.scheduler = builder.start();
	}

	@Override
	public void stop() {
		if (this.scheduler != null) {
			this.scheduler.close();
		}
	}

	@Override
	public boolean isRunning() {
		return this.scheduler != null;
	}

	@Override
	public String getDockerImageName() {
		return this.image;
	}

	@Override
	public String getHost() {
		return this.host;
	}

	@Override
	public Integer getMappedPort(int originalPort) {
		assertThat(originalPort).isEqualTo(50053);
		return scheduler().port();
	}

}
