package io.sw4rm.scheduler.autoconfigure.actuate;

import java.util.Map;

import org.springframework.boot.actuate.info.Info;
import org.springframework.boot.actuate.info.InfoContributor;

import io.sw4rm.scheduler.autoconfigure.SchedulerConnectionDetails;
import io.sw4rm.scheduler.client.address.SchedulerAddress;

/**
 * {@link InfoContributor} that tells which scheduler is used.
 */
class SchedulerInfoContributor implements InfoContributor {

	private final SchedulerConnectionDetails connectionDetails;

	SchedulerInfoContributor(SchedulerConnectionDetails connectionDetails) {
		this.connectionDetails = connectionDetails;
	}

	@Override
	public void contribute(Info.Builder builder) {
		builder.withDetail("sw4rmScheduler",
				Map.of("address", SchedulerAddress.parse(this.connectionDetails.getAddress()).toString(), "client",
						SchedulerAddress.USER_AGENT));
	}

}
