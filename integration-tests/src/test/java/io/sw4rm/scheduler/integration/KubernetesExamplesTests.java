package io.sw4rm.scheduler.integration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the examples in docs/kubernetes: they have only fields that Kubernetes knows,
 * and fit together.
 */
class KubernetesExamplesTests {

	private static final Path EXAMPLES = Path.of("../docs/kubernetes");

	private static final ObjectMapper MAPPER = new ObjectMapper().setAnnotationIntrospector(new KnownFieldsOnly());

	private final Deployment application = read("application.yaml", Deployment.class);

	private final Service scheduler = read("scheduler-service.yaml", Service.class);

	@Test
	void applicationCallsScheduler() {
		String name = this.scheduler.getMetadata().getName() + "." + this.scheduler.getMetadata().getNamespace();
		Integer port = this.scheduler.getSpec().getPorts().get(0).getPort();
		assertThat(container().getEnv()).filteredOn("name", "SW4RM_SCHEDULER_ADDRESS")
			.singleElement()
			.hasFieldOrPropertyWithValue("value", "dns:///" + name + ".svc:" + port);
		assertThat(this.scheduler.getSpec().getClusterIP()).isEqualTo("None");
	}

	@Test
	void probesUsePortOfApplication() {
		Container container = container();
		assertThat(container.getPorts()).extracting(ContainerPort::getName).containsExactly("http");
		assertThat(container.getStartupProbe()).satisfies((probe) -> checkProbe(probe, "liveness"));
		assertThat(container.getLivenessProbe()).satisfies((probe) -> checkProbe(probe, "liveness"));
		assertThat(container.getReadinessProbe()).satisfies((probe) -> checkProbe(probe, "readiness"));
	}

	private static void checkProbe(Probe probe, String group) {
		assertThat(probe.getHttpGet().getPort().getStrVal()).isEqualTo("http");
		assertThat(probe.getHttpGet().getPath()).isEqualTo("/actuator/health/" + group);
	}

	@Test
	void mountsEveryVolume() {
		assertThat(container().getVolumeMounts()).extracting(VolumeMount::getName)
			.containsExactlyElementsOf(podSpec().getVolumes().stream().map(Volume::getName).toList());
	}

	@Test
	void selectsItsPods() {
		assertThat(this.application.getSpec().getTemplate().getMetadata().getLabels())
			.containsAllEntriesOf(this.application.getSpec().getSelector().getMatchLabels());
	}

	private Container container() {
		return podSpec().getContainers().get(0);
	}

	private PodSpec podSpec() {
		return this.application.getSpec().getTemplate().getSpec();
	}

	private static <T> T read(String file, Class<T> type) {
		try {
			return MAPPER.convertValue(new Yaml().load(Files.readString(EXAMPLES.resolve(file))), type);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Makes unknown fields errors. The model would collect them in a map.
	 */
	private static final class KnownFieldsOnly extends JacksonAnnotationIntrospector {

		private static final long serialVersionUID = 1L;

		@Override
		public Boolean hasAnySetter(Annotated annotated) {
			return false;
		}

	}

}
