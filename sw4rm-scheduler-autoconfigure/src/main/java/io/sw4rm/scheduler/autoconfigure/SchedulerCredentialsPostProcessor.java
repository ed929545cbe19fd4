package io.sw4rm.scheduler.autoconfigure;

import java.lang.reflect.Modifier;

import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.support.NameMatchMethodPointcutAdvisor;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.grpc.client.ChannelCredentialsProvider;

/**
 * Makes the application's {@link ChannelCredentialsProvider} answer with the scheduler's
 * TLS credentials when it is asked for the scheduler's target. Credentials are fixed when
 * a channel builder is made, and only this bean is asked for them.
 */
class SchedulerCredentialsPostProcessor implements BeanPostProcessor {

	private final ObjectProvider<SchedulerTransport> transport;

	SchedulerCredentialsPostProcessor(ObjectProvider<SchedulerTransport> transport) {
		this.transport = transport;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		return (bean instanceof ChannelCredentialsProvider) ? proxy(bean) : bean;
	}

	private Object proxy(Object provider) {
		NameMatchMethodPointcutAdvisor advisor = new NameMatchMethodPointcutAdvisor(
				(MethodInterceptor) this::getChannelCredentials);
		advisor.setMappedName("getChannelCredentials");
		ProxyFactory factory = new ProxyFactory(provider);
		factory.addAdvisor(advisor);
		// Keep the bean's class where that is possible: it may be injected by it
		factory.setProxyTargetClass(!Modifier.isFinal(provider.getClass().getModifiers()));
		return factory.getProxy(provider.getClass().getClassLoader());
	}

	private @Nullable Object getChannelCredentials(MethodInvocation invocation) throws Throwable {
		SchedulerTransport transport = this.transport.getObject();
		boolean ours = transport.isEncrypted() && transport.address().target().equals(invocation.getArguments()[0]);
		return ours ? transport.credentials() : invocation.proceed();
	}

}
