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
 * Keeps Boot's observation of gRPC calls away from calls that are measured already: they
 * would be timed twice. The type of the bean stays, so that it is found as before, and
 * all other calls are observed as before.
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
