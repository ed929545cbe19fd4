package io.sw4rm.scheduler.autoconfigure;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;

import io.grpc.ChannelCredentials;
import org.aopalliance.intercept.MethodInterceptor;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.support.NameMatchMethodPointcutAdvisor;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.grpc.client.ChannelCredentialsProvider;
import org.springframework.util.ReflectionUtils;

/**
 * Makes the application's {@link ChannelCredentialsProvider} answer with the scheduler's
 * credentials when it is asked for the scheduler's target. Credentials are fixed when a
 * channel builder is made, and only this bean is asked for them.
 */
class SchedulerCredentialsPostProcessor implements BeanPostProcessor {

	private static final String METHOD_NAME = "getChannelCredentials";

	/**
	 * Not injected: other channels must not depend on the scheduler's settings.
	 */
	private volatile @Nullable SchedulerTransport transport;

	/**
	 * Use the credentials of the given transport for its target from now on.
	 */
	void use(SchedulerTransport transport) {
		this.transport = transport;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (!(bean instanceof ChannelCredentialsProvider provider)) {
			return bean;
		}
		return canProxy(provider.getClass()) ? proxy(provider) : decorate(provider);
	}

	private static boolean canProxy(Class<?> type) {
		Method method = ReflectionUtils.findMethod(type, METHOD_NAME, String.class);
		return !Modifier.isFinal(type.getModifiers()) && method != null && !Modifier.isFinal(method.getModifiers());
	}

	private ChannelCredentialsProvider decorate(ChannelCredentialsProvider provider) {
		return (target) -> {
			ChannelCredentials credentials = credentials(target);
			return (credentials != null) ? credentials : provider.getChannelCredentials(target);
		};
	}

	/**
	 * Keep the bean's class: it may be injected by it.
	 */
	private Object proxy(ChannelCredentialsProvider provider) {
		NameMatchMethodPointcutAdvisor advisor = new NameMatchMethodPointcutAdvisor(
				(MethodInterceptor) (invocation) -> {
					ChannelCredentials credentials = credentials((String) invocation.getArguments()[0]);
					return (credentials != null) ? credentials : invocation.proceed();
				});
		advisor.setMappedName(METHOD_NAME);
		ProxyFactory factory = new ProxyFactory(provider);
		factory.addAdvisor(advisor);
		factory.setProxyTargetClass(true);
		return factory.getProxy(provider.getClass().getClassLoader());
	}

	private @Nullable ChannelCredentials credentials(String target) {
		SchedulerTransport transport = this.transport;
		return (transport != null && transport.address().target().equals(target)) ? transport.credentials() : null;
	}

}
