package io.sw4rm.scheduler.autoconfigure.observation;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.MethodDescriptor;
import io.micrometer.core.instrument.binder.grpc.ObservationGrpcClientInterceptor;
import io.micrometer.observation.ObservationRegistry;

import org.springframework.beans.factory.config.BeanPostProcessor;

import io.sw4rm.scheduler.autoconfigure.channel.SchedulerConnection;

/**
 * Excludes calls that already have metrics or observations from Spring Boot's
 * observation, to avoid timing them twice. Keeps the type of the bean, so that it can
 * still be found by type, and does not affect other calls.
 */
class ObservationInterceptorPostProcessor implements BeanPostProcessor {

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		return (bean instanceof ObservationGrpcClientInterceptor interceptor) ? new OtherCallsInterceptor(interceptor)
				: bean;
	}

	private static final class OtherCallsInterceptor extends ObservationGrpcClientInterceptor {

		private final ObservationGrpcClientInterceptor delegate;

		private OtherCallsInterceptor(ObservationGrpcClientInterceptor delegate) {
			super(ObservationRegistry.NOOP);
			this.delegate = delegate;
		}

		@Override
		public <Q, S> ClientCall<Q, S> interceptCall(MethodDescriptor<Q, S> method, CallOptions options, Channel next) {
			return options.getOption(SchedulerConnection.MEASURED) ? next.newCall(method, options)
					: this.delegate.interceptCall(method, options, next);
		}

	}

}
