package io.sw4rm.scheduler.autoconfigure;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.grpc.client.autoconfigure.CompositeChannelFactoryAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.grpc.client.GrpcChannelFactory;

import io.sw4rm.scheduler.autoconfigure.diagnostics.ConfigurationCheck;
import io.sw4rm.scheduler.client.SchedulerClient;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the SW4RM scheduler client.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = { GrpcClientAutoConfiguration.class, CompositeChannelFactoryAutoConfiguration.class },
		afterName = { "org.springframework.boot.grpc.test.autoconfigure.TestGrpcTransportAutoConfiguration",
				"org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration" })
@ConditionalOnClass({ SchedulerClient.class, GrpcChannelFactory.class })
@ConditionalOnBooleanProperty(name = "sw4rm.scheduler.enabled", matchIfMissing = true)
@EnableConfigurationProperties(SchedulerProperties.class)
@Import({ SchedulerChannelConfiguration.class, SchedulerClientConfiguration.class })
public final class SchedulerAutoConfiguration {

	@Bean
	static ConfigurationCheck sw4rmSchedulerConfigurationCheck() {
		return new ConfigurationCheck();
	}

	@Bean(SchedulerConnections.CONNECTION_DETAILS_BEAN_NAME)
	@ConditionalOnMissingBean(SchedulerConnectionDetails.class)
	PropertiesSchedulerConnectionDetails sw4rmSchedulerConnectionDetails(SchedulerProperties properties,
			SslBundles sslBundles) {
		return new PropertiesSchedulerConnectionDetails("sw4rm.scheduler.", properties, sslBundles);
	}

}
