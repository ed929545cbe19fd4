package io.sw4rm.scheduler.autoconfigure.channel;

import java.net.URI;
import java.util.List;

import io.grpc.ManagedChannelBuilder;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import org.junit.jupiter.api.Test;

import io.sw4rm.scheduler.autoconfigure.SchedulerClientProperties;
import io.sw4rm.scheduler.client.address.SchedulerAddress;

import static org.mockito.ArgumentMatchers.anyBoolean;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.RETURNS_SELF;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;

/**
 * Tests for {@link SchedulerChannelConfigurer}: what it must not touch, which a channel
 * doesn't tell.
 */
class SchedulerChannelConfigurerTests {

	private final ManagedChannelBuilder<?> builder = mock(ManagedChannelBuilder.class, RETURNS_SELF);

	private final SchedulerClientProperties properties = new SchedulerClientProperties();

	@Test
	void leavesProbingWithoutCallsAloneWhenNotSet() {
		configure("localhost");
		then(this.builder).should(never()).keepAliveWithoutCalls(anyBoolean());
	}

	@Test
	void setsProbingWithoutCalls() {
		this.properties.getKeepalive().setWithoutCalls(false);
		configure("localhost");
		then(this.builder).should().keepAliveWithoutCalls(false);
	}

	@Test
	void takesServiceConfigFromNobodyElse() {
		configure("localhost");
		then(this.builder).should().disableServiceConfigLookUp();
	}

	@Test
	void leavesServiceConfigToXds() {
		NameResolverProvider xds = new XdsProvider();
		NameResolverRegistry.getDefaultRegistry().register(xds);
		try {
			configure("xds:///scheduler");
		}
		finally {
			NameResolverRegistry.getDefaultRegistry().deregister(xds);
		}
		then(this.builder).should(never()).disableServiceConfigLookUp();
	}

	private void configure(String address) {
		new SchedulerChannelConfigurer(new ConnectionSettings("sw4rm.scheduler.", SchedulerAddress.parse(address), null,
				null, false, this.properties, List.of(), (builder) -> {
				}))
			.configure(this.builder);
	}

	private static final class XdsProvider extends NameResolverProvider {

		@Override
		protected boolean isAvailable() {
			return true;
		}

		@Override
		protected int priority() {
			return 4;
		}

		@Override
		public String getDefaultScheme() {
			return "xds";
		}

		@Override
		public NameResolver newNameResolver(URI targetUri, NameResolver.Args args) {
			return null;
		}

	}

}
