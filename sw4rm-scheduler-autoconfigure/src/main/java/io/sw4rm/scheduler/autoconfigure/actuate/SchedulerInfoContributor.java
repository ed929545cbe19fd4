package io.sw4rm.scheduler.autoconfigure.actuate;

import java.util.LinkedHashMap;
import java.util.Map;

import org.springframework.boot.actuate.info.Info;
import org.springframework.boot.actuate.info.InfoContributor;

import io.sw4rm.scheduler.autoconfigure.SchedulerConnections;
import io.sw4rm.scheduler.client.address.SchedulerAddress;

/**
 * {@link InfoContributor} that shows which schedulers the application uses.
 */
class SchedulerInfoContributor implements InfoContributor {

	private final SchedulerConnections connections;

	SchedulerInfoContributor(SchedulerConnections connections) {
		this.connections = connections;
	}

	@Override
	public void contribute(Info.Builder builder) {
		Map<String, String> targets = new LinkedHashMap<>();
		this.connections.names().forEach((name) -> targets.put(name, this.connections.get(name).target()));
		builder.withDetail("sw4rmScheduler", Map.of("targets", targets, "client", SchedulerAddress.USER_AGENT));
	}

}
