package io.sw4rm.scheduler.autoconfigure.observation;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.MethodDescriptor;
import io.micrometer.core.instrument.binder.grpc.ObservationGrpcClientInterceptor;
import io.micrometer.observation.ObservationRegistry;

import org.springframework.beans.factory.config.BeanPostProcessor;

import io.sw4rm.scheduler.proto.SchedulerServiceGrpc;

/**
 * Keeps Boot's observation of gRPC calls from the calls to the scheduler, which have
 * metrics and spans of their own and would be timed twice. The type of the bean stays, so
 * that it is found as before; other services notice nothing.
 */
class ObservationInterceptorPostProcessor implements BeanPostProcessor {

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		return (bean instanceof ObservationGrpcClientInterceptor interceptor)
				? new OtherServicesInterceptor(interceptor) : bean;
	}

	private static final class OtherServicesInterceptor extends ObservationGrpcClientInterceptor {

		private final ObservationGrpcClientInterceptor delegate;

		private OtherServicesInterceptor(ObservationGrpcClientInterceptor delegate) {
			super(ObservationRegistry.NOOP);
			this.delegate = delegate;
		}

		@Override
		public <Q, S> ClientCall<Q, S> interceptCall(MethodDescriptor<Q, S> method, CallOptions options, Channel next) {
			return SchedulerServiceGrpc.SERVICE_NAME.equals(method.getServiceName()) ? next.newCall(method, options)
					: this.delegate.interceptCall(method, options, next);
		}

	}

}
